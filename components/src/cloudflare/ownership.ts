// Whose a host's DNS record and page rule are, before they are made, changed or taken over: what the stack doesn't have is
// refused with the command that takes it over, and what it has already isn't taken over. Pure.
import { findCommandLine } from "../commands";
import { isMade, type RecordSummary } from "../hostToday/today";
import { plainText } from "../othersWords";
import type { ResourceInState } from "../pulumi/state";
import { isForHost } from "./zoneRules";

/** What the program wants to have. */
export interface WantedRecord {
    hostname: string;
    /** Of the resource. */
    resourceName: string;
    content?: string;
    comment?: string;
    recordImport?: string;
    ruleImport?: string;
    /** Where the arguments stand: `cloudflare`. */
    field: string;
}

/** A page rule of the zone as the stack's state has it. */
export interface RuleInState {
    urn: string;
    target: string;
}

/** How a record gets into the state, by its id, if an update made it that was killed. */
export type IntoState = (id: string | undefined) => string;

/** What the stack's state has of a host. */
export interface StateOfHost {
    /** URNs of its DNS records that lead somewhere. One under another name may be this one, by an alias. */
    records: string[];
    /** Page rules of the zone, or of all zones where it isn't known yet. */
    rules: RuleInState[];
    /** URNs of all DNS records and page rules of edges, whatever host they are for. */
    urns: { records: string[]; rules: string[] };
}

export const RECORD_TYPE = "cloudflare:index/dnsRecord:DnsRecord";
const RECORD_TYPES = [RECORD_TYPE, "cloudflare:index/record:Record"];
export const RULE_TYPE = "cloudflare:index/pageRule:PageRule";

/** What these resources of the state have of the host. */
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

/** The state has a name as the program wrote it: whole, or, in older programs, without the zone's. */
function isOfName(outputs: Record<string, unknown>, hostname: string, zoneId: string | undefined): boolean {
    const given = String(outputs.name).toLowerCase();
    return given === hostname || (outputs.zoneId === zoneId && hostname.startsWith(`${given}.`));
}

/**
 * Why what `import` names isn't to be taken over, by the state alone. The engine deletes what it has already under the
 * same URN when it is imported once more, `protect` or not, and whether it was imported with this id no program can read.
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
            : doubleProblem({ what: `DNS record of ${hostname}`, transform: "record" }, resourceName, state.records)) ??
        (ruleImport === undefined
            ? undefined
            : doubleProblem({ what: `page rule of ${hostname}`, transform: "pageRule" }, resourceName, ofHost))
    );
}

/** Why the host's record can't be made beside these, none of which the stack has; `undefined` where it can. */
export function ownerProblem(
    { hostname }: Pick<WantedRecord, "hostname">,
    present: readonly RecordSummary[],
    imported: RecordSummary | undefined,
    intoState: IntoState | undefined,
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
            ...(isMade(first) ? [madeByStack(first, intoState)] : []),
            ...(isMade(first) && intoState ? [] : [takeOver(hostname)]),
        ].join("\n")
    );
}

/** A record by which a certificate authority knows the host. */
export interface WantedChallenge {
    name: string;
    resourceName: string;
    comment: string;
}

/** Why the challenge's record can't be made beside these, none of which the stack has; `undefined` where it can. */
export function challengeProblem(
    { name, comment }: WantedChallenge,
    [first]: readonly RecordSummary[],
    intoState: IntoState | undefined,
): string | undefined {
    const way = first?.comment === comment ? intoState?.(first.id) : undefined;
    return (
        first &&
        `${name} already has a DNS record at Cloudflare that this stack doesn't manage (${described(first)}). The certificate needs this stack's CNAME there. Nothing was changed.\n` +
            `${way === undefined ? "Delete it" : `${way}\nOtherwise delete it`} if no certificate depends on it any more.`
    );
}

