/**
 * Cloudflare's zones: what the API changes at once, and what its name servers and its edge know a little later.
 */
import { createHash, randomUUID } from "node:crypto";
import { isWithin, type NameRecord, type NameZone } from "../internet/names.ts";
import type { Timeline } from "../internet/timeline.ts";
import type { Faults, RecordType, SslMode, ZoneOptions } from "../options.ts";
import type { RedirectRule } from "./redirectRules.ts";
import type { WorkerRoute } from "./workers.ts";

export interface DnsRecord {
    id: string;
    name: string;
    type: RecordType;
    content: string;
    /** Of an MX record; the API has it beside the content. */
    priority?: number;
    proxied: boolean;
    /** Seconds; 1 is "automatic". */
    ttl: number;
    comment: string | null;
    tags: string[];
    created_on: string;
    modified_on: string;
}

export interface PageRule {
    id: string;
    targets: { target: "url"; constraint: { operator: "matches"; value: string } }[];
    actions: { id: string; value?: unknown }[];
    priority: number;
    status: "active" | "disabled";
    created_on: string;
    modified_on: string;
}

/** What a caller may set of a record. */
export type RecordSettings = Partial<
    Pick<DnsRecord, "name" | "type" | "content" | "priority" | "proxied" | "ttl" | "comment" | "tags">
>;
/** The same, and when it was last changed, RFC 3339. The content of an MX record may be as in a zone file. */
export type SeededRecord = RecordSettings & { modified_on?: string };

/** The address of the edge, which every proxied name has. */
export const EDGE_ADDRESS = "192.0.2.30";
/** Record types that the edge can stand in for. */
export const PROXIABLE: RecordType[] = ["A", "AAAA", "CNAME"];
/** docs: "A proxied name has a TTL of 300 s at resolvers". */
const PROXIED_TTL = 300;
/** The default of every zone. */
export const NAME_SERVERS = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];
const LONG_AGO = "2020-08-05T12:00:00.000000Z";

export class Zone implements NameZone {
    readonly id: string;
    readonly origin: string;
    readonly type: string;
    readonly nameServers: string[];
    readonly accountId: string;
    status: string;
    activatedOn: string | null;
    ssl: SslMode;
    sslAutomatic: "auto" | "custom";
    readonly bots: Record<string, unknown>;
    readonly rules: NonNullable<ZoneOptions["rules"]>;
    /** Records as the API has them, by id. */
    readonly all = new Map<string, DnsRecord>();
    readonly pageRules = new Map<string, PageRule>();
    /** Routes to Workers, by id. */
    readonly routes = new Map<string, WorkerRoute>();
    /** Undefined where the zone has no ruleset for them. */
    redirectRules?: RedirectRule[];
    readonly #published = new Map<string, DnsRecord>();
    /** Hosts whose certificate is asked for: false until it is there. */
    readonly #certified = new Map<string, boolean>();
    readonly #certificate: boolean;
    readonly #timeline: Timeline;
    readonly #faults: Faults;
    readonly #modifiedAgo: number;

    /** `modifiedAgo` as in SandboxOptions. */
    constructor(options: ZoneOptions, timeline: Timeline, faults: Faults, modifiedAgo = 0) {
        this.origin = options.name.toLowerCase();
        this.accountId = options.accountId ?? "0123456789abcdef0123456789abcdef";
        this.id = createHash("md5").update(`${this.accountId}/${this.origin}`).digest("hex");
        this.status = options.status ?? "active";
        this.type = options.type ?? "full";
        this.ssl = options.ssl ?? "full";
        this.sslAutomatic = options.sslAutomatic ?? "custom";
        this.bots = options.bots ?? {};
        this.rules = options.rules ?? {};
        this.nameServers = options.nameServers ?? NAME_SERVERS;
        this.activatedOn = this.status === "active" ? (options.activatedOn ?? LONG_AGO) : null;
        this.#certificate = options.certificate ?? true;
        this.#timeline = timeline;
        this.#faults = faults;
        this.#modifiedAgo = modifiedAgo;
    }

    /** Whether the internet's questions about its names come here. */
    isDelegated(): boolean {
        return this.status === "active" && this.type === "full";
    }

    /**
     * Its name servers are delegated by the registrar, or by the zone above: it is active, and served from now on. docs:
     * certificates come only after that.
     */
    delegate(): void {
        this.status = "active";
        this.activatedOn = timestamp();
        this.#timeline.add("cloudflare", "zone-active", `the zone ${this.origin} is active`, { host: this.origin });
        for (const { name } of this.#published.values()) {
            this.#timeline.add("dns", "name-visible", `the name servers know ${name}`, { host: name });
        }
        for (const { name } of this.all.values()) {
            this.#certify(name);
        }
    }

