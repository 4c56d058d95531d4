// A host's own DNS record at Cloudflare, whichever edge it leads to: made or changed only after the look at what the host
// is today. In both of Cloudflare's modes it is a proxied CNAME to the endpoint, the same resource, so that a change of
// mode never takes the name away.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecordSpec } from "../dns/writer";
import type { HostLook, LookOptions } from "../hostToday/look";
import { MARK } from "../hostToday/today";
import { type Transform, transformed } from "../pulumi/transform";
import type { CloudflareArgs } from "./arguments";
import { secureNotBefore } from "./oldAnswers";
import type { WantedHost } from "./preflight";

/** What the record says, and what the edge's arguments say of it. */
export interface HostRecord extends Pick<CloudflareArgs, "import"> {
    hostname: string;
    endpoint: string;
    zoneId: pulumi.Input<string>;
    transform?: Transform<DnsRecordArgs>;
}

/** The arguments and options of the record of one of Cloudflare's edges, after the user's transform. */
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
            // Cloudflare decides the TTL of a proxied record (300 s) and takes no other value than 1, "automatic".
            ttl: 1,
            comment: `SparkPost tracking domain; ${MARK}`,
        },
        // Of another name it is another record: made before the old one goes. Anything else changes in place.
        { ...opts, replacementTrigger: hostname, import: ids?.record },
    );
}

/** The record, and when links in use may become https at the earliest. */
export interface WrittenHostRecord {
    resource: DnsRecord;
    secureNotBefore?: pulumi.Output<string | undefined>;
}

/** Declares the record of a host. */
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

/** What the look has to know of a record that is going to be declared, of which only plain values are known before. */
export function wantedRecord(
    resourceName: string,
    { content, proxied, comment }: DnsRecordArgs,
    opts: pulumi.CustomResourceOptions,
    given: Pick<CloudflareArgs, "certificateCoversHost" | "replaces"> & LookOptions & { inUse?: boolean },
): Pick<
    WantedHost,
    "resourceName" | "content" | "proxied" | "comment" | "recordImport" | "replaces" | "inUse" | "isCovered" | "options"
> {
    const { certificateCoversHost, replaces, inUse, resolver, nameServers, caFile, connectTo } = given;
    return {
        resourceName,
        content: typeof content === "string" ? content : undefined,
        // One that isn't known before may be proxied: the more careful of the two.
        proxied: proxied !== false,
        comment: typeof comment === "string" ? comment : undefined,
        recordImport: opts.import,
        replaces,
        inUse,
        isCovered: certificateCoversHost,
        options: { resolver, nameServers, caFile, connectTo },
    };
}

/** The arguments that decide what the edge does: those that its fingerprint stands for. */
export function actingArgs({ comment: _, ...args }: DnsRecordArgs): Partial<DnsRecordArgs> {
    return args;
}

/** The record as an edge lists it; `purpose` gets whether it is proxied. */
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
