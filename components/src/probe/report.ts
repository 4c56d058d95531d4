// The report of a passed probe, one line of JSON. It becomes an output of the stack, so it is small and holds no secret. The
// stack's state and the next run read it again.

/** The answer to a test click, `GET /f/a/b/c/<any>?target=…`. */
export interface ProbeAnswer {
    status: number;
    location?: string;
    /** The length of the body as it arrived, in bytes. */
    contentLength: number;
    /** The `server` header. It may name a CDN. */
    server?: string;
}

/** The certificate that the edge shows for the host. */
export interface ProbeCertificate {
    /** The organisation and name of its issuer. */
    issuer: string;
    /** End of its validity, ISO 8601. */
    validTo: string;
    /** The first ten names that it is for. */
    names: string[];
}

/** The report of a passed probe. Keys are always in this order. */
export interface ProbeReport {
    hostname: string;
    endpoint: string;
    /** The edge redirects to the endpoint instead of relaying. */
    redirects?: true;
    passed: true;
    /**
     * `strong`: the answer has a mark of SparkPost's tracker: 302 without a body, or `server: msys-http`. `weak`: the answer is
     * the endpoint's, but another server's 404 could look the same, so SparkPost's own check decides. Or the edge caches answers
     * for too long. If the edge redirects, the answer behind the redirect counts. `pending`: the host leaves mode redirect and
     * still redirects, probably by its page rule, which Pulumi deletes last. Links work, but the proxy isn't proven yet.
     */
    strength: "strong" | "weak" | "pending";
    /** The scheme of links in new mail, by which every address was asked. */
    scheme: "https" | "http";
    /** The address that was asked every question. */
    address: string;
    /** The other addresses, which answered one question each. */
    others?: string[];
    /** Absent if links are http and https doesn't work. */
    certificate?: ProbeCertificate;
    /** What came through the edge for a browser. `https` is absent if it doesn't work. */
    edge: { https?: ProbeAnswer; http: ProbeAnswer };
    /**
     * What the endpoint answered without the edge: to the same `Host`, or, if the edge redirects, to a browser that follows.
     */
    direct: { https?: ProbeAnswer; http: ProbeAnswer };
    /**
     * Whether a click that was repeated after `repeatAfter` seconds reached SparkPost (`arrived`) or was answered from the edge's
     * cache (`kept`), by its target, its `Age` and `Date`, and what caches say. Absent if the edge redirects, because then every
     * click reaches SparkPost.
     */
    repeat?: "arrived" | "kept" | "not tried";
    /** Whose files of app links were proven; left out where the domain has none, or they aren't right. */
    appLinks?: ("apple" | "android")[];
    /** How many rounds of checks it took until one passed. */
    attempts: number;
    seconds: number;
    /** What works, but could be better, in sentences. */
    warnings: string[];
    /** The warnings tell of clicks that are lost, of apps that don't open, or of an edge that isn't proven yet. */
    urgent?: true;
}

/** What a round that passed has seen. */
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
