// A hostname's own DNS record at Cloudflare, for every edge. It is made or changed only after the look at what the hostname is
// today. In both of Cloudflare's modes it is a proxied CNAME to the endpoint, as the same resource: so a change of mode never
// removes the name.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecordSpec } from "../dns/writer";
import type { HostLook, LookOptions } from "../hostToday/look";
import { MARK } from "../hostToday/today";
import { type Transform, transformed } from "../pulumi/transform";
import type { CloudflareArgs } from "./arguments";
import { secureNotBefore } from "./oldAnswers";
import type { WantedHost } from "./preflight";

/** The record of a hostname behind a Cloudflare edge. */
interface HostRecord extends Pick<CloudflareArgs, "import"> {
    hostname: string;
    endpoint: string;
    zoneId: pulumi.Input<string>;
    transform?: Transform<DnsRecordArgs>;
}

/** The arguments and options of the record of a Cloudflare edge, after the user's transform. */
export function hostRecordArgs(
    name: string,
    { hostname, endpoint, zoneId, import: ids, transform }: HostRecord,
    opts: pulumi.CustomResourceOptions,
): [name: string, args: DnsRecordArgs, opts: pulumi.CustomResourceOptions] {
    return transformed<DnsRecordArgs>(
        transform,
        name,
        {
            zoneId,
            name: hostname,
            type: "CNAME",
            content: endpoint,
            proxied: true,
            // Cloudflare sets the TTL of a proxied record (300 s), and accepts only 1, "automatic".
            ttl: 1,
            comment: `SparkPost tracking domain; ${MARK}`,
        },
        // For another hostname it is another record, made before the old one is deleted. Anything else changes in place.
        { ...opts, replacementTrigger: hostname, import: ids?.record },
    );
}

/** The record, and the earliest time when links in use may become https. */
export interface WrittenHostRecord {
    resource: DnsRecord;
    secureNotBefore?: pulumi.Output<string | undefined>;
}

/** Declares the record of a hostname. */
export function writeHostRecord(
    name: string,
    args: DnsRecordArgs,
    opts: pulumi.CustomResourceOptions,
    { preflight, inUse = false }: { preflight: HostLook; inUse?: boolean },
): WrittenHostRecord {
    const resource = new DnsRecord(name, args, opts);
    return {
        resource,
        secureNotBefore: inUse
            ? pulumi.all([preflight.passed, resource.modifiedOn]).apply(([seen, on]) => secureNotBefore(seen, on))
            : undefined,
    };
}

/** What the look must know of a record that will be declared. Only plain values are known then. */
export function wantedRecord(
    resourceName: string,
    { content, proxied, comment }: DnsRecordArgs,
    opts: pulumi.CustomResourceOptions,
    given: Pick<CloudflareArgs, "certificateCoversHostname" | "replaces"> & LookOptions & { inUse?: boolean },
): Pick<
    WantedHost,
    "resourceName" | "content" | "proxied" | "comment" | "recordImport" | "replaces" | "inUse" | "isCovered" | "options"
> {
    const { certificateCoversHostname, replaces, inUse } = given;
    return {
        resourceName,
        content: typeof content === "string" ? content : undefined,
        // If that isn't known yet, the look assumes a proxied record, which is more careful.
        proxied: proxied !== false,
        comment: typeof comment === "string" ? comment : undefined,
        recordImport: opts.import,
        replaces,
        inUse,
        isCovered: certificateCoversHostname,
        options: given,
    };
}

/** The arguments that decide what the edge does, for its fingerprint. */
export function fingerprintedArgs({ comment: _, ...args }: DnsRecordArgs): Partial<DnsRecordArgs> {
    return args;
}

/** The record for the edge's `dnsRecords`. */
export function recordSpecs(
    { type, name, content, proxied }: DnsRecordArgs,
    purpose: (proxied: boolean) => string,
): pulumi.Output<DnsRecordSpec[]> {
    return pulumi
        .output({ type, name, value: content, proxied })
        .apply(({ proxied, value, ...shown }) => [
            { ...shown, value: value ?? "", purpose: purpose(proxied === true) },
        ]);
}
