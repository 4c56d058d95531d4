/**
 * A local SparkPost, Cloudflare and Fastly with an internet of their own, in one process: `startSandbox()`.
 * What is modelled, and after which fact, is in README.md beside this file.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify from "fastify";
import type { ApiCall } from "./apis/api.ts";
import { cloudflareApi } from "./apis/cloudflare.ts";
import { type TrackingDomain, TrackingDomains } from "./apis/domains.ts";
import { createFastly } from "./apis/fastly/fastly.ts";
import type { SandboxFastly } from "./apis/fastly/handle.ts";
import { SendingDomains } from "./apis/sendingDomains.ts";
import { sparkpostApi } from "./apis/sparkpost.ts";
import { check } from "./apis/verification.ts";
import type { WorkerScript } from "./apis/workers.ts";
import { NAME_SERVERS, Zone } from "./apis/zones.ts";
import { cloudflareHandle, type SandboxCloudflare, type SandboxSparkPost, sparkpostHandle } from "./handles.ts";
import { authorityOf } from "./internet/certificates.ts";
import { startEdge } from "./internet/edge.ts";
import { FASTLY_ADDRESS, FASTLY_HOST, startFastlyEdge } from "./internet/fastlyEdge.ts";
import { type NameZone, startNames } from "./internet/names.ts";
import { type Answer, Network } from "./internet/network.ts";
import { dnsHandle, OtherZone, type SandboxDns } from "./internet/otherZones.ts";
import { DEAD, OWN_EDGE, startDeadMachine, startOwnEdge } from "./internet/ownEdge.ts";
import { Timeline, type TimelineEvent } from "./internet/timeline.ts";
import { ENDPOINTS, startTracker } from "./internet/tracker.ts";
import { ASSUMED, type Faults, noFaults, type Region, type SandboxOptions, type ZoneOptions } from "./options.ts";

export type { ApiCall } from "./apis/api.ts";
export type { DomainSettings, TrackingDomain } from "./apis/domains.ts";
export type { BlockSettings, SandboxFastly, SeededService } from "./apis/fastly/handle.ts";
export type { Service, Version } from "./apis/fastly/services.ts";
export type { Subscription } from "./apis/fastly/subscriptions.ts";
export type { RedirectRule, RedirectRuleSettings } from "./apis/redirectRules.ts";
export type { DnsRecord, PageRule, RecordSettings, SeededRecord } from "./apis/zones.ts";
export type { SandboxCloudflare, SandboxSparkPost } from "./handles.ts";
export type { Answer } from "./internet/network.ts";
export type { SandboxDns } from "./internet/otherZones.ts";
export type { TimelineEvent } from "./internet/timeline.ts";
export type * from "./options.ts";

export interface Sandbox {
    sparkpost: Record<Region, SandboxSparkPost>;
    cloudflare: SandboxCloudflare;
    fastly: SandboxFastly;
    /** The other DNS vendor, where `otherZones` are. */
    dns: SandboxDns;
    /** What a probe needs to find its way in this internet: the options a user may set under `probe:`. */
    probe: { resolver: string; nameServers: string[]; caFile: string; connectTo: string[] };
    /** Where the edge listens, for `curl --connect-to HOST:443:127.0.0.1:PORT`. */
    edge: { address: string; httpPort: number; httpsPort: number };
    /** The user's own edge, a plain reverse proxy with a certificate for every name: where a record may lead to. */
    ownEdge: { address: string; address6: string };
    /** Addresses at which nobody answers. */
    dead: { address: string; address6: string };
    /** Everything that happened, oldest first. */
    timeline: TimelineEvent[];
    /** Milliseconds since the start, as events have them. */
    now(): number;
    /** What goes wrong; may be changed at any time. */
    faults: Faults;
    /**
     * The first event that matches, past ones included.
     * @param timeoutMs rejects after so many milliseconds, default 10,000.
     */
    waitFor(matches: (event: TimelineEvent) => boolean, timeoutMs?: number): Promise<TimelineEvent>;
    /**
     * A recipient opens a URL: resolver, fresh connection, certificate checked, no redirect followed. Rejects as a
     * connection does (`code`: ENOTFOUND, ECONNREFUSED, CERT_HAS_EXPIRED, …).
     */
    click(url: string, options?: ClickOptions): Promise<Answer>;
    close(): Promise<void>;
}

export interface ClickOptions {
    /** Default: a browser's. */
    userAgent?: string;
    /** What a visitor may make up; names in lower case. */
    headers?: Record<string, string>;
    /** A name of a resolver with a cache of its own. Default: the one that the probe and SparkPost ask. */
    resolver?: string;
}

const REGIONS: Region[] = ["us", "eu"];
const NAME_SERVER_ADDRESS = "192.0.2.53";
const BROWSER =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";

