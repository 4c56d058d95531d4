// Records that a person adds: looked up whenever the program runs, so that an `up` goes on once they are there.
import type * as pulumi from "@pulumi/pulumi";
import { isWithin, registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { isMocked } from "../pulumi/afterCheck";
import { UserError } from "../pulumi/userError";
import { type DnsClient, dnsClient, LookUpFailed, type LookUpOptions } from "./client";
import type { DnsRecordSpec } from "./writer";

/** Records that a person adds. */
export interface ManualDnsArgs {
    /**
     * Says that the records exist. Set it where this machine can't ask for them, or where the host is an alias that DNS
     * shows as addresses.
     *
     * @default false: the zone's name servers are asked whenever the program runs
     */
    recordsExist?: boolean;
    /**
     * Goes on although the host is a live name of somebody else's, which breaks what uses it today once its record is
     * changed. Write the content that its record has today; anything else is refused.
     */
    replaces?: string;
}

/** What DNS says of a record that shall be there. */
export interface SeenRecord extends DnsRecordSpec {
    isThere: boolean;
    /** What stands in its place: the other values, or addresses. Empty where there is nothing. */
    instead: string[];
    /** The zone that stands twice in the name under which the record was added: `track.example.com.example.com`. */
    doubled?: string;
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

/** Zones above a name that may have been appended to it. */
const MOST_ZONES = 4;

/**
 * The zone that a panel has appended to a name that was typed in full. Asked of the zone's own servers alone: the resolver
 * needn't know.
 */
async function doubledZone(name: string, value: string, client: DnsClient): Promise<string | undefined> {
    const top = registrableDomain(name) ?? name;
    const zones: string[] = [];
    for (let zone = name; zone !== top && isWithin(zone, top) && zones.length < MOST_ZONES; ) {
        zone = zone.slice(zone.indexOf(".") + 1);
        zones.push(zone);
    }
    const answers = await Promise.all(zones.map((zone) => client.authoritative(`${name}.${zone}`, "CNAME")));
    return zones.find((_, index) => {
        const answer = answers[index];
        return answer?.kind === "records" && answer.records.includes(value);
    });
}

/**
 * What a person has to do so that these records are there, one step each, in this order.
 *
 * @param beforeHost The steps before the record of a host in use; its own step is told when they are done.
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
