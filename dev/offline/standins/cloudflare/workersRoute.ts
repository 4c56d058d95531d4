// cloudflare:index/workersRoute:WorkersRoute: create POST, read GET, update PUT, delete DELETE of zones/{zone}/workers/routes.
// After the official provider: a new zone replaces, pattern and script are changed in place, and drift is seen.
import type { ResourceType } from "../serve.ts";
import { defined, differs, type Properties, withoutSecrets } from "../values.ts";
import { call, callIfThere, cloudflare } from "./client.ts";

const INPUTS = ["zoneId", "pattern", "script"];

export const workersRoute: ResourceType = {
    check: () => [],

    diff(state, inputs) {
        const changed = INPUTS.filter((key) => differs(inputs[key], state[key]));
        return { changes: changed.length > 0, replaces: changed.filter((key) => key === "zoneId") };
    },

    async create(inputs) {
        const { zoneId, ...body } = withoutSecrets(inputs) as Properties;
        const { routes } = (await cloudflare()).workers;
        const sent = routes.create({ zone_id: zoneId, ...body } as never);
        const result = await call(`POST zones/${zoneId}/workers/routes`, sent);
        return { id: result.id as string, state: inputs };
    },

    async read(id, state) {
        // An import is asked for by "<zone>/<route>", without a state.
        const [zone, route] = id.includes("/") ? id.split("/") : [withoutSecrets(state.zoneId) as string, id];
        const { routes } = (await cloudflare()).workers;
        const asked = routes.get(route as string, { zone_id: zone as string });
        const result = await callIfThere(`GET zones/${zone}/workers/routes/${route}`, asked);
        if (!result) {
            return undefined;
        }
        const now = defined({ zoneId: zone, pattern: result.pattern, script: result.script });
        return { id: result.id as string, state: now, inputs: now };
    },

    async update(id, _state, inputs) {
        const { zoneId, ...body } = withoutSecrets(inputs) as Properties;
        const { routes } = (await cloudflare()).workers;
        const sent = routes.update(id, { zone_id: zoneId, ...body } as never);
        await call(`PUT zones/${zoneId}/workers/routes/${id}`, sent);
        return inputs;
    },

    async delete(id, state) {
        const zone = withoutSecrets(state.zoneId) as string;
        const { routes } = (await cloudflare()).workers;
        await call(`DELETE zones/${zone}/workers/routes/${id}`, routes.delete(id, { zone_id: zone }));
    },
};
