// The probe: a plain program that asks the tracking host as a recipient does, until the answer is SparkPost's.
//
//     SPARKPOST_TRACKING_PROBE='{"hostname":"track.example.com","endpoint":"spgo.io"}' \
//         node --eval 'require("pulumi-sparkpost-tracking/probe").run()'
//
// prints the report, one line of JSON, and exits with 0. After a failure it exits with 1, and stderr has the last finding.
import { promisify } from "node:util";
import { endWithCli } from "../process/ending";
import { type Clock, describeSpan, systemClock } from "../process/poll";
import { DEFAULT_DEADLINE, DEFAULT_REPEAT_AFTER } from "./arguments";
import { lossOf, wordsFor } from "./findings";
import { DeadlineEnded, type Effort, repeat } from "./loop";
import { namesOf } from "./names";
import { networkOf } from "./network";
import { LAST_REPORT_VARIABLE, type Passed, type PostponedReport, type ProbeReport, parseReport } from "./report";
import { BadProbeRequest, PROBE_VARIABLE, type ProbeRequest, parseRequest } from "./request";
import { runRound } from "./round";

export { DEFAULT_DEADLINE, type ProbeOptions } from "./arguments";
export { DeadlineEnded } from "./loop";
export type { PostponedReport, ProbeAnswer, ProbeCertificate, ProbeReport } from "./report";
export { BadProbeRequest, PROBE_VARIABLE, type ProbeRequest } from "./request";

/**
 * Runs the program: reads the request from the environment, writes the report to stdout, progress and failure to stderr. The exit
 * code means failure until the whole report is written, so no other end counts as a proof.
 */
export async function run(): Promise<void> {
    process.exitCode = 1;
    endWithCli();
    endWithWordsOnSignals();
    try {
        const request = parseRequest(process.env[PROBE_VARIABLE]);
        const report = request.postponed ? postponedReport(request) : await proven(request);
        await promisify<string, void>(process.stdout.write.bind(process.stdout))(`${JSON.stringify(report)}\n`);
        process.exitCode = 0;
    } catch (error) {
        const isExpected = error instanceof BadProbeRequest || error instanceof DeadlineEnded;
        console.error(isExpected ? error.message : error);
    }
}

/** Ctrl-C reaches the whole process group. The probe then ends at once, with the shell's exit code for a signal. */
function endWithWordsOnSignals(): void {
    for (const [signal, number] of [
        ["SIGINT", 2],
        ["SIGTERM", 15],
    ] as const) {
        process.once(signal, () => {
            console.error(`${signal} stopped the probe before the host passed. Run \`pulumi up\` again.`);
            process.exit(128 + number);
        });
    }
}

/** Probes the host. Its end goes to stderr too, for Pulumi's row: that it passed, or urgent warnings. */
async function proven(request: ProbeRequest): Promise<ProbeReport> {
    const last = parseReport(process.env[LAST_REPORT_VARIABLE]);
    const report = await probe(request, (line) => console.error(line), systemClock, last);
    console.error(report.urgent ? report.warnings.join("\n") : `passed after ${describeSpan(report.seconds * 1_000)}`);
    return report;
}

function postponedReport({ hostname, endpoint }: ProbeRequest): PostponedReport {
    return { hostname, endpoint, passed: false, postponed: true };
}

/**
 * Probes a host until it passes.
 *
 * @param request  The host, its endpoint and the options.
 * @param progress Takes a line whenever the finding changes, and at least once a minute.
 * @param last The last report, which Pulumi keeps. If it (or `wasOnScheme`, before the first report) has this scheme, the
 * host is in use. Then failing addresses, or files of app links that aren't right, are a warning, not a failure. On the way from mode redirect to proxy the stack's
 * page rule still answers, because Pulumi deletes it last. A redirect to its old target then passes as `pending`.
 * @throws {@link BadProbeRequest} before anything is asked; {@link DeadlineEnded} with the last finding.
 */
export async function probe(
    request: ProbeRequest,
    progress: (line: string) => void,
    clock: Clock = systemClock,
    last?: ProbeReport | PostponedReport,
): Promise<ProbeReport> {
    const { hostname, endpoint, edge, redirects = false, secure = true } = request;
    const { deadline = DEFAULT_DEADLINE, repeatAfter = DEFAULT_REPEAT_AFTER } = request;
    const before = last?.passed && last.hostname === hostname ? last : undefined;
    // A host that was adopted has no report before the first probe.
    const schemeBefore = before?.scheme ?? (request.wasOnScheme ? (secure ? "https" : "http") : undefined);
    const lastRedirect = before?.redirects ? before.endpoint : undefined;
    const subject = { hostname, endpoint, edge, secure };
    const asked = { ...subject, redirects, lastRedirect, repeatAfter, clock, appLinks: request.appLinks };
    const round = { ...asked, names: namesOf(request), network: networkOf(request) };
    const report = (passed: Passed, { attempts, seconds }: Effort, isUrgent: boolean): ProbeReport => {
        const { warnings, ...seen } = passed;
        const head = { hostname, endpoint, ...(redirects && { redirects }), passed: true } as const;
        return { ...head, ...seen, attempts, seconds, warnings, ...(isUrgent && { urgent: true }) };
    };
    try {
        const { value, ...effort } = await repeat(() => runRound(round), { ...subject, deadline, progress, clock });
        return report(value, effort, value.strength === "pending" || value.repeat === "kept");
    } catch (error) {
        const passed = error instanceof DeadlineEnded ? error.unmet.passed : undefined;
        if (!(error instanceof DeadlineEnded) || !passed || schemeBefore !== passed.scheme) {
            throw error;
        }
        const { what, remedy } = wordsFor(error.finding, subject);
        const warning = `${lossOf(error.finding, subject)}: ${what}. ${remedy}`;
        return report({ ...passed, warnings: [...passed.warnings, warning] }, error.effort, true);
    }
}
