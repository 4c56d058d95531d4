// fastly:index/serviceVcl:ServiceVcl: create POST service, read GET service/{id}/details and the active version, update
// as one new version, delete DELETE. After the official plugin, for what this project uses of it. It doesn't know: other
// blocks and options (refused), version comments, staging, `reuse`, and on an import blocks of other types.
import { type ResourceType, unknownProperty } from "../serve.ts";
import { defined, differs, holdsUnknown, type Properties, secret, withoutSecrets } from "../values.ts";
import { blocks } from "./blocks.ts";
import { call, callIfThere } from "./client.ts";
import { changesOfVersion, readVersion, writeVersion } from "./version.ts";

/** The defaults of the official plugin's schema. */
const DEFAULTS: Properties = {
    activate: true,
    comment: "Managed by Terraform",
    defaultTtl: 3_600,
    http3: false,
    staleIfError: false,
    staleIfErrorTtl: 43_200,
};
/** The products that a service can have beside what it is made of. seen: ten; their names are the vendor's. */
const PRODUCTS = [
    ...["bot_management", "brotli_compression", "ddos_protection", "domain_inspector", "fanout", "image_optimizer"],
    ...["log_explorer_insights", "ngwaf", "origin_inspector", "websockets"],
];
/** What changes without a new version. */
const UNVERSIONED = ["name", "comment", "activate", "forceDestroy"];
const INPUTS = [...UNVERSIONED, "defaultTtl", "http3", "staleIfError", "staleIfErrorTtl", ...Object.keys(blocks)];

export const serviceVcl: ResourceType = {
    check(inputs) {
        const plain = withoutSecrets(inputs);
        const strange = Object.keys(plain).filter((key) => !INPUTS.includes(key));
        const missing = plain.name === undefined ? ["name"] : [];
        return [
            ...missing.map((property) => ({ property, reason: "is missing; the stand-in makes up no names" })),
            ...[...strange, ...strangeFields(plain)].map((property) => unknownProperty("fastly", property)),
            ...twins(plain.snippets),
        ];
    },

    complete(inputs) {
        const filled: Properties = { ...DEFAULTS, ...inputs };
        for (const [key, { defaults }] of Object.entries(blocks)) {
            const entries = withoutSecrets(filled[key]);
            if (Array.isArray(entries)) {
                filled[key] = entries.map((entry) => (isObject(entry) ? { ...defaults, ...entry } : entry));
            }
        }
        return withSecretBackends(filled);
    },

    diff(state, inputs) {
        const [present, wanted] = [withoutSecrets(state), withoutSecrets(inputs)];
        const changed = UNVERSIONED.filter((key) => differs(wanted[key], present[key]));
        return { changes: [...changed, ...changesOfVersion(present, wanted)].length > 0, replaces: [] };
    },

    async create(inputs) {
        const wanted = withoutSecrets(inputs);
        const { name, comment } = wanted;
        const { id } = (await call("POST", "/service", { form: { name, comment, type: "vcl" } })) as { id: string };
        const empty = { clonedVersion: 1, activeVersion: 0 };
        return { id, state: await write(id, empty, inputs) };
    },

    async read(id, state) {
        // An import is asked for by "<service>" or "<service>@<version>", without a state.
        const [service = id, version] = id.split("@");
        const before = state.name === undefined ? imported(version) : withoutSecrets(state);
        const now = await readService(service, before, state.name === undefined);
        return now && { id: service, state: now, inputs: inputsOf(now) };
    },

    update: (id, state, inputs) => write(id, withoutSecrets(state), inputs),

    async delete(id, state) {
        // Fastly deletes no service that is active; the official plugin deactivates it only when it was told to.
        if (withoutSecrets(state.forceDestroy) === true) {
            const { active_version } = await details(id);
            if (active_version?.number) {
                await call("PUT", `/service/${id}/version/${active_version.number}/deactivate`);
            }
        }
        await call("DELETE", `/service/${id}`);
    },
};

/**
 * Makes the service as the program wants it. When a call fails, the state says what was wanted and which version was
 * written, as with the official plugin: the next update sees no difference and just activates that version.
 */
async function write(id: string, present: Properties, inputs: Properties): Promise<Properties> {
    const wanted = withoutSecrets(inputs);
    const state: Properties = {
        ...inputs,
        activeVersion: present.activeVersion,
        clonedVersion: present.clonedVersion,
    };
    const isNew = present.name === undefined;
    try {
        if (wanted.activate && (differs(wanted.name, present.name) || differs(wanted.comment, present.comment))) {
            const form = { ServiceID: id, name: wanted.name, comment: wanted.comment };
            await call("PUT", `/service/${id}`, { form });
        }
        if (changesOfVersion(present, wanted).length > 0) {
            const version = isNew ? 1 : await clone(id, present.clonedVersion as number);
            await writeVersion(id, version, present, wanted);
            state.clonedVersion = version;
        }
        if (wanted.activate && state.clonedVersion !== state.activeVersion) {
            await activate(id, state.clonedVersion as number);
            state.activeVersion = state.clonedVersion;
        }
        const written = await readService(id, withoutSecrets(state), false);
        return written ?? state;
    } catch (error) {
        const { message } = error as Error;
        throw Object.assign(new Error(message), { id, properties: state, reasons: [message] });
    }
}

