// What the probe is asked: the request that reaches the program as JSON in an environment variable, and what may be wrong
// with it.

import * as z from "zod/mini";
import { isHostname } from "../hostname";
import { describeProblems, type Problem } from "../pulumi/problems";
import { fields, flag, isSetOfFields, problemsBy, text, textThat } from "../pulumi/shape";
import { type ProbeOptions, probeFields } from "./arguments";

/** The environment variable that carries the {@link ProbeRequest} as JSON. Nothing in it is secret. */
export const PROBE_VARIABLE = "SPARKPOST_TRACKING_PROBE";

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
    /** The host had links of this scheme, in use, before there was any report of it. Default false. */
    wasOnScheme?: boolean;
}

/** The request can't be used: nothing was asked of anybody, and waiting won't help. */
export class BadProbeRequest extends Error {
    constructor(readonly problems: Problem[]) {
        super(describeProblems("the probe can't start", problems));
        this.name = "BadProbeRequest";
    }
}

const host = textThat(isHostname, "give a host name in ASCII, without scheme, port and path");

const shape = fields({
    hostname: host,
    endpoint: host,
    ...probeFields,
    redirects: flag,
    secure: flag,
    fingerprint: z.optional(z.string()),
    asks: z.optional(z.number()),
    edge: z.optional(text),
    postponed: flag,
    wasOnScheme: flag,
});

/** Reads the request from the text of {@link PROBE_VARIABLE}; throws {@link BadProbeRequest} with all that is wrong. */
export function parseRequest(text: string | undefined): ProbeRequest {
    let request: unknown;
    try {
        request = JSON.parse(text ?? "");
    } catch {
        request = undefined;
    }
    if (!isSetOfFields(request)) {
        const message = "this environment variable must hold the probe's request, an object in JSON";
        throw new BadProbeRequest([{ field: PROBE_VARIABLE, value: text, message }]);
    }
    const problems = problemsBy(shape, request, () => []);
    if (problems.length > 0) {
        throw new BadProbeRequest(problems);
    }
    return request as ProbeRequest;
}
