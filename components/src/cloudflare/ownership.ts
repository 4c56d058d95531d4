// Who manages a hostname's DNS record and page rule, before they are made, changed or imported. What the stack doesn't have is
// refused, with the command that imports it. What the stack has isn't imported again. Pure.
import { findCommandLine } from "../commands";
import { isMadeByStack } from "../hostToday/today";
import { plainText } from "../othersWords";
import type { ResourceInState } from "../pulumi/state";
import type { CloudflareRecord } from "./reads";
import { isForHost } from "./zoneRules";

/** The record that the program wants. */
export interface WantedRecord {
    hostname: string;
    resourceName: string;
    content?: string;
    comment?: string;
    recordImport?: string;
    ruleImport?: string;
    /** The path of the arguments, for messages: `cloudflare`. */
    field: string;
}

/** A page rule of the zone in the stack's state. */
export interface RuleInState {
    urn: string;
    target: string;
}

/** The advice how to import a record that a killed update may have made, by its id. */
export type ImportAdvice = (id: string) => string;

/** What the stack's state has of a hostname. */
export interface StateOfHost {
    /** URNs of its address and CNAME records. One with another resource name may be the same, by an alias. */
    records: string[];
    /** Page rules of the zone, or of all zones if the zone isn't known yet. */
    rules: RuleInState[];
    /** URNs of all DNS records and page rules, of whatever hostname. */
    urns: { records: string[]; rules: string[] };
}

export const RECORD_TYPE = "cloudflare:index/dnsRecord:DnsRecord";
const RECORD_TYPES = [RECORD_TYPE, "cloudflare:index/record:Record"];
export const RULE_TYPE = "cloudflare:index/pageRule:PageRule";

/** Finds what these resources of the state have of the hostname. */
export function ofHostInState(
    resources: readonly ResourceInState[],
    hostname: string,
    zoneId: string | undefined,
): StateOfHost {
    const records = resources.filter(({ type }) => RECORD_TYPES.includes(type));
    // A secret zone id can't be read.
    const rules = resources
        .filter(({ type }) => type === RULE_TYPE)
        .filter(
            ({ outputs }) => zoneId === undefined || typeof outputs.zoneId !== "string" || outputs.zoneId === zoneId,
        );
    const urnsOf = (these: readonly ResourceInState[]) => these.map(({ urn }) => urn);
    return {
        records: urnsOf(
            records
                .filter(({ outputs }) => isOfName(outputs, hostname, zoneId))
                .filter(({ outputs }) => ["A", "AAAA", "CNAME"].includes(String(outputs.type))),
        ),
        rules: rules.map(({ urn, outputs }) => ({ urn, target: String(outputs.target) })),
        urns: { records: urnsOf(records), rules: urnsOf(rules) },
    };
}

/** The state has a record's name as the program wrote it: whole, or, in older programs, without the zone's name. */
function isOfName(outputs: Record<string, unknown>, hostname: string, zoneId: string | undefined): boolean {
    const given = String(outputs.name).toLowerCase();
    return given === hostname || (outputs.zoneId === zoneId && hostname.startsWith(`${given}.`));
}

/**
 * Why what `import` names must not be imported, by the state alone. If the engine already has the URN, importing again deletes
 * the resource, protected or not. And a program can't read whether it was imported with this id.
 */
export function importProblem(
    { hostname, resourceName, recordImport, ruleImport, field }: WantedRecord,
    state: StateOfHost | undefined,
): string | undefined {
    if (recordImport === undefined && ruleImport === undefined) {
        return undefined;
    }
    if (!state) {
        return (
            `${hostname}: this version of Pulumi can't show what the stack already has, so \`${field}.import\` could make Pulumi delete it. Nothing was changed.\n` +
            "Remove `import` if the stack already has the hostname. Otherwise use a newer version of Pulumi."
        );
    }
    const lines = [
        { key: "record", what: "DNS record", id: recordImport, urns: state.urns.records },
        { key: "pageRule", what: "page rule", id: ruleImport, urns: state.urns.rules },
    ].filter(({ id }) => id !== undefined);
    const isTaken = ({ urns }: { urns: string[] }) => urns.some((urn) => isOfEdge(urn, resourceName));
    const taken = lines.filter(isTaken);
    if (taken.length > 0) {
        const kept = lines.filter((line) => !isTaken(line));
        const named = taken.map(({ key }) => `\`${field}.import.${key}\``).join(" and ");
        const them = taken.length > 1 ? "them" : "it";
        return (
            `${hostname}: this stack already has its ${taken.map(({ what }) => what).join(" and ")}. Nothing was changed.\n` +
            `Remove ${named}. Importing ${them} again would make Pulumi delete ${them}.` +
            (kept.length > 0 ? ` Keep \`${field}.import.${kept[0]?.key}\`: only the ${kept[0]?.what} is missing.` : "")
        );
    }
    const ofHost = state.rules.filter(({ target }) => isForHost(target, hostname)).map(({ urn }) => urn);
    return (
        (recordImport === undefined
            ? undefined
            : duplicateProblem(
                  { what: `DNS record of ${hostname}`, transform: "record" },
                  resourceName,
                  state.records,
              )) ??
        (ruleImport === undefined
            ? undefined
            : duplicateProblem({ what: `page rule of ${hostname}`, transform: "pageRule" }, resourceName, ofHost))
    );
}

