// What an edge is: that which terminates TLS for a tracking host and hands the requests to SparkPost's endpoint.
import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { isHostname } from "./hostname";
import { canonicalJson } from "./pulumi/canonicalJson";
import type { Problem } from "./pulumi/problems";

/** A DNS record that an edge needs, whoever writes it. */
export interface DnsRecordSpec {
    type: string;
    /** Full name, without a trailing dot. */
    name: string;
    /** Without a trailing dot. */
    value: string;
    /** Seconds; undefined where the DNS service decides. */
    ttl?: number;
    /** What it is for, in a sentence. */
    purpose: string;
}

/** What an edge of ours can be told of its host. */
export interface InUseArgs {
    /**
     * The host may have links in use: the stack remembers for how long resolvers keep what its record at Cloudflare said
     * before, and `secureNotBefore` says until when. Default false.
     */
    inUse?: boolean;
}

/** An edge for one tracking host: one of ours, or an object of one's own (CloudFront, nginx). */
export interface Edge {
    /** The SparkPost host that it hands requests to. */
    endpoint: pulumi.Input<string>;
    /** It sends visitors to the endpoint instead of relaying: the probe then expects exactly that. Default false. */
    redirects?: boolean;
    /** Stands for the edge's arguments: when it changes, the probe runs and SparkPost verifies again. */
    fingerprint?: pulumi.Input<string>;
    /** Resources that must exist before the edge can answer. */
    dependsOn: pulumi.Resource[];
    /** The records it needs or has. */
    dnsRecords?: pulumi.Input<DnsRecordSpec[]>;
    /** What is left for a person to do. */
    nextSteps?: pulumi.Input<string[]>;
    /**
     * What a person has to do first, one sentence a step: records by hand, a delegation. While there is any, what comes
     * after the edge is put off; a later `up` goes on.
     */
    waitsFor?: pulumi.Input<string[]>;
    /**
     * When https links in use may begin at the earliest, RFC 3339: until then resolvers may lead visitors to where nothing
     * has a certificate for the host. Default: at once.
     */
    secureNotBefore?: pulumi.Input<string | undefined>;
    /** What terminates TLS, in a word: it tells a host that has moved. Default `own`. */
    kind?: string;
}

/** An endpoint that is the tracking host itself would be sent its own requests for ever. */
export function loopProblems(hostname: string, endpoint: pulumi.Input<string>, field: string): Problem[] {
    const message =
        "the endpoint is the host itself, which would forward to itself; write SparkPost's, such as spgo.io";
    return typeof endpoint === "string" && endpoint.toLowerCase() === hostname
        ? [{ field, value: endpoint, message }]
        : [];
}

/** Everything that is wrong with an edge of somebody's own. */
export function edgeProblems(hostname: string, { endpoint, redirects, dependsOn }: Edge): Problem[] {
    const problems = loopProblems(hostname, endpoint, "endpoint");
    if (typeof endpoint === "string" ? !isHostname(endpoint) : typeof endpoint !== "object") {
        problems.push({
            field: "endpoint",
            value: endpoint,
            message: "write the plain name of the SparkPost host, such as spgo.io",
        });
    }
    if (redirects !== undefined && typeof redirects !== "boolean") {
        problems.push({ field: "redirects", value: redirects, message: "write true or false" });
    }
    if (!Array.isArray(dependsOn)) {
        problems.push({
            field: "dependsOn",
            message: "give the list of resources that must exist before the edge can answer",
        });
    }
    return problems;
}

/** A short text that changes when the value does; the order of keys doesn't matter. */
export function fingerprint(value: unknown): string {
    return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 12);
}
