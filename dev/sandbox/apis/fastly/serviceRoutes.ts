/**
 * `/service` of Fastly's API: services themselves.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError, Unmodelled } from "../api.ts";
import { type Block, isRepeated, shownBlock } from "./blocks.ts";
import { activeVersion, type Service, type Services, timestamp, type Version } from "./services.ts";

/** filler: any customer's id. */
const CUSTOMER = "0xSandboxCustomer00000";

export function serviceRoutes(api: FastifyInstance, services: Services): void {
    api.post("/service", async (request) => {
        const { name = "", comment = "", type = "vcl" } = knownForm(request, ["name", "comment", "type"]);
        if (type !== "vcl" || !name) {
            throw new Unmodelled(`a service of type ${type} named "${name}"`);
        }
        refuseTaken(services, name);
        return shownService(services.add(name, comment));
    });
    api.get("/service", async (request) => {
        const { page = "1", per_page = "20" } = request.query as Record<string, string | undefined>;
        const [number, size] = [Number(page), Number(per_page)];
        return services
            .own()
            .slice((number - 1) * size, number * size)
            .map(shownService);
    });
    api.get("/service/search", async (request) => {
        const { name } = request.query as { name?: string };
        const found = services.own().find((service) => service.name === name);
        if (!found) {
            throw notFound(`service named ${name}`);
        }
        return shownService(found);
    });
    api.get("/service/:service", async (request) => shownService(ownService(request, services)));
    // docs: "A deleted service answers 200 on `/details` with `deleted_at`".
    api.get("/service/:service/details", async (request) => {
        const service = serviceIn(request, services);
        const active = activeVersion(service);
        const version = active ?? service.versions.at(-1);
        return {
            ...shownService(service),
            active_version: active ? shownVersion(service, active) : null,
            version: version && shownVersion(service, version),
        };
    });
    api.put("/service/:service", async (request) => {
        const service = ownService(request, services);
        const { name = service.name, comment = service.comment } = knownForm(request, ["name", "comment"]);
        if (name !== service.name) {
            refuseTaken(services, name);
        }
        Object.assign(service, { name, comment, updated_at: timestamp() });
        return shownService(service);
    });
    // seen: asked after a drift of the active version; "any non-2xx = off". filler: the words.
    api.get("/enabled-products/v1/:product/services/:service", async (request) => {
        ownService(request, services);
        throw refused(400, "Bad request", "The product isn't enabled");
    });
    api.delete("/service/:service", async (request) => {
        const service = ownService(request, services);
        // docs: "Services that are active cannot be destroyed". filler: status and words.
        if (activeVersion(service)) {
            throw refused(422, "Bad request", `Service '${service.name}' has an active version`);
        }
        services.delete(service);
        return { status: "ok" };
    });
}

/** docs: the provider calls it "the unique name for the service". filler: the words. */
function refuseTaken(services: Services, name: string): void {
    if (services.own().some((service) => service.name === name)) {
        throw refused(409, "Duplicate record", `Duplicate service: '${name}'`);
    }
}

/** The service that a path names, deleted ones included. filler: the words for one that isn't there. */
export function serviceIn(request: FastifyRequest, services: Services): Service {
    const { service: id } = request.params as { service: string };
    const service = services.all.get(id);
    if (service && !service.foreign) {
        return service;
    }
    throw notFound(`service ${id}`);
}

/** inferred: everything but `/details` doesn't find a deleted service. */
export function ownService(request: FastifyRequest, services: Services): Service {
    const service = serviceIn(request, services);
    if (!service.deleted_at) {
        return service;
    }
    throw notFound(`service ${service.id}`);
}

/** The fields of a form. Other content types are refused: docs say forms, and a client of ours must not rely on more. */
export function formIn(request: FastifyRequest): Record<string, string> {
    const { body } = request;
    if (body !== undefined && !request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
        throw new Unmodelled("a body that isn't a form");
    }
    return (body ?? {}) as Record<string, string>;
}

export function knownForm(request: FastifyRequest, known: string[]): Record<string, string> {
    const form = formIn(request);
    const strange = Object.keys(form).find((name) => !known.includes(name) && !isRepeated(name));
    if (strange) {
        throw new Unmodelled(`field ${strange}`);
    }
    return form;
}

/** docs: the classic endpoints' errors are `{msg, detail}`. */
export function refused(status: number, msg: string, detail?: string): ApiError {
    return new ApiError(status, detail === undefined ? { msg } : { msg, detail });
}

/** filler: the detail. */
export function notFound(what: string): ApiError {
    return refused(404, "Record not found", `Couldn't find ${what}`);
}

function shownService(service: Service) {
    const { id, name, comment, created_at, updated_at, deleted_at } = service;
    const versions = service.versions.map((version) => versionFields(service, version));
    const common = { id, name, comment, created_at, updated_at, deleted_at, versions };
    return { ...common, type: "vcl", customer_id: CUSTOMER };
}

/** A version without its blocks, as most calls answer it. */
export function versionFields({ id: service_id }: Service, version: Version) {
    const { number, active, locked, comment, created_at, updated_at } = version;
    const unused = { deployed: false, staging: false, testing: false, deleted_at: null };
    return { service_id, number, active, locked, comment, created_at, updated_at, ...unused };
}

/** A version with its blocks, as `/details` has it. */
function shownVersion(service: Service, version: Version) {
    const list = (type: keyof Version["blocks"]) =>
        [...version.blocks[type].values()].map((block: Block) => shownBlock(type, block));
    return {
        ...versionFields(service, version),
        domains: list("domain"),
        backends: list("backend"),
        request_settings: list("request_settings"),
        snippets: list("snippet"),
        settings: version.settings,
        ...Object.fromEntries(DETAILS_WITHOUT.map((name) => [name, []])),
    };
}

/** docs: lists that `/details` has for block types that are never set here. */
const DETAILS_WITHOUT = [
    ...["acls", "cache_settings", "conditions", "dictionaries", "directors", "gzips", "headers", "healthchecks"],
    ...["response_objects", "vcls", "wordpress"],
];
