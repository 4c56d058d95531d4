// What a user says about Cloudflare, and what can be wrong with it.
import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import { asciiName, isHostname, isWithin } from "../hostname";
import type { Problem } from "../pulumi/problems";
import { type Claims, claimOnce } from "../pulumi/program";
import { configKeyName, fields, flag, inputOr, inputThat, numberThat, text, textThat } from "../pulumi/shape";

/** Where in Cloudflare the host lives. */
export interface CloudflareArgs {
    /** Name of the zone that holds the host; looked up, once per program, unless `zoneId` is given too. */
    zone?: string;
    /** Id of the zone: no look-up is made, and nothing about the zone is checked beforehand. */
    zoneId?: pulumi.Input<string>;
    /**
     * Narrows the look-up where several accounts hold a zone of that name; with `createZone` the account that the zone
     * is to belong to.
     */
    accountId?: string;
    /**
     * Name of the configuration key that holds the API token, for another account than the default provider's: the
     * host's resources are made by a provider with that token. It goes before a provider of the options.
     *
     * @default their provider, which takes `cloudflare:apiToken` or the environment's `CLOUDFLARE_API_TOKEN`
     * @example "cloudflare:apiTokenShop"
     */
    apiTokenConfig?: string;
    /**
     * Creates the zone, protected and retained, once for all hosts that say so. Until it is active, which takes a
     * person's delegation, the steps after the edge are put off.
     *
     * @default false: it is there already
     */
    createZone?: boolean;
    /**
     * `proxy` relays requests to SparkPost, the vendor's recipe. `redirect` sends visitors on to the endpoint by a page
     * rule (a user's API token), the recipe of SparkPost's guide of 2020. One word is all that changes on the way from
     * one to the other; what is the rule's alone (`statusCode`, `priority`, `import.pageRule`) goes with it.
     *
     * @default "proxy"
     */
    mode?: "proxy" | "redirect";
    /**
     * With `mode: redirect`: 302, or 301, which browsers keep for years, so that old mail is bound to the endpoint of
     * that day.
     *
     * @default 302
     */
    statusCode?: 301 | 302;
    /**
     * With `mode: proxy`, `pageRule` gives the host its own SSL mode, security and cache settings (one of the zone's
     * page rules, a user's API token).
     *
     * @default "none"
     */
    settings?: "none" | "pageRule";
    /**
     * Priority of the page rule of either mode; of several that match, the one with the highest number is applied.
     *
     * @default 1
     */
    priority?: pulumi.Input<number>;
    /**
     * Says that a certificate covers a host that lies more than one label below the zone, which Universal SSL doesn't;
     * and of a host in use that it is active, where the API token can't read that.
     *
     * @default false
     */
    certificateCoversHost?: boolean;
    /**
     * What the host has at Cloudflare already, to be taken over and corrected by the first `up`:
     * `npx --no-install pulumi-sparkpost-tracking find <hostname>` prints it. Remove it after that `up`: what the stack has
     * already is refused, because Pulumi would delete it in favour of itself.
     */
    import?: CloudflareImport;
    /**
     * Takes the host over although it is a live name of somebody else's, which breaks what uses it today. Write the content
     * that its record has today; anything else is refused. It goes with `import.record`, or, while the zone isn't active,
     * alone: then public DNS is meant.
     *
     * @example "u1234567.ct.sendgrid.net"
     */
    replaces?: string;
}

/** Ids as Cloudflare's provider imports them. */
export interface CloudflareImport {
    /** The host's DNS record: `<zone id>/<record id>`. */
    record?: string;
    /** The host's page rule, with `mode: redirect` or `settings: pageRule`: `<zone id>/<rule id>`. */
    pageRule?: string;
}

/** The name of a zone. */
export const zoneName = textThat(
    (name) => isHostname(asciiName(name) ?? ""),
    "write the zone's plain name, such as example.com",
);

/** The id of a zone. */
export const zoneIdentifier = inputThat(
    (id) => /^[0-9a-f]{32}$/.test(id),
    "write the zone's id, 32 hexadecimal digits (Cloudflare's dashboard, Overview); write its name into `zone`",
);

const IMPORT_ID = /^([0-9a-f]{32})\/[0-9a-f]{32}$/;

/** What is taken over: the zone's id and its own. */
export const importId = textThat(
    (id) => IMPORT_ID.test(id),
    "write the zone's id, a slash, and its own id, as `npx --no-install pulumi-sparkpost-tracking find` prints them",
);

/** The fields under `cloudflare`, each checked by itself. */
export const cloudflareFields = {
    zone: z.optional(zoneName),
    zoneId: z.optional(zoneIdentifier),
    accountId: z.optional(text),
    apiTokenConfig: configKeyName("cloudflare:apiTokenShop"),
    createZone: flag,
    mode: z.optional(z.enum(["proxy", "redirect"])),
    statusCode: z.optional(z.literal([301, 302])),
    settings: z.optional(z.enum(["none", "pageRule"])),
    priority: z.optional(
        inputOr(
            numberThat(
                (number) => Number.isSafeInteger(number) && number > 0,
                "write a whole number, 1 or more; the rule with the highest number fires",
            ),
        ),
    ),
    certificateCoversHost: flag,
    import: z.optional(fields({ record: z.optional(importId), pageRule: z.optional(importId) })),
    replaces: z.optional(text),
};

