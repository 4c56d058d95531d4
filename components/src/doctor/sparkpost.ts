// What SparkPost's API says about the host: its owner, its state, and which sending domains use it.
import { plainText } from "../othersWords";
import { type AccountArgs, apiKeyVariable, describeScope, resolveAccount, serviceOf } from "../sparkpost/account";
import { Client } from "../sparkpost/runtime/client";
import { SparkPostError } from "../sparkpost/runtime/errors";
import { isManaged, type TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";
import type { Found } from "./check";
import type { AccountLook, Subject } from "./world";

export const lookAtSparkPost: AccountLook = async (subject, { env, clock, signal }) => {
    const key = env[apiKeyVariable]?.trim();
    const { hostname } = subject;
    if (!key) {
        const seen = `what SparkPost says of ${hostname} wasn't looked at: set ${apiKeyVariable}`;
        return [{ kind: "sparkpost-key", state: "unseen", seen }];
    }
    const account = resolveAccount(accountOf(subject)).api;
    const client = new Client({ account, key, clock, signal: () => signal });
    try {
        const [domain, linked] = await Promise.all([client.findAnywhere(hostname), client.findLinkedTo(hostname)]);
        return domain ? ofDomain(domain, linked, subject) : [absent(hostname, describeScope(account))];
    } catch (error) {
        if (!(error instanceof SparkPostError)) {
            throw error;
        }
        const [seen = "", remedy] = error.message.split("\n");
        return [{ kind: "sparkpost-unread", state: "unseen", seen: plainText(seen.replace(/\.$/, "")), remedy }];
    }
};

/** The account that the options name, or else the account of the host's endpoint. */
function accountOf({ account, endpoint }: Subject): AccountArgs {
    const { region, tenant, apiUrl } = account;
    const isNamed = region !== undefined || tenant !== undefined || apiUrl !== undefined;
    return isNamed ? account : { ...account, ...serviceOf(endpoint) };
}

function absent(hostname: string, scope: string): Found {
    return {
        kind: "sparkpost-registration",
        state: "warning",
        seen: `${hostname} isn't registered with ${scope}, as far as this key sees`,
        means: "SparkPost's tracker doesn't know links of the host, unless another account has it.",
        remedy: "Use the key of the account that has it, name its region, tenant or subaccount, or register it.",
    };
}

function ofDomain(domain: TrackingDomainState, linked: string[], subject: Subject): Found[] {
    const { hostname } = subject;
    const owner = domain.subaccount === undefined ? "the primary account" : `subaccount ${domain.subaccount}`;
    const users = linked.map((name) => plainText(name, 100)).join(", ");
    const uses = [
        ...(domain.default ? ["it is the default there"] : []),
        ...(users ? [`sending domains that use it: ${users}`] : []),
    ];
    return [
        {
            kind: "sparkpost-registration",
            state: "ok",
            seen: [`${hostname} is registered by ${owner}`, ...uses].join("; "),
        },
        ...compliance(domain),
        verification(domain),
        scheme(domain, subject),
        ...certificate(domain, subject),
    ];
}

function compliance({ complianceStatus, domain }: TrackingDomainState): Found[] {
    const kind = "sparkpost-compliance";
    switch (complianceStatus) {
        case undefined:
        case "valid":
            return [];
        case "blocked":
            return [
                {
                    kind,
                    state: "broken",
                    seen: `SparkPost has blocked ${domain}`,
                    means: "Its links don't work, and it can't be unblocked by any setting.",
                    remedy: "Ask SparkPost's support, or use another hostname.",
                },
            ];
        default:
            return [
                {
                    kind,
                    state: "warning",
                    seen: `SparkPost's compliance check of ${domain} says ${plainText(complianceStatus, 40)}`,
                },
            ];
    }
}

function verification({ verified, domain }: TrackingDomainState): Found {
    const kind = "sparkpost-verification";
    return verified
        ? { kind, state: "ok", seen: `SparkPost has verified ${domain}` }
        : {
              kind,
              state: "broken",
              seen: `SparkPost hasn't verified ${domain}`,
              means: "SparkPost writes no links with it.",
              remedy: "Correct what else is broken here, then have SparkPost verify it.",
          };
}

/** Whether the scheme of its links works. */
function scheme({ secure, domain }: TrackingDomainState, { answers, secure: wanted }: Subject): Found {
    const kind = "sparkpost-secure";
    const [own, other] = secure ? (["https", "http"] as const) : (["http", "https"] as const);
    const works = (scheme: "https" | "http") => (answers?.[scheme].working.length ?? 0) > 0;
    const seen = `SparkPost writes ${own} links (secure: ${secure})`;
    if (!answers || works(own)) {
        return secure || wanted === false || !works("https")
            ? { kind, state: "ok", seen }
            : {
                  kind,
                  state: "warning",
                  seen: `${seen}, and https works on ${domain}`,
                  means: "Browsers warn of http links, or open them later than https ones.",
                  remedy: "Set `secure` to true at SparkPost, and have it verify the domain again.",
              };
    }
    return {
        kind,
        state: "broken",
        seen: `${seen}, and ${own} doesn't work on ${domain}`,
        means: `No link of new mail opens${works(other) ? `, though ${other} works` : ""}.`,
        remedy: secure
            ? "Make https work, as said above. Until then set `secure` to false at SparkPost, if no mail with https links is out."
            : "Make http work, as said above.",
    };
}

/** SparkPost's own certificate, if the domain has one. */
function certificate(state: TrackingDomainState, { edge }: Subject): Found[] {
    const { tlsStatus, certificateExpiresAt, certificateError, domain } = state;
    if (!isManaged(state)) {
        return [];
    }
    const kind = "sparkpost-certificate";
    const status = plainText(tlsStatus ?? "unknown", 40);
    const until = certificateExpiresAt ? ` until ${plainText(certificateExpiresAt, 40)}` : "";
    const seen = `SparkPost's own certificate for ${domain} has the status ${status}${until}${certificateError ? ` (${plainText(certificateError, 60)})` : ""}`;
    if (status === "valid") {
        return [{ kind, state: "ok", seen }];
    }
    // A CDN has a certificate of its own.
    const counts = edge === "managed" || edge === undefined;
    return [
        {
            kind,
            state: counts && status !== "pending" ? "broken" : "warning",
            seen,
            means: counts
                ? "https links don't open without it."
                : "It doesn't matter while a CDN has a certificate for the host.",
            remedy:
                status === "pending"
                    ? "Wait: it takes about 15 minutes."
                    : "See what forbids it under Certificate (CAA), and order it again.",
        },
    ];
}
