// Whose a host's DNS records at Cloudflare are, before one is made, changed or taken over: what the stack doesn't have is
// refused with the command that takes it over, and what it has as another resource isn't taken over.
import type * as pulumi from "@pulumi/pulumi";
import { MARK } from "../dns/recordMark";
import { resourcesInState } from "../pulumi/state";
import { UserError } from "../pulumi/userError";
import { doubleProblem, takeOver } from "./ownership";

/** A DNS record as the API lists it, as far as it matters here. */
export interface RecordSummary {
    id: string;
    type: string;
    content: string;
    proxied: boolean;
    comment?: string | null;
    /** RFC 3339. */
    modified_on?: string;
    /** Seconds; 1 is "automatic". */
    ttl?: number;
}

/** What the program wants to have. */
export interface WantedRecord {
    /** Of the resource. */
    resourceName: string;
    /** The host. */
    name: string;
    zoneId: string;
    type: string;
    content?: string;
    comment?: string;
    importId?: string;
}

/** Types beside which there can be no CNAME. */
export const ADDRESSING = ["A", "AAAA", "CNAME"];

const RESOURCE_TYPES = ["cloudflare:index/dnsRecord:DnsRecord", "cloudflare:index/record:Record"];

/** Throws why the record can't be made or taken over; warns of what may go wrong with it. */
export async function checkOwner(
    wanted: WantedRecord,
    present: readonly RecordSummary[],
    warn: (warning: string) => void,
    component: pulumi.Resource,
): Promise<void> {
    const inState = present.length > 0 ? await urnsInState(wanted, component) : [];
    const problem = inState && ownerProblem(wanted, present, inState);
    if (problem) {
        throw new UserError(problem);
    }
    const warning = wanted.importId
        ? typeWarning(wanted, present)
        : inState
          ? undefined
          : strangerWarning(wanted, present);
    if (warning) {
        warn(warning);
    }
}

/**
 * Why the host's record can't be made, or taken over; `undefined` where nothing speaks against it.
 *
 * @param inState The URNs of the stack's records of that name. One under another name may be this one, by an alias.
 */
export function ownerProblem(
    { resourceName, name, importId }: WantedRecord,
    [present]: readonly RecordSummary[],
    inState: readonly string[],
): string | undefined {
    if (importId !== undefined) {
        const double = doubleProblem({ what: `DNS record of ${name}`, transform: "record" }, resourceName, inState);
        return double && `${double}\nNo record was changed.`;
    }
    if (!present || inState.length > 0) {
        return undefined;
    }
    const marked = present.comment?.endsWith(MARK)
        ? "By its comment a stack like this one made it: another one may have it, or an update of this one that failed may have left it to be deleted. Finish that update first, for what is taken over would be deleted with it.\n"
        : "";
    return (
        `${name} has a DNS record at Cloudflare that isn't this stack's (${described(present)}), and there can be no second one. No record was changed.\n` +
        `${marked}${takeOver(name)}`
    );
}

/**
 * The warning about records that this stack can't have made; `undefined` where there is none. For where nobody tells
 * what is in the state. A record of ours that somebody has changed keeps its comment, or what it leads to; one that was
 * changed in both respects is warned of for nothing, so this never refuses.
 */
export function strangerWarning(
    { name, content, comment }: WantedRecord,
    present: readonly RecordSummary[],
): string | undefined {
    const isOurs = (record: RecordSummary) =>
        (record.type === "CNAME" && record.content === content) ||
        record.comment?.endsWith(MARK) ||
        (comment !== undefined && record.comment === comment);
    const [stranger] = present.filter((record) => !isOurs(record));
    return (
        stranger &&
        `${name} has a DNS record at Cloudflare that this stack doesn't seem to have made (${described(stranger)}), and there can be no second one (error 81053). ` +
            takeOver(name)
    );
}

/**
 * The warning about a record of another type that is to be taken over; `undefined` where it fits. Cloudflare changes a
 * record's type in place; its provider has been seen to replace the record instead, which the engine refuses for one that
 * is imported (terraform-provider-cloudflare issue 6358).
 */
export function typeWarning(
    { name, importId, type, content }: WantedRecord,
    present: readonly RecordSummary[],
): string | undefined {
    const record = present.find(({ id }) => importId?.endsWith(`/${id}`));
    return record && record.type !== type
        ? `The record of ${name} that is taken over is of type ${record.type}, not ${type}. If Pulumi says that it "may not be replaced": edit it in Cloudflare's dashboard, type ${type}, target ${content}, in one step, ` +
              "leave its proxy status as it is, and run `pulumi up --refresh`."
        : undefined;
}

/** The stack's records of this name; `undefined` where nobody can tell. */
async function urnsInState(wanted: WantedRecord, component: pulumi.Resource): Promise<string[] | undefined> {
    const resources = await resourcesInState(component);
    return resources
        ?.filter(({ type, outputs }) => RESOURCE_TYPES.includes(type) && isOfName(outputs, wanted))
        .filter(({ outputs }) => ADDRESSING.includes(String(outputs.type)))
        .map(({ urn }) => urn);
}

/** The state has a name as the program wrote it: whole, or, in older programs, without the zone's. */
function isOfName(outputs: Record<string, unknown>, { name, zoneId }: WantedRecord): boolean {
    const [given, host] = [String(outputs.name).toLowerCase(), name.toLowerCase()];
    return given === host || (outputs.zoneId === zoneId && host.startsWith(`${given}.`));
}

function described({ type, content, proxied }: RecordSummary): string {
    return `${type} ${content}, ${proxied ? "proxied" : "DNS only"}`;
}