/**
 * What is wrong between these fields, and with serving `hostname` by them; what doesn't depend on the host where that is
 * wrong itself. Each field by itself must be right.
 */
export function cloudflareProblems(hostname: string | undefined, args: CloudflareArgs): Problem[] {
    const { zone, zoneId, certificateCoversHost = false } = args;
    const problems: Problem[] = [];
    if (zone === undefined && zoneId === undefined) {
        problems.push({
            field: "zone, zoneId",
            message: "name the zone that holds the hostname, such as example.com, or give its `zoneId`",
        });
    }
    if (zone !== undefined) {
        const name = asciiName(zone);
        if (name && hostname) {
            problems.push(...hostInZoneProblems(hostname, name, certificateCoversHost));
        }
    }
    return [...problems, ...creationProblems(args), ...modeProblems(args), ...importProblems(args)];
}

/** What is wrong with serving `hostname` from the zone of this name. */
export function hostInZoneProblems(hostname: string, zone: string, certificateCoversHost: boolean): Problem[] {
    if (!isWithin(hostname, zone)) {
        return [{ field: "zone", value: zone, message: `${hostname} isn't in this zone; name the zone that holds it` }];
    }
    const labels = hostname.slice(0, -zone.length).split(".").filter(Boolean);
    if (labels.length > 1 && !certificateCoversHost) {
        const oneLabel = `${labels.join("-")}.${zone}`;
        return [
            {
                field: "hostname",
                value: hostname,
                message:
                    `it is ${labels.length} labels below the zone ${zone}, and Cloudflare's Universal SSL covers only one label. Choose a hostname like ${oneLabel}. ` +
                    "Or set `certificateCoversHost: true` once an advanced certificate or a zone of its own covers it",
            },
        ];
    }
    return [];
}

/** What a zone that is created needs. */
export function creationProblems({
    createZone = false,
    zoneId,
    accountId,
}: Pick<CloudflareArgs, "createZone" | "zoneId"> & { accountId?: pulumi.Input<string> }): Problem[] {
    if (!createZone) {
        return [];
    }
    const problems: Problem[] = [];
    if (zoneId !== undefined) {
        problems.push({
            field: "zoneId",
            value: typeof zoneId === "string" ? zoneId : undefined,
            message: "a zone that has an id already exists; remove `zoneId` or `createZone`",
        });
    }
    if (!accountId) {
        problems.push({
            field: "accountId",
            value: accountId,
            message: "`createZone` needs the id of the Cloudflare account that will own the zone",
        });
    }
    return problems;
}

/** What doesn't go with the mode. One page rule fires a request, and in mode redirect that is the redirect. */
function modeProblems({ mode = "proxy", settings = "none", priority, statusCode }: CloudflareArgs): Problem[] {
    const problems: Problem[] = [];
    if (mode === "redirect" && settings === "pageRule") {
        problems.push({
            field: "settings",
            value: settings,
            message: "`mode: redirect` already uses a page rule, and only one fires; remove `settings`",
        });
    }
    if (statusCode !== undefined && mode !== "redirect") {
        problems.push({
            field: "statusCode",
            value: statusCode,
            message: "only `mode: redirect` uses it; set that mode, or remove it",
        });
    }
    if (priority !== undefined && mode !== "redirect" && settings !== "pageRule") {
        problems.push({
            field: "priority",
            value: typeof priority === "number" ? priority : undefined,
            message: "only a page rule uses it; set `settings: pageRule` or `mode: redirect`, or remove it",
        });
    }
    return problems;
}

function importProblems({ import: ids = {}, mode, settings, zoneId }: CloudflareArgs): Problem[] {
    const problems = idProblems(ids, zoneId);
    if (ids.pageRule !== undefined && mode !== "redirect" && settings !== "pageRule") {
        problems.push({
            field: "import.pageRule",
            value: ids.pageRule,
            message:
                "only `mode: redirect` and `settings: pageRule` use it; remove it if the stack already has the rule",
        });
    }
    return problems;
}

/** What is wrong with ids of what is to be taken over, in the zone of this id where one is given. */
export function idProblems(ids: CloudflareImport, zoneId: CloudflareArgs["zoneId"]): Problem[] {
    const problems: Problem[] = [];
    for (const [field, value] of Object.entries(ids).filter(([, id]) => typeof id === "string")) {
        const [, zone] = IMPORT_ID.exec(value) ?? [];
        if (typeof zoneId === "string" && zoneId !== zone) {
            problems.push({
                field: `import.${field}`,
                value,
                message: `it isn't in the zone of \`zoneId\` (${zoneId})`,
            });
        }
    }
    return problems;
}

/**
 * Claims what is taken over for an owner: two that take over the same thing would rename and repoint it for each other.
 *
 * @param claims Default: those of the program that is running.
 */
export function claimImports(owner: string, ids: CloudflareImport | undefined, claims?: Claims): Problem[] {
    return Object.entries(ids ?? {})
        .filter(([, id]) => typeof id === "string")
        .flatMap(([field, value]) => {
            const other = claimOnce(`import of ${value}`, owner, claims);
            const message = `${other} already imports it, and an id belongs to one hostname; remove \`import\` here`;
            return other === undefined ? [] : [{ field: `import.${field}`, value, message }];
        });
}
