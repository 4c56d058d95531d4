// Where a host leads at Cloudflare today, against the endpoint that its account implies. Pure.
import { forwardingOf } from "../cloudflare/zoneRules";
import { findCommandLine } from "../commands";
import { type HostToday, isSparkPost } from "../hostToday/today";
import { type AccountArgs, resolveAccount } from "../sparkpost/account";
import type { FoundAtCloudflare } from "./findCloudflare";
import { recordToImport, ruleToImport } from "./findEntry";

/** What leads a host on, and to which name. */
export interface Lead {
    by: "page rule" | "redirect rule" | "record";
    name: string;
}

/** By a rule if one redirects, else by the host's CNAME; `undefined` where neither names a host. */
export function leadOf(
    hostname: string,
    found: FoundAtCloudflare | undefined,
    today: HostToday | undefined,
): Lead | undefined {
    const rule = ruleToImport(hostname, found?.pageRules ?? []);
    const forwarding = rule && forwardingOf(rule);
    // Where visitors are redirected, nobody gets to what the record says.
    if (forwarding) {
        const url = forwarding.url ?? "";
        return URL.canParse(url) ? { by: "page rule", name: new URL(url).hostname } : undefined;
    }
    if (today?.is === "forwarded") {
        return { by: today.by, name: today.to };
    }
    const record = recordToImport(found?.records ?? []);
    return record?.type === "CNAME" ? { by: "record", name: record.content.toLowerCase() } : undefined;
}

/**
 * The account with the endpoint that only what exists can tell, as an `apiUrl` implies none. What isn't one of SparkPost's
 * is never taken for an endpoint: it may be a website, or another vendor's link host.
 */
export function withEndpoint(account: AccountArgs, lead: Lead | undefined): AccountArgs {
    const isKnown = resolveAccount(account).endpoint !== undefined;
    return isKnown || !lead || !isSparkPost(lead.name) ? account : { ...account, endpoint: lead.name };
}

/** What to look at in the entry's endpoint; `undefined` where it is that of the account, and the host leads there. */
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
        return `\`account.endpoint\` is where the ${lead.by} leads today. Compare it with the CNAME value that SparkPost's UI shows for the hostname.`;
    }
    return lead && isSparkPost(lead.name) && lead.name !== endpoint
        ? `The ${lead.by} leads to ${lead.name} today. The first \`up\` changes that to ${endpoint}. ${keeping(hostname, account, lead.name)}`
        : undefined;
}

/** How the entry keeps the endpoint that the host has. */
function keeping(hostname: string, account: AccountArgs, name: string): string {
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

/** The service that an endpoint of SparkPost's belongs to. */
function serviceOf(name: string): AccountArgs | undefined {
    const [, tenant] = /^([a-z0-9-]+)\.et\.e\.sparkpost\.com$/.exec(name) ?? [];
    const services: AccountArgs[] = [{ region: "us" }, { region: "eu" }, ...(tenant ? [{ tenant }] : [])];
    return services.find((service) => {
        const { endpoint, managedEndpoint } = resolveAccount(service);
        return name === endpoint || name === managedEndpoint;
    });
}

function inWords(account: AccountArgs): string {
    const fields = Object.entries(account).map(([field, value]) => `${field}: ${value}`);
    return `account: { ${fields.join(", ")} }`;
}
