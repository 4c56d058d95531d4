// What an edge is: it terminates TLS for a tracking hostname, and sends the requests on to SparkPost's endpoint.
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import type { DnsRecordSpec } from "./dns/writer";
import { checkHostname, isHostname } from "./hostname";
import type { HostLook } from "./hostToday/look";
import { ANY_ENDPOINT } from "./hostToday/today";
import { isObject } from "./othersWords";
import { networkFields } from "./probe/arguments";
import { canonicalJson } from "./pulumi/canonicalJson";
import type { Problem } from "./pulumi/problems";
import { fields, flag, inputOr, inputThat, isOutput, problemsBy, text, textThat, textWithout } from "./pulumi/shape";
import { refuse } from "./pulumi/userError";

/** What our edges take besides their own arguments. */
export interface InUseArgs {
    /**
     * The hostname may be in use: sent mail may have links of it. The edge's `secureNotBefore` then says until when resolvers
     * may keep an older answer.
     *
     * @default false
     */
    inUse?: boolean;
    /**
     * The look at what the hostname is today. The component gives it, because the registration waits for it too.
     *
     * @default the edge makes its own
     * @internal
     */
    preflight?: HostLook;
}

/** The edge of one tracking hostname: one of ours, or your own object (for CloudFront, nginx and others). */
export interface Edge {
    /**
     * The SparkPost host that it sends requests on to.
     *
     * @example "spgo.io"
     */
    endpoint: pulumi.Input<string>;
    /**
     * The edge redirects visitors to the endpoint, and doesn't relay requests. The probe then expects that redirect.
     *
     * @default false
     */
    redirects?: boolean;
    /** A text that changes with the edge's arguments. When it changes, the probe runs and SparkPost verifies again. */
    fingerprint?: pulumi.Input<string>;
    /** The resources that must exist before the edge can answer. */
    dependsOn: pulumi.Resource[];
    /** The DNS records that it needs or has. */
    dnsRecords?: pulumi.Input<DnsRecordSpec[]>;
    /** What a person should still do, one step each. Nothing waits for it. */
    nextSteps?: pulumi.Input<string[]>;
    /** What is good to know about the edge. */
    notes?: pulumi.Input<string[]>;
    /**
     * The manual steps, one each: records to add, a delegation. While there are any, the steps after the edge wait; a later
     * `up` goes on. Pulumi cuts outputs at 150 characters, so begin a step with the command or record.
     */
    waitsFor?: pulumi.Input<string[]>;
    /**
     * The earliest time when links in use may become https (RFC 3339). Until then resolvers may send visitors to a server
     * without a certificate for the hostname.
     *
     * @default at once
     */
    secureNotBefore?: pulumi.Input<string | undefined>;
    /**
     * A word for what terminates TLS. When it changes, the hostname has moved to another edge.
     *
     * @default "own"
     * @example "cloudfront"
     */
    kind?: string;
    /**
     * Takes over a hostname that is used for something else today, and breaks that use. Write the content of its DNS record
     * today; anything else is refused. You don't need it in these cases: the hostname answers a click as the endpoint does, or
     * redirects to it; `dnsRecords` already has its record; or the edge has `dependsOn`. Then the probe decides.
     *
     * @example "d111111abcdef8.cloudfront.net"
     */
    replaces?: string;
}

/** An endpoint that is the hostname itself would send its own requests back to itself. */
export function loopProblems(hostname: string, endpoint: pulumi.Input<string>, field: string): Problem[] {
    const message =
        "the endpoint is the hostname itself, so it would forward to itself; write SparkPost's endpoint, such as spgo.io";
    return typeof endpoint === "string" && endpoint.toLowerCase() === hostname
        ? [{ field, value: endpoint, message }]
        : [];
}

const endpointName = "write the plain name of the SparkPost host, such as spgo.io";
const listOfTexts = inputOr(z.array(text));

/** The hostname of an edge. */
export const trackingHost = textWithout((name) => checkHostname(name).mistakes);

/** The schema of the user's own edge. The edge may be a component, and have more fields. */
export const ownEdge = z.looseObject({
    endpoint: inputThat(isHostname, endpointName),
    redirects: flag,
    fingerprint: z.optional(inputOr(z.string())),
    dependsOn: z.array(z.custom(isObject), {
        error: "give the list of resources that must exist before the edge can answer",
    }),
    dnsRecords: z.optional(inputOr(z.array(z.custom(isObject)))),
    nextSteps: z.optional(listOfTexts),
    notes: z.optional(listOfTexts),
    waitsFor: z.optional(listOfTexts),
    secureNotBefore: z.optional(inputOr(z.string())),
    kind: z.optional(text),
    replaces: z.optional(text),
});

/** Everything that is wrong with the user's own edge. */
export function edgeProblems(hostname: string, edge: Edge): Problem[] {
    return problemsBy<Partial<Edge>>(ownEdge, edge, ({ endpoint = "" }) =>
        loopProblems(hostname, endpoint, "endpoint"),
    );
}

/**
 * Checks the arguments of an edge, and returns its hostname in canonical form. Throws one error with everything that is wrong.
 *
 * @param clashes Finds what is wrong between the arguments.
 */
export function checkEdgeArgs<Args extends { hostname: string; endpoint?: string }>(
    subject: string,
    shape: z.core.$ZodLooseShape,
    given: Args,
    clashes: (hostname: string | undefined, args: Args) => Problem[],
): string {
    const schema = fields({
        ...shape,
        ...networkFields,
        hostname: trackingHost,
        endpoint: z.optional(textThat(isHostname, endpointName)),
        inUse: flag,
        transform: z.optional(z.custom(isObject)),
        preflight: z.optional(z.unknown()),
    });
    const problems = problemsBy<Args>(schema, given, (args) => {
        const hostname = args.hostname === undefined ? undefined : checkHostname(args.hostname).hostname;
        return [...loopProblems(hostname ?? "", args.endpoint ?? ANY_ENDPOINT, "endpoint"), ...clashes(hostname, args)];
    });
    refuse(subject, problems);
    return checkHostname(given.hostname).hostname;
}

/** Checks a value of an edge's arguments as soon as it is known. A plain value is checked already. */
export function checkWhenKnown<Value>(
    subject: string,
    field: string,
    schema: z.ZodMiniType,
    value: pulumi.Input<Value>,
): pulumi.Input<Value> {
    if (!isOutput(value)) {
        return value;
    }
    const checked = pulumi.output(value).apply((known) => {
        refuse(
            subject,
            problemsBy(z.object({ [field]: schema }), { [field]: known }, () => []),
        );
        return known;
    });
    return checked as pulumi.Output<Value>;
}

/** A short text that changes with the value. The order of keys doesn't matter. */
export function fingerprint(value: unknown): string {
    return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 12);
}
