// Cloudflare's own errors in words: 52x (it couldn't get an answer from the origin), 530 and 409 with a code from 1000
// to 1999 in the body. Pure.

/** Whether an answer is the CDN's own error rather than the origin's. */
export function isCdnError(answer: { status: number; errorCode?: number }): boolean {
    return answer.errorCode !== undefined || (answer.status >= 520 && answer.status <= 530);
}

/** What such an error means for a tracking host. */
export function cdnErrorWords(
    { status, errorCode }: { status: number; errorCode?: number },
    { hostname, endpoint }: { hostname: string; endpoint: string },
): { what: string; remedy: string } {
    const [what, remedy] = (errorCode !== undefined ? BY_CODE[errorCode] : undefined) ??
        BY_STATUS[status] ?? ["it couldn't serve the request", "Look the number up in Cloudflare's documentation."];
    const name = errorCode === undefined ? `${status}` : `${status}, error ${errorCode}`;
    const fill = (text: string) => text.replaceAll("HOST", hostname).replaceAll("ENDPOINT", endpoint);
    return { what: `the edge answers ${name}: ${fill(what)}`, remedy: fill(remedy) };
}

type Entry = [what: string, remedy: string];

const SSL_MODE = "Set the zone's SSL mode to Full";
const CONTENT = "Check that the record's content is ENDPOINT";

const BY_STATUS: Record<number, Entry> = {
    520: ["the origin's answer made no sense to it", `${CONTENT}; else look at SparkPost's status page.`],
    521: ["the origin refuses its connections", `${CONTENT}; else look at SparkPost's status page.`],
    522: ["the origin didn't take its connection in time", `${CONTENT}; else look at SparkPost's status page.`],
    523: ["the origin can't be reached", `${CONTENT}.`],
    524: ["the origin didn't answer in time", "Look at SparkPost's status page."],
    525: [
        "the TLS handshake with the origin failed",
        `${CONTENT}, which needs its name in SNI: nothing may override it.`,
    ],
    526: [
        "the origin's certificate isn't valid for SSL mode Full (strict)",
        `${SSL_MODE}, or keep strict and check that the record's content is ENDPOINT.`,
    ],
    530: ["it can't resolve the origin's name", `${CONTENT}.`],
};

const BY_CODE: Record<number, Entry> = {
    1000: ["the record leads to a forbidden address", `${CONTENT}.`],
    1001: [
        "it doesn't know HOST",
        "The record was un-proxied, or the zone isn't active: resolvers remember its addresses for 300 s. Check that the record is proxied and the zone active.",
    ],
    1010: [
        "Browser Integrity Check stops this client",
        'Mail scanners would be stopped too: turn it off for HOST (settings: "pageRule" does that).',
    ],
    1014: [
        "the record leads to a host of another Cloudflare customer",
        `${CONTENT}: Cloudflare doesn't proxy to another customer's host.`,
    ],
    1015: ["a rate limit of the zone stops this machine", "Leave HOST out of the zone's rate limiting rules."],
    1016: ["it can't resolve the origin's name", `${CONTENT}.`],
    1020: ["a firewall rule of the zone stops this client", "Leave HOST out of the zone's custom rules."],
};
