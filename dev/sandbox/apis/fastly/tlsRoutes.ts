/**
 * `/tls` of Fastly's API: subscriptions and TLS domains, in JSON:API.
 */

import { isDeepStrictEqual as isDeepEqual } from "node:util";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiError, Unmodelled } from "../api.ts";
import { activeVersion, type Services } from "./services.ts";
import { AUTHORITIES, type Subscription, type Subscriptions } from "./subscriptions.ts";
import {
    CONFIGURATION,
    included,
    includedInDomains,
    one,
    page,
    type Reference,
    shown,
    shownDomain,
} from "./tlsReplies.ts";

export const MEDIA_TYPE = "application/vnd.api+json";

/** What a client sends. docs: the hosts are in the relation `tls_domains`; Fastly's Go client says `tls_domain`. */
interface Sent {
    attributes?: { certificate_authority?: string; state?: string };
    relationships?: Record<string, { data: Reference | Reference[] | null }>;
}

/** @param own The customer's TLS configurations, none of which is the default. `undefined`: there is only the usual one. */
export function tlsRoutes(
    api: FastifyInstance,
    services: Services,
    subscriptions: Subscriptions,
    own: string[] | undefined,
): void {
    const onRequest = async (_request: FastifyRequest, reply: FastifyReply) => void reply.type(MEDIA_TYPE);
    const path = "/tls/subscriptions";

    api.post(path, { onRequest }, async (request, reply) => {
        const { attributes = {}, relationships = {} } = sentIn(request);
        // docs: Let's Encrypt and others; an account's own default is Certainly.
        const { certificate_authority = "certainly" } = attributes;
        if (!Object.hasOwn(AUTHORITIES, certificate_authority)) {
            throw jsonApiError(400, "Invalid value", `certificate_authority ${certificate_authority} is not supported`);
        }
        const hosts = hostsIn(relationships) ?? [];
        const commonName = commonNameIn(relationships) ?? hosts[0];
        checkHosts(hosts, commonName, services);
        const configuration = configurationIn(relationships, own) ?? (own ? undefined : CONFIGURATION);
        // docs: without a default one, a subscription has to say which. filler: the words.
        if (!configuration) {
            throw jsonApiError(400, "Invalid value", "tls_configuration is required: there is no default one");
        }
        reply.code(201);
        return one(subscriptions.add(certificate_authority, hosts, commonName ?? "", configuration), [
            "tls_authorizations",
        ]);
    });
    api.get(path, { onRequest }, async (request) => {
        const query = queryOf(request, ["filter[state]", "filter[tls_domains.id]", "filter[certificate_authority]"]);
        const host = query["filter[tls_domains.id]"];
        const found = [...subscriptions.all.values()].filter(
            ({ state, certificate_authority, hosts }) =>
                [undefined, String(state)].includes(query["filter[state]"]) &&
                [undefined, certificate_authority].includes(query["filter[certificate_authority]"]) &&
                (host === undefined || hosts.some(({ name }) => name === host)),
        );
        // docs: newest first unless asked otherwise.
        return page(query, query.sort === "created_at" ? found : found.reverse(), (some) => ({
            data: some.map(shown),
            ...included(some, query.include),
        }));
    });
    api.get(`${path}/:id`, { onRequest }, async (request) => {
        const { include } = queryOf(request, []);
        return one(subscriptionIn(request, subscriptions), include?.split(",") ?? []);
    });
    api.patch(`${path}/:id`, { onRequest }, async (request) => {
        const subscription = subscriptionIn(request, subscriptions);
        const { attributes = {}, relationships = {} } = sentIn(request);
        const { certificate_authority, state } = attributes;
        if (![undefined, "", subscription.certificate_authority].includes(certificate_authority)) {
            throw new Unmodelled("another certificate_authority for a subscription");
        }
        subscription.configuration = configurationIn(relationships, own) ?? subscription.configuration;
        if (state === "retry" && subscription.state === "failed") {
            subscriptions.retry(subscription);
        } else if (state !== undefined) {
            throw new Unmodelled(`state ${state} for a subscription that is ${subscription.state}`);
        }
        const before = subscription.hosts.map(({ name }) => name);
        const hosts = hostsIn(relationships) ?? before;
        const commonName = commonNameIn(relationships) ?? subscription.common_name;
        if (commonName !== subscription.common_name || !isDeepEqual(hosts, before)) {
            refuseUnforced(request, subscription);
            checkHosts(hosts, commonName, services);
            subscriptions.change(subscription, hosts, commonName);
        }
        return one(subscription, ["tls_authorizations"]);
    });
    api.delete(`${path}/:id`, { onRequest }, async (request, reply) => {
        const subscription = subscriptionIn(request, subscriptions);
        refuseUnforced(request, subscription);
        subscriptions.remove(subscription);
        return reply.code(204).send();
    });

    api.get("/tls/domains", { onRequest }, async (request) => {
        const query = queryOf(request, [
            "filter[in_use]",
            "filter[tls_certificates.id]",
            "filter[tls_subscriptions.id]",
        ]);
        const [certificate, id] = [query["filter[tls_certificates.id]"], query["filter[tls_subscriptions.id]"]];
        const found = [...subscriptions.all.values()].filter(
            (one) =>
                [undefined, one.certificate?.id].includes(certificate) &&
                [undefined, one.id].includes(id) &&
                [undefined, String(one.certificate !== undefined)].includes(query["filter[in_use]"]),
        );
        const names = [...new Set(found.flatMap(({ hosts }) => hosts.map(({ name }) => name)))];
        return page(query, names, (some) => ({
            data: some.map((name) => shownDomain(name, subscriptions)),
            ...includedInDomains(found, query.include),
        }));
    });
}

