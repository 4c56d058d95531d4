// What a user says about an edge's DNS, and what can be wrong with it.
import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import { type CloudflareImport, idProblems, importId, zoneIdentifier, zoneName } from "../cloudflare/arguments";
import { asciiName, isWithin } from "../hostname";
import { below, type Problem } from "../pulumi/problems";
import { configKeyName, fields, flag, text, unless } from "../pulumi/shape";
import type { DnsWriter } from "./writer";

/** Who writes the records that an edge needs. Exactly one of `cloudflare` and `manual`. */
export interface DnsArgs {
    /** Cloudflare serves the host's zone; the records are DNS-only there, not proxied. */
    cloudflare?: CloudflareDnsArgs;
    /**
     * A person adds the records, at whatever DNS service. `dnsRecords` and `nextSteps` say which; once they are there,
     * the next `pulumi up` goes on.
     */
    manual?: ManualDnsArgs;
}

/** A zone at Cloudflare. */
export interface CloudflareDnsArgs {
    /** Name of the zone that holds the host; looked up, once per program, unless `zoneId` is given too. */
    zone?: string;
    /** Id of the zone: no look-up is made. */
    zoneId?: pulumi.Input<string>;
    /** Narrows the look-up where several accounts hold a zone of that name. */
    accountId?: string;
    /** Name of the configuration key that holds the API token, as under `cloudflare`. */
    apiTokenConfig?: string;
    /**
     * The host's record that is there already, `<zone id>/<record id>`: taken over and corrected by the first `up`. As
     * under `cloudflare`, `npx --no-install pulumi-sparkpost-tracking find <hostname>` prints it.
     */
    import?: Pick<CloudflareImport, "record">;
    /**
     * With `import.record`: takes the host over although it is a live name of somebody else's, which breaks what uses it
     * today. Write the content that its record has today; anything else is refused.
     */
    replaces?: string;
}

/** Records that a person adds. */
export interface ManualDnsArgs {
    /**
     * Says that the records exist. Default false: then the zone's name servers are asked whenever the program runs. To
     * be set where this machine can't ask them, or where the host is an alias that DNS shows as addresses.
     */
    recordsExist?: boolean;
    /**
     * Goes on although the host is a live name of somebody else's, which breaks what uses it today once its record is
     * changed. Write the content that its record has today; anything else is refused.
     */
    replaces?: string;
}

/** Whether it is a writer of the user's own. */
export function isDnsWriter(dns: DnsArgs | DnsWriter): dns is DnsWriter {
    return typeof (dns as Partial<DnsWriter>).createRecord === "function";
}

/** Who writes the records, each field checked by itself; a writer of the user's own is taken as it is. */
export const dnsShape = unless(
    (dns) => isDnsWriter(dns as DnsArgs),
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

/** The name of the configuration key that the records' API token is taken from. */
export function dnsKeyOf(dns: DnsArgs | DnsWriter): string | undefined {
    return isDnsWriter(dns) ? undefined : dns.cloudflare?.apiTokenConfig;
}

/** What is said of records that a person adds; `undefined` where they are written. */
export function manualOf(dns: DnsArgs | DnsWriter): ManualDnsArgs | undefined {
    return isDnsWriter(dns) ? undefined : dns.manual;
}

/** What is wrong between these arguments and with a host by them. Each field by itself must be right. */
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
                    "say who writes the records: `dns: { cloudflare: { zone: example.com } }`, or `dns: { manual: {} }` for a person",
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
            ? [{ field: "zone, zoneId", message: "name the zone that holds the host, or give its `zoneId`" }]
            : [];
    }
    return hostname && !isWithin(hostname, asciiName(zone) ?? "")
        ? [{ field: "zone", value: zone, message: `${hostname} doesn't lie in it; give the zone that holds the host` }]
        : [];
}
