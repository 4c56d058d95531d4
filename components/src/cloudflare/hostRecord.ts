// A host's own record at Cloudflare, whichever edge it leads to: looked at before it is made or changed, and with the
// memory of how long resolvers keep what it said before.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import * as pulumi from "@pulumi/pulumi";
import { FormerTtl } from "../sparkpost/formerTtl";
import { lookAtRecord } from "./recordCheck";

/** What is known of the host beside its record. */
export interface HostInUse {
    hostname: string;
    /** Takes this record over, `<zone id>/<record id>`, where the stack has none yet. */
    importId?: string;
    /** The host may have links in use already. */
    inUse?: boolean;
    /** Somebody has seen that the host has an active certificate. */
    isCovered?: boolean;
}

/** The record, and when links in use may become https at the earliest. */
export interface DeclaredHostRecord {
    resource: DnsRecord;
    secureNotBefore?: pulumi.Output<string | undefined>;
}

/** Declares the record of the component with these arguments, which are a transform's result. */
export function declareHostRecord(
    name: string,
    args: DnsRecordArgs,
    opts: pulumi.CustomResourceOptions,
    { hostname, importId, inUse = false, isCovered = false }: HostInUse,
    component: pulumi.Resource,
): DeclaredHostRecord {
    const { zoneId, formerTtl, changedBefore } = lookAtRecord(
        args,
        { resourceName: name, importId, inUse, isCovered },
        component,
    );
    if (!inUse) {
        return { resource: new DnsRecord(name, { ...args, zoneId }, opts) };
    }
    const { parent, dependsOn } = opts;
    const former = new FormerTtl(name, { domain: hostname, ttl: formerTtl }, { parent, dependsOn });
    const resource = new DnsRecord(name, { ...args, zoneId }, pulumi.mergeOptions(opts, { dependsOn: former }));
    const secureNotBefore = pulumi
        .all([former.keptFor, changedBefore, resource.modifiedOn])
        .apply(([keptFor, before, now]) => (keptFor === undefined ? undefined : after(before ?? now, keptFor)));
    return { resource, secureNotBefore };
}

/** The moment this many seconds after another one; where that isn't known, after now. */
function after(moment: string | undefined, seconds: number): string {
    return new Date((Date.parse(moment ?? "") || Date.now()) + seconds * 1_000).toISOString();
}