/** The engine deletes at the end of an update what it has replaced, and still means to when that update has failed. */
function madeByStack({ id }: RecordSummary, intoState: IntoState | undefined): string {
    const way = intoState ? `${intoState(id)}\nOtherwise another` : "Another";
    return `Its comment says that a stack like this one made it. ${way} stack may manage it. Or a failed update of this stack still has to delete it: finish that update first.`;
}

/**
 * The warning about records that this stack can't have made; `undefined` where there is none. For where nobody tells
 * what is in the state. A record of ours that somebody has changed keeps its comment, or what it leads to; one that was
 * changed in both respects is warned of for nothing, so this never refuses.
 */
export function strangerWarning(
    { hostname, content, comment }: WantedRecord,
    present: readonly RecordSummary[],
): string | undefined {
    const isOurs = (record: RecordSummary) =>
        (record.type === "CNAME" && record.content === content) ||
        isMade(record) ||
        (comment !== undefined && record.comment === comment);
    const [stranger] = present.filter((record) => !isOurs(record));
    return (
        stranger &&
        `${hostname} already has a DNS record at Cloudflare that this stack probably didn't make (${described(stranger)}). A name can have only one CNAME (error 81053). ` +
            takeOver(hostname)
    );
}

/**
 * The warning about a record of another type that is to be taken over; `undefined` where it fits. Cloudflare changes a
 * record's type in place; its provider has been seen to replace the record instead, which the engine refuses for one that
 * is imported (terraform-provider-cloudflare issue 6358).
 */
export function typeWarning({ hostname, content }: WantedRecord, imported: RecordSummary): string | undefined {
    return imported.type !== "CNAME"
        ? `The imported record of ${hostname} has the type ${imported.type}, not CNAME. If Pulumi says that it "may not be replaced", edit it in Cloudflare's dashboard in one step: type CNAME, target ${content}, same proxy status. ` +
              "Then run `pulumi up --refresh`."
        : undefined;
}

function described({ type, content, proxied }: RecordSummary): string {
    return `${type} ${plainText(content, 100)}, ${proxied ? "proxied" : "DNS only"}`;
}

/** In the URN of a resource at Cloudflare that one of our edges has. */
const BELOW_EDGE = /sparkpost-tracking:index:\w+\$cloudflare:/;

/** A thing at Cloudflare in the words of a message. */
export interface Thing {
    /** `DNS record of track.example.com`. */
    what: string;
    /** Its key in an edge's `transform`. */
    transform: "record" | "pageRule";
}

/** Whether it is the resource of this name below an edge: of whatever type of edge, which are aliases of each other. */
export function isOfEdge(urn: string, resourceName: string): boolean {
    return BELOW_EDGE.test(urn) && urn.endsWith(`::${resourceName}`);
}

/**
 * Why what `import` names isn't to be taken over; `undefined` where nothing speaks against it.
 *
 * @param urns Of those resources in the state that stand for it.
 */
export function doubleProblem(thing: Thing, resourceName: string, urns: readonly string[]): string | undefined {
    const [urn] = urns;
    if (urn === undefined || urns.some((one) => isOfEdge(one, resourceName))) {
        return undefined;
    }
    return (
        `This stack already has the ${thing.what}, as ${urn}. Importing it here would make Pulumi delete it later, as the other resource.\n` +
        `Remove \`import\`. Use an alias with that URN instead, if there is none yet: \`transform: { ${thing.transform}: (args, opts) => { opts.aliases = [URN]; } }\`. Or use \`pulumi state rename\`.`
    );
}

/** Says which command prints the ids of the host's own record and page rule. */
export function ownIds(hostname: string): string {
    return `To print the ids of ${hostname}, run:\n    ${findCommandLine(hostname)}`;
}

/** How to take over what a host has at Cloudflare. */
export function takeOver(hostname: string): string {
    return `To print the configuration that takes it over (\`import\`), run:\n    ${findCommandLine(hostname)}`;
}
