/**
 * What the `/tls` endpoints of Fastly's API answer: JSON:API resources with their relations, in pages.
 */
import { FASTLY_ADDRESS, FASTLY_HOST } from "../../internet/fastlyEdge.ts";
import { Unmodelled } from "../api.ts";
import type { Subscription, SubscriptionHost, Subscriptions } from "./subscriptions.ts";

/** filler: the id of the account's one TLS configuration. */
export const CONFIGURATION = "SandboxTlsConfiguratio";

export interface Reference {
    id: string;
    type: string;
}

/** docs: 20 a page unless asked. */
export function page<T>(query: Record<string, string | undefined>, all: T[], show: (some: T[]) => object) {
    const [number, size] = [Number(query["page[number]"] ?? 1), Number(query["page[size]"] ?? 20)];
    const total_pages = Math.max(1, Math.ceil(all.length / size));
    return {
        ...show(all.slice((number - 1) * size, number * size)),
        links: {},
        meta: { current_page: number, per_page: size, record_count: all.length, total_pages },
    };
}

export function one(subscription: Subscription, include: string[]) {
    return { data: shown(subscription), ...included([subscription], include.join(",")) };
}

/** docs: "A reply must carry the relations … and the attributes …, or the provider crashes". */
export function shown(subscription: Subscription) {
    const { id, certificate_authority, state, created_at, updated_at, hosts, certificate, common_name } = subscription;
    const { configuration } = subscription;
    const has_active_order = state !== "issued" && state !== "failed";
    return {
        id,
        type: "tls_subscription",
        attributes: { certificate_authority, state, created_at, updated_at, has_active_order },
        relationships: {
            tls_authorizations: { data: hosts.map((host) => ref("tls_authorization", host.authorization)) },
            tls_certificates: { data: certificate ? [ref("tls_certificate", certificate.id)] : [] },
            tls_domains: { data: hosts.map(({ name }) => ref("tls_domain", name)) },
            common_name: { data: ref("tls_domain", common_name) },
            tls_configuration: { data: ref("tls_configuration", configuration) },
        },
    };
}

export function included(some: Subscription[], include = "") {
    const wanted = include.split(",").filter((name) => name);
    const strange = wanted.find((name) => name !== "tls_authorizations");
    if (strange) {
        throw new Unmodelled(`include ${strange}`);
    }
    return wanted.length ? { included: some.flatMap((one) => one.hosts.map((host) => authorization(one, host))) } : {};
}

function authorization({ state, created_at, updated_at }: Subscription, host: SubscriptionHost) {
    const { name, challenge } = host;
    return {
        id: host.authorization,
        type: "tls_authorization",
        attributes: {
            challenges: [
                {
                    ...{ type: "managed-dns", record_type: "CNAME" },
                    ...{ record_name: `_acme-challenge.${name}`, values: [challenge] },
                },
                { type: "managed-http-cname", record_type: "CNAME", record_name: name, values: [FASTLY_HOST] },
                { type: "managed-http-a", record_type: "A", record_name: name, values: [FASTLY_ADDRESS] },
            ],
            state: state === "issued" ? "passed" : "pending",
            warnings: null,
            created_at,
            updated_at,
        },
        relationships: { tls_domain: { data: ref("tls_domain", name) } },
    };
}

export function shownDomain(name: string, subscriptions: Subscriptions) {
    const all = [...subscriptions.all.values()].filter(({ hosts }) => hosts.some((host) => host.name === name));
    const certificates = all.flatMap(({ certificate }) => (certificate ? [certificate.id] : []));
    const activations = all.flatMap(({ certificate }) => certificate?.activations ?? []);
    const active = activations.filter(({ host }) => host === name);
    return {
        id: name,
        type: "tls_domain",
        attributes: { type: "subscription" },
        relationships: {
            tls_activations: { data: active.map(({ id }) => ref("tls_activation", id)) },
            tls_certificates: { data: certificates.map((id) => ref("tls_certificate", id)) },
            tls_subscriptions: { data: all.map(({ id }) => ref("tls_subscription", id)) },
        },
    };
}

export function includedInDomains(some: Subscription[], include = "") {
    const wanted = include.split(",").filter((name) => name);
    const strange = wanted.find((name) => name !== "tls_activations" && name !== "tls_subscriptions");
    if (strange) {
        throw new Unmodelled(`include ${strange}`);
    }
    const activations = some.flatMap(({ certificate, configuration, updated_at }) =>
        (certificate?.activations ?? []).map(({ id, host }) => ({
            id,
            type: "tls_activation",
            attributes: { created_at: updated_at },
            relationships: {
                tls_certificate: { data: ref("tls_certificate", certificate?.id ?? "") },
                tls_configuration: { data: ref("tls_configuration", configuration) },
                tls_domain: { data: ref("tls_domain", host) },
            },
        })),
    );
    const parts = [
        ...(wanted.includes("tls_activations") ? activations : []),
        ...(wanted.includes("tls_subscriptions") ? some.map(shown) : []),
    ];
    return wanted.length ? { included: parts } : {};
}

function ref(type: string, id: string): Reference {
    return { type, id };
}
