// Property values as the engine sends them, and as the vendors' APIs want them.
import { isDeepStrictEqual } from "node:util";

/** Properties of a resource or function. */
export type Properties = Record<string, unknown>;

/** What the engine sends in a preview for a value that isn't known yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key by which the engine's wire format marks special values, and the mark of a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The value with every secret in it laid open, at any depth. */
export function withoutSecrets<T>(value: T): T {
    return mapValue(value, (object) => (isSecret(object) ? withoutSecrets(object.value) : undefined)) as T;
}

/** Whether a secret is in the value, at any depth. */
export function holdsSecret(value: unknown): boolean {
    let found = false;
    mapValue(value, (object) => {
        found ||= isSecret(object);
        return undefined;
    });
    return found;
}

/** Marks a value as secret for the engine. */
export function secret(value: unknown): Properties {
    return { [SIGNATURE]: SECRET, value };
}

/** Whether the wanted value differs from the present one; a value not known yet counts as different. */
export function differs(wanted: unknown, present: unknown): boolean {
    return holdsUnknown(wanted) || !isDeepStrictEqual(withoutSecrets(wanted), withoutSecrets(present));
}

/** Whether a value not known yet is in the value, at any depth. */
export function holdsUnknown(value: unknown): boolean {
    return typeof value === "string" ? value === UNKNOWN : Object.values(objectOf(value)).some(holdsUnknown);
}

/** `zoneId` → `zone_id`, in every key at any depth. */
export function toSnakeCase(value: unknown): unknown {
    return mapKeys(value, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** `zone_id` → `zoneId`, in every key at any depth; what is null is left out. */
export function toCamelCase(value: unknown): unknown {
    return mapKeys(value, (key) => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
}

/** The properties that have a value; `undefined` can't go to the engine. */
export function defined(properties: Properties): Properties {
    return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function isSecret(object: Properties): boolean {
    return object[SIGNATURE] === SECRET;
}

function objectOf(value: unknown): object {
    return typeof value === "object" && value !== null ? value : {};
}

/** Rebuilds a value; where `replace` gives something for an object, that takes its place. */
function mapValue(value: unknown, replace: (object: Properties) => unknown): unknown {
    if (Array.isArray(value)) {
        return value.map((item) => mapValue(item, replace));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const replacement = replace(value as Properties);
    if (replacement !== undefined) {
        return replacement;
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapValue(item, replace)]));
}

function mapKeys(value: unknown, rename: (key: string) => string): unknown {
    if (Array.isArray(value)) {
        return value.map((item) => mapKeys(item, rename));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [rename(key), mapKeys(item, rename)]));
}
