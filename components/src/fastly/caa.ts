// Whether DNS allows a certificate authority to issue for a host: CAA records, by RFC 8659.
import type { CaaRecord } from "node:dns";
import * as pulumi from "@pulumi/pulumi";
import { LookUpFailed, type LookUpOptions, lookUps } from "../dns/lookUp";
import { registrableDomain } from "../hostname";
import { UserError } from "../pulumi/userError";
import { type CertificateAuthority, caaNames } from "./arguments";

/** The CAA records that count for a host, and the name that has them. */
export interface RelevantRecords {
    name: string;
    records: readonly CaaRecord[];
}

/**
 * Tells of an authority that DNS forbids, with the record that is missing; for updates. It refuses what would be ordered
 * in vain; of a host that has its certificate it warns, for the next renewal will fail. Where DNS doesn't answer, or the
 * authority is one that we don't know, the authority's own answer has to do.
 */
export async function tellForbidden(
    hostname: string,
    authority: string | undefined,
    { hasCertificate, ...options }: LookUpOptions & { hasCertificate: boolean },
    component: pulumi.Resource,
): Promise<void> {
    if (authority === undefined || !isKnown(authority)) {
        return;
    }
    const problem = caaProblem(hostname, authority, await relevantRecords(hostname, options));
    if (problem && hasCertificate) {
        pulumi.log.warn(`Certificate of ${hostname}: it can't be renewed, for ${problem}`, component);
    } else if (problem) {
        throw new UserError(`Certificate of ${hostname}: ${problem}\nNothing was ordered at Fastly.`);
    }
}

function isKnown(authority: string): authority is CertificateAuthority {
    return Object.hasOwn(caaNames, authority);
}

/** Why the authority may not issue, with the remedy; `undefined` when it may. */
export function caaProblem(
    hostname: string,
    authority: CertificateAuthority,
    relevant: RelevantRecords | undefined,
): string | undefined {
    const issuers = (relevant?.records ?? []).flatMap(({ issue }) => (issue === undefined ? [] : [issuerOf(issue)]));
    const wanted = caaNames[authority];
    // Records of other kinds (issuewild, iodef) alone restrict nothing for a plain host.
    if (!relevant || issuers.length === 0 || issuers.includes(wanted)) {
        return undefined;
    }
    const allowed = issuers.filter(Boolean).join(", ") || "nobody";
    return (
        `the CAA records of ${relevant.name} allow ${allowed} to issue for ${hostname}, and not ${authority}. ` +
        `Add the record \`${relevant.name} CAA 0 issue "${wanted}"\`, or choose another \`certificateAuthority\`.`
    );
}

/** `letsencrypt.org; validationmethods=dns-01` names letsencrypt.org; `;` names nobody. */
function issuerOf(value: string): string {
    return (value.split(";")[0] ?? "").trim().toLowerCase();
}

/** The first records on the way from the host, its alias followed, up to its registrable domain. */
async function relevantRecords(hostname: string, options: LookUpOptions): Promise<RelevantRecords | undefined> {
    const { authoritative, recursive } = lookUps(options);
    try {
        // The host may not exist yet, so the resolver isn't asked for it.
        const own = await authoritative(hostname, "CAA");
        if (own.length > 0) {
            return { name: hostname, records: own };
        }
        const [target] = await authoritative(hostname, "CNAME");
        const followed = target === undefined ? [] : await recursive(target, "CAA");
        if (target !== undefined && followed.length > 0) {
            return { name: target, records: followed };
        }
        const top = registrableDomain(hostname) ?? hostname;
        for (let name = hostname; name !== top && name.includes("."); ) {
            name = name.slice(name.indexOf(".") + 1);
            // What the resolver remembers may be older than what the authority finds.
            const records = await authoritative(name, "CAA");
            if (records.length > 0) {
                return { name, records };
            }
        }
        return undefined;
    } catch (error) {
        if (error instanceof LookUpFailed) {
            return undefined;
        }
        throw error;
    }
}
