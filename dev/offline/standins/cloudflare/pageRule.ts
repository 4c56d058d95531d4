// cloudflare:index/pageRule:PageRule: create POST, read GET, update PUT, delete DELETE of zones/{zone}/pagerules.
// After the official provider: a new zone replaces, status defaults to "disabled" and priority to 1, and a read brings
// no news of target, actions, priority and status.
import type { ResourceType } from "../serve.ts";
import { differs, type Properties, toCamelCase, toSnakeCase, withoutSecrets } from "../values.ts";
import { call, callIfThere, cloudflare, told } from "./client.ts";

const DEFAULTS: Properties = { priority: 1, status: "disabled" };
const INPUTS = ["zoneId", "target", "actions", "priority", "status"];

/** Actions that are either there or not, and have no value. */
const SWITCHES = ["always_use_https", "disable_apps", "disable_performance", "disable_security", "disable_zaraz"];

export const pageRule: ResourceType = {
    check(inputs) {
        const actions = Object.keys(withoutSecrets(inputs.actions ?? {}) as Properties);
        if (!actions.includes("forwardingUrl") || actions.length === 1) {
            return [];
        }
        const others = actions.filter((action) => action !== "forwardingUrl").join(", ");
        return [
            { property: "actions", reason: `forwardingUrl can't share a page rule with other actions (${others})` },
        ];
    },

    diff(state, inputs) {
        const changed = INPUTS.filter((key) => differs(inputs[key] ?? DEFAULTS[key], state[key]));
        return { changes: changed.length > 0, replaces: changed.filter((key) => key === "zoneId") };
    },

    async create(inputs) {
        const { pageRules, zone, body, path } = await request(inputs);
        const result = await call(`POST ${path}`, pageRules.create({ zone_id: zone, ...body } as never));
        return { id: result.id as string, state: { ...DEFAULTS, ...inputs, ...times(result) } };
    },

    async read(id, state) {
        // An import is asked for by "<zone>/<rule>", without a state; only then the whole rule is taken over.
        const [zone, rule] = id.includes("/") ? id.split("/") : [withoutSecrets(state.zoneId) as string, id];
        const { pageRules } = await cloudflare();
        const path = `zones/${zone}/pagerules/${rule}`;
        const look = () => callIfThere(`GET ${path}`, pageRules.get(rule as string, { zone_id: zone as string }));
        const result = await look();
        // seen: an import reads, and then reads what it has imported.
        if (!result || (id.includes("/") && !(await look()))) {
            return undefined;
        }
        if (!id.includes("/")) {
            return { id, state: { ...state, ...times(result) } };
        }
        const inputs = { zoneId: zone, ...inputsFrom(result) };
        return { id: result.id as string, state: { ...inputs, ...times(result) }, inputs };
    },

    async update(id, _state, inputs) {
        const { pageRules, zone, body, path } = await request(inputs);
        const result = await call(`PUT ${path}/${id}`, pageRules.update(id, { zone_id: zone, ...body } as never));
        return { ...DEFAULTS, ...inputs, ...times(result) };
    },

    async delete(id, state) {
        const zone = withoutSecrets(state.zoneId) as string;
        const { pageRules } = await cloudflare();
        await call(`DELETE zones/${zone}/pagerules/${id}`, pageRules.delete(id, { zone_id: zone }));
    },
};

async function request(inputs: Properties) {
    const { zoneId, target, actions, priority, status } = { ...DEFAULTS, ...withoutSecrets(inputs) } as Properties;
    const { pageRules } = await cloudflare();
    const constraint = { operator: "matches", value: target };
    const body = { targets: [{ target: "url", constraint }], actions: toApiActions(actions), priority, status };
    return { pageRules, zone: zoneId as string, body, path: `zones/${zoneId}/pagerules` };
}

/** `{browserCheck: "off"}` → `[{id: "browser_check", value: "off"}]`, in the order of the alphabet. */
export function toApiActions(actions: unknown): { id: string; value?: unknown }[] {
    const entries = Object.entries(toSnakeCase(actions ?? {}) as Properties).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries
        .filter(([id, value]) => !(SWITCHES.includes(id) && value === false))
        .map(([id, value]) => (SWITCHES.includes(id) ? { id } : { id, value }));
}

function inputsFrom(result: Properties): Properties {
    const actions = result.actions as { id: string; value?: unknown }[];
    const targets = result.targets as { constraint: { value: string } }[];
    return {
        target: targets[0]?.constraint.value,
        actions: toCamelCase(Object.fromEntries(actions.map(({ id, value }) => [id, value ?? true]))),
        priority: result.priority,
        status: result.status,
    };
}

function times(result: Properties): Properties {
    return told({ created_on: result.created_on, modified_on: result.modified_on });
}