/** Starts everything; nothing is left of it after `close()`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
    const timeline = new Timeline();
    const faults: Faults = { ...noFaults(), ...options.faults };
    const assumed = { ...ASSUMED, ...options.assumed };
    const unmodelled = (what: string) => {
        timeline.add("sandbox", "unmodelled", `not modelled: ${what}`);
        console.error(`sandbox: not modelled: ${what}`);
    };
    const authority = await authorityOf();
    const newZone = (zone: ZoneOptions) => new Zone(zone, timeline, faults, options.modifiedAgo);
    const zones = (options.zones ?? [{ name: "example.com" }]).map(newZone);
    const otherZones = (options.otherZones ?? []).map((zone) => new OtherZone(zone, timeline, faults));
    // After a delegation to Cloudflare, the old DNS vendor no longer serves the zone.
    const served: NameZone[] = [...zones, ...otherZones, ...fixedNames([...otherZones, ...zones])];
    const ttlScale = options.ttlScale ?? 1;
    const names = await startNames(served, timeline, faults, ttlScale);
    const network = new Network(names, authority.certificate);
    const scripts: WorkerScript[] = [];
    const world = {
        sandbox: options,
        authority,
        names,
        network,
        zones,
        scripts,
        assumed,
        faults,
        timeline,
        unmodelled,
    };

    const accounts = REGIONS.map((region) => newAccount(region, options));
    const fastly = createFastly(world, newSecret());
    const edge = await startEdge(world);
    const fastlyEdge = await startFastlyEdge({ ...world, ...fastly, ttlScale });
    const trackers = accounts.map(({ region, domains }) => startTracker({ ...world, region, domains }));
    const [ownEdge, dead] = await Promise.all([startOwnEdge(world), startDeadMachine()]);
    const machines = [edge, fastlyEdge, ownEdge, dead, ...(await Promise.all(trackers))];
    for (const machine of machines) {
        network.add(machine);
    }

    const apis = Fastify({ forceCloseConnections: true });
    for (const account of accounts) {
        const look = (domain: TrackingDomain) => check(domain, account.region, world);
        apis.register(sparkpostApi, { ...world, ...account, check: look, prefix: `/${account.region}/api/v1` });
    }
    const cloudflare = { apiToken: newSecret(), calls: [] as ApiCall[] };
    const addZone = (zone: ZoneOptions) => {
        const added = newZone(zone);
        zones.push(added);
        served.unshift(added);
        return added;
    };
    const removeZone = (zone: Zone) => {
        zones.splice(zones.indexOf(zone), 1);
        served.splice(served.indexOf(zone), 1);
    };
    apis.register(cloudflareApi, { ...world, ...cloudflare, addZone, removeZone, prefix: "/client/v4" });
    apis.register(fastly.api, { prefix: "/fastly" });
    const at = await apis.listen({ host: "127.0.0.1", port: 0 });

    const folder = await mkdtemp(join(tmpdir(), "sparkpost-sandbox-"));
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, authority.certificate);

    const handles = accounts.map(({ region, apiKey, calls, domains, sending }) => {
        const [endpoint = ""] = ENDPOINTS[region].names;
        const access = { apiUrl: `${at}/${region}/api/v1`, apiKey, endpoint, calls };
        return [region, sparkpostHandle(access, domains, sending.links, timeline)];
    });
    return {
        sparkpost: Object.fromEntries(handles),
        cloudflare: cloudflareHandle({ baseUrl: `${at}/client/v4`, ...cloudflare }, zones, scripts, timeline),
        fastly: fastly.handle(`${at}/fastly`),
        dns: dnsHandle(otherZones),
        probe: {
            resolver: names.resolver,
            nameServers: [names.authoritative],
            caFile,
            connectTo: network.connectTo(),
        },
        edge: { address: edge.address, httpPort: edge.httpPort, httpsPort: edge.httpsPort },
        ownEdge: { address: ownEdge.address, address6: OWN_EDGE.address6 },
        dead: { address: dead.address, address6: DEAD.address6 },
        timeline: timeline.events,
        now: () => timeline.now(),
        faults,
        waitFor: (matches, timeoutMs) => timeline.waitFor(matches, timeoutMs),
        click: (url, options = {}) => click(url, options, network, timeline),
        async close() {
            timeline.close();
            await Promise.all([apis.close(), names.close(), ...machines.map((machine) => machine.close())]);
            await rm(folder, { recursive: true, force: true });
        },
    };
}

function newAccount(region: Region, { keys = [], sendingDomains = ["example.com"] }: SandboxOptions) {
    const apiKey = newSecret();
    return {
        region,
        apiKey,
        keys: [{ key: apiKey }, ...keys.filter((key) => (key.region ?? "us") === region)],
        domains: new TrackingDomains(),
        sending: new SendingDomains(sendingDomains),
        calls: [] as ApiCall[],
    };
}

/** 40 hexadecimal digits, which both vendors' keys may be; random, so that a leaked one can be searched for. */
function newSecret(): string {
    return randomBytes(20).toString("hex");
}

/** What the rest of this internet's DNS has: SparkPost's endpoints, Fastly's edge, and the name servers themselves. */
function fixedNames(zones: { nameServers: string[] }[]): NameZone[] {
    const endpoints = Object.values(ENDPOINTS).flatMap(({ names, address }) =>
        names.map((name) => ({ name, address })),
    );
    const servers = new Set([...NAME_SERVERS, ...zones.flatMap(({ nameServers }) => nameServers)]);
    const edges = [{ name: FASTLY_HOST, address: FASTLY_ADDRESS }];
    const hosts = [...endpoints, ...edges, ...[...servers].map((name) => ({ name, address: NAME_SERVER_ADDRESS }))];
    return hosts.map(({ name, address }) => ({
        origin: name,
        records: () => [{ name, type: "A", ttl: 300, data: address }],
    }));
}

async function click(
    url: string,
    { userAgent = BROWSER, headers = {}, resolver }: ClickOptions,
    network: Network,
    timeline: Timeline,
): Promise<Answer> {
    const { hostname: host } = new URL(url);
    try {
        const answer = await network.visit(url, { ...headers, "user-agent": userAgent }, resolver);
        const { status, location } = answer;
        const what = `a recipient opened ${url}: ${status}${location ? ` to ${location}` : ""}`;
        timeline.add("recipient", "click", what, { host, url, userAgent, status, location });
        return answer;
    } catch (failure) {
        const { code: error, message } = failure as NodeJS.ErrnoException;
        const what = `a recipient could not open ${url}: ${message}`;
        timeline.add("recipient", "click", what, { host, url, userAgent, error });
        throw failure;
    }
}
