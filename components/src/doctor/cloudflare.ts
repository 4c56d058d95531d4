// What Cloudflare's API says about the host's zone: its SSL mode, certificate, treatment of bots, and matching rules.

import { type CloudflareAccess, CloudflareError } from "../cloudflare/api";
import { findAtCloudflare } from "../cloudflare/findHost";
import {
    type CloudflarePageRule,
    type CloudflareZone,
    cloudflareOf,
    cloudflareVariable,
    readAutomaticMode,
    readBots,
    readCertificatePacks,
    readRules,
    readSslMode,
} from "../cloudflare/reads";
import { originCertificate, sslModeWarning, strictMeans } from "../cloudflare/sslMode";
import { actionsOf, describeRedirectRule, forwardingOf, isNamedIn, targetOf } from "../cloudflare/zoneRules";
import { covers } from "../hostname";
import { plainText } from "../othersWords";
import type { Found } from "./check";
import type { AccountLook, Subject, World } from "./world";

export const lookAtCloudflare: AccountLook = async (subject, world) => {
    const access = cloudflareOf(world);
    const isHere = subject.edge === "cloudflare";
    if (!access) {
        const seen = `what the zone at Cloudflare says wasn't looked at: set ${cloudflareVariable}`;
        return isHere ? [{ kind: "cloudflare-token", state: "unseen", seen }] : [];
    }
    return orUnseen("the zone at Cloudflare", async () => {
        const { hostname } = subject;
        const { zone, records, pageRules, redirectRules, unread } = await findAtCloudflare(hostname, access);
        if (!zone) {
            const seen = `the API token (${cloudflareVariable}) sees no zone at Cloudflare that holds ${hostname}`;
            return isHere ? [{ kind: "cloudflare-zone", state: "unseen", seen }] : [];
        }
        if (zone.status !== "active") {
            return [inactive(zone)];
        }
        if (!records.some(({ proxied }) => proxied)) {
            const seen = `Cloudflare has the DNS of ${hostname}, and doesn't proxy it`;
            return [{ kind: "cloudflare-dns-only", state: "ok", seen }];
        }
        const lacking = [
            ...(unread.pageRules ? ["Page Rules Read"] : []),
            ...(unread.redirectRules ? ["Dynamic URL Redirects Read"] : []),
        ];
        const fires = pageRules.find(({ status }) => status === "active");
        const looks = await Promise.all([
            orUnseen("the zone's SSL mode", () => lookAtSsl(access, zone, fires, subject, world)),
            orUnseen("the zone's certificates", () => lookAtPacks(access, zone, hostname)),
            orUnseen("how the zone treats bots", () => lookAtBots(access, zone)),
            lookAtRulesets(access, zone, hostname, lacking),
        ]);
        const rules = [
            ...(fires ? [`page rule ${targetOf(fires)}, ${actionsOf(fires)}`] : []),
            ...redirectRules.map(describeRedirectRule),
        ];
        return [
            ...looks.flat(),
            ...rules.map(
                (rule): Found => ({ kind: "cloudflare-rule", state: "ok", seen: `${rule} matches ${hostname}` }),
            ),
        ];
    });
};

function inactive({ name, status, name_servers: servers }: CloudflareZone): Found {
    return {
        kind: "cloudflare-zone",
        state: "warning",
        seen: `the zone ${name} at Cloudflare isn't active (${status})`,
        means: "What is set there has no effect: other name servers answer for it.",
        remedy: servers?.length
            ? `Delegate ${name} to ${servers.join(" and ")} at the registrar, if it is to be there.`
            : undefined,
    };
}

async function lookAtSsl(
    access: CloudflareAccess,
    { id }: CloudflareZone,
    fires: CloudflarePageRule | undefined,
    { hostname, endpoint }: Subject,
    { options, signal }: World,
): Promise<Found[]> {
    // Visitors are redirected before the SSL mode matters.
    if (fires && forwardingOf(fires)) {
        return [];
    }
    const own = fires?.actions.find((action) => action.id === "ssl")?.value;
    if (typeof own === "string") {
        return [
            {
                kind: "cloudflare-ssl",
                state: "ok",
                seen: `${hostname} has an SSL mode of its own by a page rule: ${own}`,
            },
        ];
    }
    const [mode, automatic] = await Promise.all([readSslMode(access, id), readAutomaticMode(access, id)]);
    const warning = sslModeWarning(mode);
    if (warning) {
        const remedy =
            "Set it to Full (SSL/TLS, Overview), or give the hostname its own mode by a page rule or a configuration rule.";
        const means =
            mode === "off"
                ? "Cloudflare redirects https to http, so https links come back to themselves or lose their encryption."
                : "Cloudflare connects to SparkPost without encryption, though everything looks right from outside.";
        return [
            {
                kind: "cloudflare-ssl",
                state: mode === "off" ? "broken" : "warning",
                seen: `the zone's SSL mode is ${mode}`,
                means,
                remedy,
            },
        ];
    }
    const ok: Found = { kind: "cloudflare-ssl", state: "ok", seen: `the zone's SSL mode is ${mode}` };
    // If it is already strict, the way through shows whether that works.
    if (!automatic.isOn || mode === "strict") {
        return [ok];
    }
    const origin = { hostname, endpoint, options };
    const means = strictMeans(origin, await originCertificate(origin, signal));
    const seen = `Cloudflare chooses the zone's SSL mode (Automatic SSL/TLS), and may raise it to Full (strict)${automatic.nextScan ? ` after ${automatic.nextScan.slice(0, 10)}` : ""}`;
    const remedy = "Give the hostname its own mode, Full, by a page rule or a configuration rule.";
    return [
        ok,
        means
            ? { kind: "cloudflare-ssl-automatic", state: "warning", seen, means, remedy }
            : { kind: "cloudflare-ssl-automatic", state: "ok", seen },
    ];
}

