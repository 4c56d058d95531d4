// Records that a person adds. Each run looks them up, so that an `up` goes on once they exist.
import type * as pulumi from "@pulumi/pulumi";
import { domainsAbove } from "../hostname";
import { plainText } from "../othersWords";
import { isMocked } from "../pulumi/afterCheck";
import { UserError } from "../pulumi/userError";
import { type DnsClient, dnsClient, LookUpFailed, type LookUpOptions } from "./client";
import type { DnsRecordSpec } from "./writer";

/** Records that a person adds. */
export interface ManualDnsArgs {
    /**
     * Confirms that the records exist. Set it if this machine can't ask DNS for them, or if DNS shows the hostname's CNAME as
     * addresses (flattening).
     *
     * @default false: each run asks the zone's name servers
     */
    recordsExist?: boolean;
    /**
     * Takes over a hostname that is used for something else today. Changing its record breaks that use. Write the content of
     * its DNS record today; anything else is refused.
     *
     * @example "u1234567.ct.sendgrid.net"
     */
    replaces?: string;
}

/** What DNS says about a record that a person should add. */
export interface SeenRecord extends DnsRecordSpec {
    isThere: boolean;
    /** What DNS has instead: other values, or addresses. */
    instead: string[];
    /** The zone that a DNS panel appended twice: `example.com` in `track.example.com.example.com`. */
    doubled?: string;
}

/**
 * Looks these CNAME records up, in previews too. If a preview doesn't know a value yet, the answer is unknown. Throws if DNS
 * can't be asked: otherwise steps that work would have to wait. With a user's mocks, the records exist.
 */
export function lookUpRecords(
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
    const client = dnsClient(options);
    const wanted = value.toLowerCase();
    try {
        const targets = (await client.look(name, "CNAME")).CNAME;
        if (targets.length > 0) {
            return { isThere: targets.includes(wanted), instead: targets.filter((target) => target !== wanted) };
        }
        const { A, AAAA } = await client.look(name, "A", "AAAA");
        return { isThere: false, instead: [...A, ...AAAA], doubled: await doubledZone(name, wanted, client) };
    } catch (error) {
        if (error instanceof LookUpFailed) {
            throw new UserError(
                `DNS of ${name}: its record can't be looked up, because ${error.message}.\n` +
                    "Check this machine's network, or name another server with the probe's options `resolver` or `nameServers`. " +
                    "If you know that the records exist, set `dns: { manual: { recordsExist: true } }`. Then DNS isn't asked.",
                "look-up-failed",
            );
        }
        throw error;
    }
}

/** Zones above a name that a panel may have appended. */
const MAX_ZONES = 4;

/**
 * The zone that a DNS panel appended to a name that was typed in full. Only the zone's own servers are asked: a resolver
 * would remember "no such name".
 */
async function doubledZone(name: string, value: string, client: DnsClient): Promise<string | undefined> {
    const zones = domainsAbove(name).slice(0, MAX_ZONES);
    const answers = await Promise.all(zones.map((zone) => client.authoritative(`${name}.${zone}`, "CNAME")));
    return zones.find((_, index) => {
        const answer = answers[index];
        return answer?.kind === "records" && answer.records.includes(value);
    });
}

/**
 * The manual steps that add these records: one a step, in this order.
 *
 * @param beforeHost The steps that come before the record of a host in use. That record's own step is shown once they are done.
 */
export function manualSteps(
    hostname: string,
    seen: readonly SeenRecord[],
    lowTtl: number,
    beforeHost?: readonly string[],
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
                  `Lower the TTL of ${hostname} (now ${plainText(ofHost.instead.join(", "))}) to ${lowTtl}, and wait until the old TTL has passed.`,
              ]
            : []),
        ...missing.filter(({ name }) => !mustWait || name !== hostname).flatMap(recordSteps),
        ...(mustWait ?? ["Run `pulumi up` again: it looks the records up and goes on from there."]),
        ...(isInUse ? [`Afterwards put the TTL of ${hostname} back to what it was.`] : []),
    ];
}

function recordSteps({ type, name, value, ttl, instead, doubled }: SeenRecord): string[] {
    const step = `${instead.length > 0 ? "Change" : "Add"} the record ${name} ${ttl} ${type} ${value}.`;
    return doubled === undefined
        ? [step]
        : [
              step,
              `Enter only ${name.slice(0, -doubled.length - 1)} as its name, because the DNS service appends ${doubled}.`,
              `Delete the record ${name}.${doubled}, which was made that way.`,
          ];
}
