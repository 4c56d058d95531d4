// `compare-zone`: compares what a zone's old and new name servers answer, before the zone is delegated to Cloudflare.
import { type CloudflareAccess, CloudflareError } from "../cloudflare/api";
import {
    type CloudflareRecord,
    type CloudflareZone,
    cloudflareOf,
    cloudflareVariable,
    readRecords,
    readZones,
} from "../cloudflare/reads";
import { dnsClient } from "../dns/client";
import { type DnsServer, dnsServer } from "../dns/server";
import { asciiName, isHostname, isWithin } from "../hostname";
import { plainText } from "../othersWords";
import { compareZone } from "../zoneComparison/compareZone";
import { askBoth, type BothSides } from "../zoneComparison/zoneAnswers";
import { usualNames } from "../zoneComparison/zoneNames";
import {
    areSameServers,
    type Finding,
    NotComparable,
    type Obstacle,
    presentServers,
    serversAt,
    serversNamed,
    type ZoneServers,
} from "../zoneComparison/zoneServers";
import { type Command, exitCodes, Failure, type Io, onlyArgument, parse, UsageError } from "./command";
import { describeComparison } from "./compareZoneReport";

const usage = `Usage: npx --no-install pulumi-sparkpost-tracking compare-zone ZONE [options]

Compares what the old and the new name servers of a zone answer, before the zone is delegated to Cloudflare.
Changes nothing. Run it in the stack's own folder.

  --old-server IP[:PORT]   a name server of today; default: those that DNS names. Repeatable
  --new-server IP[:PORT]   a new name server; default: those of the zone at Cloudflare. Repeatable
  --name HOST              a name to compare besides the usual ones. Repeatable
  --resolver IP[:PORT]     the DNS resolver to ask, or the URL of DNS over HTTPS; default: the system's

The key comes from the environment:
  CLOUDFLARE_API_TOKEN     Cloudflare, with Zone Read and DNS Read (another API address: CLOUDFLARE_BASE_URL)

Exit code: 0 the same; 1 something differs; 2 wrong arguments; 3 it couldn't be compared.`;

export const compareZoneCommand: Command = {
    usage,
    async run(args, io) {
        try {
            return await compareAndTell(args, io);
        } catch (error) {
            if (error instanceof NotComparable) {
                throw new Failure(`${error.message} ${remedyFor(error.obstacle)}`, exitCodes.silent);
            }
            throw error;
        }
    },
};

async function compareAndTell(args: string[], io: Io): Promise<number> {
    const { zone, oldServers, newServers, names, resolver } = argumentsOf(args);
    const signal = AbortSignal.timeout(MAX_DURATION);
    const port = io.dnsPort ?? 53;
    const finding: Finding = { client: dnsClient({ resolver, port, signal }), port, signal };
    const given = newServers.length > 0 ? serversAt(zone, newServers, signal) : undefined;
    const atCloudflare = await readCloudflare(zone, cloudflareOf(io), given !== undefined);
    const { records } = atCloudflare;
    const newNames = given?.labels ?? nameServersOf(zone, atCloudflare.zone, io);
    const old =
        oldServers.length > 0
            ? { servers: serversAt(zone, oldServers, signal), isOwn: true }
            : await serversOfToday(zone, atCloudflare.zone?.name_servers, finding);

    const all = [...usualNames(zone, new Date()), ...names, ...(records ?? []).map(({ name }) => name.toLowerCase())];
    const sides = { zone, old: old.servers, records, signal };
    const { answers, unasked, note } = await withNewServers(
        records !== undefined && given === undefined,
        async (isAsked) => {
            const now = given ?? (isAsked ? await serversNamed(zone, newNames, finding) : undefined);
            return askBoth(all, { ...sides, new: now });
        },
    );
    const comparison = compareZone(zone, answers);
    io.out(
        describeComparison(comparison, {
            zone,
            old: old.servers.labels,
            isOwn: old.isOwn,
            new: newNames,
            asked: answers.length,
            knowsCloudflare: records !== undefined,
            notes: [atCloudflare.note, note, unaskedNote(unasked)].filter((each) => each !== undefined),
        }),
    );
    if (comparison.differences.length > 0) {
        return exitCodes.differs;
    }
    return unasked.length > 0 ? exitCodes.silent : exitCodes.fine;
}

/** Asks the new servers. If they don't answer (a new zone's may not yet), Cloudflare's records are compared instead. */
async function withNewServers(
    canDoWithout: boolean,
    ask: (isAsked: boolean) => Promise<BothSides>,
): Promise<BothSides & { note?: string }> {
    try {
        return await ask(true);
    } catch (error) {
        const isOfNew =
            error instanceof NotComparable &&
            (error.obstacle.kind === "no-address" ||
                (error.obstacle.kind === "no-answer" && error.obstacle.side === "new"));
        if (!isOfNew || !canDoWithout) {
            throw error;
        }
        const note = `${error.message} Instead, the zone's records at Cloudflare are compared: the servers will answer by those.`;
        return { ...(await ask(false)), note };
    }
}

/** Milliseconds for the whole comparison. */
const MAX_DURATION = 300_000;

/** The note about names that weren't compared. */
function unaskedNote(unasked: readonly string[]): string | undefined {
    const [first] = unasked;
    if (first === undefined) {
        return undefined;
    }
    const name = plainText(first, 253);
    const names = unasked.length > 1 ? `${unasked.length} more names, such as ${name}` : `one more name, ${name}`;
    return `Not compared: ${names}. The records lead to too many names, or the servers took longer than ${MAX_DURATION / 60_000} minutes. Give the names that matter with --name.`;
}

