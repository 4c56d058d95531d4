// Who writes the DNS records of an edge that isn't Cloudflare's: Cloudflare as a DNS service (DNS only, not proxied), a
// person, or the user's own writer. Of this room, other edges use only this file.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import type { ManualDnsArgs } from "../dns/manual";
import { type DnsWriter, isDnsWriter } from "../dns/writer";
import type { InUseArgs } from "../edge";
import type { EdgeComponent } from "../edgeTypes";
import { asciiName, isWithin } from "../hostname";
import { HostLook, type LookOptions } from "../hostToday/look";
import { isObject } from "../othersWords";
import { afterLook } from "../pulumi/afterCheck";
import { below, type Problem } from "../pulumi/problems";
import { configKeyName, fields, flag, text, unless } from "../pulumi/shape";
import { type Transform, transformed } from "../pulumi/transform";
import { refuse } from "../pulumi/userError";
import { type CloudflareImport, claimImports, idProblems, importId, zoneIdentifier, zoneName } from "./arguments";
import type { WantedChallenge } from "./ownership";
import { beginPreflight } from "./preflight";
import { type WrittenHostRecord, wantedRecord, writeHostRecord } from "./record";
import { zoneOf } from "./zone";

/** Who writes the DNS records that an edge needs: exactly one of `cloudflare` and `manual`. */
export interface DnsArgs {
    /** Cloudflare holds the hostname's zone. The stack writes the records there, DNS only, not proxied. */
    cloudflare?: CloudflareDnsArgs;
    /**
     * A person adds the records, at any DNS service. `dnsRecords` and `nextSteps` say which. Run `pulumi up` again when
     * they exist.
     */
    manual?: ManualDnsArgs;
}

/** A zone at Cloudflare. */
export interface CloudflareDnsArgs {
    /** The name of the zone that holds the hostname. It is looked up once per program, unless you give `zoneId` too. */
    zone?: string;
    /** The id of the zone. With it the zone isn't looked up by name. */
    zoneId?: pulumi.Input<string>;
    /**
     * The id of the Cloudflare account. It is needed if several accounts have a zone of that name.
     *
     * @default the one account that has the zone
     */
    accountId?: string;
    /**
     * The name of the configuration key that holds the API token, as under `cloudflare`.
     *
     * @default the provider's token: `cloudflare:apiToken`, or `CLOUDFLARE_API_TOKEN` in the environment
     * @example "cloudflare:apiTokenShop"
     */
    apiTokenConfig?: string;
    /**
     * The id of the record that the hostname already has: `<zone id>/<record id>`. The first `up` imports and corrects it.
     * `npx --no-install pulumi-sparkpost-tracking find <hostname>` prints it. Remove it after that `up`.
     */
    import?: Pick<CloudflareImport, "record">;
    /**
     * Takes over a hostname that is used for something else today, and breaks that use. Use it with `import.record`. Write
     * the content of its DNS record today; anything else is refused.
     *
     * @example "u1234567.ct.sendgrid.net"
     */
    replaces?: string;
}

/** Adjusts the records: the hostname's own, and the one that proves the hostname to a certificate authority. */
export interface CloudflareDnsTransforms {
    record?: Transform<DnsRecordArgs>;
    challengeRecord?: Transform<DnsRecordArgs>;
}

/** The hostname whose records are written. */
interface HostToWrite extends InUseArgs, LookOptions {
    hostname: string;
    /** The SparkPost host behind it. */
    endpoint: string;
    transform?: CloudflareDnsTransforms;
}

/**
 * Writes DNS-only records in a zone at Cloudflare, after a look at what the hostname is today. The API token needs Zone Read
 * (to look the zone up by name) and DNS Write.
 *
 * @param component The edge, whose provider is used.
 */
