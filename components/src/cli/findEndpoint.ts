// Compares where a hostname points at Cloudflare today with the endpoint of its account. Pure.
import type { FoundAtCloudflare } from "../cloudflare/findHost";
import { forwardingOf } from "../cloudflare/zoneRules";
import { findCommandLine } from "../commands";
import { hostOfUrl } from "../hostname";
import { type HostToday, isSparkPost } from "../hostToday/today";
import { type AccountArgs, resolveAccount, serviceOf } from "../sparkpost/account";
import { recordToImport, ruleToImport } from "./findEntry";

/** Where a hostname points or redirects today, and by what. */
interface Lead {
    by: "page rule" | "redirect rule" | "record";
    name: string;
}

/** The target of the rule that redirects, else of the CNAME; `undefined` without either. */
export function leadOf(
    hostname: string,
    found: FoundAtCloudflare | undefined,
    today: HostToday | undefined,
): Lead | undefined {
    const rule = ruleToImport(hostname, found?.pageRules ?? []);
    const forwarding = rule && forwardingOf(rule);
    // If a rule redirects, the record's content doesn't matter.
    if (forwarding) {
        const name = hostOfUrl(forwarding.url ?? "");
        return name === undefined ? undefined : { by: "page rule", name };
    }
    if (today?.is === "forwarded") {
        return { by: today.by, name: today.to };
    }
    const record = recordToImport(found?.records ?? []);
    return record?.type === "CNAME" ? { by: "record", name: record.content.toLowerCase() } : undefined;
}

/**
 * Adds today's target as the endpoint, if the account doesn't imply one (with `apiUrl`). A target that isn't SparkPost's is
 * never used: it may be a website, or another vendor's link host.
 */
export function withEndpoint(account: AccountArgs, lead: Lead | undefined): AccountArgs {
    const isKnown = resolveAccount(account).endpoint !== undefined;
    return isKnown || !lead || !isSparkPost(lead.name) ? account : { ...account, endpoint: lead.name };
}

/** The note about the entry's endpoint; `undefined` if the hostname already points to the account's endpoint. */
export function endpointNote(
    hostname: string,
    account: AccountArgs,
    given: AccountArgs,
    lead: Lead | undefined,
): string | undefined {
    const { endpoint } = resolveAccount(account);
    if (endpoint === undefined) {
        return "`account.endpoint` is missing, and the stack refuses the entry without it. Run this again with `--endpoint HOST`: the CNAME value that SparkPost's UI shows for the hostname.";
    }
    if (account.endpoint !== given.endpoint && lead) {
        return `\`account.endpoint\` is the target of the ${lead.by} today. Compare it with the CNAME value that SparkPost's UI shows for the hostname.`;
    }
    return lead && isSparkPost(lead.name) && lead.name !== endpoint
        ? `The ${lead.by} ${lead.by === "record" ? "points" : "redirects"} to ${lead.name} today. The first \`up\` changes that to ${endpoint}. ${howToKeep(hostname, account, lead.name)}`
        : undefined;
}

/** How to keep today's endpoint. */
function howToKeep(hostname: string, account: AccountArgs, name: string): string {
    const service = serviceOf(name);
    if (!service) {
        return `If SparkPost's UI shows ${name} as the CNAME value, keep it: write \`${inWords({ ...account, endpoint: name })}\`.`;
    }
    const isAnother = resolveAccount(service).api.apiUrl !== resolveAccount(account).api.apiUrl;
    const kept = isAnother ? service : account;
    const words = inWords(resolveAccount(kept).endpoint === name ? kept : { ...kept, endpoint: name });
    return isAnother
        ? `${name} belongs to another service. To keep it, ask that service (\`${findCommandLine(hostname, service)}\`), and write \`${words}\`.`
        : `To keep ${name}, write \`${words}\`.`;
}

function inWords(account: AccountArgs): string {
    const fields = Object.entries(account).map(([field, value]) => `${field}: ${value}`);
    return `account: { ${fields.join(", ")} }`;
}
