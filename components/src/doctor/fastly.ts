// What Fastly says of the host's certificate: its subscription, and the challenge that proves the host.
import { askFastly, fastlyOf, fastlyVariable } from "../fastly/client";
import { withoutDot } from "../hostname";
import { NoAnswer } from "../http/client";
import { isObject, plainText } from "../othersWords";
import type { Found } from "./check";
import type { AccountLook, World } from "./world";

export const lookAtFastly: AccountLook = async ({ hostname, edge }, world) => {
    const access = fastlyOf(world);
    if (!access) {
        const seen = `what Fastly says of its certificate wasn't looked at: set ${fastlyVariable}`;
        return edge === "fastly" ? [{ kind: "fastly-key", state: "unseen", seen }] : [];
    }
    const filter = `filter[tls_domains.id]=${encodeURIComponent(hostname)}`;
    const path = `tls/subscriptions?${filter}&include=tls_authorizations`;
    const unseen = (what: string): Found[] => [
        { kind: "fastly-unread", state: "unseen", seen: `what Fastly says of ${hostname} couldn't be read: ${what}` },
    ];
    const answer = await askFastly(access, path).catch((error: unknown) => {
        if (!(error instanceof NoAnswer)) {
            throw error;
        }
        return error;
    });
    if (answer instanceof NoAnswer) {
        return unseen(answer.said);
    }
    const { status, body, isFromProxy, quote } = answer;
    if (isFromProxy || status !== 200 || !isObject(body) || !Array.isArray(body.data)) {
        const isRefused = status === 401 || status === 403;
        return unseen(isRefused ? `the key may not (${status})` : `${status} ${plainText(quote, 100)}`);
    }
    const [subscription] = body.data.filter(isObject);
    if (!subscription) {
        const seen = `the key (${fastlyVariable}) sees no TLS subscription at Fastly for ${hostname}`;
        return edge === "fastly" ? [{ kind: "fastly-subscription", state: "unseen", seen }] : [];
    }
    const attributes = isObject(subscription.attributes) ? subscription.attributes : {};
    const state = plainText(attributes.state, 40);
    const challenge = challengeIn(body.included, hostname);
    return [ofSubscription(hostname, state), ...(challenge ? [await lookAtChallenge(challenge, state, world)] : [])];
};

function ofSubscription(hostname: string, state: string): Found {
    const seen = `Fastly's TLS subscription for ${hostname} has the state ${state}`;
    const kind = "fastly-subscription";
    switch (state) {
        case "issued":
        case "renewing":
            return { kind, state: "ok", seen };
        case "failed":
            return {
                kind,
                state: "broken",
                seen,
                means: "Fastly has given up on the certificate, because its DNS records were wrong for 7 days.",
                remedy: "Correct the records, then order the certificate again.",
            };
        default:
            return {
                kind,
                state: "warning",
                seen,
                means: "There is no certificate yet.",
                remedy: "Add the record of its challenge, and wait: it takes minutes once DNS has it.",
            };
    }
}

/** The alias that proves the host. */
interface Challenge {
    name: string;
    value: string;
}

function challengeIn(included: unknown, hostname: string): Challenge | undefined {
    const name = `_acme-challenge.${hostname}`;
    const challenges = (Array.isArray(included) ? included : [])
        .filter(isObject)
        .flatMap(({ attributes }) =>
            isObject(attributes) && Array.isArray(attributes.challenges) ? attributes.challenges : [],
        )
        .filter(isObject);
    const found = challenges.find(
        ({ record_type, record_name }) => record_type === "CNAME" && withoutDot(String(record_name)) === name,
    );
    const [value] = Array.isArray(found?.values) ? found.values : [];
    return typeof value === "string" ? { name, value: withoutDot(value) } : undefined;
}

async function lookAtChallenge({ name, value }: Challenge, state: string, { dns }: World): Promise<Found> {
    const wanted = plainText(value, 253);
    const answer = await dns.authoritative(name, "CNAME");
    const records = answer.kind === "records" ? answer.records : [];
    if (records.includes(value)) {
        return {
            kind: "fastly-challenge",
            state: "ok",
            seen: `${name} is an alias of ${wanted}, which proves the host at every renewal`,
        };
    }
    if (answer.kind === "failed" || answer.kind === "silent") {
        return {
            kind: "fastly-challenge",
            state: "unseen",
            seen: `DNS doesn't say where ${name} leads (${answer.code})`,
        };
    }
    const there =
        records.length > 0 ? `is an alias of ${plainText(records[0], 253)}, not of ${wanted}` : "isn't in DNS";
    return {
        kind: "fastly-challenge",
        state: state === "issued" ? "warning" : "broken",
        seen: `${name} ${there}`,
        means: state === "issued" ? "The certificate won't be renewed." : "Fastly gets no certificate.",
        remedy: `Add the record \`${name} CNAME ${wanted}\`.`,
    };
}
