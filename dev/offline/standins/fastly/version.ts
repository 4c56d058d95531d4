// One version of a service: written call by call in the order of the official plugin, and read back.
import { differs, type Properties } from "../values.ts";
import { type Block, blocks, changedFields, changeOf, formOf, fromApi } from "./blocks.ts";
import { call, callIfThere } from "./client.ts";

const SETTINGS = ["defaultTtl", "staleIfError", "staleIfErrorTtl", "defaultHost"];
const VERSIONED = [...SETTINGS, "http3"];

/** Which properties differ of those that take a new version of the service. */
export function changesOfVersion(present: Properties, wanted: Properties): string[] {
    const options = VERSIONED.filter((key) => differs(wanted[key], present[key]));
    const changed = Object.entries(blocks).filter(([key, block]) => {
        const { added, removed, changed } = compare(block, present[key], wanted[key]);
        return [...added, ...removed, ...changed].length > 0;
    });
    return [...options, ...changed.map(([key]) => key)];
}

/** Turns a version that is like `present` into one that is like `wanted`; a new service's first version is like `{}`. */
export async function writeVersion(
    service: string,
    version: number,
    present: Properties,
    wanted: Properties,
): Promise<void> {
    const path = `/service/${service}/version/${version}`;
    if (SETTINGS.some((key) => differs(wanted[key], present[key]))) {
        const form = {
            ServiceID: service,
            ServiceVersion: version,
            "general.default_host": wanted.defaultHost ?? "",
            "general.default_ttl": wanted.defaultTtl,
            "general.stale_if_error": wanted.staleIfError,
            "general.stale_if_error_ttl": wanted.staleIfErrorTtl,
        };
        await call("PUT", `${path}/settings`, { form });
    }
    if (differs(wanted.http3, present.http3)) {
        await switchHttp3(path, wanted.http3 === true);
    }
    for (const [key, block] of Object.entries(blocks)) {
        const { added, removed, changed } = compare(block, present[key], wanted[key]);
        const base = `${path}/${block.path}`;
        for (const entry of removed) {
            await callIfThere("DELETE", `${base}/${nameOf(entry)}`);
        }
        for (const entry of added) {
            const form = { ...formOf(block, entry), ...(key === "snippets" && { dynamic: 0 }) };
            await call("POST", base, { form });
        }
        for (const [entry, before] of changed) {
            await call("PUT", `${base}/${nameOf(entry)}`, { form: changeOf(block, entry, before) });
        }
    }
    const { status, msg } = (await call("GET", `${path}/validate`)) as { status: string; msg?: string };
    if (status !== "ok") {
        throw new Error(`invalid configuration for Fastly Service, GET ${path}/validate: ${msg ?? status}`);
    }
}

/**
 * What a version holds: settings, http3 and its blocks, in the order of the state before; undefined for what isn't
 * there. Block types that the state before doesn't have are asked for only when `all`.
 */
export async function readVersion(path: string, before: Properties, all: boolean): Promise<Properties> {
    const settings = (await call("GET", `${path}/settings`)) as Properties;
    const http3 = await callIfThere("GET", `${path}/http3`);
    const state: Properties = {
        defaultTtl: Number(settings["general.default_ttl"]),
        staleIfError: ["1", "true"].includes(String(settings["general.stale_if_error"])),
        staleIfErrorTtl: Number(settings["general.stale_if_error_ttl"]),
        defaultHost: settings["general.default_host"] || undefined,
        http3: http3 !== undefined,
    };
    for (const [key, block] of Object.entries(blocks)) {
        const known = entriesOf(before[key]);
        if (known.length === 0 && !all) {
            continue;
        }
        const list = (await call("GET", `${path}/${block.path}`)) as Properties[];
        // A dynamic snippet isn't the resource's business.
        const entries = list.filter(({ dynamic }) => String(dynamic ?? 0) !== "1").map((one) => fromApi(block, one));
        const rank = ({ name }: Properties) => known.findIndex((entry) => entry.name === name) >>> 0; // -1 last
        state[key] = entries.length === 0 ? undefined : entries.toSorted((a, b) => rank(a) - rank(b));
    }
    return state;
}

/** Switching off answers 200 even where it is off; switching on is refused where it is on. */
async function switchHttp3(path: string, on: boolean): Promise<void> {
    if (!on) {
        await call("DELETE", `${path}/http3`);
    } else if (!(await callIfThere("GET", `${path}/http3`))) {
        await call("POST", `${path}/http3`, { form: { feature_revision: 1 } });
    }
}

/** Blocks are keyed by name: an entry with a new name is another entry. */
function compare(block: Block, present: unknown, wanted: unknown) {
    const [before, after] = [entriesOf(present), entriesOf(wanted)];
    const pairs = after.map((entry) => [entry, before.find(({ name }) => name === entry.name)] as const);
    return {
        added: pairs.flatMap(([entry, match]) => (match ? [] : [entry])),
        removed: before.filter((entry) => !after.some(({ name }) => name === entry.name)),
        changed: pairs.flatMap(([entry, match]) =>
            match && changedFields(block, entry, match).length > 0 ? [[entry, match] as const] : [],
        ),
    };
}

/** In a preview a list that isn't known yet is no list: it differs as a whole from any that is there. */
function entriesOf(value: unknown): Properties[] {
    return Array.isArray(value) ? value : value === undefined ? [] : [{ name: value }];
}

function nameOf({ name }: Properties): string {
    return encodeURIComponent(name as string);
}
