// What was found for a tracking host, in lines for a person. Pure.
import { actionsOf, targetOf } from "../cloudflare/pageRulePattern";
import { MARK } from "../dns/recordMark";
import { type AccountArgs, describeScope, resolveAccount } from "../sparkpost/account";
import type { TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";
import type { FoundAtCloudflare } from "./cloudflareFinds";
import type { CloudflareRecord, CloudflareZone } from "./cloudflareReads";
import { recordToImport, ruleToImport } from "./snippet";
import { columns } from "./text";

export function describeCloudflare(hostname: string, found: FoundAtCloudflare | undefined): string {
    if (!found?.zone) {
        const names = found?.candidates.join(", ") ?? hostname;
        return (
            `nothing there: the token sees no zone named ${names}.\n` +
            "If there is one, the token needs Zone Read and DNS Read for it."
        );
    }
    return [
        ...zoneLines(found.zone, found.namesakes),
        ...recordLines(hostname, found.records),
        ...ruleLines(hostname, found),
    ].join("\n");
}

/** The account that is asked, as a title. */
export function describeAccount(account: AccountArgs): string {
    const { region = "us", tenant, apiUrl } = account;
    const service = (tenant ?? apiUrl) ? "SparkPost" : `SparkPost's ${region.toUpperCase()} service`;
    return `${service}, ${describeScope(resolveAccount(account).api)}`;
}

/** Which flags ask another account than this one. */
export function otherAccounts({ region = "us", tenant, apiUrl, subaccount }: AccountArgs): string {
    const regions = (tenant ?? apiUrl) ? "us|eu" : region === "us" ? "eu" : "us";
    const within =
        subaccount === undefined ? "a subaccount with --subaccount NUMBER" : "its primary account without --subaccount";
    return `Another service is asked with --region ${regions}, --tenant NAME or --api-url URL, ${within}.`;
}

export function describeSparkPost(
    hostname: string,
    found: TrackingDomainState | undefined,
    asked: number | undefined,
): string {
    if (!found) {
        return `nothing there: ${hostname} isn't registered here, so the stack makes it (no \`adopt\`).`;
    }
    const { secure, verified, default: isDefault, subaccount, complianceStatus } = found;
    const owner = subaccount ?? asked;
    const words = [
        secure ? "secure (https links)" : "not secure (http links)",
        verified ? "verified" : "not verified",
        isDefault ? "the default" : "not the default",
        owner === undefined ? "of the primary account" : `of subaccount ${owner}`,
    ];
    const lines = [
        `${hostname} is registered: ${words.join(", ")}.`,
        "The stack needs `adopt: true` to take it over; nothing changes before its edge is proven.",
    ];
    if (subaccount !== undefined && asked === undefined) {
        lines.push("A subaccount's domain is managed with `subaccount` in the entry's `account`.");
    }
    if (complianceStatus === "blocked") {
        lines.push("SparkPost has blocked it (compliance status blocked), which is final: choose another host.");
    }
    return lines.join("\n");
}

function zoneLines({ id, name, status, type, account }: CloudflareZone, namesakes: CloudflareZone[]): string[] {
    const lines = [`zone ${name}: ${status}, ${type}, id ${id}`];
    if (status !== "active") {
        lines.push(
            `  Not active: the stack refuses it until the registrar names its servers. Compare first: compare-zone ${name}`,
        );
    }
    if (namesakes.length > 0) {
        const others = namesakes.map((other) => `${other.id} (${other.status}, account ${other.account.id})`);
        lines.push(`  More zones of that name: ${others.join(", ")}. This one is of account ${account.id}.`);
    }
    return lines;
}

function recordLines(hostname: string, records: CloudflareRecord[]): string[] {
    if (records.length === 0) {
        return [`no DNS record of ${hostname}`];
    }
    const chosen = recordToImport(records);
    const others = records.filter((record) => record !== chosen);
    const lines = [
        `DNS records of ${hostname}:`,
        ...columns(
            records.map(({ id, type, content, proxied }) => [id, type, content, proxied ? "proxied" : "DNS only"]),
        ),
    ];
    if (chosen && chosen.type !== "CNAME") {
        lines.push(
            `  The stack's record is a CNAME. If \`pulumi up\` says that the ${chosen.type} record "may not be replaced", edit its type and target in Cloudflare's dashboard in one step, and run \`pulumi up --refresh\`.`,
        );
    }
    if (chosen?.comment?.endsWith(MARK)) {
        lines.push(
            "  It has this project's comment. A stack that has it already must go without `import` for it: Pulumi would delete the record in favour of itself.",
        );
    }
    if (others.length > 0) {
        lines.push(
            `  The stack's record is a CNAME, which tolerates no other at its name: delete ${others.map(({ type, content }) => `${type} ${content}`).join(", ")} right before \`pulumi up\`.`,
        );
    }
    return lines;
}

function ruleLines(hostname: string, { pageRules, pageRulesUnread }: FoundAtCloudflare): string[] {
    if (pageRulesUnread !== undefined) {
        return ["page rules couldn't be read:", ...pageRulesUnread.split("\n").map((line) => `  ${line}`)];
    }
    if (pageRules.length === 0) {
        return ["no page rule matches it"];
    }
    const own = ruleToImport(hostname, pageRules);
    const lines = [
        "page rules that match it, the one that fires first:",
        ...columns(
            pageRules.map((rule) => [
                rule.id,
                targetOf(rule),
                actionsOf(rule),
                `priority ${rule.priority}`,
                rule.status,
            ]),
        ),
    ];
    if (own?.status === "disabled") {
        lines.push("  The host's own rule is disabled; the stack makes it active.");
    }
    const rival = pageRules[0];
    if (own && rival && rival !== own && rival.status === "active") {
        lines.push(`  ${targetOf(rival)} outranks the host's own rule: give it a higher \`priority\`.`);
    }
    return lines;
}
