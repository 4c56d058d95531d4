// What an edge is: that which terminates TLS for a tracking host and hands the requests to SparkPost's endpoint.
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import type { DnsRecordSpec } from "./dns/writer";
import { checkHostname, isHostname } from "./hostname";
import type { HostLook } from "./hostToday/look";
import { ANY_ENDPOINT } from "./hostToday/today";
import { networkFields } from "./probe/arguments";
import { canonicalJson } from "./pulumi/canonicalJson";
import type { Problem } from "./pulumi/problems";
import {
    fields,
    flag,
    inputOr,
    inputThat,
    isOutput,
    isSetOfFields,
    problemsBy,
    text,
    textThat,
    textWithout,
} from "./pulumi/shape";
import { refuse } from "./pulumi/userError";

/** What an edge of ours can be told of its host. */
export interface InUseArgs {
    /**
     * The host may have links in use: `secureNotBefore` says until when resolvers may keep what its record at
     * Cloudflare said before.
     *
     * @default false
     */
    inUse?: boolean;
    /**
     * The look at what the host is today, where what comes before the edge waits for it too.
     *
     * @default the edge makes its own
     * @internal
     */
    preflight?: HostLook;
}

/** An edge for one tracking host: one of ours, or an object of one's own (CloudFront, nginx). */
export interface Edge {
    /** The SparkPost host that it hands requests to. */
    endpoint: pulumi.Input<string>;
    /**
     * It sends visitors to the endpoint instead of relaying: the probe then expects exactly that.
     *
     * @default false
     */
    redirects?: boolean;
    /** Stands for the edge's arguments: when it changes, the probe runs and SparkPost verifies again. */
    fingerprint?: pulumi.Input<string>;
    /** Resources that must exist before the edge can answer. */
    dependsOn: pulumi.Resource[];
    /** The records it needs or has. */
    dnsRecords?: pulumi.Input<DnsRecordSpec[]>;
    /** What is left for a person to do that nothing waits for, one step each. */
    nextSteps?: pulumi.Input<string[]>;
    /** What is good to know of it. */
    notes?: pulumi.Input<string[]>;
    /**
     * What a person has to do first, one step each: records by hand, a delegation. While there is any, what comes after
     * the edge is put off; a later `up` goes on. Pulumi shows outputs up to 150 characters: begin with what is to be typed.
     */
    waitsFor?: pulumi.Input<string[]>;
    /**
     * When https links in use may begin at the earliest, RFC 3339: until then resolvers may lead visitors to where
     * nothing has a certificate for the host.
     *
     * @default at once
     */
    secureNotBefore?: pulumi.Input<string | undefined>;
    /**
     * What terminates TLS, in a word: it tells a host that has moved.
     *
     * @default "own"
     */
    kind?: string;
    /**
     * The content of the host's record today, where it is a live name of somebody else's that the edge is to take over all
     * the same. Anything else than what is there is refused. Not needed for a host that answers a click as the endpoint does,
     * or redirects to it, or whose record is one of `dnsRecords` already; nor for an edge with `dependsOn`, which may be what
     * is there: the probe decides then.
     *
     * @example "d111111abcdef8.cloudfront.net"
     */
    replaces?: string;
}

/** An endpoint that is the tracking host itself would be sent its own requests for ever. */
export function loopProblems(hostname: string, endpoint: pulumi.Input<string>, field: string): Problem[] {
    const message =
        "the endpoint is the hostname itself, so it would forward to itself; write SparkPost's endpoint, such as spgo.io";
    return typeof endpoint === "string" && endpoint.toLowerCase() === hostname
        ? [{ field, value: endpoint, message }]
        : [];
}

const endpointName = "write the plain name of the SparkPost host, such as spgo.io";
const listOfTexts = inputOr(z.array(text));

/** The host of an edge. */
export const trackingHost = textWithout((name) => checkHostname(name).mistakes);

/** An edge of somebody's own, each field checked by itself. It may be a component, and have more. */
export const ownEdge = z.looseObject({
    endpoint: inputThat(isHostname, endpointName),
    redirects: flag,
    fingerprint: z.optional(inputOr(z.string())),
    dependsOn: z.array(z.custom(isSetOfFields), {
        error: "give the list of resources that must exist before the edge can answer",
    }),
    dnsRecords: z.optional(inputOr(z.array(z.custom(isSetOfFields)))),
    nextSteps: z.optional(listOfTexts),
    notes: z.optional(listOfTexts),
    waitsFor: z.optional(listOfTexts),
    secureNotBefore: z.optional(inputOr(z.string())),
    kind: z.optional(text),
    replaces: z.optional(text),
});

/** Everything that is wrong with an edge of somebody's own. */
export function edgeProblems(hostname: string, edge: Edge): Problem[] {
    return problemsBy<Partial<Edge>>(ownEdge, edge, ({ endpoint = "" }) =>
        loopProblems(hostname, endpoint, "endpoint"),
    );
}

/**
 * The host of an edge that is used alone, in the one form we keep; throws one error with everything that is wrong with the
 * arguments. `clashes` finds what is wrong between them.
 */
export function checkedHost<Args extends { hostname: string; endpoint?: string }>(
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
        transform: z.optional(z.custom(isSetOfFields)),
        preflight: z.optional(z.unknown()),
    });
    const problems = problemsBy<Args>(schema, given, (args) => {
        const hostname = args.hostname === undefined ? undefined : checkHostname(args.hostname).hostname;
        return [...loopProblems(hostname ?? "", args.endpoint ?? ANY_ENDPOINT, "endpoint"), ...clashes(hostname, args)];
    });
    refuse(subject, problems);
    return checkHostname(given.hostname).hostname;
}

/** A value of an edge's arguments: one that is known later is checked then. */
export function whenKnown<Value>(
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

/** A short text that changes when the value does; the order of keys doesn't matter. */
export function fingerprint(value: unknown): string {
    return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 12);
}
