// Whether DNS allows a certificate authority to issue for a host: CAA records by RFC 8659, and their parameters by RFC 8657.
import { registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { type Answer, type DnsClient, describeFailure, type RecordsByType } from "./client";

/** A CAA record. */
export interface CaaRecord {
    /** Who doesn't know its tag mustn't issue. */
    critical: boolean;
    /** In lower case: `issue`, `issuewild`, `iodef`, … */
    tag: string;
    value: string;
    /** Of `issue` and `issuewild`: the authority's domain, `""` for nobody. */
    issuer: string;
    /** Of `issue` and `issuewild`: their names in lower case, each with its value, as often as it stands there. */
    parameters: readonly (readonly [name: string, value: string])[];
}

/** The CAA records that count for a host, and the name that has them. */
export interface RelevantRecords {
    name: string;
    records: readonly CaaRecord[];
}

/** A certificate authority, and how it gets to know that a host is its customer's. */
export interface Authority {
    /** As messages call it. */
    name: string;
    /** The domain that CAA records allow it by. */
    issuer: string;
    /** Who has the account there, and orders: `Fastly`. */
    customer: string;
    /** How the customer proves the host, by its name in ACME. */
    method: "dns-01" | "http-01";
    /** What helps beside a record, as an imperative without its full stop. */
    otherwise?: string;
}

/** What CAA has against a certificate of a host. */
export interface CaaFinding {
    kind: "caa-critical" | "caa-issuer" | "caa-method" | "caa-account" | "caa-unreadable" | "caa-resolver";
    /** The authority will refuse. Otherwise nobody can tell from here. */
    isForbidden: boolean;
    /** One sentence without its full stop, which starts in lower case. */
    seen: string;
    /** Whole sentences. */
    remedy: string;
}

type CaaAnswer = Answer<RecordsByType["CAA"]>;
type NoCaaAnswer = Extract<CaaAnswer, { code: string }>;

/** What the look-up of a host's CAA records has found. */
export interface FoundCaa {
    /** `undefined` where there are none, or they are unknown. */
    relevant?: RelevantRecords;
    /** The answer that leaves them unknown. */
    unknown?: NoCaaAnswer;
    /** A resolver's failure where the zone's own servers have answered. */
    resolver?: NoCaaAnswer;
}

/**
 * Looks for the records that count: the first on the way from the host, aliases followed, up to its registrable domain.
 *
 * @param target Where the host's record is going to lead. Default: where it leads today.
 */
export async function findCaa(hostname: string, client: DnsClient, target?: string): Promise<FoundCaa> {
    const top = registrableDomain(hostname) ?? hostname;
    let resolver: NoCaaAnswer | undefined;
    for (let name = hostname; ; name = name.slice(name.indexOf(".") + 1)) {
        const { answer, failure } =
            target !== undefined && name === hostname
                ? { answer: await client.recursive(target, "CAA") }
                : await answerAt(name, client);
        resolver ??= failure;
        if ("code" in answer) {
            return { unknown: answer, resolver };
        }
        if (answer.kind === "records") {
            const owner = answer.aliases.at(-1) ?? answer.name;
            return { relevant: { name: owner, records: answer.records.map(parsed) }, resolver };
        }
        if (name === top || !name.includes(".")) {
            return { resolver };
        }
    }
}

/**
 * Of the zone's own servers: the host may not exist yet, and what a resolver remembers may be older than what the
 * authority finds. A resolver is asked for what exists, since authorities ask by one that checks DNSSEC.
 */
async function answerAt(name: string, client: DnsClient): Promise<{ answer: CaaAnswer; failure?: NoCaaAnswer }> {
    const own = await client.authoritative(name, "CAA");
    const target = own.aliases.at(-1);
    if (own.kind !== "records" && target !== undefined) {
        return { answer: await client.recursive(target, "CAA") };
    }
    if ("code" in own) {
        return { answer: own.by === "authorities" ? await client.recursive(name, "CAA") : own };
    }
    const again = own.kind === "records" || own.kind === "empty" ? await client.recursive(name, "CAA") : own;
    return { answer: own, failure: "code" in again && again.code === "ESERVFAIL" ? again : undefined };
}

/** What that means for a certificate of this authority: what forbids it first, nothing where all is well. */
export function caaFindings(
    hostname: string,
    authority: Authority,
    { relevant, unknown, resolver }: FoundCaa,
): CaaFinding[] {
    const found = [
        relevant && judge(hostname, authority, relevant),
        // Silence may be this network's alone.
        unknown?.kind === "failed" ? unreadable(unknown) : undefined,
        resolver && distrusted(resolver),
    ];
    return found.filter((finding) => finding !== undefined);
}

/** What is wrong with the records; `undefined` where they let the authority issue. */
function judge(
    hostname: string,
    { name: authority, issuer, customer, method, otherwise }: Authority,
    { name: owner, records }: RelevantRecords,
): CaaFinding | undefined {
    const name = plainText(owner, 253);
    const add = (value: string) =>
        `Add the record \`${name} CAA 0 issue "${value}"\`${otherwise ? `, or ${otherwise}` : ""}.`;
    const strange = records.find(({ critical, tag }) => critical && !KNOWN.includes(tag));
    if (strange) {
        return {
            kind: "caa-critical",
            isForbidden: true,
            seen: `the critical CAA record ${plainText(strange.tag)} of ${name} lets no authority issue certificates for ${hostname} that doesn't know it`,
            remedy: "Delete that record, or write 0 as its flags.",
        };
    }
    // Records of other types (issuewild, iodef) alone restrict nothing for a plain host.
    const issue = records.filter(({ tag }) => tag === "issue");
    const own = issue.filter((record) => record.issuer === issuer);
    if (issue.length > 0 && own.length === 0) {
        const others = plainText(issue.flatMap((record) => record.issuer || []).join(", "));
        const who = others
            ? `only ${others} issue certificates for ${hostname}, not ${authority}`
            : `nobody issue certificates for ${hostname}`;
        return {
            kind: "caa-issuer",
            isForbidden: true,
            seen: `the CAA records of ${name} let ${who}`,
            remedy: add(issuer),
        };
    }
    const ours = `the CAA records of ${name} let ${authority} issue certificates for ${hostname}`;
    const fitting = own.filter((record) => methodsOf(record)?.includes(method) ?? true);
    if (own.length > fitting.length && fitting.length === 0) {
        const methods = plainText([...new Set(own.flatMap((record) => methodsOf(record) ?? []))].join(", "));
        return {
            kind: "caa-method",
            isForbidden: true,
            seen: `${ours} by ${methods ? `${methods} only` : "no method"}, and ${customer} uses ${method}`,
            remedy: add(`${issuer}; validationmethods=${method}`),
        };
    }
    const accounts = fitting.map((record) => valuesOf(record, "accounturi"));
    if (accounts.length > 0 && accounts.every((uris) => uris.length > 0)) {
        return {
            kind: "caa-account",
            // Of several in one record none counts (RFC 8657, 3).
            isForbidden: accounts.every((uris) => uris.length > 1),
            seen: `${ours} to one account only (${plainText(accounts.flat().join(", "))})`,
            remedy: `If that isn't ${customer}'s account, no certificate comes. ${add(issuer)}`,
        };
    }
    return undefined;
}

/** Types that every authority knows. Boulder, which Let's Encrypt runs, knows no others. */
const KNOWN = ["issue", "issuewild", "iodef"];

function valuesOf({ parameters }: CaaRecord, name: string): string[] {
    return parameters.filter(([own]) => own === name).map(([, value]) => value);
}

/**
 * The methods that a record allows; `undefined` where it allows all. RFC 8657 leaves open what several lists mean: then,
 * and with a name of another form, no method is allowed, as Boulder has it.
 */
function methodsOf(record: CaaRecord): string[] | undefined {
    const [list, ...others] = valuesOf(record, "validationmethods");
    const methods = list?.split(",");
    return others.length > 0 || methods?.some((method) => !/^[a-z0-9-]+$/i.test(method)) ? [] : methods;
}

function unreadable(answer: NoCaaAnswer): CaaFinding {
    return {
        kind: "caa-unreadable",
        isForbidden: false,
        seen: `the CAA records can't be read, because ${describeFailure(answer)}`,
        remedy: "A certificate authority that can't read them doesn't issue. Check the zone at the DNS service, and the DS record at the registrar.",
    };
}

function distrusted(answer: NoCaaAnswer): CaaFinding {
    return {
        kind: "caa-resolver",
        isForbidden: false,
        seen: `${describeFailure(answer)}, but the zone's own servers answer`,
        remedy: "The zone's DNSSEC is probably broken, and a certificate authority that finds that doesn't issue. Compare the DS record at the registrar with the keys at the DNS service.",
    };
}

/** A tag, and a value of printable characters without a blank (RFC 8659, 4.2). */
const PARAMETER = /^([a-z0-9]+)\s*=\s*([!-:<-~]*)$/i;

/** `letsencrypt.org; validationmethods=dns-01` names letsencrypt.org; `;` names nobody, nor does what has another form. */
function parsed({ critical, tag, value }: RecordsByType["CAA"]): CaaRecord {
    const [issuer = "", ...others] = value.split(";").map((part) => part.trim());
    const written = others.length === 1 && others[0] === "" ? [] : others;
    const parameters = written.map((parameter) => PARAMETER.exec(parameter));
    return {
        critical,
        tag: tag.toLowerCase(),
        value,
        issuer: parameters.includes(null) ? "" : issuer.toLowerCase(),
        parameters: parameters.flatMap((found) => (found ? [[(found[1] ?? "").toLowerCase(), found[2] ?? ""]] : [])),
    };
}
