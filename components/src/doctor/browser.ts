// "Browser": what browsers make of links to the host before they ask it, and the files by which apps open its links.
import { APP_FILES, type AppMaker } from "../appLinks";
import { type HstsPolicy, hstsSpan, httpsOnlyTopLevel, parseHsts, readPolicies } from "../hsts";
import { appFileFinding, isSigned } from "../probe/appFiles";
import { askAppFile } from "../probe/ask";
import { lossOf, Unmet } from "../probe/findings";
import { get, NoReply, type Reply } from "../probe/get";
import { type Check, checkOf, type Found } from "./check";
import { askingOf, type Look, type Subject, type World } from "./world";

export const lookAtBrowser: Look = async (subject, world) => {
    const [policies, files] = await Promise.all([
        readPolicies(subject.hostname, world),
        lookAtAppLinks(subject, world),
    ]);
    return [...hstsChecks(subject, policies), ...httpLinks(subject), ...files].map(
        (check): Check => ({ heading: "browser", ...check }),
    );
};

/** Whether https works at every address that could be asked, at some of them, or at none. */
function https({ answers }: Subject): "works" | "partly" | "fails" {
    const { working = [], failing = [] } = answers?.https ?? {};
    return working.length === 0 ? "fails" : failing.length === 0 ? "works" : "partly";
}

/** Why browsers ask the host by https whatever a link says. */
function hstsChecks(subject: Subject, policies: readonly HstsPolicy[]): Found[] {
    const { hostname, answers } = subject;
    const parent = policies.find(({ includeSubDomains }) => includeSubDomains);
    const own = parseHsts(answers?.https.working[0]?.asked.edge.strictTransportSecurity);
    const topLevel = httpsOnlyTopLevel(hostname);
    const state = https(subject) === "works" ? "ok" : "broken";
    const remedy =
        state === "broken" ? `Make https work on ${hostname}: those browsers open no link until then.` : undefined;
    const means = `Browsers that have seen it open links of ${hostname} over https only, also the http links of old mail.`;
    const found: (Found | undefined)[] = [
        parent && {
            kind: "hsts-parent",
            state,
            seen: `${parent.domain} asks browsers for https on all hosts below it, for ${hstsSpan(parent)} (Strict-Transport-Security with includeSubDomains)`,
            means: parent.preload
                ? `${means} With preload in it, browsers may have ${parent.domain} in their own list: then all do so.`
                : means,
            remedy,
        },
        topLevel === undefined
            ? undefined
            : {
                  kind: "hsts-top-level",
                  state,
                  seen: `browsers ask all hosts of ${topLevel} by https only`,
                  means: `Links of ${hostname} can't be http.`,
                  remedy,
              },
        own && {
            kind: "hsts-host",
            state: state === "ok" ? "ok" : "warning",
            seen: `${hostname} itself asks browsers for https for ${hstsSpan(own)} (Strict-Transport-Security)`,
            means: `Browsers that have opened one https link open its http links over https, too.`,
            remedy,
        },
    ];
    const some = found.filter((one) => one !== undefined);
    const seen = `no domain above ${hostname} asks browsers for https (Strict-Transport-Security)`;
    return some.length > 0 ? some : [{ kind: "hsts-none", state: "ok", seen }];
}

/**
 * Chrome asks http links by https first, and since version 154 (October 2026) shows a warning before it goes on by http
 * (security.googleblog.com, "HTTPS by default", 2025-10-28).
 */
function httpLinks(subject: Subject): Found[] {
    const { hostname, answers, secure } = subject;
    if (secure === true || !answers || answers.http.working.length === 0) {
        return [];
    }
    const first = "Chrome (version 154 and later) tries https first when it opens an http link";
    return https(subject) === "works"
        ? [{ kind: "https-first", state: "ok", seen: `${first}, and https works on ${hostname}` }]
        : [
              {
                  kind: "https-first",
                  state: "warning",
                  seen: `${first}, and https doesn't work on ${hostname}`,
                  means: "Chrome shows a warning page first, and many people don't go on.",
                  remedy: `Make https work on ${hostname}, also while its links are http.`,
              },
          ];
}

/**
 * Looks at the files by which phones let apps open links, where they are there. A host needs none: what isn't found, or is
 * the endpoint's own answer, is no fault.
 */
async function lookAtAppLinks(subject: Subject, world: World): Promise<Found[]> {
    const [first] = subject.answers?.https.working ?? [];
    if (!first) {
        return [];
    }
    const makers = Object.keys(APP_FILES) as AppMaker[];
    return (await Promise.all(makers.map((maker) => lookAtAppFile(maker, first.address, subject, world)))).flat();
}

async function lookAtAppFile(maker: AppMaker, address: string, subject: Subject, world: World): Promise<Found[]> {
    const { hostname, answers } = subject;
    const asking = askingOf(subject, answers?.redirects ?? false, world);
    const reply = await orNothing(askAppFile(asking, address, maker));
    if (!reply || reply.status >= 400) {
        return [];
    }
    const { system, path } = APP_FILES[maker];
    const finding = appFileFinding(maker, reply);
    if (!finding) {
        const seen = `https://${hostname}${path} lets ${system} apps open links${isSigned(maker, reply) ? " (signed)" : ""}`;
        return [{ kind: "app-links", state: "ok", seen }];
    }
    if (reply.status !== 200 && (await isOfEndpoint(reply, path, subject, world))) {
        return [];
    }
    const check = checkOf(finding, "browser", subject, `${lossOf(finding, subject)}.`);
    return [{ ...check, state: "warning" }];
}

/** Whether it is what the endpoint answers itself, or what mode redirect answers to every path. */
async function isOfEndpoint(
    reply: Reply,
    path: string,
    { hostname, endpoint }: Subject,
    { names, network }: World,
): Promise<boolean> {
    if (reply.location === `https://${endpoint}${path}`) {
        return true;
    }
    const [address = ""] = await names.addressesOf(endpoint).catch((): string[] => []);
    const target = {
        scheme: "https",
        address,
        name: endpoint,
        host: hostname,
        userAgent: "Mozilla/5.0",
        path,
    } as const;
    const direct = await orNothing(get(target, network));
    return direct?.status === reply.status && direct.location === reply.location;
}

/** The answer; `undefined` where nobody answers. */
async function orNothing(asked: Promise<Reply>): Promise<Reply | undefined> {
    try {
        return await asked;
    } catch (error) {
        if (!(error instanceof NoReply || error instanceof Unmet)) {
            throw error;
        }
        return undefined;
    }
}
