// The blocks of a service's version (domains, backends, request settings, snippets): which fields they have, and how
// they are compared. Fields and defaults are those of the schema of Fastly's Terraform provider, which the official
// plugin is made from.
import { differs, type Properties } from "../values.ts";

type Kind = "string" | "number" | "boolean";

export interface Block {
    /** The last part of the API's path. */
    path: string;
    fields: Record<string, Kind>;
    /** Filled in by `check`, as the official plugin does with the defaults of its schema. */
    defaults: Properties;
    /** Fields that a change always carries along. */
    always: string[];
    /** Fields that go out empty where they have no value. */
    emptied: string[];
    /** Whether numbers and switches without a value go out as 0. */
    sendsZeros: boolean;
}

/** By property of the resource, in the order in which the official plugin writes them. */
export const blocks = {
    domains: {
        path: "domain",
        fields: of({ string: "name comment" }),
        defaults: {},
        always: [],
        emptied: [],
        sendsZeros: false,
    },
    backends: {
        path: "backend",
        fields: of({
            string:
                "name address healthcheck maxTlsVersion minTlsVersion overrideHost requestCondition shareKey shield " +
                "sslCaCert sslCertHostname sslCiphers sslClientCert sslClientKey sslSniHostname",
            number: "betweenBytesTimeout connectTimeout errorThreshold firstByteTimeout keepaliveTime maxConn port weight",
            boolean: "autoLoadbalance preferIpv6 sslCheckCert useSsl",
        }),
        defaults: {
            autoLoadbalance: false,
            betweenBytesTimeout: 10_000,
            connectTimeout: 1_000,
            errorThreshold: 0,
            firstByteTimeout: 15_000,
            maxConn: 200,
            port: 80,
            preferIpv6: false,
            sslCheckCert: true,
            useSsl: false,
            weight: 100,
        },
        always: ["autoLoadbalance", "preferIpv6", "sslCheckCert", "useSsl"],
        emptied: ["healthcheck", "requestCondition", "shield"],
        sendsZeros: false,
    },
    requestSettings: {
        path: "request_settings",
        fields: of({
            string: "name action defaultHost hashKeys requestCondition xff",
            number: "maxStaleAge",
            boolean: "bypassBusyWait forceMiss forceSsl timerSupport",
        }),
        defaults: {},
        always: [],
        emptied: ["defaultHost", "hashKeys", "requestCondition"],
        sendsZeros: true,
    },
    snippets: {
        path: "snippet",
        fields: of({ string: "name content type", number: "priority" }),
        defaults: { priority: 100 },
        always: ["content", "priority", "type"],
        emptied: [],
        sendsZeros: false,
    },
} satisfies Record<string, Block>;

/**
 * The fields in which a block that the program wants differs from the present one. A field that the program leaves out
 * and that has no default in the schema differs from whatever the API made of it, be it `false`, 0 or "append": the
 * official plugin shows such a change at every preview.
 */
export function changedFields({ fields }: Block, wanted: Properties, present: Properties): string[] {
    return Object.keys(fields).filter((field) => {
        const [want, have] = [wanted[field], present[field]];
        return isEmpty(have) ? !isZero(want) : differs(isEmpty(want) ? undefined : want, have);
    });
}

/** What a new block is created with. */
export function formOf({ fields, emptied, sendsZeros }: Block, wanted: Properties): Properties {
    const form: Properties = {};
    for (const [field, kind] of Object.entries(fields)) {
        const zero = sendsZeros && kind !== "string" ? 0 : undefined;
        const unset = emptied.includes(field) ? "" : zero;
        form[toSnake(field)] = isEmpty(wanted[field]) ? unset : toForm(wanted[field]);
    }
    return form;
}

/** What a block is changed with: the fields that differ, a dropped one emptied. */
export function changeOf(block: Block, wanted: Properties, present: Properties): Properties {
    const fields = [...new Set([...changedFields(block, wanted, present), ...block.always])];
    return Object.fromEntries(
        fields
            // The official plugin has no word for "no xff" and leaves the API's as it is: the change comes back.
            .filter((field) => field !== "xff" || !isEmpty(wanted[field]))
            .map((field) => [toSnake(field), toForm(wanted[field] ?? (block.fields[field] === "string" ? "" : 0))]),
    );
}

/** A block as the API tells it; what is null or empty is left out. */
export function fromApi({ fields }: Block, answer: Properties): Properties {
    const entries = Object.entries(fields).map(([field, kind]) => [field, parse(kind, answer[toSnake(field)])]);
    return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)));
}

function of(names: { [K in Kind]?: string }): Record<string, Kind> {
    const kinds = Object.entries(names) as [Kind, string][];
    return Object.fromEntries(kinds.flatMap(([kind, list]) => list.split(" ").map((name) => [name, kind])));
}

/** The API answers some numbers and switches as strings ("0", "1"). */
function parse(kind: Kind, value: unknown): unknown {
    if (isEmpty(value)) {
        return undefined;
    }
    switch (kind) {
        case "string":
            return String(value);
        case "number":
            return Number(value);
        case "boolean":
            return ["1", "true"].includes(String(value));
    }
}

/** Switches go out as 1 and 0, as from the official plugin. */
function toForm(value: unknown): unknown {
    return typeof value === "boolean" ? Number(value) : value;
}

function isEmpty(value: unknown): boolean {
    return value === undefined || value === null || value === "";
}

function isZero(value: unknown): boolean {
    return isEmpty(value) || value === 0 || value === false;
}

function toSnake(field: string): string {
    return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
