// Cloudflare as DNS service: records that aren't proxied, in a zone that is looked up or given by its id.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import type * as pulumi from "@pulumi/pulumi";
import { type DeclaredHostRecord, declareHostRecord } from "../cloudflare/hostRecord";
import { zoneOf } from "../cloudflare/zone";
import { type Transform, transformed } from "../pulumi/transform";
import type { CloudflareDnsArgs } from "./arguments";
import type { DnsWriter } from "./writer";

/** Adjustments of the records: the host's own, and the one that proves the host to a certificate authority. */
export interface CloudflareDnsTransforms {
    record?: Transform<DnsRecordArgs>;
    challengeRecord?: Transform<DnsRecordArgs>;
}

/**
 * Writes DNS-only records in a zone at Cloudflare. Token permissions: Zone Read (to look the zone up by name) and DNS
 * Write.
 *
 * @param hostname  The tracking host, which the zone must hold.
 * @param component Whose provider the look-up uses.
 * @param inUse     The host may have links in use already.
 */
export function cloudflareDns(
    hostname: string,
    zone: CloudflareDnsArgs,
    component: pulumi.Resource,
    { transform = {}, inUse }: { transform?: CloudflareDnsTransforms; inUse?: boolean } = {},
): DnsWriter {
    const { id: zoneId } = zoneOf({ ...zone, hostname, isProxied: false }, component);
    let declared: DeclaredHostRecord | undefined;
    return {
        createRecord(name, { type, name: recordName, value, ttl, purpose }, opts) {
            const args: DnsRecordArgs = {
                zoneId,
                name: recordName,
                type,
                content: value,
                proxied: false,
                ttl,
                comment: purpose,
            };
            if (recordName !== hostname) {
                return new DnsRecord(...transformed(transform.challengeRecord, name, args, opts));
            }
            const importId = zone.import?.record;
            const ownRecord = transformed(transform.record, name, args, { ...opts, import: importId });
            declared = declareHostRecord(...ownRecord, { hostname, importId, inUse }, component);
            return declared.resource;
        },
        secureNotBefore: () => declared?.secureNotBefore,
    };
}