interface Arguments {
    zone: string;
    oldServers: DnsServer[];
    newServers: DnsServer[];
    names: string[];
    resolver: string | undefined;
}

function argumentsOf(args: string[]): Arguments {
    const { values, positionals } = parse({
        args,
        allowPositionals: true,
        options: {
            "old-server": { type: "string", multiple: true },
            "new-server": { type: "string", multiple: true },
            name: { type: "string", multiple: true },
            resolver: { type: "string" },
        },
    });
    const given = onlyArgument(positionals, "the zone, such as example.com");
    const zone = asciiName(given);
    if (zone === undefined || !isHostname(zone)) {
        throw new UsageError(`ZONE (${JSON.stringify(given)}): write the zone's plain name, such as example.com`);
    }
    return {
        zone,
        oldServers: serverOptions("old-server", values["old-server"] ?? []),
        newServers: serverOptions("new-server", values["new-server"] ?? []),
        names: (values.name ?? []).map((name) => nameIn(zone, name)),
        resolver: resolverOption(values.resolver),
    };
}

/** The option's resolver, checked. */
function resolverOption(text: string | undefined): string | undefined {
    if (text !== undefined && dnsServer(text) === undefined) {
        throw new UsageError(
            `--resolver (${JSON.stringify(text)}): give an IP address (192.0.2.53 or 127.0.0.1:5300), or the URL of DNS over HTTPS (https://dns.google/dns-query)`,
        );
    }
    return text;
}

/** The option's servers, by address. */
function serverOptions(option: string, texts: readonly string[]): DnsServer[] {
    return texts.map((text) => {
        const server = dnsServer(text);
        if (server === undefined || "url" in server.at) {
            throw new UsageError(
                `--${option} (${JSON.stringify(text)}): give an IP address (192.0.2.53 or 127.0.0.1:5300)`,
            );
        }
        return server;
    });
}

function nameIn(zone: string, given: string): string {
    const name = asciiName(given.replace(/\.$/, ""));
    if (name === undefined || !/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) || !isWithin(name, zone)) {
        throw new UsageError(`--name (${JSON.stringify(given)}): write a whole name in the zone, such as shop.${zone}`);
    }
    return name;
}

interface AtCloudflare {
    zone?: CloudflareZone;
    /** `undefined` if they can't be read. */
    records?: CloudflareRecord[];
    /** What couldn't be read, and why. */
    note?: string;
}

/** Reads the zone at Cloudflare, if an API token is set. If the new servers are known anyway, a failure is only a note. */
async function readCloudflare(
    name: string,
    access: CloudflareAccess | undefined,
    canDoWithout: boolean,
): Promise<AtCloudflare> {
    if (!access) {
        return {
            note: `Set ${cloudflareVariable} to compare every name that the zone has at Cloudflare, also behind its proxy.`,
        };
    }
    let zone: CloudflareZone | undefined;
    try {
        zone = (await readZones(access, name))[0];
        if (zone) {
            return { zone, records: await readRecords(access, zone.id) };
        }
        return { note: `The API token (${cloudflareVariable}) sees no zone ${name} at Cloudflare.` };
    } catch (error) {
        if (!(error instanceof CloudflareError)) {
            throw error;
        }
        if (zone === undefined && !canDoWithout) {
            throw new Failure(error.explanation, exitCodes.silent);
        }
        return { zone, note: `The zone at Cloudflare couldn't be read. ${error.explanation}` };
    }
}

async function serversOfToday(
    zone: string,
    atCloudflare: readonly string[] | null | undefined,
    finding: Finding,
): Promise<{ servers: ZoneServers; isOwn: boolean }> {
    const { names, isOwn } = await presentServers(zone, finding.client);
    if (isOwn && atCloudflare && areSameServers(names, atCloudflare)) {
        throw new UsageError(
            `${zone} is already delegated to Cloudflare (${names.join(" and ")}); give its former name servers with --old-server`,
        );
    }
    return { servers: await serversNamed(zone, names, finding), isOwn };
}

/** Cloudflare's name servers for the zone. */
function nameServersOf(zone: string, atCloudflare: CloudflareZone | undefined, { env }: Io): string[] {
    const names = atCloudflare?.name_servers ?? [];
    if (names.length === 0) {
        const why = env[cloudflareVariable]
            ? `the API token sees no zone ${zone} at Cloudflare (it may lack Zone Read)`
            : `${cloudflareVariable} isn't set`;
        throw new UsageError(`the new name servers aren't known, because ${why}; give them with --new-server`);
    }
    return names;
}

function remedyFor(obstacle: Obstacle): string {
    switch (obstacle.kind) {
        case "no-servers":
            return "Check the zone's name, or give its name servers with --old-server.";
        case "no-address":
            return "Check the resolver (--resolver), or give the servers' addresses (--old-server, --new-server).";
        case "no-answer":
            return obstacle.code === "EREFUSED" || obstacle.code === "ESERVFAIL"
                ? `They don't serve this zone, or not to this machine. Check the zone's name and --${obstacle.side}-server.`
                : `Check --${obstacle.side}-server, and that this network lets DNS questions out (UDP and TCP, port 53).`;
    }
}
