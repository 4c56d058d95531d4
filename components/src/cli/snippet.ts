// The configuration that takes over what exists, as the stack's YAML and as a program's TypeScript. Pure.
import { forwardingOf, isForHost, targetOf } from "../cloudflare/pageRulePattern";
import type { AccountArgs } from "../sparkpost/account";
import type { TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";
import type { FoundAtCloudflare } from "./cloudflareFinds";
import type { CloudflarePageRule, CloudflareRecord } from "./cloudflareReads";
import { columns } from "./text";

/** An entry of a stack's list of domains, as far as it follows from what exists. */
export interface SnippetEntry {
    hostname: string;
    account?: AccountArgs;
    cloudflare?: {
        zone: string;
        accountId?: string;
        mode?: "redirect";
        statusCode?: number;
        settings?: "pageRule";
        priority?: number;
        /** Ids as the provider imports them: `<zone>/<record>`. */
        import?: { record?: string; pageRule?: string };
    };
    default?: boolean;
    adopt?: boolean;
}

interface Found {
    edge?: FoundAtCloudflare;
    registration?: TrackingDomainState;
    account: AccountArgs;
}

export function entryFor(hostname: string, { edge, registration, account }: Found): SnippetEntry {
    return {
        hostname,
        ...(Object.keys(account).length > 0 && { account }),
        ...(edge?.zone && { cloudflare: cloudflareFor(hostname, edge, edge.zone) }),
        ...(registration?.default && { default: true }),
        ...(registration && { adopt: true }),
    };
}

/**
 * The record that becomes the host's: its CNAME, else an address. It changes to what the stack says in place; one of
 * another type only where the provider can do that.
 */
export function recordToImport(records: readonly CloudflareRecord[]): CloudflareRecord | undefined {
    return ["CNAME", "A", "AAAA"].map((type) => records.find((record) => record.type === type)).find(Boolean);
}

/**
 * The rule that is this host's alone, not a wildcard that serves others too: the one for all its URLs, beside which there
 * can be no second one, else one for some of its paths.
 */
export function ruleToImport(hostname: string, rules: readonly CloudflarePageRule[]): CloudflarePageRule | undefined {
    const isSame = (rule: CloudflarePageRule) => targetOf(rule).toLowerCase() === `${hostname}/*`;
    return (
        rules.find(isSame) ??
        rules.find((rule) => isForHost(targetOf(rule), hostname)) ??
        rules.find((rule) => hostOf(targetOf(rule)) === hostname)
    );
}

/** Which of its lines belong where in an entry that is there already, a line for each place. */
export function placesOf(entry: SnippetEntry): string[] {
    const { hostname: _, ...others } = entry;
    const fields = Object.entries(others);
    const beside = fields.filter(([, value]) => typeof value !== "object").map(([field]) => field);
    const places = fields
        .filter(([, value]) => typeof value === "object")
        .map(([field, value]) => [`below \`${field}\`:`, Object.keys(value).join(", ")]);
    return columns(beside.length > 0 ? [["beside `hostname`:", beside.join(", ")], ...places] : places);
}

export function asYaml(entry: SnippetEntry): string {
    const lines = linesOf(entry, {
        field: (key, value) => `${key}: ${yamlScalar(value)}`,
        open: (key) => `${key}:`,
        indent: "  ",
    });
    const item = lines.map((line, index) => `${index === 0 ? "  - " : "    "}${line}`);
    return ["config:", "  sparkpost-tracking:domains:", ...item.map((line) => `  ${line}`)].join("\n");
}

export function asTypeScript(entry: SnippetEntry): string {
    const lines = linesOf(entry, {
        field: (key, value) => `${key}: ${JSON.stringify(value)},`,
        open: (key) => `${key}: {`,
        close: "},",
        indent: "    ",
    });
    const name = entry.hostname.split(".")[0] ?? "";
    return [`new HttpsTrackingDomain("${name}", {`, ...lines.map((line) => `    ${line}`), "});"].join("\n");
}

function cloudflareFor(
    hostname: string,
    { records, pageRules, namesakes }: FoundAtCloudflare,
    zone: { id: string; name: string; account: { id: string } },
): SnippetEntry["cloudflare"] {
    const record = recordToImport(records);
    const rule = ruleToImport(hostname, pageRules);
    const forwarding = rule && forwardingOf(rule);
    return {
        zone: zone.name,
        ...(namesakes.length > 0 && { accountId: zone.account.id }),
        ...(forwarding && { mode: "redirect" as const }),
        ...(forwarding?.status_code === 301 && { statusCode: 301 }),
        ...(rule && !forwarding && { settings: "pageRule" as const }),
        ...(rule && rule.priority !== 1 && { priority: rule.priority }),
        ...((record ?? rule) && {
            import: {
                ...(record && { record: `${zone.id}/${record.id}` }),
                ...(rule && { pageRule: `${zone.id}/${rule.id}` }),
            },
        }),
    };
}

function hostOf(pattern: string): string | undefined {
    return pattern
        .replace(/^https?:\/\//, "")
        .split(/[/*]/)[0]
        ?.toLowerCase();
}

interface Notation {
    field(key: string, value: unknown): string;
    /** Begins a nested object. */
    open(key: string): string;
    /** Ends one, where the notation says so. */
    close?: string;
    indent: string;
}

function linesOf(object: object, notation: Notation): string[] {
    const { field, open, close, indent } = notation;
    return Object.entries(object).flatMap(([key, value]) => {
        if (typeof value !== "object") {
            return [field(key, value)];
        }
        const inner = linesOf(value, notation).map((line) => indent + line);
        return [open(key), ...inner, ...(close === undefined ? [] : [close])];
    });
}

/** Plain where YAML can take it for nothing but a text: names and ids, which have a dot or a slash. */
function yamlScalar(value: unknown): string {
    const isPlain =
        typeof value !== "string" ||
        /^(us|eu|redirect|pageRule)$/.test(value) ||
        /^[a-z0-9][\w-]*[./][\w./-]*[a-z][\w./-]*$/i.test(value);
    return isPlain ? String(value) : JSON.stringify(value);
}
