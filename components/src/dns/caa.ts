// Whether DNS allows a certificate authority to issue for a host: CAA records, by RFC 8659.
import { registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import type { Answer, DnsClient, RecordsByType } from "./client";

/** A CAA record. */
export interface CaaRecord {
    /** Who doesn't know its tag mustn't issue. */
    critical: boolean;
    /** In lower case: `issue`, `issuewild`, `iodef`, … */
    tag: string;
    value: string;
    /** Of `issue` and `issuewild`: the authority's domain, `""` for nobody. */
    issuer: string;
    /** Of `issue` and `issuewild`, such as `accounturi` and `validationmethods` (RFC 8657). */
    parameters: Record<string, string>;
}

/** The CAA records that count for a host, and the name that has them. */
export interface RelevantRecords {
    name: string;
    records: readonly CaaRecord[];
}

/** A certificate authority. */
export interface Authority {
    /** As the user's arguments call it. */
    name: string;
    /** The domain that CAA records allow it by; `undefined` of one that isn't known to us. */
    issuer: string | undefined;
}

/** Why the authority may not issue, with the remedy; `undefined` when it may. */
export function caaProblem(
    hostname: string,
    { name: authority, issuer: wanted }: Authority,
    relevant: RelevantRecords | undefined,
): string | undefined {
    const issuers = (relevant?.records ?? []).flatMap(({ tag, issuer }) => (tag === "issue" ? [issuer] : []));
    // Records of other kinds (issuewild, iodef) alone restrict nothing for a plain host.
    if (!relevant || !wanted || issuers.length === 0 || issuers.includes(wanted)) {
        return undefined;
    }
    const name = plainText(relevant.name, 253);
    const others = plainText(issuers.filter(Boolean).join(", "));
    const who = others
        ? `only ${others} issue certificates for ${hostname}, not ${authority}`
        : `nobody issue certificates for ${hostname}`;
    return (
        `the CAA records of ${name} let ${who}. ` +
        `Add the record \`${name} CAA 0 issue "${wanted}"\`, or choose another \`certificateAuthority\`.`
    );
}

type CaaAnswer = Answer<RecordsByType["CAA"]>;

/**
 * The first records on the way from the host, aliases followed, up to its registrable domain; or the answer that leaves
 * them unknown.
 */
export async function relevantRecords(
    hostname: string,
    client: DnsClient,
): Promise<RelevantRecords | Extract<CaaAnswer, { code: string }> | undefined> {
    const top = registrableDomain(hostname) ?? hostname;
    for (let name = hostname; ; name = name.slice(name.indexOf(".") + 1)) {
        const answer = await recordsOf(name, client);
        if ("code" in answer) {
            return answer;
        }
        if (answer.kind === "records") {
            return { name: answer.aliases.at(-1) ?? answer.name, records: answer.records.map(parsed) };
        }
        if (name === top || !name.includes(".")) {
            return undefined;
        }
    }
}

/**
 * Of the zone's own servers: the host may not exist yet, and what a resolver remembers may be older than what the
 * authority finds.
 */
async function recordsOf(name: string, client: DnsClient): Promise<CaaAnswer> {
    const own = await client.authoritative(name, "CAA");
    const target = own.aliases.at(-1);
    if (own.kind !== "records" && target !== undefined) {
        return client.recursive(target, "CAA");
    }
    return "code" in own && own.by === "authorities" ? client.recursive(name, "CAA") : own;
}

/** `letsencrypt.org; validationmethods=dns-01` names letsencrypt.org; `;` names nobody. */
function parsed({ critical, tag, value }: RecordsByType["CAA"]): CaaRecord {
    const [issuer = "", ...others] = value.split(";").map((part) => part.trim());
    const parameters = others.flatMap((parameter) => {
        const [name = "", ...rest] = parameter.split("=");
        return name === "" ? [] : [[name.trim().toLowerCase(), rest.join("=").trim()] as const];
    });
    return {
        critical,
        tag: tag.toLowerCase(),
        value,
        issuer: issuer.toLowerCase(),
        parameters: Object.fromEntries(parameters),
    };
}