/** Why the hostname's record can't be made beside these, none of which the stack has; `undefined` if it can. */
export function ownerProblem(
    { hostname }: Pick<WantedRecord, "hostname">,
    present: readonly CloudflareRecord[],
    imported: CloudflareRecord | undefined,
    importAdvice: ImportAdvice | undefined,
): string | undefined {
    const others = present.filter((record) => record !== imported);
    const [first] = others;
    if (!first) {
        return undefined;
    }
    if (imported) {
        const [more, them] = others.length > 1 ? ["more DNS records", "them"] : ["another DNS record", "it"];
        return (
            `${hostname} has ${more} besides the one that \`import\` names (${others.map(described).join("; ")}). A CNAME can't stand beside ${them}. Nothing was changed.\n` +
            `Delete ${them} right before \`pulumi up\`.`
        );
    }
    return (
        `${hostname} already has a DNS record at Cloudflare that this stack doesn't manage (${described(first)}). A name can have only one CNAME. Nothing was changed.\n` +
        [
            ...(isMadeByStack(first) ? [madeByStackAdvice(first, importAdvice)] : []),
            ...(isMadeByStack(first) && importAdvice ? [] : [howToImport(hostname)]),
        ].join("\n")
    );
}

/** The record that proves the hostname to a certificate authority. */
export interface WantedChallenge {
    name: string;
    resourceName: string;
    comment: string;
}

/** Why the challenge record can't be made beside these, none of which the stack has; `undefined` if it can. */
export function challengeProblem(
    { name, comment }: WantedChallenge,
    [first]: readonly CloudflareRecord[],
    importAdvice: ImportAdvice | undefined,
): string | undefined {
    const way = first?.comment === comment ? importAdvice?.(first.id) : undefined;
    return (
        first &&
        `${name} already has a DNS record at Cloudflare that this stack doesn't manage (${described(first)}). The certificate needs this stack's CNAME there. Nothing was changed.\n` +
            `${way === undefined ? "Delete it" : `${way}\nOtherwise delete it`} if no certificate depends on it any more.`
    );
}

/** At the end of an update the engine deletes what it has replaced. If the update fails, it still means to do so. */
function madeByStackAdvice({ id }: CloudflareRecord, importAdvice: ImportAdvice | undefined): string {
    const way = importAdvice ? `${importAdvice(id)}\nOtherwise another` : "Another";
    return `Its comment says that a stack like this one made it. ${way} stack may manage it. Or a failed update of this stack still has to delete it: finish that update first.`;
}

/**
 * The warning about records that this stack probably didn't make; `undefined` if there are none. For when the state can't be
 * read. A record of the stack that somebody changed keeps its comment or its content. If both were changed, the warning is
 * wrong: so this never refuses.
 */
export function strangerWarning(
    { hostname, content, comment }: WantedRecord,
    present: readonly CloudflareRecord[],
): string | undefined {
    const isOurs = (record: CloudflareRecord) =>
        (record.type === "CNAME" && record.content === content) ||
        isMadeByStack(record) ||
        (comment !== undefined && record.comment === comment);
    const [stranger] = present.filter((record) => !isOurs(record));
    return (
        stranger &&
        `${hostname} already has a DNS record at Cloudflare that this stack probably didn't make (${described(stranger)}). A name can have only one CNAME (error 81053). ` +
            howToImport(hostname)
    );
}

/**
 * The warning about importing a record of another type; `undefined` for a CNAME. Cloudflare can change a record's type in
 * place, but its provider has replaced the record instead, which the engine refuses for an imported one
 * (terraform-provider-cloudflare issue 6358).
 */
export function typeWarning({ hostname, content }: WantedRecord, imported: CloudflareRecord): string | undefined {
    return imported.type !== "CNAME"
        ? `The imported record of ${hostname} has the type ${imported.type}, not CNAME. If Pulumi says that it "may not be replaced", edit it in Cloudflare's dashboard in one step: type CNAME, target ${content}, same proxy status. ` +
              "Then run `pulumi up --refresh`."
        : undefined;
}

function described({ type, content, proxied }: CloudflareRecord): string {
    return `${type} ${plainText(content, 100)}, ${proxied ? "proxied" : "DNS only"}`;
}

/** Matches the URN of a resource at Cloudflare below one of our edges. */
const BELOW_EDGE = /sparkpost-tracking:index:\w+\$cloudflare:/;

/** A record or rule at Cloudflare, for a message. */
interface Thing {
    /** `DNS record of track.example.com`. */
    what: string;
    /** Its key in the edge's `transform`. */
    transform: "record" | "pageRule";
}

/** Whether it is the resource of this name below an edge. The type of the edge doesn't matter: they are aliases of each other. */
export function isOfEdge(urn: string, resourceName: string): boolean {
    return BELOW_EDGE.test(urn) && urn.endsWith(`::${resourceName}`);
}

/**
 * Why what `import` names must not be imported; `undefined` if it can be.
 *
 * @param urns The resources in the state that stand for it.
 */
function duplicateProblem(thing: Thing, resourceName: string, urns: readonly string[]): string | undefined {
    const [urn] = urns;
    if (urn === undefined || urns.some((one) => isOfEdge(one, resourceName))) {
        return undefined;
    }
    return (
        `This stack already has the ${thing.what}, as ${urn}. Importing it here would make Pulumi delete it later, as the other resource.\n` +
        `Remove \`import\`. Use an alias with that URN instead, if there is none yet: \`transform: { ${thing.transform}: (args, opts) => { opts.aliases = [URN]; } }\`. Or use \`pulumi state rename\`.`
    );
}

/** The advice how to find the ids of the hostname's own record and page rule. */
export function howToFindIds(hostname: string): string {
    return `To print the ids of ${hostname}, run:\n    ${findCommandLine(hostname)}`;
}

/** The advice how to import what a hostname has at Cloudflare. */
export function howToImport(hostname: string): string {
    return `To print the configuration that takes it over (\`import\`), run:\n    ${findCommandLine(hostname)}`;
}
