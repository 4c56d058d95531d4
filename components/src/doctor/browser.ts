// "Browser": what browsers make of links to the host before they ask it, and the files by which apps open its links.
import { type HstsPolicy, hstsSpan, httpsOnlyTopLevel, parseHsts, readPolicies } from "../hsts";
import { plainText } from "../othersWords";
import { get, NoReply, type Reply } from "../probe/get";
import type { Check, Found } from "./check";
import type { Look, Subject, World } from "./world";

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

/** A file that an app's maker puts on a host, by which a system lets the app open the host's links. */
interface AppFile {
    system: string;
    path: string;
    type: RegExp;
    /** Its type isn't JSON: it is signed, and its text isn't looked at. */
    signed?: RegExp;
    isRight(content: unknown): boolean;
}

const APP_FILES: readonly AppFile[] = [
    {
        system: "iOS",
        path: "/.well-known/apple-app-site-association",
        type: /^application\/json\b/i,
        signed: /^application\/pkcs7-mime\b/i,
        isRight: (content) => typeof content === "object" && content !== null && !Array.isArray(content),
    },
    {
        system: "Android",
        path: "/.well-known/assetlinks.json",
        type: /^application\/json\b/i,
        isRight: (content) => Array.isArray(content),
    },
];

/** What Apple reads of such a file at most, in bytes. */
const LONGEST_FILE = 128 * 1024;

/** Looks at those that are there: an answer that is the endpoint's own says that there is none. */
async function lookAtAppLinks(subject: Subject, world: World): Promise<Found[]> {
    const [first] = subject.answers?.https.working ?? [];
    // A host that redirects everything to the endpoint has no files.
    if (!first || subject.answers?.redirects) {
        return [];
    }
    const looks = APP_FILES.map((file) => lookAtAppFile(file, first.address, subject, world));
    return (await Promise.all(looks)).flatMap((found) => found ?? []);
}

async function lookAtAppFile(
    file: AppFile,
    address: string,
    { hostname, endpoint }: Subject,
    { names, network }: World,
): Promise<Found | undefined> {
    const { system, path, type, signed, isRight } = file;
    const ask = async (name: string, at: string): Promise<Reply | undefined> => {
        try {
            const target = {
                scheme: "https",
                address: at,
                name,
                host: hostname,
                userAgent: "Mozilla/5.0",
                path,
            } as const;
            return await get({ ...target, keeps: LONGEST_FILE }, network);
        } catch (error) {
            if (!(error instanceof NoReply)) {
                throw error;
            }
            return undefined;
        }
    };
    const reply = await ask(hostname, address);
    if (!reply || reply.status >= 400) {
        return undefined;
    }
    const url = `https://${hostname}${path}`;
    const broken = (kind: string, what: string): Found => ({
        kind,
        state: "warning",
        seen: `${url} ${what}`,
        means: `Links of ${hostname} open the browser on ${system}, not the app.`,
        remedy: `Serve that file itself at that address, as application/json and as ${system} wants it; or remove it if no app opens these links.`,
    });
    if (reply.status !== 200) {
        const [own = ""] = await names.addressesOf(endpoint).catch((): string[] => []);
        const direct = await ask(endpoint, own);
        const isEndpoints = direct?.status === reply.status && direct.location === reply.location;
        const where = reply.location ? ` to ${plainText(reply.location, 120)}` : "";
        return isEndpoints ? undefined : broken("app-links-redirected", `answers ${reply.status}${where}`);
    }
    if (signed?.test(reply.type ?? "")) {
        return { kind: "app-links", state: "ok", seen: `${url} lets ${system} apps open links (signed)` };
    }
    if (!type.test(reply.type ?? "")) {
        return broken("app-links-type", `is of the type ${plainText(reply.type ?? "", 60) || "(none)"}`);
    }
    return reply.contentLength <= LONGEST_FILE && isRight(parsed(reply.body))
        ? { kind: "app-links", state: "ok", seen: `${url} lets ${system} apps open links` }
        : broken("app-links-invalid", `isn't the JSON that ${system} reads`);
}

function parsed(text = ""): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
