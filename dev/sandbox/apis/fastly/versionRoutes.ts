/**
 * `/service/{id}/version` of Fastly's API: versions, their settings and their blocks.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Assumed } from "../../options.ts";
import { Unmodelled } from "../api.ts";
import { BLOCK_TYPES, type Block, type BlockType, blockFrom, EMPTY_TYPES, shownBlock } from "./blocks.ts";
import { formIn, knownForm, notFound, ownService, refused, versionFields } from "./serviceRoutes.ts";
import { newId, type Service, type Services, timestamp, type Version } from "./services.ts";

const VERSIONS = "/service/:service/version";
const VERSION = `${VERSIONS}/:version`;

export function versionRoutes(api: FastifyInstance, services: Services, assumed: Assumed): void {
    api.get(VERSIONS, async (request) => {
        const service = ownService(request, services);
        return service.versions.map((version) => versionFields(service, version));
    });
    api.get(VERSION, async (request) => {
        const { service, version } = versionIn(request, services);
        return versionFields(service, version);
    });
    // docs: a version's comment can be changed when all else is locked.
    api.put(VERSION, async (request) => {
        const { service, version } = versionIn(request, services);
        const { comment = version.comment } = knownForm(request, ["comment"]);
        Object.assign(version, { comment, updated_at: timestamp() });
        return versionFields(service, version);
    });
    api.put(`${VERSION}/clone`, async (request) => {
        const { service, version } = versionIn(request, services);
        return versionFields(service, services.clone(service, version));
    });
    api.get(`${VERSION}/validate`, async (request) => {
        const { version } = versionIn(request, services);
        const problem = problemOf(version);
        return problem ? { status: "error", msg: problem, errors: [problem] } : { status: "ok", msg: null };
    });
    api.put(`${VERSION}/activate`, async (request) => {
        const { service, version } = versionIn(request, services);
        const problem = problemOf(version);
        if (problem) {
            throw refused(400, "Bad request", problem);
        }
        // docs: "Domains can only be associated with one service at a time", so another may have been quicker.
        for (const domain of version.blocks.domain.keys()) {
            refuseTaken(services, service, domain);
        }
        services.activate(service, version);
        return versionFields(service, version);
    });
    api.put(`${VERSION}/deactivate`, async (request) => {
        const { service, version } = versionIn(request, services);
        services.deactivate(service, version);
        return versionFields(service, version);
    });
    settingsRoutes(api, services);
    // seen: asked after a drift of the active version; "404 = none".
    api.get(`${VERSION}/image_optimizer_default_settings`, async (request) => {
        versionIn(request, services);
        throw notFound("image_optimizer_default_settings");
    });
    for (const type of BLOCK_TYPES) {
        blockRoutes(api, services, type, assumed);
    }
    for (const type of [...EMPTY_TYPES, "logging/:kind"]) {
        api.get(`${VERSION}/${type}`, async (request) => {
            versionIn(request, services);
            return [];
        });
    }
}

function settingsRoutes(api: FastifyInstance, services: Services): void {
    const shown = ({ id: service_id }: Service, { number, settings }: Version) => ({
        ...{ ...settings, "general.default_pci": 0 },
        ...{ service_id, version: number },
    });
    api.get(`${VERSION}/settings`, async (request) => {
        const { service, version } = versionIn(request, services);
        return shown(service, version);
    });
    api.put(`${VERSION}/settings`, async (request) => {
        const { service, version } = draftIn(request, services);
        const known = ["default_host", "default_ttl", "stale_if_error", "stale_if_error_ttl"];
        const form = knownForm(
            request,
            known.map((name) => `general.${name}`),
        );
        const isStale = form["general.stale_if_error"];
        if (![undefined, "", "0", "false"].includes(isStale)) {
            throw new Unmodelled(`stale_if_error ${isStale}`);
        }
        const { settings } = version;
        settings["general.default_host"] = form["general.default_host"] ?? settings["general.default_host"];
        for (const name of ["general.default_ttl", "general.stale_if_error_ttl"] as const) {
            settings[name] = Number(form[name] ?? settings[name]);
        }
        return shown(service, version);
    });

    const http3 = ({ id: service_id }: Service, { number, updated_at }: Version) => ({
        ...{ service_id, version: number, feature_revision: 1 },
        ...{ created_at: updated_at, updated_at, deleted_at: null },
    });
    // docs: "`GET …/http3` (404 = off)", "`DELETE …/http3` (answers 200 even when off)".
    api.get(`${VERSION}/http3`, async (request) => {
        const { service, version } = versionIn(request, services);
        if (!version.http3) {
            throw notFound("http3");
        }
        return http3(service, version);
    });
    api.post(`${VERSION}/http3`, async (request) => {
        knownForm(request, ["feature_revision"]);
        const { service, version } = draftIn(request, services);
        version.http3 = true;
        return http3(service, version);
    });
    api.delete(`${VERSION}/http3`, async (request) => {
        draftIn(request, services).version.http3 = false;
        return { status: "ok" };
    });
}

function blockRoutes(api: FastifyInstance, services: Services, type: BlockType, assumed: Assumed): void {
    const path = `${VERSION}/${type}`;
    const shown = ({ id: service_id }: Service, { number, created_at, updated_at }: Version, block: Block) => ({
        ...shownBlock(type, block),
        ...{ service_id, version: type === "request_settings" || type === "snippet" ? String(number) : number },
        ...{ created_at, updated_at, deleted_at: null },
    });
    const store = (service: Service, version: Version, block: Block, before?: Block) => {
        const blocks = version.blocks[type];
        if (!block.name) {
            throw new Unmodelled(`${type} without a name`);
        }
        if (block.name !== before?.name && blocks.has(block.name)) {
            throw refused(409, "Duplicate record", `Duplicate ${type}: '${block.name}'`);
        }
        if (type === "domain") {
            if (block.name.includes("*")) {
                throw new Unmodelled(`domain ${block.name}`);
            }
            // docs: "If you try to create a domain that is already owned by another customer, you may get" an error.
            if (assumed.takenDomain === "creation") {
                refuseTaken(services, service, block.name);
            }
        }
        if (before) {
            blocks.delete(before.name);
        }
        blocks.set(block.name, block);
        version.updated_at = timestamp();
        return shown(service, version, block);
    };

    api.get(path, async (request) => {
        const { service, version } = versionIn(request, services);
        return [...version.blocks[type].values()].map((block) => shown(service, version, block));
    });
    api.post(path, async (request) => {
        const { service, version } = draftIn(request, services);
        const block = blockFrom(type, formIn(request));
        return store(service, version, type === "snippet" ? { ...block, id: newId() } : block);
    });
    api.get(`${path}/:name`, async (request) => {
        const { service, version } = versionIn(request, services);
        return shown(service, version, blockIn(request, version, type));
    });
    api.put(`${path}/:name`, async (request) => {
        const { service, version } = draftIn(request, services);
        const before = blockIn(request, version, type);
        return store(service, version, blockFrom(type, formIn(request), before), before);
    });
    api.delete(`${path}/:name`, async (request) => {
        const { version } = draftIn(request, services);
        version.blocks[type].delete(blockIn(request, version, type).name);
        return { status: "ok" };
    });
}

/** inferred: what a version can't be activated without. filler: the words. */
function problemOf({ blocks }: Version): string | undefined {
    if (!blocks.domain.size) {
        return "Version has no associated domains";
    }
    if (blocks.backend.size > 1) {
        throw new Unmodelled("several backends in one version");
    }
    return blocks.backend.size ? undefined : "Version has no associated backends";
}

/** docs: these words, in both cases. filler: the status within an account. */
function refuseTaken(services: Services, service: Service, domain: string): void {
    const other = services.serving(domain)?.service;
    if (other && other !== service) {
        const by = other.foreign ? "another customer" : `service '${other.name}'`;
        throw refused(400, "Bad request", `Domain '${domain}' is already taken by ${by}`);
    }
}

function versionIn(request: FastifyRequest, services: Services): { service: Service; version: Version } {
    const service = ownService(request, services);
    const { version: number } = request.params as { version: string };
    const version = service.versions.find((one) => one.number === Number(number));
    if (version) {
        return { service, version };
    }
    throw notFound(`version ${number}`);
}

/** docs: "Once activated, Versions are locked and become immutable". filler: status and words. */
function draftIn(request: FastifyRequest, services: Services): { service: Service; version: Version } {
    const found = versionIn(request, services);
    if (found.version.locked) {
        throw refused(422, "Bad request", `Version ${found.version.number} is locked`);
    }
    return found;
}

function blockIn(request: FastifyRequest, version: Version, type: BlockType): Block {
    const { name } = request.params as { name: string };
    const block = version.blocks[type].get(name);
    if (block) {
        return block;
    }
    throw notFound(`${type} '${name}'`);
}
