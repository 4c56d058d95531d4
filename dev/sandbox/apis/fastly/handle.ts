/**
 * What a test can use of Fastly: address and key, what is there now, and changes that another person makes.
 */
import type { Timeline } from "../../internet/timeline.ts";
import type { ApiCall } from "../api.ts";
import { blockFrom, type Value } from "./blocks.ts";
import { activeVersion, type Service, type Services, type Version } from "./services.ts";
import type { Subscription, Subscriptions } from "./subscriptions.ts";

/** Fastly. Services go by name. */
export type SandboxFastly = ReturnType<typeof fastlyHandle>;

export interface FastlyAccess {
    apiUrl: string;
    apiKey: string;
    /** Every API call so far, oldest first. */
    calls: ApiCall[];
}

/** A block's fields, with the API's names. */
export type BlockSettings = Record<string, Value>;

export interface SeededService {
    name: string;
    domain: string;
    /** The fields of its backend. Default: SparkPost's US endpoint as the vendors' guide has it. */
    backend?: BlockSettings;
    requestSettings?: BlockSettings;
    /** Seconds. Default 10. */
    defaultTtl?: number;
    /** Default `own`. What is another customer's isn't in this account: its domains are taken, and its edge answers. */
    customer?: "own" | "another";
}

const BACKEND: BlockSettings = {
    ...{ name: "sparkpost", address: "spgo.io", port: 443, use_ssl: true },
    ...{ ssl_check_cert: true, ssl_cert_hostname: "spgo.io", ssl_sni_hostname: "spgo.io" },
};

export function fastlyHandle(
    access: FastlyAccess,
    services: Services,
    subscriptions: Subscriptions,
    timeline: Timeline,
) {
    const named = (name: string): Service => {
        const own = services.own();
        const service = own.find((one) => one.name === name);
        if (service) {
            return service;
        }
        throw new Error(`There is no service ${name}; there are: ${own.map((one) => one.name).join(", ")}.`);
    };
    return {
        ...access,
        /** The account's services as they are now, deleted ones too; copies. */
        services: () => [...services.all.values()].filter(({ foreign }) => !foreign).map(copyOf),
        /** TLS subscriptions as they are now; copies. */
        subscriptions: (): Subscription[] => structuredClone([...subscriptions.all.values()]),
        /** Somebody else changes the backend of a service: a new version, active at once. */
        changeBackend(name: string, settings: BlockSettings): void {
            const service = named(name);
            const active = activeVersion(service);
            const before = active && [...active.blocks.backend.values()][0];
            if (!active || !before) {
                throw new Error(`Service ${name} has no active version with a backend to change.`);
            }
            const next = services.clone(service, active);
            const changed = blockFrom("backend", formOf(settings), before);
            next.blocks.backend = new Map([[changed.name, changed]]);
            services.activate(service, next);
            const host = [...next.blocks.domain.keys()][0];
            timeline.add("sandbox", "changed-elsewhere", `backend of ${name} changed`, { host, settings });
        },
        /** A service that was there before, and active; its id. */
        seedService({ name, domain, backend, requestSettings, defaultTtl = 10, customer }: SeededService): string {
            const service = services.add(name, "", customer === "another");
            const [version] = service.versions as [Version];
            const origin = blockFrom("backend", formOf({ ...BACKEND, ...backend }));
            version.blocks.domain.set(domain, blockFrom("domain", { name: domain }));
            version.blocks.backend.set(origin.name, origin);
            if (requestSettings) {
                const settings = blockFrom("request_settings", formOf({ name: "seeded", ...requestSettings }));
                version.blocks.request_settings.set(settings.name, settings);
            }
            version.settings["general.default_ttl"] = defaultTtl;
            services.activate(service, version);
            timeline.add("sandbox", "seeded", `seeded: service ${name} for ${domain}`, { host: domain });
            return service.id;
        },
        /** The certificate of a host grows old, and Fastly asks for the next one. */
        renew(host: string): void {
            const issued = [...subscriptions.all.values()].filter(({ state }) => state === "issued");
            const found = issued.find(({ hosts }) => hosts.some(({ name }) => name === host));
            if (!found) {
                throw new Error(`There is no issued subscription for ${host} to renew.`);
            }
            subscriptions.renew(found);
        },
    };
}

function copyOf(service: Service) {
    const { versions, foreign: _own, ...rest } = structuredClone(service);
    const active_version = activeVersion(service)?.number ?? null;
    return {
        ...rest,
        active_version,
        versions: versions.map(({ blocks, ...version }) => ({
            ...version,
            domains: [...blocks.domain.values()],
            backends: [...blocks.backend.values()],
            request_settings: [...blocks.request_settings.values()],
            snippets: [...blocks.snippet.values()],
        })),
    };
}

function formOf(settings: BlockSettings): Record<string, string> {
    return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value ?? "")]));
}