/**
 * A draft like the version. The official plugin waits 7 s here, for a new version isn't at once there at Fastly's; the
 * stand-in, which talks to a local API, doesn't.
 */
async function clone(id: string, version: number): Promise<number> {
    const path = `/service/${id}/version/${version}`;
    await call("GET", path);
    return ((await call("PUT", `${path}/clone`)) as { number: number }).number;
}

async function activate(id: string, version: number): Promise<void> {
    try {
        await call("PUT", `/service/${id}/version/${version}/activate`);
    } catch (error) {
        throw new Error(`error activating version (${version}): ${(error as Error).message}`, { cause: error });
    }
}

interface Details {
    name: string;
    comment?: string;
    type: string;
    deleted_at?: string | null;
    active_version?: { number: number } | null;
    version?: { number: number } | null;
}

async function details(id: string): Promise<Details> {
    return (await call("GET", `/service/${id}/details`)) as Details;
}

/** The service as it is now; `undefined` when it was deleted. An unknown id is an error, as with the official plugin. */
async function readService(id: string, before: Properties, all: boolean): Promise<Properties | undefined> {
    const service = await details(id);
    if (service.deleted_at) {
        return undefined;
    }
    if (service.type !== "vcl") {
        throw new Error(`service type mismatch in READ of ${id}, expected: vcl, got: ${service.type}`);
    }
    const active = service.active_version?.number;
    const isActivated = before.activate === true;
    const cloned = (isActivated ? active : undefined) ?? before.clonedVersion ?? active ?? service.version?.number;
    // A service whose first version never became active keeps what its state says.
    const isUnfinished = isActivated && active === undefined && before.clonedVersion !== undefined;
    // Someone else's activation makes the official plugin look at every type of block.
    const isMoved = isActivated && active !== undefined && active !== before.activeVersion;
    const path = `/service/${id}/version/${cloned}`;
    const content = isUnfinished ? {} : await readVersion(path, before, all || isMoved);
    if (isMoved && !all) {
        await lookAtProducts(id, path);
    }
    const state: Properties = {
        ...before,
        ...content,
        name: service.name,
        comment: service.comment ?? "",
        activeVersion: active ?? before.activeVersion ?? 0,
        clonedVersion: cloned,
        forceRefresh: false,
        imported: false,
    };
    return withSecretBackends(defined(state));
}

/** seen: what else the official plugin asks where somebody else activated a version; none of it is known here. */
async function lookAtProducts(id: string, path: string): Promise<void> {
    for (const product of PRODUCTS) {
        await call("GET", `/enabled-products/v1/${product}/services/${id}`).catch(() => undefined);
    }
    await callIfThere("GET", `${path}/image_optimizer_default_settings`);
}

/** inferred: an imported service is taken for one that is to be active. */
function imported(version: string | undefined): Properties {
    return version ? { activate: false, clonedVersion: Number(version) } : { activate: true };
}

function inputsOf(state: Properties): Properties {
    return defined(Object.fromEntries([...INPUTS, "defaultHost"].map((key) => [key, state[key]])));
}

/** A backend can hold a client's key, so the official plugin hides all of them. */
function withSecretBackends(properties: Properties): Properties {
    const { backends, ...rest } = properties;
    return backends === undefined ? rest : { ...rest, backends: secret(withoutSecrets(backends)) };
}

/** Such as `backends[0].colour`. */
function strangeFields(inputs: Properties): string[] {
    return Object.entries(blocks).flatMap(([key, { fields }]) => {
        const entries = Array.isArray(inputs[key]) ? inputs[key] : [];
        return entries.flatMap((entry, index) =>
            Object.keys(isObject(entry) ? entry : {})
                .filter((field) => !(field in fields))
                .map((field) => `${key}[${index}].${field}`),
        );
    });
}

/** Two snippets of one name would overwrite each other, so the official plugin refuses them. */
function twins(snippets: unknown) {
    const names = (Array.isArray(snippets) ? snippets : []).filter(isObject).map(({ name }) => name);
    const doubled = names.filter((name, index) => !holdsUnknown(name) && names.indexOf(name) < index);
    return [...new Set(doubled)].map((name) => ({
        property: "snippets",
        reason: `multiple snippets with the same name '${name}' (each snippet name should be unique)`,
    }));
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