async function lookAtPacks(access: CloudflareAccess, { id }: CloudflareZone, hostname: string): Promise<Found[]> {
    const packs = (await readCertificatePacks(access, id)).filter(({ hosts }) => covers(hosts, hostname));
    if (packs.some(({ status }) => status === "active")) {
        return [
            {
                kind: "cloudflare-certificate",
                state: "ok",
                seen: `Cloudflare has an active certificate for ${hostname}`,
            },
        ];
    }
    const [first] = packs;
    return [
        {
            kind: "cloudflare-certificate",
            state: "broken",
            seen: first
                ? `Cloudflare's certificate for ${hostname} isn't active (${first.status})`
                : `Cloudflare has no certificate for ${hostname}`,
            means: "https links don't open until there is one.",
            remedy: first
                ? "Wait: it takes 15 minutes to 24 hours after the zone became active. Then look at SSL/TLS, Edge Certificates."
                : "Order one that covers the name (SSL/TLS, Edge Certificates). Universal SSL covers the zone's name and one label below it.",
        },
    ];
}

async function lookAtBots(access: CloudflareAccess, { id }: CloudflareZone): Promise<Found[]> {
    const bots = await readBots(access, id);
    const fights =
        bots.fight_mode === true || [bots.sbfm_definitely_automated, bots.sbfm_likely_automated].some(isStrict);
    const found: Found[] = [];
    if (fights) {
        found.push({
            kind: "cloudflare-bot-fight",
            state: "warning",
            seen: `the zone ${bots.fight_mode ? "has Bot Fight Mode on" : "challenges or blocks automated clients (Super Bot Fight Mode)"}`,
            means: "Mail scanners open links before people do. One that is turned away may call the mail unsafe.",
            remedy: bots.fight_mode
                ? "Turn it off (Security, Bots): it can't be turned off for one hostname."
                : "Let automated clients through for this hostname by a custom rule that skips it (Security, WAF).",
        });
    }
    if (isStrict(bots.ai_bots_protection)) {
        found.push({
            kind: "cloudflare-ai-bots",
            state: "warning",
            seen: `the zone blocks AI bots (${bots.ai_bots_protection})`,
            means: "An assistant that opens a link for a person is turned away.",
            remedy: "Block them on hostnames with ads only, or let them through here (Security, Bots).",
        });
    }
    return found.length > 0 ? found : [{ kind: "cloudflare-bots", state: "ok", seen: "the zone turns no bots away" }];
}

function isStrict(action: string | undefined): boolean {
    return action !== undefined && !["allow", "disabled", "off", "only_on_ad_pages"].includes(action);
}

/** The phases whose rules may affect a click, each with the permission to read it. */
const PHASES = [
    ["http_config_settings", "Config Settings Read"],
    ["http_request_origin", "Origin Read"],
    ["http_request_cache_settings", "Cache Settings Read"],
    ["http_request_firewall_custom", "Zone WAF Read"],
    ["http_request_transform", "Zone Transform Rules Read"],
] as const;

/**
 * Enabled rules that name the host or match every host.
 *
 * @param lacking Permissions for other rules that the token lacks.
 */
async function lookAtRulesets(
    access: CloudflareAccess,
    { id }: CloudflareZone,
    hostname: string,
    lacking: string[],
): Promise<Found[]> {
    const unread = [...lacking];
    const found = await Promise.all(
        PHASES.map(async ([phase, permission]): Promise<Found[]> => {
            try {
                const rules = await readRules(access, id, phase, permission);
                return rules
                    .filter(({ enabled = true, expression = "" }) => enabled && isNamedIn(expression, hostname))
                    .map(({ description, action, expression = "" }) => ({
                        kind: "cloudflare-rule",
                        state: "ok",
                        seen: `the rule "${plainText(description || expression, 80)}" (${[action, phase].filter(Boolean).join(", ")}) matches ${hostname}`,
                    }));
            } catch (error) {
                if (!(error instanceof CloudflareError)) {
                    throw error;
                }
                unread.push(permission);
                return [];
            }
        }),
    );
    const unseen: Found = {
        kind: "cloudflare-rules-unread",
        state: "unseen",
        seen: "the API token can't read some of the zone's rules",
        remedy: `Give it ${unread.sort().join(", ")}.`,
    };
    return [...found.flat(), ...(unread.length > 0 ? [unseen] : [])];
}

/** The checks. If the API refuses, one check that says so. */
async function orUnseen(what: string, look: () => Promise<Found[]>): Promise<Found[]> {
    try {
        return await look();
    } catch (error) {
        if (!(error instanceof CloudflareError)) {
            throw error;
        }
        const { said, remedy } = error;
        const [first = ""] = said.split("\n");
        return [
            {
                kind: "cloudflare-unread",
                state: "unseen",
                seen: `${what} couldn't be read: ${plainText(first)}`,
                remedy,
            },
        ];
    }
}
