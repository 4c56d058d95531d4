/**
 * Fastly's services and their versions: what the API changes, and what the edge serves of it, which is the active
 * version of each.
 */
import { randomBytes } from "node:crypto";
import type { Timeline } from "../../internet/timeline.ts";
import { BLOCK_TYPES, type Block, type BlockType } from "./blocks.ts";

export interface Settings {
    "general.default_host": string;
    /** Seconds. */
    "general.default_ttl": number;
    "general.stale_if_error": boolean;
    "general.stale_if_error_ttl": number;
}

export interface Version {
    number: number;
    active: boolean;
    /** Was active once: then it can't be changed any more. */
    locked: boolean;
    comment: string;
    created_at: string;
    updated_at: string;
    settings: Settings;
    http3: boolean;
    /** By type, then by name. */
    blocks: Record<BlockType, Map<string, Block>>;
}

export interface Service {
    id: string;
    name: string;
    comment: string;
    created_at: string;
    updated_at: string;
    deleted_at: string | null;
    /** Whether it belongs to another customer, who alone sees it. */
    foreign: boolean;
    versions: Version[];
}

/** A new version. docs: "Unset, the TTL is 3,600 s". */
const UNSET: Settings = {
    "general.default_host": "",
    "general.default_ttl": 3600,
    "general.stale_if_error": false,
    "general.stale_if_error_ttl": 43_200,
};

export class Services {
    /** By id, deleted ones included. */
    readonly all = new Map<string, Service>();
    readonly #timeline: Timeline;

    constructor(timeline: Timeline) {
        this.#timeline = timeline;
    }

    /** docs: a new service has an empty version 1. */
    add(name: string, comment: string, foreign = false): Service {
        const now = timestamp();
        const blocks = Object.fromEntries(BLOCK_TYPES.map((type) => [type, new Map()])) as Version["blocks"];
        const first = { ...blankVersion(1), settings: { ...UNSET }, http3: false, blocks };
        const service: Service = {
            ...{ id: newId(), name, comment, created_at: now, updated_at: now },
            ...{ deleted_at: null, foreign, versions: [first] },
        };
        this.all.set(service.id, service);
        if (!foreign) {
            this.#timeline.add("fastly", "service-created", `created service ${name}`, { service: name });
        }
        return service;
    }

    /** The account's own, without those that are deleted. */
    own(): Service[] {
        return [...this.all.values()].filter(({ foreign, deleted_at }) => !foreign && !deleted_at);
    }

    clone(service: Service, from: Version): Version {
        const { settings, http3, blocks, comment } = structuredClone(from);
        const next = { ...blankVersion(service.versions.length + 1), comment, settings, http3, blocks };
        service.versions.push(next);
        return next;
    }

    /** docs: once active, a version is locked; one is active at a time. */
    activate(service: Service, version: Version): void {
        for (const other of service.versions) {
            other.active = other === version;
        }
        version.locked = true;
        version.updated_at = timestamp();
        const domains = [...version.blocks.domain.keys()];
        const what = `version ${version.number} of service ${service.name} is active: ${domains.join(", ")}`;
        const details = { host: domains[0], domains, service: service.name, version: version.number };
        this.#timeline.add("fastly", "version-activated", what, details);
    }

    deactivate(service: Service, version: Version): void {
        version.active = false;
        const what = `version ${version.number} of service ${service.name} is no longer active`;
        const [host] = version.blocks.domain.keys();
        const details = { host, service: service.name, version: version.number };
        this.#timeline.add("fastly", "version-deactivated", what, details);
    }

    delete(service: Service): void {
        service.deleted_at = timestamp();
        this.#timeline.add("fastly", "service-deleted", `deleted service ${service.name}`, { service: service.name });
    }

    /** The service whose active version has a host among its domains. */
    serving(host: string): { service: Service; version: Version } | undefined {
        for (const service of this.all.values()) {
            const version = activeVersion(service);
            if (version?.blocks.domain.has(host)) {
                return { service, version };
            }
        }
        return undefined;
    }
}

export function activeVersion({ deleted_at, versions }: Service): Version | undefined {
    return deleted_at ? undefined : versions.find(({ active }) => active);
}

/** 22 letters and digits, as Fastly's ids are. */
export function newId(): string {
    return randomBytes(48).toString("base64").replace(/[+/=]/g, "").slice(0, 22);
}

/** docs: ISO 8601 times, of whole seconds in the classic API. */
export function timestamp(): string {
    return `${new Date().toISOString().slice(0, 19)}Z`;
}

function blankVersion(number: number) {
    const now = timestamp();
    return { number, active: false, locked: false, comment: "", created_at: now, updated_at: now };
}
