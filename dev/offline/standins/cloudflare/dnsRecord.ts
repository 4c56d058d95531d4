// cloudflare:index/dnsRecord:DnsRecord: create POST, read GET, update PUT, delete DELETE of zones/{zone}/dns_records.
// Rules after the official provider: a new zone or type replaces (terraform-provider-cloudflare issue 6358 for the
// type), everything else is updated in place, and drift is seen.
import type { ResourceType } from "../serve.ts";
import { defined, differs, holdsSecret, type Properties, secret, toSnakeCase, withoutSecrets } from "../values.ts";
import { call, callIfThere, cloudflare, told } from "./client.ts";

const REPLACING = ["zoneId", "type"];
/** A missing input means that there should be none. */
const OPTIONAL = ["comment", "content", "data", "priority"];
/** A missing input means that the API's choice is fine. */
const COMPUTED = ["tags", "settings", "ttl", "name"];
const INPUTS = [...REPLACING, "proxied", ...OPTIONAL, ...COMPUTED];

export const dnsRecord: ResourceType = {
    check: () => [],

    diff(state, inputs) {
        const changed = INPUTS.filter((key) => isChanged(key, inputs, state[key]));
        return { changes: changed.length > 0, replaces: changed.filter((key) => REPLACING.includes(key)) };
    },

    async create(inputs) {
        const { records, zone, body, path } = await request(inputs);
        const result = await call(`POST ${path}`, records.create({ zone_id: zone, ...body } as never));
        return { id: result.id as string, state: written(result, zone, inputs) };
    },

    async read(id, state) {
        // An import is asked for by "<zone>/<record>", without a state.
        const [zone, record] = id.includes("/") ? id.split("/") : [withoutSecrets(state.zoneId) as string, id];
        const { records } = (await cloudflare()).dns;
        const path = `zones/${zone}/dns_records/${record}`;
        const look = () => callIfThere(`GET ${path}`, records.get(record as string, { zone_id: zone as string }));
        const result = await look();
        // seen: an import reads, and then reads what it has imported.
        if (!result || (id.includes("/") && !(await look()))) {
            return undefined;
        }
        const now = stateFrom(result, zone as string, state);
        const inputs = Object.fromEntries(INPUTS.filter((key) => isSet(now[key])).map((key) => [key, now[key]]));
        return { id: result.id as string, state: now, inputs };
    },

    async update(id, state, inputs) {
        // seen: what a refresh or an import has read of these goes back.
        const { settings, tags } = withoutSecrets(state);
        const { records, zone, body, path } = await request({ ...defined({ settings, tags }), ...inputs });
        const result = await call(`PUT ${path}/${id}`, records.update(id, { zone_id: zone, ...body } as never));
        return written(result, zone, inputs);
    },

    async delete(id, state) {
        const zone = withoutSecrets(state.zoneId) as string;
        const { records } = (await cloudflare()).dns;
        await call(`DELETE zones/${zone}/dns_records/${id}`, records.delete(id, { zone_id: zone }));
    },
};

function isChanged(key: string, inputs: Properties, present: unknown): boolean {
    const wanted = inputs[key];
    if (key === "proxied") {
        return differs(wanted ?? false, present);
    }
    // Cloudflare writes the content of a record that has data, such as CAA.
    if (key === "content" && wanted === undefined && inputs.data !== undefined) {
        return false;
    }
    if (wanted === undefined) {
        return OPTIONAL.includes(key) && isSet(present);
    }
    // Cloudflare lower-cases what a CNAME points to.
    if (key === "content" && inputs.type === "CNAME") {
        return differs(lowerCase(wanted), lowerCase(present));
    }
    return differs(wanted, present);
}

function lowerCase(value: unknown): unknown {
    const plain = withoutSecrets(value);
    return typeof plain === "string" ? plain.toLowerCase() : plain;
}

async function request(inputs: Properties) {
    const { zoneId, ...rest } = withoutSecrets(inputs);
    if (rest.proxied === true && rest.ttl !== 1) {
        throw new Error(
            "ttl must be set to 1 when `proxied` is true: Cloudflare controls the TTL of a proxied record.",
        );
    }
    const { records } = (await cloudflare()).dns;
    const body = toSnakeCase({ proxied: false, ...rest }) as Properties;
    return { records, zone: zoneId as string, body, path: `zones/${zoneId}/dns_records` };
}

/** What a create or an update leaves in the state: of settings and tags only what the program said. */
function written(result: Properties, zone: string, inputs: Properties): Properties {
    const { settings: _settings, tags: _tags, ...state } = stateFrom(result, zone, inputs);
    return { ...state, ...defined({ settings: inputs.settings, tags: inputs.tags }) };
}

/** The record as Cloudflare tells it; what was secret before stays so. */
function stateFrom(result: Properties, zoneId: string, before: Properties): Properties {
    const { id: _id, meta, ...rest } = told(result);
    const state: Properties = { ...rest, zoneId, meta: JSON.stringify(meta ?? {}) };
    for (const key of INPUTS) {
        if (holdsSecret(before[key])) {
            state[key] = secret(state[key]);
        }
    }
    return state;
}

function isSet(value: unknown): boolean {
    return value !== undefined && !(typeof value === "object" && Object.keys(value as object).length === 0);
}
