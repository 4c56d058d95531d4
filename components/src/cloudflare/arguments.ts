// The arguments under `cloudflare`, and the checks of them.
import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import type { AppLinks } from "../appLinks";
import { asciiName, isHostname, isWithin } from "../hostname";
import type { Problem } from "../pulumi/problems";
import { type Claims, claimOnce } from "../pulumi/program";
import { configKeyName, fields, flag, inputOr, inputThat, numberThat, text, textThat } from "../pulumi/shape";

/** Where the hostname is at Cloudflare, and how Cloudflare serves it. */
export interface CloudflareArgs {
    /**
     * The name of the zone that holds the hostname. It is looked up once per program, unless you give `zoneId` too.
     *
     * @example "example.com"
     */
    zone?: string;
    /** The id of the zone. With it the zone isn't looked up by name, and a preview doesn't check the zone. */
    zoneId?: pulumi.Input<string>;
    /**
     * The id of the Cloudflare account. It is needed if several accounts have a zone of that name, and with `zoneId` for
     * `appLinks`. With `createZone`, this account will own the zone.
     *
     * @default the one account that has the zone
     */
    accountId?: string;
    /**
     * The name of the configuration key that holds the API token. Use it for another account than the default provider's:
     * a provider with that token then makes the hostname's resources. It overrides a provider in the resource options.
     *
     * @default the provider's token: `cloudflare:apiToken`, or `CLOUDFLARE_API_TOKEN` in the environment
     * @example "cloudflare:apiTokenShop"
     */
    apiTokenConfig?: string;
    /**
     * Creates the zone, once for all hostnames that set this. The zone is protected, and `pulumi destroy` keeps it. You must
     * delegate it: the steps after the edge wait until it is active.
     *
     * @default false: the zone already exists
     */
    createZone?: boolean;
    /**
     * `proxy` relays requests to SparkPost, as SparkPost recommends. `redirect` sends visitors on to the endpoint with a page
     * rule, as SparkPost's guide of 2020 did; it needs a user's API token. To change the mode, change this word, and remove
     * `statusCode`, `priority` and `import.pageRule` when you go to `proxy`.
     *
     * @default "proxy"
     */
    mode?: "proxy" | "redirect";
    /**
     * The redirect's status, with `mode: redirect`. Browsers keep a 301 for years, so links that were opened once go on
     * leading to today's endpoint.
     *
     * @default 302
     */
    statusCode?: 301 | 302;
    /**
     * `pageRule` gives the hostname its own SSL mode, security and cache settings, with `mode: proxy`. It takes one of the
     * zone's page rules, and needs a user's API token.
     *
     * @default "none"
     */
    settings?: "none" | "pageRule";
    /**
     * The priority of the page rule, in either mode. Of several rules that match, the one with the highest number fires.
     *
     * @default 1
     */
    priority?: pulumi.Input<number>;
    /**
     * Confirms that Cloudflare has a certificate for the hostname. Set it in two cases: the hostname is more than one label
     * below the zone, which Universal SSL doesn't cover. Or the hostname is in use, the certificate is active, and the API
     * token can't read that.
     *
     * @default false
     */
    certificateCoversHostname?: boolean;
    /**
     * The ids of what the hostname already has at Cloudflare. The first `up` imports and corrects it.
     * `npx --no-install pulumi-sparkpost-tracking find <hostname>` prints the ids. Remove them after that `up`: importing
     * again what the stack already has would make Pulumi delete it, so it is refused.
     */
    import?: CloudflareImport;
    /**
     * Takes over a hostname that is used for something else today, and breaks that use. Write the content of its DNS record
     * today; anything else is refused. Use it with `import.record`. While the zone isn't active, use it alone, with the
     * content in public DNS.
     *
     * @example "u1234567.ct.sendgrid.net"
     */
    replaces?: string;
}

/** What to import, as Cloudflare's provider writes ids. */
export interface CloudflareImport {
    /** The hostname's DNS record: `<zone id>/<record id>`. */
    record?: string;
    /** The hostname's page rule: `<zone id>/<rule id>`. With `mode: redirect` or `settings: pageRule`. */
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

/** What to import: the zone's id and its own. */
export const importId = textThat(
    (id) => IMPORT_ID.test(id),
    "write the zone's id, a slash, and its own id, as `npx --no-install pulumi-sparkpost-tracking find` prints them",
);

/** The schema of `cloudflare`: checks each field by itself. */
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
    certificateCoversHostname: flag,
    import: z.optional(fields({ record: z.optional(importId), pageRule: z.optional(importId) })),
    replaces: z.optional(text),
};

/**
 * What is wrong between these fields, and between them and the hostname. Each field by itself must be right.
 *
 * @param hostname `undefined` if it is wrong itself: then the checks that need it are left out.
 */
export function cloudflareProblems(
    hostname: string | undefined,
    args: CloudflareArgs & { appLinks?: AppLinks },
): Problem[] {
    const { zone, zoneId, accountId, certificateCoversHostname = false, appLinks } = args;
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
            problems.push(...hostInZoneProblems(hostname, name, certificateCoversHostname));
        }
    }
    if (appLinks && zoneId !== undefined && accountId === undefined) {
        problems.push({
            field: "accountId",
            message:
                "`appLinks` needs a Worker, which belongs to an account: write its id, or name the `zone` instead of its id",
        });
    }
    return [...problems, ...creationProblems(args), ...modeProblems(args), ...importProblems(args)];
}

/** Why this zone can't serve the hostname. */
export function hostInZoneProblems(hostname: string, zone: string, certificateCoversHostname: boolean): Problem[] {
    if (!isWithin(hostname, zone)) {
        return [{ field: "zone", value: zone, message: `${hostname} isn't in this zone; name the zone that holds it` }];
    }
    const labels = hostname.slice(0, -zone.length).split(".").filter(Boolean);
    if (labels.length > 1 && !certificateCoversHostname) {
        const oneLabel = `${labels.join("-")}.${zone}`;
        return [
            {
                field: "hostname",
                value: hostname,
                message:
                    `it is ${labels.length} labels below the zone ${zone}, and Cloudflare's Universal SSL covers only one label. Choose a hostname like ${oneLabel}. ` +
                    "Or set `certificateCoversHostname: true` once an advanced certificate or a zone of its own covers it",
            },
        ];
    }
    return [];
}

/** What is missing or too much for creating a zone. */
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

/** Which fields don't fit the mode. Only one page rule fires per request; in mode redirect that is the redirect. */
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

/** Which ids to import aren't in the zone of `zoneId`. */
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
 * Claims the ids to import for an owner. Two hostnames that import the same record would rename and repoint it in turn.
 *
 * @param claims Default: those of the running program.
 */
export function claimImports(owner: string, ids: CloudflareImport | undefined, claims?: Claims): Problem[] {
    return Object.entries(ids ?? {})
        .filter(([, id]) => typeof id === "string")
        .flatMap(([field, value]) => {
            const other = claimOnce(`import of ${value}`, owner, claims);
            const message = `${other} already imports it, and an id belongs to one hostname; remove \`import\` here`;
            // A component and its edge have one name, and both claim.
            return other === undefined || other === owner ? [] : [{ field: `import.${field}`, value, message }];
        });
}
