// What the probe is asked: the options a user sets under `probe:`, the request that reaches the program as JSON in an
// environment variable, and what may be wrong with either.
import { dnsServer } from "../dns/server";
import { describeProblems, type Problem } from "../pulumi/problems";
import { unknownField } from "../pulumi/shape";
import { parseConnectTo } from "./connectTo";

/** The environment variable that carries the {@link ProbeRequest} as JSON. Nothing in it is secret. */
export const PROBE_VARIABLE = "SPARKPOST_TRACKING_PROBE";

/** How long the probe repeats its checks when `deadline` isn't set, in seconds. */
export const DEFAULT_DEADLINE = 1800;

/**
 * After how many seconds a click is repeated when `repeatAfter` isn't set: one more than the 10 s for which SparkPost asks
 * an edge to keep an answer.
 */
export const DEFAULT_REPEAT_AFTER = 11;

/** How the probe looks for the host. All of it is optional; on an ordinary network nothing needs to be set. */
export interface ProbeOptions {
    /**
     * Seconds until the probe gives up. A look that is under way at that moment is still finished.
     *
     * @default 1800
     */
    deadline?: number;
    /**
     * Seconds after which one click is repeated, beside the other checks, to see whether it reaches SparkPost or is
     * answered from the edge's cache, where no repeat click counts. `0` leaves it out, and the report says so. Below 11 an
     * edge that keeps answers for 10 s, as SparkPost asks, looks as if it kept them for too long.
     *
     * @default 11
     */
    repeatAfter?: number;
    /**
     * The recursive resolver: an IP address with or without a port (`1.1.1.1`, `127.0.0.1:5300`,
     * `[2606:4700::1111]:53`), a name with a port (`dns.example.com:53`), or the URL of DNS over HTTPS, where port 53 is
     * closed. Set one that wasn't asked for the host yet when the system's still remembers that there was no such name.
     *
     * @default the system's
     * @example "https://cloudflare-dns.com/dns-query"
     */
    resolver?: string;
    /**
     * Authoritative name servers of the host's zone, IP addresses with or without a port. They are asked instead of
     * those that the resolver names: for split-horizon DNS, where the outside sees other servers than this machine.
     */
    nameServers?: string[];
    /**
     * A PEM file of certificate authorities to trust besides Node's own and `NODE_EXTRA_CA_CERTS`. Relative to the
     * folder of the Pulumi program. Recipients don't have this file: it is for tests and private networks.
     */
    caFile?: string;
    /**
     * Where to connect instead, in the notation of curl's `--connect-to`: `HOST:PORT:TO_HOST:TO_PORT`. `HOST` is a name
     * or an address that DNS gave; an empty `HOST` or `PORT` matches any, an empty `TO_HOST` or `TO_PORT` changes
     * nothing; the first rule that matches counts. SNI, `Host` and the certificate's check keep the real name.
     */
    connectTo?: string[];
}

/** One probe: the host, what stands behind it, and the user's options. */
export interface ProbeRequest extends ProbeOptions {
    /** The tracking host, in ASCII: `track.example.com`. */
    hostname: string;
    /** The SparkPost host that has to answer behind it: `spgo.io`. */
    endpoint: string;
    /** The edge is to redirect to the endpoint instead of relaying, as SparkPost's guide of 2020 has it. Default false. */
    redirects?: boolean;
    /**
     * Whether the host's links are https. With `false` plain http must be proven, and https that doesn't work is a
     * warning: https links in mail already sent need it. Default true.
     */
    secure?: boolean;
    /**
     * Fingerprint of the edge's arguments. The probe doesn't read it: it is there so that a changed edge is probed
     * again.
     */
    fingerprint: string;
    /** What this version of the probe asks for, a number: not read either, so that a later version runs again. */
    asks?: number;
    /** What terminates TLS, as `Edge.kind`: it chooses the words. */
    edge?: string;
    /** A person has something to do first, so there is nothing to probe yet. */
    postponed?: boolean;
}

/** The request can't be used: nothing was asked of anybody, and waiting won't help. */
export class BadProbeRequest extends Error {
    constructor(readonly problems: Problem[]) {
        super(describeProblems("the probe can't start", problems));
        this.name = "BadProbeRequest";
    }
}

