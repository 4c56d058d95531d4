/**
 * Fastly, as one part of the sandbox: its API as a Fastify plug-in, what the API changes, and the handle for tests.
 * Paths, forms and replies are those of the last section of the Fastly reference.
 */
import type { FastifyInstance } from "fastify";
import type { Names } from "../../internet/names.ts";
import type { Timeline } from "../../internet/timeline.ts";
import type { Assumed, Faults, SandboxOptions } from "../../options.ts";
import { type ApiCall, setUpApi } from "../api.ts";
import { fastlyHandle } from "./handle.ts";
import { refused, serviceRoutes } from "./serviceRoutes.ts";
import { Services } from "./services.ts";
import { Subscriptions } from "./subscriptions.ts";
import { jsonApiError, MEDIA_TYPE, tlsRoutes } from "./tlsRoutes.ts";
import { versionRoutes } from "./versionRoutes.ts";

export interface FastlyWorld {
    sandbox: SandboxOptions;
    names: Names;
    assumed: Assumed;
    faults: Faults;
    timeline: Timeline;
    unmodelled(what: string): void;
}

/** A Fastly account with nothing in it. */
export function createFastly(world: FastlyWorld, apiKey: string) {
    const { timeline } = world;
    const services = new Services(timeline);
    const subscriptions = new Subscriptions(world);
    const calls: ApiCall[] = [];
    return {
        services,
        subscriptions,
        /** The API, as a Fastify plug-in. */
        api: async (api: FastifyInstance) => fastlyApi(api, { ...world, apiKey, calls, services, subscriptions }),
        handle: (apiUrl: string) => fastlyHandle({ apiUrl, apiKey, calls }, services, subscriptions, timeline),
    };
}

export interface FastlyOptions extends FastlyWorld {
    apiKey: string;
    calls: ApiCall[];
    services: Services;
    subscriptions: Subscriptions;
}

async function fastlyApi(api: FastifyInstance, options: FastlyOptions): Promise<void> {
    const { apiKey, sandbox, faults, services, subscriptions } = options;
    setUpApi(api, { ...options, faults: () => faults.fastly, errorBody: (msg) => ({ msg, detail: msg }) });
    // docs: "Classic endpoints take **forms** and answer JSON".
    api.addContentTypeParser(
        "application/x-www-form-urlencoded",
        { parseAs: "string" },
        async (_request: unknown, text: string | Buffer) => Object.fromEntries(new URLSearchParams(String(text))),
    );
    api.addHook("onRequest", async (request) => {
        // docs: header `Fastly-Key`, and these words for a wrong one.
        if (request.headers["fastly-key"] !== apiKey) {
            throw refused(401, "Provided credentials are missing or invalid");
        }
        const isTls = /\/tls\//.test(request.url);
        // docs: a token needs TLS management. filler: the words for one without it.
        if (isTls && sandbox.fastlyToken?.tls === false) {
            throw jsonApiError(403, "Forbidden", "You are not authorized to perform this action.");
        }
    });
    // Fastly's Go client takes an error for JSON:API's only if the content type is exactly that, without a charset.
    api.addHook("onSend", async (_request, reply, payload) => {
        if (String(reply.getHeader("content-type")).startsWith(MEDIA_TYPE)) {
            reply.header("content-type", MEDIA_TYPE);
        }
        return payload;
    });
    serviceRoutes(api, services);
    versionRoutes(api, services, options.assumed);
    tlsRoutes(api, services, subscriptions, sandbox.fastlyConfigurations);
}
