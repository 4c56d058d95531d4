/**
 * What a test can use of each vendor: addresses and keys, what is there now, and changes that another person makes.
 */
import type { ApiCall } from "./apis/api.ts";
import type { DomainSettings, TrackingDomains } from "./apis/domains.ts";
import { type RedirectRuleSettings, redirectRule } from "./apis/redirectRules.ts";
import type { WorkerScript } from "./apis/workers.ts";
import { type SeededRecord, type Zone, zoneOf } from "./apis/zones.ts";
import type { Timeline } from "./internet/timeline.ts";
import type { SslMode } from "./options.ts";

/** SparkPost in one region. */
export type SandboxSparkPost = ReturnType<typeof sparkpostHandle>;
/** Cloudflare. Zones go by name. */
export type SandboxCloudflare = ReturnType<typeof cloudflareHandle>;

export interface SparkPostAccess {
    apiUrl: string;
    /** A key with every grant. */
    apiKey: string;
    /** The host that a tracking domain of this region points at. */
    endpoint: string;
    /** Every API call so far, oldest first. */
    calls: ApiCall[];
}

export interface CloudflareAccess {
    baseUrl: string;
    apiToken: string;
    /** Every API call so far, oldest first. */
    calls: ApiCall[];
}

export function sparkpostHandle(
    access: SparkPostAccess,
    domains: TrackingDomains,
    links: Map<string, string>,
    timeline: Timeline,
) {
    const told = (kind: string, host: string, details = {}) =>
        timeline.add("sandbox", kind, `${kind.replaceAll("-", " ")}: ${host}`, { host, ...details });
    return {
        ...access,
        /** Tracking domains as they are now; copies. */
        domains: () => structuredClone(domains.all()),
        /** Sending domain → its tracking domain, "" for none. */
        links: () => Object.fromEntries(links),
        /** Somebody else links a sending domain to a tracking domain, or with "" to none. */
        link(sendingDomain: string, domain: string): void {
            if (!links.has(sendingDomain)) {
                throw new Error(`There is no sending domain ${sendingDomain} to link.`);
            }
            links.set(sendingDomain, domain);
            told("linked-elsewhere", sendingDomain, { domain });
        },
        /** A domain that was there before. */
        seed({ domain, ...settings }: { domain: string } & DomainSettings): void {
            const seeded = domains.add(domain, { compliance_status: "valid", ...settings });
            if (seeded.default) {
                domains.makeDefault(seeded);
            }
            told("seeded", seeded.domain);
        },
        /** Somebody else changes a domain. */
        change(domain: string, settings: DomainSettings): void {
            const changed = domains.find(domain);
            if (!changed) {
                throw new Error(`There is no tracking domain ${domain} to change.`);
            }
            Object.assign(changed, settings);
            if (settings.default) {
                domains.makeDefault(changed);
            }
            told("changed-elsewhere", changed.domain, { settings });
        },
        /** Somebody else deletes a domain. */
        remove(domain: string): void {
            if (!domains.remove(domain)) {
                throw new Error(`There is no tracking domain ${domain} to remove.`);
            }
            told("removed-elsewhere", domain.toLowerCase());
        },
    };
}

export function cloudflareHandle(access: CloudflareAccess, zones: Zone[], scripts: WorkerScript[], timeline: Timeline) {
    const named = (name: string): Zone => {
        const zone = zones.find(({ origin }) => origin === name);
        if (zone) {
            return zone;
        }
        throw new Error(`There is no zone ${name}; there are: ${zones.map(({ origin }) => origin).join(", ")}.`);
    };
    const above = (host: string): Zone => zoneOf(zones, host) ?? named(host);
    const idsOf = (host: string): string[] =>
        [...above(host).all.values()].filter(({ name }) => name === host).map(({ id }) => id);
    return {
        ...access,
        /** A zone's id, as the API has it. */
        zoneId: (zone: string) => named(zone).id,
        /** Records as they are now; copies. */
        records: (zone: string) => structuredClone([...named(zone).all.values()]),
        /** Page rules as they are now; copies. */
        pageRules: (zone: string) => structuredClone([...named(zone).pageRules.values()]),
        /** Workers and routes to them as they are now; copies. */
        workers: () => structuredClone(scripts),
        routes: (zone: string) => structuredClone([...named(zone).routes.values()]),
        /** A person delegates a zone to its name servers: it is active, and its names are served from then on. */
        delegate: (zone: string) => named(zone).delegate(),
        /** Somebody else sets the SSL mode. */
        setSsl(zone: string, mode: SslMode): void {
            named(zone).ssl = mode;
            timeline.add("sandbox", "changed-elsewhere", `SSL mode of ${zone} set to ${mode}`, { host: zone, mode });
        },
        /** A record that was there before. */
        seedRecord: (settings: SeededRecord & { name: string; content: string }): void => {
            above(settings.name).put(settings);
        },
        /** A redirect rule that was there before, after those of the zone that are there already. */
        seedRedirectRule: (zone: string, settings: RedirectRuleSettings): void => {
            const owner = named(zone);
            owner.redirectRules = [...(owner.redirectRules ?? []), redirectRule(settings)];
            const what = `seeded: redirect rule ${settings.expression} of ${zone}`;
            timeline.add("sandbox", "seeded", what, { host: zone });
        },
        /** Somebody else changes the records of a host. */
        changeRecord: (host: string, settings: SeededRecord): void => {
            for (const id of idsOf(host)) {
                above(host).put(settings, id);
            }
        },
        /** Somebody else deletes the records of a host. */
        removeRecord: (host: string): void => {
            for (const id of idsOf(host)) {
                above(host).delete(id);
            }
        },
    };
}
