// The report of a passed probe, one line of JSON. It becomes an output of the stack, so it is small and holds no secret. The
// stack's state and the next run read it again.

/** One answer to a click of nobody, `GET /f/a/b/c/<any>?target=…`. */
export interface ProbeAnswer {
    status: number;
    location?: string;
    /** Bytes of the body as they arrived, so that an answer sent in chunks compares like any other. */
    contentLength: number;
    /** The `server` header; a CDN may put its own name there. */
    server?: string;
}

/** The certificate that the edge shows for the host. */
export interface ProbeCertificate {
    /** Organisation and name of who signed it. */
    issuer: string;
    /** End of its validity, ISO 8601. */
    validTo: string;
    /** Names it is good for, the first ten. */
    names: string[];
}

/** The report of a passed probe. Keys are always in this order. */
export interface ProbeReport {
    hostname: string;
    endpoint: string;
    /** The edge redirects to the endpoint instead of relaying; left out where it relays. */
    redirects?: true;
    passed: true;
    /**
     * `strong`: the edge's answer carries a mark of SparkPost's tracker (302 without a body, or `server: msys-http`).
     * `weak`: the answer is the endpoint's, but a stranger's 404 could look the same, and SparkPost's own check decides;
     * or the edge keeps answers for too long.
     * Where the edge redirects, it is the answer behind the redirect that is marked or isn't.
     * `pending`: the host comes from mode redirect and still redirects, by its page rule it seems, which Pulumi deletes
     * last; links work, but the proxy isn't proven yet.
     */
    strength: "strong" | "weak" | "pending";
    /** What links in new mail start with, by which every address was asked. */
    scheme: "https" | "http";
    /** The address of the host that was asked everything. */
    address: string;
    /** Its other addresses that answered as well, to one question each; left out where there are none. */
    others?: string[];
    /** Left out where links are http and https doesn't work. */
    certificate?: ProbeCertificate;
    /** What came through the edge, for a browser's user agent; `https` is left out where it doesn't work. */
    edge: { https?: ProbeAnswer; http: ProbeAnswer };
    /**
     * What the endpoint answered when it was asked without the edge: with the same `Host`, or, where the edge redirects,
     * as a browser would that follows.
     */
    direct: { https?: ProbeAnswer; http: ProbeAnswer };
    /**
     * A click on a link that was clicked `repeatAfter` seconds before: whether it reached SparkPost, as far as target,
     * `Age`, `Date` and what caches say tell; was answered from the edge's cache; or wasn't tried. Left out where the edge redirects, since every click reaches SparkPost then.
     */
    repeat?: "arrived" | "kept" | "not tried";
    /** Whose files of app links were proven; left out where the domain has none, or they aren't right. */
    appLinks?: ("apple" | "android")[];
    /** Rounds of checks until all of them passed in one. */
    attempts: number;
    seconds: number;
    /** What works, but not as well as it could, in sentences. */
    warnings: string[];
    /** The warnings tell of clicks that are lost, of apps that don't open, or of an edge that isn't proven yet. */
    urgent?: true;
}

/** What one round of checks saw that passed. */
export type Passed = Omit<
    ProbeReport,
    "hostname" | "endpoint" | "redirects" | "passed" | "attempts" | "seconds" | "urgent"
>;

/** The report while a manual step is left. */
export interface PostponedReport {
    hostname: string;
    endpoint: string;
    passed: false;
    postponed: true;
}

/** The variable that @pulumi/command sets: "the previous command's stdout … injected into the environment". */
export const LAST_REPORT_VARIABLE = "PULUMI_COMMAND_STDOUT";

/** Reads what the probe printed. `undefined` if it isn't a report. */
export function parseReport(text: string | undefined): ProbeReport | PostponedReport | undefined {
    try {
        const report: unknown = JSON.parse(text ?? "");
        const isReport = typeof report === "object" && report !== null && "passed" in report;
        return isReport ? (report as ProbeReport | PostponedReport) : undefined;
    } catch {
        return undefined;
    }
}
