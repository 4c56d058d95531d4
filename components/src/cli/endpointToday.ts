// Where a host leads at Cloudflare today, against the endpoint that its account implies. Pure.
import { forwardingOf } from "../cloudflare/pageRulePattern";
import { findCommandLine } from "../commands";
import { isHostname } from "../hostname";
import { type AccountArgs, resolveAccount } from "../sparkpost/account";
import type { FoundAtCloudflare } from "./cloudflareFinds";
import { recordToImport, ruleToImport } from "./snippet";

/** What leads a host on, and to which name. */
export interface Lead {
    by: "page rule" | "record";
    name: string;
}

/** By the host's own rule if that redirects, else by its CNAME; `undefined` where neither names a host. */
export function leadOf(hostname: string, found: FoundAtCloudflare | undefined): Lead | undefined {
    const rule = ruleToImport(hostname, found?.pageRules ?? []);
    const forwarding = rule && forwardingOf(rule);
    // Where visitors are redirected, nobody gets to what the record says.
    if (forwarding) {
        const url = forwarding.url ?? "";
        return URL.canParse(url) ? { by: "page rule", name: new URL(url).hostname } : undefined;
    }
    const record = recordToImport(found?.records ?? []);
    return record?.type === "CNAME" ? { by: "record", name: record.content.toLowerCase() } : undefined;
}

/**
 * The account with the endpoint that only what exists can tell, as an `apiUrl` implies none. A record that leads to the
 * zone's own name is the website's, or the guide of 2020's, by which it may lead anywhere.
 */
export function withEndpoint(account: AccountArgs, lead: Lead | undefined, zone: string | undefined): AccountArgs {
    const isKnown = resolveAccount(account).endpoint !== undefined;
    return isKnown || !lead || lead.name === zone || !isHostname(lead.name)
        ? account
        : { ...account, endpoint: lead.name };
}

/** What to look at in the entry's endpoint; `undefined` where it is that of the account, and the host leads there. */
export function endpointNote(hostname: string, account: AccountArgs, lead: Lead | undefined): string | undefined {
    const { endpoint } = resolveAccount(account);
    if (endpoint === undefined) {
        return "`account.endpoint` is missing, and nothing here tells it: the stack refuses the entry until you write the CNAME value that SparkPost's UI shows for the host.";
    }
    if (!lead) {
        return undefined;
    }
    if (account.endpoint !== undefined) {
        return `\`account.endpoint\` is where the host's ${lead.by} leads: hold it against the CNAME value that SparkPost's UI shows for the host.`;
    }
    return lead.name === endpoint
        ? undefined
        : `The host's ${lead.by} leads to ${lead.name}, and the first \`up\` makes that ${endpoint}. ${keeping(hostname, account, lead.name)}`;
}

/** How the entry keeps the endpoint that the host has. */
function keeping(hostname: string, account: AccountArgs, name: string): string {
    const service = serviceOf(name);
    if (!service) {
        return `If SparkPost's UI shows it as the host's CNAME value, keep it: \`${inWords({ ...account, endpoint: name })}\`.`;
    }
    const isAnother = resolveAccount(service).api.apiUrl !== resolveAccount(account).api.apiUrl;
    const kept = isAnother ? service : account;
    const words = inWords(resolveAccount(kept).endpoint === name ? kept : { ...kept, endpoint: name });
    return isAnother
        ? `It is another service's; to keep it, ask that: \`${findCommandLine(hostname, service)}\`, and write \`${words}\`.`
        : `To keep it, write \`${words}\`.`;
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
