// Records that a person adds: looked up whenever the program runs, so that an `up` goes on once they are there.
import type * as pulumi from "@pulumi/pulumi";
import type { DnsRecordSpec } from "../edge";
import { isMocked } from "../pulumi/afterCheck";
import { UserError } from "../pulumi/userError";
import type { ManualDnsArgs } from "./arguments";
import { LookUpFailed, type LookUpOptions, lookUps } from "./lookUp";

/** What DNS says of a record that shall be there. */
export interface SeenRecord extends DnsRecordSpec {
    isThere: boolean;
    /** What stands in its place: the other values, or addresses. Empty where there is nothing. */
    instead: string[];
}

/**
 * Looks these CNAME records up, in previews too. A value that a preview doesn't know yet leaves the answer unknown.
 * Throws where DNS can't be asked: taking that for "not there" would put off what works. Under a user's mocks they are
 * there.
 */
export function lookAt(
    records: pulumi.Output<DnsRecordSpec[]>,
    { recordsExist = false }: ManualDnsArgs,
    options: LookUpOptions,
): pulumi.Output<SeenRecord[]> {
    const isThere = recordsExist || isMocked();
    return records.apply((specs) =>
        Promise.all(
            specs.map(async (spec) =>
                isThere ? { ...spec, isThere, instead: [] } : { ...spec, ...(await look(spec, options)) },
            ),
        ),
    );
}

async function look(
    { name, value }: DnsRecordSpec,
    options: LookUpOptions,
): Promise<Omit<SeenRecord, keyof DnsRecordSpec>> {
    const { authoritative } = lookUps(options);
    try {
        const targets = (await authoritative(name, "CNAME")).map((target) => target.toLowerCase());
        const isThere = targets.includes(value.toLowerCase());
        return {
            isThere,
            instead:
                isThere || targets.length > 0
                    ? targets.filter((target) => target !== value.toLowerCase())
                    : [...(await authoritative(name, "A")), ...(await authoritative(name, "AAAA"))],
        };
    } catch (error) {
        if (error instanceof LookUpFailed) {
            throw new UserError(
                `DNS of ${name}: whether its record is there can't be found out: ${error.message}.\n` +
                    "Check this machine's network, or name another server with the probe's options resolver or nameServers. Once you know that the records exist, " +
                    "`dns: { manual: { recordsExist: true } }` says so, and nothing is asked.",
            );
        }
        throw error;
    }
}

/**
 * What a person has to do so that these records are there, one sentence a step, in this order.
 *
 * @param beforeHost What has to come before the record of a host in use; its own step is told when that is done.
 */
export function manualSteps(
    hostname: string,
    seen: readonly SeenRecord[],
    lowTtl: number,
    beforeHost?: string,
): string[] {
    const missing = seen.filter(({ isThere }) => !isThere);
    if (missing.length === 0) {
        return [];
    }
    const ofHost = seen.find(({ name }) => name === hostname);
    const isInUse = ofHost && !ofHost.isThere && ofHost.instead.length > 0;
    const mustWait = isInUse ? beforeHost : undefined;
    return [
        ...(isInUse
            ? [
                  `${hostname} is in use (now ${ofHost.instead.join(", ")}): lower its record's TTL to ${lowTtl}, and wait until the old TTL has passed.`,
              ]
            : []),
        ...missing
            .filter(({ name }) => !mustWait || name !== hostname)
            .map(({ type, name, value, ttl, purpose, instead }) => {
                const verb = instead.length > 0 ? "Change the record" : "Add the record";
                return `${verb} ${name} ${ttl} ${type} ${value}: it ${purpose}.`;
            }),
        mustWait ?? "Then run `pulumi up` again: it looks the records up and goes on from there.",
        ...(isInUse ? [`Afterwards put the TTL of ${hostname} back to what it was.`] : []),
    ];
}
