// The arguments under `managed`, and the checks of them.
import * as z from "zod/mini";
import { type DnsArgs, dnsProblems, dnsShape } from "../cloudflare/dns";
import type { DnsWriter } from "../dns/writer";
import { below, type Problem } from "../pulumi/problems";
import { flag, seconds } from "../pulumi/shape";
import { type AccountArgs, resolveAccount } from "../sparkpost/account";

/** SparkPost has the certificate itself: the hostname is a plain CNAME to one of its v2 endpoints. */
export interface ManagedArgs {
    /**
     * Who writes the hostname's DNS record: Cloudflare, a person, or in a program your own writer.
     *
     * @example { cloudflare: { zone: "example.com" } }
     */
    dns: DnsArgs | DnsWriter;
    /**
     * How long to wait for SparkPost's certificate, in seconds. SparkPost needs about 15 minutes.
     *
     * @default 3600
     */
    certificateDeadline?: number;
    /**
     * Accepts that https links break for about 15 minutes. A hostname that has HTTPS through a CDN today must first point to
     * SparkPost in DNS; only then SparkPost issues the certificate. To avoid that, use a new hostname, such as click2.
     *
     * @default false
     */
    acceptInterruption?: boolean;
}

/** SparkPost's endpoints without certificates. */
const plainEndpoints = ["spgo.io", "eu.spgo.io"];

/** The schema of `managed`: checks each field by itself. */
export const managedFields = {
    dns: z.optional(dnsShape),
    certificateDeadline: z.optional(seconds()),
    acceptInterruption: flag,
};

/** What is wrong between these fields, and between them and the hostname. Each field by itself must be right. */
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