/** All mistakes in a user's options, or an empty list. Pure: `caFile` isn't opened here, but when the probe starts. */
export function problemsOf(options: ProbeOptions): Problem[] {
    const problems: Problem[] = [];
    for (const [field, value] of Object.entries(options)) {
        if (value === undefined) {
            continue;
        }
        const check = Object.hasOwn(CHECKS, field) ? CHECKS[field as keyof ProbeOptions] : undefined;
        if (check) {
            problems.push(...check(field, value));
        } else {
            problems.push({
                field,
                message: unknownField([field], Object.keys(CHECKS)),
            });
        }
    }
    return problems;
}

/** Reads the request from the text of {@link PROBE_VARIABLE}; throws {@link BadProbeRequest} with all that is wrong. */
export function parseRequest(text: string | undefined): ProbeRequest {
    let request: unknown;
    try {
        request = JSON.parse(text ?? "");
    } catch {
        request = undefined;
    }
    if (typeof request !== "object" || request === null || Array.isArray(request)) {
        const message = "this environment variable must hold the probe's request, an object in JSON";
        throw new BadProbeRequest([{ field: PROBE_VARIABLE, value: text, message }]);
    }
    const { hostname, endpoint, redirects, secure, fingerprint, asks, edge, postponed, ...options } =
        request as ProbeRequest;
    const problems = [
        ...checkHost("hostname", hostname),
        ...checkHost("endpoint", endpoint),
        ...checkFlag("redirects", redirects),
        ...checkFlag("secure", secure),
        ...problemsOf(options),
    ];
    if (problems.length > 0) {
        throw new BadProbeRequest(problems);
    }
    return { ...options, hostname, endpoint, redirects, secure, fingerprint, asks, edge, postponed };
}

const LONGEST_REPEAT = 3600;

type Check = (field: string, value: unknown) => Problem[];

const CHECKS: Record<keyof ProbeOptions, Check> = {
    deadline: (field, value) =>
        typeof value === "number" && value > 0 && value <= 604_800
            ? []
            : [
                  {
                      field,
                      value,
                      message: `give seconds, more than 0 and at most 604800 (a week), such as ${DEFAULT_DEADLINE}`,
                  },
              ],
    repeatAfter: (field, value) =>
        typeof value === "number" && value >= 0 && value <= LONGEST_REPEAT
            ? []
            : [
                  {
                      field,
                      value,
                      message: `give seconds, a number from 0 to ${LONGEST_REPEAT}, such as ${DEFAULT_REPEAT_AFTER}`,
                  },
              ],
    resolver: (field, value) => checkServer(field, value, { https: true }),
    nameServers: listOf((field, value) => checkServer(field, value, { https: false })),
    caFile: (field, value) =>
        typeof value === "string" && /^[^\p{Cc}]{1,4096}$/u.test(value)
            ? []
            : [{ field, value, message: "give the path of a PEM file" }],
    connectTo: listOf((field, value) =>
        typeof value === "string" && parseConnectTo(value)
            ? []
            : [{ field, value, message: 'give "HOST:PORT:TO_HOST:TO_PORT", such as "192.0.2.10:443:127.0.0.1:8443"' }],
    ),
};

function checkServer(field: string, value: unknown, { https }: { https: boolean }): Problem[] {
    const server = typeof value === "string" ? dnsServer(value) : undefined;
    if (server && (https || !("url" in server.at))) {
        return [];
    }
    const url = https ? ', or the URL of DNS over HTTPS, such as "https://dns.google/dns-query"' : "";
    return [
        {
            field,
            value,
            message: `give an IP address with or without a port, such as "1.1.1.1" or "127.0.0.1:5300"${url}`,
        },
    ];
}

function checkHost(field: string, value: unknown): Problem[] {
    if (typeof value === "string" && /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i.test(value)) {
        return [];
    }
    return [{ field, value, message: "give a host name in ASCII, without scheme, port and path" }];
}

function checkFlag(field: string, value: unknown): Problem[] {
    return value === undefined || typeof value === "boolean" ? [] : [{ field, value, message: "give true or false" }];
}

function listOf(check: Check): Check {
    return (field, value) =>
        Array.isArray(value)
            ? value.flatMap((item, index) => check(`${field}[${index}]`, item))
            : [{ field, value, message: "give a list" }];
}
