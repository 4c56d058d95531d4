// The host's DNS record at Cloudflare: a proxied CNAME to the endpoint. The same resource in every mode, so that a
// change of mode never takes the name away.
import type { DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import * as pulumi from "@pulumi/pulumi";
import { MARK } from "../dns/recordMark";
import type { DnsRecordSpec, InUseArgs } from "../edge";
import { type Transform, transformed } from "../pulumi/transform";
import type { CloudflareArgs } from "./arguments";
import { type DeclaredHostRecord, declareHostRecord } from "./hostRecord";

/** What the record says, and what the edge's arguments say of it. */
export interface HostRecord extends Pick<CloudflareArgs, "import" | "certificateCoversHost">, InUseArgs {
    hostname: string;
    endpoint: string;
    zoneId: pulumi.Input<string>;
    transform?: Transform<DnsRecordArgs>;
}

/** Declares the record of the component, and tells its arguments after the user's transform. */
export function declareRecord(
    name: string,
    { hostname, endpoint, zoneId, import: ids, inUse, certificateCoversHost: isCovered, transform }: HostRecord,
    component: pulumi.Resource,
    opts: pulumi.CustomResourceOptions,
): DeclaredHostRecord & { args: DnsRecordArgs } {
    const importId = ids?.record;
    const recordArgs = transformed<DnsRecordArgs>(
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
        { ...opts, replacementTrigger: hostname, import: importId },
    );
    const declared = declareHostRecord(...recordArgs, { hostname, importId, inUse, isCovered }, component);
    return { ...declared, args: recordArgs[1] };
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