export function cloudflareDns(host: HostToWrite, zone: CloudflareDnsArgs, component: EdgeComponent): DnsWriter {
    const { hostname, endpoint, inUse, transform = {}, preflight = new HostLook(component) } = host;
    const { id, known } = zoneOf({ ...zone, hostname, isProxied: false }, component);
    const zoneId = afterLook(id, preflight.passed);
    let written: WrittenHostRecord | undefined;
    let challenge: WantedChallenge | undefined;
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
                const declared = transformed(transform.challengeRecord, name, plain, opts);
                challenge = { name: recordName, resourceName: declared[0], comment: purpose };
                return new DnsRecord(...declared);
            }
            refuse(`DNS of ${hostname}`, claimImports(name, zone.import));
            const imported = { ...opts, import: zone.import?.record };
            const [resourceName, args, ownOpts] = transformed(transform.record, name, plain, imported);
            written = writeHostRecord(resourceName, args, ownOpts, { preflight, inUse });
            const wanted = wantedRecord(resourceName, args, ownOpts, { ...host, replaces: zone.replaces });
            const here = { hostname, endpoint, challenge, field: "dns.cloudflare" };
            beginPreflight(preflight, known, { ...wanted, ...here }, component);
            return written.resource;
        },
        secureNotBefore: () => written?.secureNotBefore,
    };
}

/** The schema of `dns`: checks each field by itself, and takes the user's own writer as it is. */
export const dnsShape = unless(
    (dns) => isObject(dns) && isDnsWriter(dns as DnsArgs),
    fields({
        cloudflare: z.optional(
            fields({
                zone: z.optional(zoneName),
                zoneId: z.optional(zoneIdentifier),
                accountId: z.optional(text),
                apiTokenConfig: configKeyName("cloudflare:apiTokenShop"),
                import: z.optional(fields({ record: z.optional(importId) })),
                replaces: z.optional(text),
            }),
        ),
        manual: z.optional(fields({ recordsExist: flag, replaces: z.optional(text) })),
    }),
);

/** Begins the look at a hostname whose records aren't written at Cloudflare. For those, `cloudflareDns` begins it. */
export function beginElsewhere(look: HostLook, options: HostToWrite, dns: DnsArgs | DnsWriter): void {
    const { hostname, endpoint, inUse } = options;
    const host = { hostname, endpoint, inUse, isAlias: true, options };
    if (isDnsWriter(dns)) {
        look.beginInDns({ ...host, isWritten: true, replaces: dns.replaces, field: "dns" });
    } else if (dns.manual) {
        const { recordsExist, replaces } = dns.manual;
        look.beginInDns({ ...host, isThere: recordsExist, replaces, field: "dns.manual" });
    }
}

/** The name of the configuration key that holds the API token for the records. */
export function dnsKeyOf(dns: DnsArgs | DnsWriter): string | undefined {
    return isDnsWriter(dns) ? undefined : dns.cloudflare?.apiTokenConfig;
}

/** The arguments for records that a person adds; `undefined` if the stack writes them. */
export function manualOf(dns: DnsArgs | DnsWriter): ManualDnsArgs | undefined {
    return isDnsWriter(dns) ? undefined : dns.manual;
}

/** What is wrong between these arguments, and between them and the hostname. Each field by itself must be right. */
export function dnsProblems(hostname: string | undefined, dns: DnsArgs | DnsWriter | undefined): Problem[] {
    if (dns && isDnsWriter(dns)) {
        return [];
    }
    const { cloudflare, manual } = dns ?? {};
    if ((cloudflare === undefined) === (manual === undefined)) {
        return [
            {
                field: "",
                message:
                    "say who adds the DNS records: `dns: { cloudflare: { zone: example.com } }`, or `dns: { manual: {} }` if a person does",
            },
        ];
    }
    return cloudflare
        ? below("cloudflare", [
              ...zoneProblems(hostname, cloudflare),
              ...idProblems(cloudflare.import ?? {}, cloudflare.zoneId),
          ])
        : [];
}

function zoneProblems(hostname: string | undefined, { zone, zoneId }: CloudflareDnsArgs): Problem[] {
    if (zone === undefined) {
        return zoneId === undefined
            ? [{ field: "zone, zoneId", message: "name the zone that holds the hostname, or give its `zoneId`" }]
            : [];
    }
    return hostname && !isWithin(hostname, asciiName(zone) ?? "")
        ? [{ field: "zone", value: zone, message: `${hostname} isn't in this zone; name the zone that holds it` }]
        : [];
}
