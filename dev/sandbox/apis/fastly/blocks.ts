/**
 * The blocks that a version of a Fastly service is made of: their fields, what an unset field is, and which values the
 * sandbox models. Names and defaults are those of the vendor's API reference.
 */
import { parseVcl, type Subroutine } from "../../internet/vcl.ts";
import { Unmodelled } from "../api.ts";

/** The block types that can be set; a list of any other is empty. */
export const BLOCK_TYPES = ["domain", "backend", "request_settings", "snippet"] as const;
export type BlockType = (typeof BLOCK_TYPES)[number];

/** docs: the other block types of a delivery service, which the provider lists on drift and on import. */
export const EMPTY_TYPES = [
    ...["acl", "cache_settings", "condition", "dictionary", "director", "gzip", "header", "healthcheck"],
    ...["rate-limiters", "resource", "response_object", "vcl", "wordpress"],
];

export type Value = string | number | boolean | null;
export type Block = { name: string } & Record<string, Value>;

interface Field {
    kind: "text" | "number" | "flag";
    /** Its default. */
    unset: Value;
    /** The values that are modelled. Default: all of them, if only because they have no effect in this internet. */
    only?: Value[];
}

const text = (unset: Value = null, only?: Value[]): Field => ({ kind: "text", unset, only });
const number = (unset: Value = null, only?: Value[]): Field => ({ kind: "number", unset, only });
const flag = (unset: Value, only?: Value[]): Field => ({ kind: "flag", unset, only });
/** A field that must stay unset. */
const none = (unset: Value = null): Field => text(unset, [unset, null, ""]);

const FIELDS: Record<BlockType, Record<string, Field>> = {
    domain: { name: text(""), comment: text("") },
    backend: {
        name: text(""),
        address: text(""),
        // docs: "Backend defaults are port 80 and no TLS".
        port: number(80),
        use_ssl: flag(false),
        // docs: "both `sslCertHostname` and `sslSniHostname` are needed, the API infers neither".
        ssl_check_cert: flag(true),
        ssl_cert_hostname: text(),
        ssl_sni_hostname: text(),
        ssl_hostname: none(),
        override_host: text(),
        comment: text(""),
        auto_loadbalance: flag(false),
        weight: number(100),
        max_conn: number(200),
        connect_timeout: number(1000),
        first_byte_timeout: number(15_000),
        between_bytes_timeout: number(10_000),
        fetch_timeout: number(),
        keepalive_time: number(),
        max_lifetime: number(),
        max_use: number(),
        tcp_keepalive_enable: flag(null),
        tcp_keepalive_interval: number(),
        tcp_keepalive_probes: number(),
        tcp_keepalive_time: number(),
        prefer_ipv6: flag(null),
        min_tls_version: text(),
        max_tls_version: text(null, [null, "", "1.2", "1.3"]),
        error_threshold: number(0, [0]),
        healthcheck: none(),
        request_condition: none(""),
        share_key: none(),
        shield: none(),
        ssl_ca_cert: none(),
        ssl_ciphers: none(),
        ssl_client_cert: none(),
        ssl_client_key: none(),
    },
    request_settings: {
        name: text(""),
        action: text(null, [null, "", "lookup", "pass"]),
        default_host: text(),
        force_miss: flag(false),
        force_ssl: flag(false),
        xff: text("append", ["append", "leave"]),
        bypass_busy_wait: flag(false),
        geo_headers: flag(false),
        timer_support: flag(false),
        max_stale_age: number(60),
        hash_keys: none(),
        request_condition: none(""),
    },
    snippet: {
        name: text(""),
        type: text(null, ["recv", "error"]),
        content: text(""),
        dynamic: number(0, [0]),
        priority: number(100),
    },
};

/** docs, seen: forms in; `ServiceID`, `ServiceVersion` and the like, which clients repeat from the path, say nothing new. */
export function isRepeated(field: string): boolean {
    return ["service_id", "version", "service", "serviceid", "serviceversion"].includes(field.toLowerCase());
}

/** A block as a form makes it, or changes the one before. */
export function blockFrom(type: BlockType, form: Record<string, string>, before?: Block): Block {
    const fields = FIELDS[type];
    const block = { ...(before ?? unset(type)) } as Block;
    for (const [name, raw] of Object.entries(form)) {
        const field = fields[name];
        if (!field) {
            if (isRepeated(name)) {
                continue;
            }
            throw new Unmodelled(`${type} with ${name}`);
        }
        const value = parse(field, raw);
        if (field.only && !field.only.includes(value)) {
            throw new Unmodelled(`${type} with ${name} ${raw}`);
        }
        block[name] = value;
    }
    // docs: "Setting `port` to 80 or 443 will also set `use_ssl`".
    if (type === "backend" && form.use_ssl === undefined && (form.port === "80" || form.port === "443")) {
        block.use_ssl = form.port === "443";
    }
    if (type === "snippet") {
        if (!block.type) {
            throw new Unmodelled("snippet without a type");
        }
        parseVcl(String(block.content), block.type as Subroutine);
    }
    return block;
}

function unset(type: BlockType): Record<string, Value> {
    return Object.fromEntries(Object.entries(FIELDS[type]).map(([name, field]) => [name, field.unset]));
}

function parse({ kind }: Field, raw: string): Value {
    if (kind === "text") {
        return raw;
    }
    if (kind === "flag") {
        if (!["", "0", "1", "false", "true"].includes(raw)) {
            throw new Unmodelled(`a flag that is ${raw}`);
        }
        return raw === "1" || raw === "true";
    }
    if (!/^\d+$/.test(raw)) {
        throw new Unmodelled(`a number that is ${raw}`);
    }
    return Number(raw);
}

/** docs: request settings and snippets come back with numbers and flags as text, backends with JSON's own. */
export function shownBlock(type: BlockType, block: Block): Record<string, Value> {
    if (type !== "request_settings" && type !== "snippet") {
        return block;
    }
    const asText = (value: Value) => (typeof value === "boolean" ? String(Number(value)) : (value?.toString() ?? null));
    return Object.fromEntries(Object.entries(block).map(([name, value]) => [name, asText(value)]));
}
