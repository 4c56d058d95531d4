// Whether DNS allows a certificate authority to issue for a host: CAA records by RFC 8659, and their parameters by RFC 8657.
import { registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { type Answer, type DnsClient, describeFailure, type RecordsByType } from "./client";

/** A CAA record. */
interface CaaRecord {
    /** An authority that doesn't know the tag must not issue. */
    critical: boolean;
    /** In lower case: `issue`, `issuewild`, `iodef`, … */
    tag: string;
    value: string;
    /** The authority's domain; `""` for nobody. For `issue` and `issuewild`. */
    issuer: string;
    /** Names in lower case, with their values, in order. A name may be there more than once. For `issue` and `issuewild`. */
    parameters: readonly (readonly [name: string, value: string])[];
}

/** The CAA records that apply to a hostname, and the name that has them. */
interface RelevantRecords {
    name: string;
    records: readonly CaaRecord[];
}

/** A certificate authority, and how its customer proves a hostname to it. */
export interface Authority {
    /** For messages. */
    name: string;
    /** The domain by which CAA records allow it. */
    issuer: string;
    /** Who has the account at the authority and orders: `Fastly`. */
    customer: string;
    /** How the customer proves the hostname: the ACME name of the method. */
    method: "dns-01" | "http-01" | "tls-alpn-01";
    /** Another remedy than a record, as an imperative without its full stop. */
    otherwise?: string;
}

/** A reason why CAA may forbid a certificate. */
export interface CaaFinding {
    kind: "caa-critical" | "caa-issuer" | "caa-method" | "caa-account" | "caa-unreadable" | "caa-resolver";
    /** Whether the authority will refuse for sure. */
    isForbidden: boolean;
    /** One sentence in lower case, without its full stop. */
    seen: string;
    /** Whole sentences. */
    remedy: string;
}

type CaaAnswer = Answer<RecordsByType["CAA"]>;
type NoCaaAnswer = Extract<CaaAnswer, { code: string }>;

/** The result of looking up a hostname's CAA records. */
export interface FoundCaa {
    /** `undefined` if there are none, or they aren't known. */
    relevant?: RelevantRecords;
    /** The answer that leaves them unknown. */
    unknown?: NoCaaAnswer;
    /** A resolver's failure, though the zone's own servers answered. */
    resolver?: NoCaaAnswer;
}

/**
 * Looks up the CAA records that apply: the first on the way up from the hostname to its registrable domain, aliases followed.
 *
 * @param target Where the hostname's record will point. Default: where it points today.
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
 * Asks the zone's own servers: the hostname may not exist yet, and a resolver may remember older records than the authority
 * will find. If the name exists, a resolver is asked too, because authorities use one that checks DNSSEC.
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

/** What the records mean for a certificate of this authority; empty if all is well. */
export function caaFindings(
    hostname: string,
    authority: Authority,
    { relevant, unknown, resolver }: FoundCaa,
): CaaFinding[] {
    const found = [
        relevant && judge(hostname, authority, relevant),
        // Silence may be a fault of this network only.
        unknown?.kind === "failed" ? unreadable(unknown) : undefined,
        resolver && distrusted(resolver),
    ];
    return found.filter((finding) => finding !== undefined);
}

/** What is wrong with the records; `undefined` if they let the authority issue. */
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
            seen: `${name} has a critical CAA record with the unknown tag ${plainText(strange.tag)}, so ${authority} won't issue certificates for ${hostname}`,
            remedy: "Delete that record, or set its flags to 0.",
        };
    }
    // Without an `issue` record nothing is restricted for a hostname: issuewild and iodef don't apply.
    const issue = records.filter(({ tag }) => tag === "issue");
    const own = issue.filter((record) => record.issuer === issuer);
    if (issue.length > 0 && own.length === 0) {
        const others = plainText(issue.flatMap((record) => record.issuer || []).join(", "));
        const who = others
            ? `only ${others} issue certificates for ${hostname}, not ${authority}`
            : `no authority issue certificates for ${hostname}`;
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
            seen: `${ours} by ${methods ? `${methods} only` : "no method"}, but ${customer} uses ${method}`,
            remedy: add(`${issuer}; validationmethods=${method}`),
        };
    }
    const accounts = fitting.map((record) => valuesOf(record, "accounturi"));
    if (accounts.length > 0 && accounts.every((uris) => uris.length > 0)) {
        return {
            kind: "caa-account",
            // If a record has several, none counts (RFC 8657, 3).
            isForbidden: accounts.every((uris) => uris.length > 1),
            seen: `${ours} for one account only (${plainText(accounts.flat().join(", "))})`,
            remedy: `If that isn't ${customer}'s account, the authority won't issue. ${add(issuer)}`,
        };
    }
    return undefined;
}

/** The tags that every authority knows. Let's Encrypt's software, Boulder, knows no others. */
const KNOWN = ["issue", "issuewild", "iodef"];

function valuesOf({ parameters }: CaaRecord, name: string): string[] {
    return parameters.filter(([own]) => own === name).map(([, value]) => value);
}

/**
 * The methods that a record allows; `undefined` if it allows all. RFC 8657 doesn't say what several lists mean. In that case,
 * and if a method's name has the wrong form, no method is allowed, as in Boulder.
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
        remedy: "The zone's DNSSEC is probably broken: then a certificate authority doesn't issue. Compare the DS record at the registrar with the keys at the DNS service.",
    };
}

/** A name, and a value of printable characters without a blank (RFC 8659, 4.2). */
const PARAMETER = /^([a-z0-9]+)\s*=\s*([!-:<-~]*)$/i;

/** `letsencrypt.org; validationmethods=dns-01` names letsencrypt.org. `;` names nobody, like any other form. */
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
