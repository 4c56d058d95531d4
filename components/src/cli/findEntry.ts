// The entry for a stack's list of domains: it takes over what exists, or is for another hostname. Pure.
import { Document, isMap, type YAMLMap } from "yaml";
import type { FoundAtCloudflare } from "../cloudflare/findHost";
import type { CloudflarePageRule, CloudflareRecord, CloudflareZone } from "../cloudflare/reads";
import { forwardingOf, isForHost, targetOf } from "../cloudflare/zoneRules";
import { isWithin, siblingOf } from "../hostname";
import { type HostToday, hiddenRecordsOf, isMadeByStack, isMadeForFastly } from "../hostToday/today";
import type { AccountArgs } from "../sparkpost/account";
import type { TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";

/** An entry of a stack's list of domains, as far as what exists decides it. */
export interface ProposedEntry {
    hostname: string;
    account?: AccountArgs;
    cloudflare?: {
        zone: string;
        accountId?: string;
        mode?: "redirect";
        statusCode?: number;
        settings?: "pageRule";
        priority?: number;
        /** Ids for the provider: `<zone>/<record>`. */
        import?: { record?: string; pageRule?: string };
    };
    /** Instead of `cloudflare`, if a stack's record points to Fastly. */
    fastly?: { dns: { cloudflare: { zone: string; accountId?: string } } };
    default?: boolean;
    adopt?: boolean;
}

export interface Proposal {
    entry: ProposedEntry;
    /**
     * The id of the hostname's record, if its comment says that a stack like this one made it. The entry doesn't import it: in
     * a stack that has the record, Pulumi would delete it.
     */
    madeByStack?: string;
}

interface Found {
    edge?: FoundAtCloudflare;
    registration?: TrackingDomainState;
    account: AccountArgs;
    today?: HostToday;
}

/** The entry for the hostname, or for another hostname if this one is used for something else. */
export function proposalFor(hostname: string, { edge, registration, account, today }: Found): Proposal {
    const owned = Object.keys(account).length > 0 ? { account } : {};
    if (edge && hasOtherUse(edge, registration, today)) {
        const sibling = siblingOf(hostname);
        const isHere = edge.zone && isWithin(sibling, edge.zone.name);
        return {
            entry: { hostname: sibling, ...owned, ...(edge.zone && isHere && { cloudflare: inZone(edge, edge.zone) }) },
        };
    }
    const record = recordToImport(edge?.records ?? []);
    const isOfStack = record !== undefined && isMadeByStack(record);
    return {
        entry: {
            hostname,
            ...owned,
            ...(edge?.zone &&
                (record && isMadeForFastly(record)
                    ? { fastly: { dns: { cloudflare: inZone(edge, edge.zone) } } }
                    : { cloudflare: cloudflareFor(hostname, edge, edge.zone, isOfStack ? undefined : record) })),
            ...(registration?.default && { default: true }),
            ...(registration && { adopt: true }),
        },
        ...(isOfStack && { madeByStack: `${edge?.zone?.id}/${record.id}` }),
    };
}

/** Whether the hostname is used for something else, or only for mail. */
function hasOtherUse(
    { records }: FoundAtCloudflare,
    registration: TrackingDomainState | undefined,
    today: HostToday | undefined,
): boolean {
    return (
        today?.is === "stranger" || (today?.is === "free" && !registration && hiddenRecordsOf(records).mail.length > 0)
    );
}

/**
 * The record to import: the CNAME, else an address. The stack changes it in place. For another type than CNAME, the provider
 * must be able to do that.
 */
export function recordToImport(records: readonly CloudflareRecord[]): CloudflareRecord | undefined {
    return ["CNAME", "A", "AAAA"].map((type) => records.find((record) => record.type === type)).find(Boolean);
}

/**
 * The rule to import: one for this hostname only, not a wildcard for others too. First the one with the stack's own pattern,
 * then one for all its URLs, then one for some of its paths.
 */
export function ruleToImport(hostname: string, rules: readonly CloudflarePageRule[]): CloudflarePageRule | undefined {
    const isSame = (rule: CloudflarePageRule) => targetOf(rule).toLowerCase() === `${hostname}/*`;
    return (
        rules.find(isSame) ??
        rules.find((rule) => isForHost(targetOf(rule), hostname)) ??
        rules.find((rule) => hostOf(targetOf(rule)) === hostname)
    );
}

/** The entry as configuration. An import that may delete something is a comment. */
export function asYaml({ entry, madeByStack }: Proposal): string {
    const list = ["config", "sparkpost-tracking:domains"];
    // Pulumi reads YAML 1.1 in part, where `yes` is true.
    const document = new Document({ [list[0] ?? ""]: { [list[1] ?? ""]: [entry] } }, { compat: "yaml-1.1" });
    const place = entry.fastly ? ["fastly", "dns", "cloudflare"] : ["cloudflare"];
    const cloudflare = document.getIn([...list, 0, ...place], true);
    if (madeByStack !== undefined && isMap(cloudflare)) {
        const ids = cloudflare.get("import", true);
        const [line, map]: [string, YAMLMap] = isMap(ids)
            ? [`record: ${madeByStack}`, ids]
            : [`import: { record: ${madeByStack} }`, cloudflare];
        map.comment = [
            " The record's comment says that a stack like this one made it. Don't add the next line in a stack that",
            " has the record: Pulumi would delete it. If no stack has it any more, add the line to take it over:",
            ` ${line}`,
            ...(isMap(ids) ? [" The same goes for `pageRule` if that stack also made the rule."] : []),
        ].join("\n");
    }
    return document.toString({ lineWidth: 0 }).trimEnd();
}

function cloudflareFor(
    hostname: string,
    edge: FoundAtCloudflare,
    zone: CloudflareZone,
    record: CloudflareRecord | undefined,
): ProposedEntry["cloudflare"] {
    const rule = ruleToImport(hostname, edge.pageRules);
    const forwarding = rule && forwardingOf(rule);
    return {
        ...inZone(edge, zone),
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

function inZone({ namesakes }: FoundAtCloudflare, zone: CloudflareZone): { zone: string; accountId?: string } {
    return { zone: zone.name, ...(namesakes.length > 0 && { accountId: zone.account.id }) };
}

function hostOf(pattern: string): string | undefined {
    return pattern
        .replace(/^https?:\/\//, "")
        .split(/[/*]/)[0]
        ?.toLowerCase();
}
