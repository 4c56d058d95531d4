// cloudflare:index/zone:Zone: create POST, read GET, update PATCH, delete DELETE of zones. After the official provider:
// another account or name replaces, type and paused are changed in place, type defaults to "full". It doesn't know
// vanity name servers.
import { onlyProperties, type ResourceType } from "../serve.ts";
import { defined, differs, type Properties, withoutSecrets } from "../values.ts";
import { call, callIfThere, cloudflare, told } from "./client.ts";

const REPLACING = ["account", "name"];
const EDITABLE = ["type", "paused"];
const INPUTS = [...REPLACING, ...EDITABLE];
const DEFAULTS: Properties = { type: "full", paused: false };

export const zone: ResourceType = {
    check: onlyProperties("cloudflare", INPUTS),

    diff(state, inputs) {
        const changed = INPUTS.filter((key) => differs(inputs[key] ?? DEFAULTS[key], state[key]));
        return { changes: changed.length > 0, replaces: changed.filter((key) => REPLACING.includes(key)) };
    },

    async create(inputs) {
        const { zones } = await cloudflare();
        const { account, name, type, paused } = { ...DEFAULTS, ...withoutSecrets(inputs) } as Properties;
        // seen: `paused: false` goes with it. The API's reference knows no `paused` there, so true has a call of its own.
        const body = { account, name, type, paused: false };
        const result = await call("POST zones", zones.create(body as never));
        const id = result.id as string;
        return { id, state: paused ? await edit(id, stateFrom(result), { paused }) : stateFrom(result) };
    },

    async read(id) {
        const { zones } = await cloudflare();
        const result = await callIfThere(`GET zones/${id}`, zones.get({ zone_id: id }));
        if (!result) {
            return undefined;
        }
        const state = stateFrom(result);
        return { id, state, inputs: defined(Object.fromEntries(INPUTS.map((key) => [key, state[key]]))) };
    },

    update: (id, state, inputs) => edit(id, state, { ...DEFAULTS, ...withoutSecrets(inputs) }),

    async delete(id) {
        const { zones } = await cloudflare();
        await call(`DELETE zones/${id}`, zones.delete({ zone_id: id }));
    },
};

/** Cloudflare changes one property of a zone a call. */
async function edit(id: string, state: Properties, wanted: Properties): Promise<Properties> {
    const { zones } = await cloudflare();
    let now = state;
    for (const key of EDITABLE.filter((key) => key in wanted && differs(wanted[key], state[key]))) {
        const change = zones.edit({ zone_id: id, [key]: wanted[key] } as never);
        now = stateFrom(await call(`PATCH zones/${id}`, change));
    }
    return now;
}

/** The zone as Cloudflare tells it; of its account the id, which is all that the resource has. */
function stateFrom(result: Properties): Properties {
    const { id: _id, account, ...rest } = told(result) as Properties & { account?: { id: string } };
    return { ...rest, account: { id: account?.id } };
}
