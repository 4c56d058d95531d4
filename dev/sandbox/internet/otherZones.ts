/**
 * Zones at another DNS vendor than Cloudflare: plain records, changed by hand through `sandbox.dns`.
 */
import type { Faults, OtherRecord, OtherZoneOptions } from "../options.ts";
import { isWithin, type NameZone } from "./names.ts";
import { type NameRecord, toAnswer } from "./records.ts";
import type { Timeline } from "./timeline.ts";

const NAME_SERVERS = ["ns1.dns-vendor.example", "ns2.dns-vendor.example"];

export class OtherZone implements NameZone {
    readonly origin: string;
    readonly nameServers = NAME_SERVERS;
    /** Record sets as their owner sees them, and as the servers know them: a change takes `nameDelay`. */
    readonly all = new Map<string, NameRecord[]>();
    readonly #published = new Map<string, NameRecord[]>();
    readonly #timeline: Timeline;
    readonly #faults: Faults;

    constructor({ name, records = [] }: OtherZoneOptions, timeline: Timeline, faults: Faults) {
        this.origin = name.toLowerCase();
        this.#timeline = timeline;
        this.#faults = faults;
        for (const record of records) {
            const set = recordSet(record);
            this.all.set(keyOf(record), set);
            this.#published.set(keyOf(record), set);
        }
    }

    records(): NameRecord[] {
        const servers = this.nameServers.map((data) => ({ name: this.origin, type: "NS" as const, ttl: 86_400, data }));
        return [...servers, ...[...this.#published.values()].flat()];
    }

    /** Makes a record set, or puts it in the place of the one before. */
    set(record: OtherRecord): void {
        const set = recordSet(record);
        const others = [...this.all.values()]
            .flat()
            .filter(({ name, type }) => name === set[0]?.name && type !== record.type);
        // RFC 1034: an alias tolerates no other record.
        if (others.length && (record.type === "CNAME" || others.some(({ type }) => type === "CNAME"))) {
            throw new Error(`${record.name} can't have a ${record.type} beside its ${others[0]?.type}.`);
        }
        this.all.set(keyOf(record), set);
        const values = set.map(({ data }) => data);
        const host = record.name.toLowerCase();
        const what = `set ${host} ${record.type} ${values.join(", ")}`;
        this.#timeline.add("dns", "record-set", what, { host, type: record.type, values });
        this.#publish(keyOf(record), host);
    }

    /** Removes what a name has of a type, or all it has. Returns whether there was anything. */
    remove(name: string, type?: string): boolean {
        const host = name.toLowerCase();
        const keys = [...this.all.keys()].filter((key) => key === `${host} ${type ?? key.split(" ")[1]}`);
        for (const key of keys) {
            this.all.delete(key);
            this.#timeline.add("dns", "record-removed", `removed ${key}`, { host, type: key.split(" ")[1] });
            this.#publish(key, host);
        }
        return keys.length > 0;
    }

    #publish(key: string, host: string): void {
        this.#timeline.after(this.#faults.nameDelay, () => {
            const set = this.all.get(key);
            if (!set) {
                this.#published.delete(key);
                return;
            }
            this.#published.set(key, set);
            this.#timeline.add("dns", "name-visible", `the name servers know ${host}`, { host });
        });
    }
}

/** What a test does at that vendor. */
export type SandboxDns = ReturnType<typeof dnsHandle>;

export function dnsHandle(zones: OtherZone[]) {
    const above = (name: string): OtherZone => {
        const found = zones.filter(({ origin }) => isWithin(name.toLowerCase(), origin));
        const zone = found.sort((one, other) => other.origin.length - one.origin.length)[0];
        if (zone) {
            return zone;
        }
        throw new Error(`No zone of otherZones is above ${name}.`);
    };
    return {
        /** Sets all that a name has of a type. */
        set: (record: OtherRecord): void => above(record.name).set(record),
        /** Removes what a name has of a type. Default: of every type. */
        remove(name: string, type?: OtherRecord["type"]): void {
            if (!above(name).remove(name, type)) {
                throw new Error(`${name} has no ${type ?? "record"} to remove.`);
            }
        },
        /** Records as their owner sees them; copies. */
        records: (): NameRecord[] => structuredClone(zones.flatMap(({ all }) => [...all.values()].flat())),
    };
}

function recordSet({ name, type, ttl = 300, value }: OtherRecord): NameRecord[] {
    const set = [value].flat().map((data) => ({ name: name.toLowerCase(), type, ttl, data }));
    for (const record of set) {
        toAnswer(record);
    }
    return set;
}

function keyOf({ name, type }: OtherRecord): string {
    return `${name.toLowerCase()} ${type}`;
}
