// The probe's request, which reaches the program as JSON in an environment variable, and its check.

import * as z from "zod/mini";
import { isHostname } from "../hostname";
import { isObject } from "../othersWords";
import { describeProblems, type Problem } from "../pulumi/problems";
import { fields, flag, problemsBy, text, textThat } from "../pulumi/shape";
import { type ProbeOptions, probeFields } from "./arguments";

/** The environment variable that carries the {@link ProbeRequest} as JSON. Nothing in it is secret. */
export const PROBE_VARIABLE = "SPARKPOST_TRACKING_PROBE";

/** One probe: the host, what stands behind it, and the user's options. */
export interface ProbeRequest extends ProbeOptions {
    /** The tracking host, in ASCII: `track.example.com`. */
    hostname: string;
    /** The SparkPost host behind the edge: `spgo.io`. */
    endpoint: string;
    /** The edge must redirect to the endpoint instead of relaying, as in SparkPost's guide of 2020. Default false. */
    redirects?: boolean;
    /**
     * Whether the host's links are https. With `false` the probe must prove plain http. https that doesn't work is a
     * warning then, because https links in sent mail need it. Default true.
     */
    secure?: boolean;
    /**
     * Fingerprint of the edge's arguments. The probe doesn't read it; it makes Pulumi probe a changed edge again.
     */
    fingerprint: string;
    /** Which version of the probe's checks ran. Not read either; it makes a later version run again. */
    asks?: number;
    /** The edge's kind, as `Edge.kind`. It chooses the words. */
    edge?: string;
    /** A manual step comes first, so there is nothing to probe yet. */
    postponed?: boolean;
    /** The host was in use with links of this scheme before its first probe. Default false. */
    wasOnScheme?: boolean;
    /** What each file of app links has to name: apps, paths, fingerprints. Default: there are no such files. */
    appLinks?: { apple?: string[]; android?: string[] };
}

/** The request can't be used. Nobody was asked, and waiting doesn't help. */
export class BadProbeRequest extends Error {
    constructor(readonly problems: Problem[]) {
        super(describeProblems("The probe can't start", problems));
        this.name = "BadProbeRequest";
    }
}

const host = textThat(isHostname, "write a hostname in ASCII, without scheme, port or path");

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
    appLinks: z.optional(fields({ apple: z.optional(z.array(text)), android: z.optional(z.array(text)) })),
});

/** Reads the request from the text of {@link PROBE_VARIABLE}; throws {@link BadProbeRequest} with all that is wrong. */
export function parseRequest(text: string | undefined): ProbeRequest {
    let request: unknown;
    try {
        request = JSON.parse(text ?? "");
    } catch {
        request = undefined;
    }
    if (!isObject(request)) {
        const message = "this environment variable must hold the probe's request, a JSON object";
        throw new BadProbeRequest([{ field: PROBE_VARIABLE, value: text, message }]);
    }
    const problems = problemsBy(shape, request, () => []);
    if (problems.length > 0) {
        throw new BadProbeRequest(problems);
    }
    return request as unknown as ProbeRequest;
}
