// What delegating a created zone would lose, told in every update until it is active.
import * as pulumi from "@pulumi/pulumi";
import { compareCommand } from "../commands";
import type { LookUpOptions } from "../dns/lookUp";
import { type Resolver, resolverAt, resolverOf } from "../dns/resolver";
import { serverAddress } from "../probe/request";
import { compareZone, type Difference, type ZoneComparison } from "../zoneComparison/compareZone";
import type { RecordAtCloudflare } from "../zoneComparison/recordAnswers";
import { askBoth } from "../zoneComparison/zoneAnswers";
import { usualNames } from "../zoneComparison/zoneNames";
import { areSameServers, presentServers, serversNamed, type ZoneServers } from "../zoneComparison/zoneServers";
import { accessOf } from "./access";
import { getList, isCloudflareError, remedyOf } from "./api";
import { ADDRESSING } from "./recordOwner";

/** A created zone that isn't active yet. */
export interface InactiveZone {
    name: string;
    id: string;
    nameServers: readonly string[];
    /** Hosts whose record the program makes: where it leads differs by design. */
    hosts: ReadonlySet<string>;
}

/** Milliseconds after which an update doesn't wait for the comparison any more. */
const LIMIT = 20_000;
/** Differences that are told; the command tells them all. */
const TOLD = 20;

/**
 * Compares what the zone's servers of today answer with the records that Cloudflare has, and tells what differs. For
 * updates only. Never fails, and takes 20 seconds at most.
 *
 * By records, since a new zone's name servers may not answer yet.
 */
export async function tellDifferences(
    zone: InactiveZone,
    options: LookUpOptions,
    component: pulumi.Resource,
): Promise<void> {
    const { text, isLoss } = await compared(zone, options, component).catch((error: unknown) => ({
        text: `${zone.name} isn't active yet, and its records at Cloudflare couldn't be compared with what its name servers of today answer: ${reasonOf(error)} Before you delegate it: \`${compareCommand(zone.name)}\`.`,
        isLoss: true,
    }));
    await (isLoss ? pulumi.log.warn(text, component) : pulumi.log.info(text, component));
}

interface Told {
    text: string;
    isLoss: boolean;
}

async function compared(
    { name, id, nameServers, hosts }: InactiveZone,
    { resolver: address, nameServers: given = [] }: LookUpOptions,
    component: pulumi.Resource,
): Promise<Told> {
    const access = await accessOf(component);
    if (!access) {
        throw new Error("no API token is to be found (cloudflare:apiToken or CLOUDFLARE_API_TOKEN).");
    }
    const resolver = resolverOf(address);
    return withinLimit(async (end) => {
        end.addEventListener("abort", () => resolver.cancel());
        const old = await serversOfToday(name, given, nameServers, resolver);
        if (!old) {
            const text = `${name} is delegated to Cloudflare's name servers already; it is active once Cloudflare has seen that.`;
            return { text, isLoss: false };
        }
        end.addEventListener("abort", () => old.questions.cancel());
        const records = await getList<RecordAtCloudflare>(access, `zones/${id}/dns_records`, {}, end);
        const names = [
            ...usualNames(name, new Date()),
            ...hosts,
            ...records.map((record) => record.name.toLowerCase()),
        ];
        const answers = await askBoth(names, { zone: name, old, resolver, records });
        const differences = withoutHosts(compareZone(name, answers), hosts);
        return described(name, differences, { servers: old.labels, asked: answers.length });
    });
}

/** The servers to ask; undefined where the zone is delegated already. */
async function serversOfToday(
    zone: string,
    given: readonly string[],
    atCloudflare: readonly string[],
    resolver: Resolver,
): Promise<ZoneServers | undefined> {
    const addresses = given.map(serverAddress).filter((address) => address !== undefined);
    if (addresses.length > 0) {
        return { labels: [...given], questions: resolverAt(addresses) };
    }
    const { names, isOwn } = await presentServers(zone, resolver, 53);
    return isOwn && areSameServers(names, atCloudflare) ? undefined : serversNamed(names, resolver, 53);
}

function withoutHosts(comparison: ZoneComparison, hosts: ReadonlySet<string>): Difference[] {
    const isOurs = ({ name, type }: Difference) => hosts.has(name) && ADDRESSING.includes(type);
    return comparison.differences.filter((difference) => !isOurs(difference));
}

function described(
    zone: string,
    differences: readonly Difference[],
    { servers, asked }: { servers: string[]; asked: number },
): Told {
    const of = (kind: Difference["kind"]) => differences.filter((difference) => difference.kind === kind);
    const lines = [...of("missing"), ...of("different"), ...of("added")].map(lineOf);
    const more = lines.length > TOLD ? [`  … and ${lines.length - TOLD} more`] : [];
    const isLoss = differences.some(({ kind }) => kind !== "added");
    const what = isLoss
        ? `${zone} isn't active yet, and Cloudflare hasn't all that ${servers.join(", ")} answer for it today`
        : `${zone} isn't active yet, and Cloudflare has what ${servers.join(", ")} answer for it today`;
    const before = isLoss ? "Copy what is missing before you delegate it" : "Before you delegate it";
    return {
        text: [
            `${what}; ${asked} names were asked for${lines.length > 0 ? ":" : "."}`,
            ...lines.slice(0, TOLD),
            ...more,
            `${before}; \`${compareCommand(zone)}\` tells all, and what it can't see.`,
        ].join("\n"),
        isLoss,
    };
}

function lineOf({ name, type, kind, old, new: now }: Difference): string {
    switch (kind) {
        case "missing":
            return `  missing    ${name} ${type} ${shortened(old)}`;
        case "different":
            return `  different  ${name} ${type} ${shortened(old)}; at Cloudflare ${shortened(now)}`;
        case "added":
            return `  only at Cloudflare  ${name} ${type} ${shortened(now)}`;
    }
}

function shortened(records: readonly string[]): string {
    const text = records.join(", ");
    return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/** One sentence, or two. */
function reasonOf(error: unknown): string {
    const { message } = error as Error;
    return (isCloudflareError(error) ? `${message.split("\n")[0]}. ${remedyOf(error, "DNS Read")}` : message).trim();
}

/** The work, or an error when it takes too long; nothing of it is left then. */
async function withinLimit<Result>(work: (end: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
            reject(new Error(`it took longer than ${LIMIT / 1_000} s.`));
            controller.abort();
        }, LIMIT);
    });
    try {
        return await Promise.race([work(controller.signal), limit]);
    } finally {
        clearTimeout(timer);
    }
}
