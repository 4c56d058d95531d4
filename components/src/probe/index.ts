// The probe: a plain program that asks for the tracking host as a recipient would, until the answer is SparkPost's.
//
//     SPARKPOST_TRACKING_PROBE='{"hostname":"track.example.com","endpoint":"spgo.io"}' \
//         node --eval 'require("pulumi-sparkpost-tracking/probe").run()'
//
// prints one line of JSON, the report, and exits with 0; else it exits with 1 and says on stderr what it found last.
import { promisify } from "node:util";
import { endWithCli } from "../process/ending";
import { type Clock, systemClock } from "../process/poll";
import { endWithWordsOnSignals } from "./ending";
import { DeadlineEnded, repeat } from "./loop";
import { namesOf } from "./names";
import { networkOf } from "./network";
import { LAST_REPORT_VARIABLE, lastRedirectOf, type PostponedReport, type ProbeReport } from "./report";
import { BadProbeRequest, DEFAULT_DEADLINE, PROBE_VARIABLE, type ProbeRequest, parseRequest } from "./request";
import { runRound } from "./round";

export { DeadlineEnded } from "./loop";
export type { PostponedReport, ProbeAnswer, ProbeCertificate, ProbeReport } from "./report";
export {
    BadProbeRequest,
    DEFAULT_DEADLINE,
    PROBE_VARIABLE,
    type ProbeOptions,
    type ProbeRequest,
    problemsOf,
} from "./request";

/**
 * Runs the program: the request from the environment, the report to stdout, progress and failure to stderr. Its exit code
 * is that of a failure until the whole report is written, so that no other way out of it counts as a proof.
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

/** Probes the host; on standard error also what a report that passed for now has to say. */
async function proven(request: ProbeRequest): Promise<ProbeReport> {
    const lastRedirect = lastRedirectOf(request.hostname, process.env[LAST_REPORT_VARIABLE]);
    const report = await probe(request, (line) => console.error(line), systemClock, lastRedirect);
    if (report.strength === "pending") {
        console.error(report.warnings.join("\n"));
    }
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
 * @param lastRedirect The endpoint that the host redirected to when it was probed last. On the way from mode redirect to
 * proxy the stack's page rule still answers, for Pulumi deletes last: then a redirect there passes as `pending`, whoever
 * it is that redirects.
 * @throws {@link BadProbeRequest} before anything is asked; {@link DeadlineEnded} with the last finding.
 */
export async function probe(
    request: ProbeRequest,
    progress: (line: string) => void,
    clock: Clock = systemClock,
    lastRedirect?: string,
): Promise<ProbeReport> {
    const { hostname, endpoint, edge: kind, redirects = false, secure = true, deadline = DEFAULT_DEADLINE } = request;
    const network = networkOf(request);
    const names = namesOf(request);
    const round = { hostname, endpoint, edge: kind, redirects, secure, lastRedirect, names, network };
    const { value, attempts, seconds } = await repeat(() => runRound(round), {
        hostname,
        endpoint,
        edge: kind,
        secure,
        deadline,
        progress,
        clock,
    });
    const { strength, address, certificate, edge, direct, warnings } = value;
    return {
        hostname,
        endpoint,
        ...(redirects && { redirects }),
        passed: true,
        strength,
        address,
        certificate,
        edge,
        direct,
        attempts,
        seconds,
        warnings,
    };
}
