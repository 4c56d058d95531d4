// The report of what was found for a tracking hostname. Pure.
import { stringify } from "yaml";
import type { FoundAtCloudflare } from "../cloudflare/findHost";
import type { CloudflareRecord, CloudflareZone } from "../cloudflare/reads";
import { actionsOf, describeRedirectRule, targetOf } from "../cloudflare/zoneRules";
import { compareCommand, findCommandLine } from "../commands";
import { addressingOf, describeStranger, type HostToday, hiddenProblem, hiddenRecordsOf } from "../hostToday/today";
import { plainText } from "../othersWords";
import { type AccountArgs, describeScope, resolveAccount } from "../sparkpost/account";
import type { TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";
import { asYaml, type Proposal, type ProposedEntry, recordToImport, ruleToImport } from "./findEntry";

export function describeCloudflare(hostname: string, found: FoundAtCloudflare, today: HostToday): string {
    if (!found.zone) {
        return (
            `nothing exists: the API token sees no zone named ${found.candidates.join(" or ")}.\n` +
            "If there is one, give the token Zone Read and DNS Read for it."
        );
    }
    return [
        ...zoneLines(found.zone, found.namesakes),
        ...recordLines(hostname, found, today),
        ...pageRuleLines(hostname, found),
        ...redirectRuleLines(hostname, found, today),
    ].join("\n");
}

/** The title for the account that was asked. */
export function describeAccount(account: AccountArgs): string {
    const { region = "us", tenant, apiUrl } = account;
    const service = (tenant ?? apiUrl) ? "SparkPost" : `SparkPost's ${region.toUpperCase()} service`;
    return `${service}, ${describeScope(resolveAccount(account).api)}`;
}

/** Which options ask another account. */
export function otherAccounts({ region = "us", tenant, apiUrl, subaccount }: AccountArgs): string {
    const regions = (tenant ?? apiUrl) ? "us|eu" : region === "us" ? "eu" : "us";
    const within =
        subaccount === undefined
            ? "To ask a subaccount, add --subaccount NUMBER."
            : "To ask the primary account, leave out --subaccount.";
    return `To ask another service, add --region ${regions}, --tenant NAME or --api-url URL. ${within}`;
}

export function describeSparkPost(
    hostname: string,
    found: TrackingDomainState | undefined,
    asked: number | undefined,
): string {
    if (!found) {
        return `nothing exists: ${hostname} isn't registered here, so the stack will register it (no \`adopt\`).`;
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
        "To take it over, the stack needs `adopt: true`. Nothing changes before the probe of its edge succeeds.",
    ];
    if (subaccount !== undefined && asked === undefined) {
        lines.push("A subaccount owns it, so the entry's `account` needs `subaccount`.");
    }
    if (complianceStatus === "blocked") {
        lines.push("SparkPost has blocked it for good (compliance status blocked). Choose another hostname.");
    }
    return lines.join("\n");
}

/** The proposed entry, how to add it to the user's own, and notes. */
export function describeProposal(hostname: string, proposal: Proposal, account: AccountArgs, notes: string[]): string {
    const { entry } = proposal;
    const isSibling = entry.hostname !== hostname;
    const lead = isSibling
        ? [
              `This entry is for another hostname, ${entry.hostname}. First see what that is today: \`${findCommandLine(entry.hostname, account)}\`.`,
              "",
          ]
        : entry.adopt || entry.cloudflare?.import
          ? [...howToAdd(hostname, entry), ""]
          : [];
    return [...lead, `For Pulumi.<stack>.yaml:\n\n${asYaml(proposal)}`, ...notes.map((note) => `\n${note}`)].join("\n");
}

/** How to add the lines to an entry that the user already has. */
function howToAdd(hostname: string, entry: ProposedEntry): string[] {
    return [
        `If ${hostname} already has an entry, keep its other fields, such as \`name\` or \`createZone\`. Add the lines that are missing:`,
        ...placesOf(entry),
        ...(entry.cloudflare?.import?.record
            ? ["If that entry has `fastly` or `managed`, add only `import: { record }`, below `dns: { cloudflare }`."]
            : []),
    ];
}

/** Where each line belongs in an entry that already exists. */
function placesOf(entry: ProposedEntry): string[] {
    const { hostname: _, ...others } = entry;
    const fields = Object.entries(others);
    const beside = fields.filter(([, value]) => typeof value !== "object").map(([field]) => field);
    const places = fields
        .filter(([, value]) => typeof value === "object")
        .map(([field, value]) => [`below \`${field}\`:`, Object.keys(value).join(", ")]);
    return columns(beside.length > 0 ? [["beside `hostname`:", beside.join(", ")], ...places] : places);
}

function zoneLines({ id, name, status, type, account }: CloudflareZone, namesakes: CloudflareZone[]): string[] {
    const lines = [`zone ${name}: ${status}, ${type}, id ${id}`];
    if (status !== "active") {
        lines.push(
            `  Not active: the stack refuses it until the registrar names Cloudflare's name servers. Compare first: \`${compareCommand(name)}\``,
        );
    }
    if (namesakes.length > 0) {
        const others = namesakes.map((other) => `${other.id} (${other.status}, account ${other.account.id})`);
        lines.push(`  Other zones of that name: ${others.join(", ")}. This one belongs to account ${account.id}.`);
    }
    return lines;
}

function recordLines(hostname: string, found: FoundAtCloudflare, today: HostToday): string[] {
    const { records, doubled, mailFor, zone } = found;
    const lines =
        records.length === 0 ? [`no DNS record of ${hostname}`] : [`DNS records of ${hostname}:`, ...tableOf(records)];
    if (mailFor.length > 0) {
        lines.push(`MX records that deliver mail to ${hostname}:`, ...tableOf(mailFor));
    }
    if (doubled.length > 0) {
        lines.push(
            `records that have the zone's name twice (${hostname}.${zone?.name}), which nobody asks for:`,
            ...tableOf(doubled),
            `  Where a panel appends the zone's name, enter only ${hostname.slice(0, -(zone?.name.length ?? 0) - 1) || "@"}.`,
        );
    }
    if (today.is === "stranger") {
        return [...lines, ...indented(strangerLines(hostname, today, found))];
    }
    return [...lines, ...indented(changeLines(hostname, records, today))];
}

/** What taking over would break, and how to do it anyway. */
function strangerLines(
    hostname: string,
    today: Extract<HostToday, { is: "stranger" }>,
    { records, zone, unread }: FoundAtCloudflare,
): string[] {
    const ids = `${zone?.id}/${recordToImport(records)?.id}`;
    return [
        ...describeStranger(hostname, today).split("\n"),
        ...(unread.pageRules !== undefined || unread.redirectRules !== undefined
            ? ["But a rule that couldn't be read may send its visitors to SparkPost: see below."]
            : []),
        `If nothing needs ${hostname} as it is, confirm that with its content of today, below \`cloudflare\`:`,
        `    replaces: ${stringify(plainText(today.content), { lineWidth: 0 }).trimEnd()}`,
        `    import: { record: ${ids} }`,
    ];
}

/** What happens to the records when the hostname is taken over. */
function changeLines(hostname: string, records: CloudflareRecord[], today: HostToday): string[] {
    const chosen = recordToImport(records);
    const others = addressingOf(records).filter((record) => record !== chosen);
    const lines: string[] = [];
    if (today.is === "answering") {
        lines.push(
            today.answers === "endpoint"
                ? `${hostname} answers a click as SparkPost's endpoint does.`
                : `${hostname} sends clicks on to SparkPost's endpoint.`,
        );
    }
    if (chosen && chosen.type !== "CNAME") {
        lines.push(
            `The stack's record is a CNAME. If \`pulumi up\` says that the ${chosen.type} record "may not be replaced", edit its type and target in Cloudflare's dashboard in one step. Then run \`pulumi up --refresh\`.`,
        );
    }
    if (others.length > 0) {
        lines.push(
            `A name can have only one CNAME, and no address beside it. Delete ${others.map(({ type, content }) => `${type} ${content}`).join(", ")} right before \`pulumi up\`.`,
        );
    }
    const beside = hiddenProblem(hostname, hiddenRecordsOf(records));
    if (beside !== undefined) {
        lines.push(
            "A proxied record can stand beside other records. A DNS-only record (`fastly`, `managed`) can't:",
            ...beside.replace(" Nothing was changed.", "").split("\n"),
        );
    }
    return lines;
}

function pageRuleLines(hostname: string, { pageRules, unread }: FoundAtCloudflare): string[] {
    if (unread.pageRules !== undefined) {
        return ["page rules couldn't be read:", ...indented(unread.pageRules.split("\n"))];
    }
    if (pageRules.length === 0) {
        return ["no page rule matches it"];
    }
    const own = ruleToImport(hostname, pageRules);
    const lines = [
        "page rules that match it, first the one that fires:",
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
        lines.push("  The hostname's own rule is disabled. The stack will enable it.");
    }
    const rival = pageRules[0];
    if (own && rival && rival !== own && rival.status === "active") {
        lines.push(`  ${targetOf(rival)} outranks the hostname's own rule. Set a higher \`priority\` for that rule.`);
    }
    return lines;
}

/** Redirect rules: Cloudflare may have made one from the guide's page rule. */
function redirectRuleLines(hostname: string, { redirectRules, unread }: FoundAtCloudflare, today: HostToday): string[] {
    if (unread.redirectRules !== undefined) {
        return [
            "redirect rules couldn't be read (Cloudflare may have made one from the page rule of the guide of 2020):",
            ...indented(unread.redirectRules.split("\n")),
        ];
    }
    if (redirectRules.length === 0) {
        return [];
    }
    const lines = [
        "redirect rules that match it, which run before page rules:",
        ...redirectRules.map((rule) => `  ${describeRedirectRule(rule)}`),
    ];
    if (today.is === "forwarded" && today.by === "redirect rule") {
        lines.push(
            "  It does what the page rule of the guide of 2020 did. A page rule beside it would never fire, so the entry below has none.",
            `  \`pulumi up\` first points the record of ${hostname} at SparkPost. Then it waits until the redirect ends: disable the rule at that point (Rules, in Cloudflare's dashboard).`,
            "  To keep the rule, use your own edge with `redirects: true` in a program.",
        );
    }
    return lines;
}

function tableOf(records: CloudflareRecord[]): string[] {
    return columns(
        records.map(({ id, type, content, proxied, priority }) => [
            id,
            type,
            type === "MX" && priority !== undefined ? `${priority} ${content}` : content,
            proxied ? "proxied" : "DNS only",
        ]),
    );
}

function indented(lines: string[]): string[] {
    return lines.map((line) => `  ${line}`);
}

/** Rows as a table, indented by two spaces. */
function columns(rows: string[][]): string[] {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
    return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