/** docs: JSON:API's errors, `title` and `detail`. */
export function jsonApiError(status: number, title: string, detail: string): ApiError {
    return new ApiError(status, { errors: [{ title, detail }] }, MEDIA_TYPE);
}

function sentIn(request: FastifyRequest): Sent {
    const { data } = (request.body ?? {}) as { data?: Sent & { type?: string } };
    if (data?.type !== "tls_subscription") {
        throw new Unmodelled("a body that isn't a tls_subscription");
    }
    return data;
}

function hostsIn(relationships: NonNullable<Sent["relationships"]>): string[] | undefined {
    const data = (relationships.tls_domains ?? relationships.tls_domain)?.data;
    // docs: the API "silently converts them to lowercase".
    return data ? [data].flat().map(({ id }) => id.toLowerCase()) : undefined;
}

function commonNameIn(relationships: NonNullable<Sent["relationships"]>): string | undefined {
    const data = relationships.common_name?.data;
    return data ? [data].flat()[0]?.id.toLowerCase() : undefined;
}

/** filler: the words for one that the customer hasn't. */
function configurationIn(
    relationships: NonNullable<Sent["relationships"]>,
    own: string[] = [CONFIGURATION],
): string | undefined {
    const id = [relationships.tls_configuration?.data ?? []].flat()[0]?.id || undefined;
    if (id && !own.includes(id)) {
        throw jsonApiError(404, "Not found", `Couldn't find tls_configuration ${id}`);
    }
    return id;
}

function checkHosts(hosts: string[], commonName: string | undefined, services: Services): void {
    if (!hosts.length || hosts.some((host) => host.includes("*"))) {
        throw new Unmodelled(`a subscription for ${hosts.join(", ") || "nothing"}`);
    }
    // docs: "the domain chosen as the common name must be included in TLS domains". filler: the words.
    if (!hosts.includes(commonName ?? "")) {
        throw jsonApiError(400, "Invalid value", `common_name ${commonName} must be one of the TLS domains`);
    }
    for (const host of hosts) {
        // docs: these words.
        if (!services.own().some((service) => activeVersion(service)?.blocks.domain.has(host))) {
            const title = "The domain you entered was not found on one of your services";
            throw jsonApiError(400, title, `Please add ${host} to an active service to begin TLS enablement.`);
        }
    }
}

/** docs: "cannot be destroyed if there are domains in the TLS enabled state", unless forced. filler: the words. */
function refuseUnforced(request: FastifyRequest, { certificate }: Subscription): void {
    const { force } = request.query as { force?: string };
    if (certificate && force !== "true") {
        throw jsonApiError(400, "Bad request", "This subscription has domains that are active; use force to go on.");
    }
}

function subscriptionIn(request: FastifyRequest, subscriptions: Subscriptions): Subscription {
    const { id } = request.params as { id: string };
    const subscription = subscriptions.all.get(id);
    if (subscription) {
        return subscription;
    }
    throw jsonApiError(404, "Not found", `Couldn't find tls_subscription ${id}`);
}

/** A query that the sandbox doesn't know would silently return too much, so it is refused. */
function queryOf(request: FastifyRequest, filters: string[]): Record<string, string | undefined> {
    const query = request.query as Record<string, string | undefined>;
    const known = [...filters, "include", "sort", "page[number]", "page[size]"];
    const strange = Object.keys(query).find((name) => !known.includes(name));
    if (strange) {
        throw new Unmodelled(`query ${strange}`);
    }
    return query;
}
