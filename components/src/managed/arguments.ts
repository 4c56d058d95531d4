// What a user says about SparkPost's own certificates, and what can be wrong with it.
import * as z from "zod/mini";
import { type DnsArgs, dnsProblems, dnsShape } from "../cloudflare/dns";
import type { DnsWriter } from "../dns/writer";
import { below, type Problem } from "../pulumi/problems";
import { flag, seconds } from "../pulumi/shape";
import { type AccountArgs, resolveAccount } from "../sparkpost/account";

/** SparkPost holds the certificate itself: the host is a plain CNAME to one of its v2 endpoints. */
export interface ManagedArgs {
    /** Who writes the host's DNS record: Cloudflare, a person, or in a program a writer of your own. */
    dns: DnsArgs | DnsWriter;
    /**
     * Seconds until SparkPost must have the certificate. It takes about 15 minutes.
     *
     * @default 3600
     */
    certificateDeadline?: number;
    /**
     * Takes a host that has HTTPS through a CDN today to SparkPost's certificates in spite of the time without HTTPS in
     * between: DNS has to lead to SparkPost first, and the certificate comes about 15 minutes later. The way without an
     * interruption is a sibling host, such as click2.
     *
     * @default false
     */
    acceptInterruption?: boolean;
}

/** SparkPost's endpoints that hold no certificates. */
const plainEndpoints = ["spgo.io", "eu.spgo.io"];

/** The fields under `managed`, each checked by itself. */
export const managedFields = {
    dns: z.optional(dnsShape),
    certificateDeadline: z.optional(seconds()),
    acceptInterruption: flag,
};

/** What is wrong between these fields, and with serving `hostname` by them. Each field by itself must be right. */
export function managedProblems(
    hostname: string | undefined,
    { dns }: ManagedArgs,
    account: AccountArgs | undefined,
): Problem[] {
    const problems = below("dns", dnsProblems(hostname, dns));
    if (account?.tenant !== undefined) {
        problems.push({
            field: "",
            message: `SparkPost Enterprise (tenant ${account.tenant}) has no v2 endpoint, so it issues no certificates; use \`cloudflare\` or \`fastly\``,
        });
    } else if (plainEndpoints.includes(account?.endpoint?.toLowerCase() ?? "")) {
        problems.push({
            field: "",
            message: `SparkPost has certificates only at its v2 endpoints, and account.endpoint is ${account?.endpoint}; remove it, or write ${account?.endpoint?.toLowerCase() === "eu.spgo.io" ? "eu.v2.spgo.io" : "v2.spgo.io"}`,
        });
    } else if (resolveAccount(account).managedEndpoint === undefined) {
        problems.push({
            field: "",
            message:
                "with `apiUrl` the v2 endpoint isn't known; write the one that SparkPost's UI shows into `account.endpoint`, such as v2.spgo.io",
        });
    }
    return problems;
}
