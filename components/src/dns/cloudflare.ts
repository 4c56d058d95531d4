// Cloudflare as DNS service: records that aren't proxied, in a zone that is looked up or given by its id.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import type * as pulumi from "@pulumi/pulumi";
import { claimImports } from "../cloudflare/arguments";
import { Preflight } from "../cloudflare/preflight";
import { type WrittenHostRecord, wantedRecord, writeHostRecord } from "../cloudflare/record";
import { zoneOf } from "../cloudflare/zone";
import type { InUseArgs } from "../edge";
import type { ProbeOptions } from "../probe/request";
import { afterLook } from "../pulumi/afterCheck";
import { type Transform, transformed } from "../pulumi/transform";
import { refuse } from "../pulumi/userError";
import type { CloudflareDnsArgs } from "./arguments";
import type { DnsWriter } from "./writer";

/** Adjustments of the records: the host's own, and the one that proves the host to a certificate authority. */
export interface CloudflareDnsTransforms {
    record?: Transform<DnsRecordArgs>;
    challengeRecord?: Transform<DnsRecordArgs>;
}

/** What is known of the host whose records are written. */
export interface HostToWrite
    extends InUseArgs,
        Pick<ProbeOptions, "resolver" | "nameServers" | "caFile" | "connectTo"> {
    hostname: string;
    /** The SparkPost host behind it. */
    endpoint: string;
    transform?: CloudflareDnsTransforms;
}

/**
 * Writes DNS-only records in a zone at Cloudflare, after a look at what the host is today. Token permissions: Zone Read (to
 * look the zone up by name) and DNS Write.
 *
 * @param component The edge, whose provider the look-up uses.
 */
export function cloudflareDns(host: HostToWrite, zone: CloudflareDnsArgs, component: pulumi.Resource): DnsWriter {
    const { hostname, endpoint, inUse, transform = {}, preflight = new Preflight(component) } = host;
    const { id, knownId } = zoneOf({ ...zone, hostname, isProxied: false }, component);
    const zoneId = afterLook(id, preflight.passed);
    let written: WrittenHostRecord | undefined;
    return {
        createRecord(name, { type, name: recordName, value, ttl, purpose }, opts) {
            const plain: DnsRecordArgs = {
                zoneId,
                name: recordName,
                type,
                content: value,
                proxied: false,
                ttl,
                comment: purpose,
            };
            if (recordName !== hostname) {
                return new DnsRecord(...transformed(transform.challengeRecord, name, plain, opts));
            }
            refuse(`DNS of ${hostname}`, claimImports(name, zone.import));
            const imported = { ...opts, import: zone.import?.record };
            const [resourceName, args, ownOpts] = transformed(transform.record, name, plain, imported);
            written = writeHostRecord(resourceName, args, ownOpts, { preflight, inUse });
            preflight.begin(knownId ?? id, {
                ...wantedRecord(resourceName, args, ownOpts, { ...host, replaces: zone.replaces }),
                hostname,
                endpoint,
                field: "dns.cloudflare",
            });
            return written.resource;
        },
        secureNotBefore: () => written?.secureNotBefore,
    };
}