    /** What the authoritative servers hold. An inactive or partial zone's names are served elsewhere, or nowhere. */
    records(): NameRecord[] {
        if (!this.isDelegated()) {
            return [];
        }
        const delegation = this.nameServers.map((data) => ({
            name: this.origin,
            type: "NS" as const,
            ttl: 86_400,
            data,
        }));
        return [...delegation, ...[...this.#published.values()].map(asServed)];
    }

    /** The record that the edge knows for a host, if it is proxied. */
    proxied(host: string): DnsRecord | undefined {
        return [...this.#published.values()].find(({ name, proxied }) => name === host && proxied);
    }

    /** The names on the edge's certificate for a host; undefined while there is none. */
    certificateFor(host: string): string[] | undefined {
        return this.#certified.get(host) ? [this.origin, `*.${this.origin}`] : undefined;
    }

    /** Whether Universal SSL covers what the zone has. */
    isCertified(): boolean {
        return this.#certificate && this.status === "active" && ![...this.#certified.values()].includes(false);
    }

    /** Makes a record, or changes the one of that id. */
    put(settings: SeededRecord, id: string = newId()): DnsRecord {
        const before = this.all.get(id);
        const { name = "", type = "CNAME", comment = null, tags = [], ...given } = { ...before, ...settings };
        const { content = "", priority } = type === "MX" ? mailServer(given) : { content: given.content };
        const proxied = PROXIABLE.includes(type) && (given.proxied ?? false);
        const now = settings.modified_on ?? timestamp(this.#modifiedAgo);
        const record: DnsRecord = {
            id,
            name,
            type,
            content,
            ...(priority !== undefined && { priority }),
            proxied,
            // docs: "`proxied: true` needs `ttl: 1`".
            ttl: proxied ? 1 : (settings.ttl ?? before?.ttl ?? 1),
            comment,
            tags,
            created_on: before?.created_on ?? now,
            modified_on: now,
        };
        this.all.set(id, record);
        const what = `${name} ${type} ${dataOf(record)}${proxied ? ", proxied" : ""}`;
        const details = { host: name, type, content, proxied };
        if (before) {
            this.#timeline.add("cloudflare", "record-updated", `changed ${what}`, details);
        } else {
            this.#timeline.add("cloudflare", "record-created", `created ${what}`, details);
        }
        this.#publish(id);
        this.#certify(name);
        return record;
    }

    delete(id: string): void {
        const record = this.all.get(id);
        if (!record) {
            return;
        }
        this.all.delete(id);
        this.#timeline.add("cloudflare", "record-deleted", `deleted ${record.name} ${record.type}`, {
            host: record.name,
        });
        this.#publish(id);
    }

    /** Servers and edge take over what the API has when the delay is over. */
    #publish(id: string): void {
        this.#timeline.after(this.#faults.nameDelay, () => {
            const record = this.all.get(id);
            const isNew = !this.#published.has(id);
            if (!record) {
                this.#published.delete(id);
            } else {
                this.#published.set(id, record);
            }
            if (!record || !isNew || this.records().length === 0) {
                return;
            }
            this.#timeline.add("dns", "name-visible", `the name servers know ${record.name}`, { host: record.name });
        });
    }

    /**
     * docs: "Universal SSL covers the apex and one label". docs: certificates "are issued while the record is still
     * DNS-only too", so the clock starts with a host's first record. Simplified: it starts for each host by itself.
     */
    #certify(host: string): void {
        const labels = host.split(".").length - this.origin.split(".").length;
        if (!this.#certificate || this.status !== "active" || labels > 1 || this.#certified.has(host)) {
            return;
        }
        this.#certified.set(host, false);
        this.#timeline.after(this.#faults.certificateDelay, () => {
            this.#certified.set(host, true);
            this.#timeline.add("edge", "certificate-ready", `the edge has a certificate for ${host}`, {
                host,
                edge: "cloudflare",
            });
        });
    }
}

/** The zone that a host belongs to, the longest name first. */
export function zoneOf(zones: Zone[], host: string): Zone | undefined {
    return zones.filter(({ origin }) => isWithin(host, origin)).sort((a, b) => b.origin.length - a.origin.length)[0];
}

/** docs: "A proxied CNAME never shows as a CNAME in DNS". */
function asServed(record: DnsRecord): NameRecord {
    const { name, type, proxied, ttl } = record;
    if (proxied) {
        return { name, type: "A", ttl: PROXIED_TTL, data: EDGE_ADDRESS };
    }
    return { name, type, ttl: ttl === 1 ? PROXIED_TTL : ttl, data: dataOf(record) };
}

/** As in a zone file. */
function dataOf({ content, priority }: Pick<DnsRecord, "content" | "priority">): string {
    return priority === undefined ? content : `${priority} ${content}`;
}

/** `10 mail.example.com`, or the two apart. */
function mailServer({ content = "", priority }: RecordSettings) {
    const [, before, host] = /^(\d+)\s+(\S+)$/.exec(content) ?? [];
    return { content: host ?? content, priority: Number(before ?? priority ?? 0) };
}

/** 32 hexadecimal digits, as Cloudflare's ids are. */
export function newId(): string {
    return randomUUID().replaceAll("-", "");
}

/** docs: RFC 3339 times. `ago` in seconds. */
export function timestamp(ago = 0): string {
    return new Date(Date.now() - ago * 1000).toISOString();
}
