import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DnsWriter, RecordToWrite } from "../../components/src/dns/writer.ts";
import { ManagedEdge, type ManagedEdgeArgs } from "../../components/src/managed/edge.ts";
import { dnsMistakes } from "../support/dnsMistakes.ts";
import { type Registration, resolved, run, stateToken, zone } from "../support/program.ts";
import { startNameServer } from "../unit/probe/nameServer.ts";

const hostname = "track.example.com";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const edge = "ManagedEdge track";
const written: ManagedEdgeArgs = { hostname, dns: { cloudflare: { zone: "example.com" } } };
// A server that doesn't answer: whoever asks it fails, so what passes has asked nobody.
const nowhere = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };

const declare = (args: Partial<ManagedEdgeArgs> = {}, opts?: pulumi.ComponentResourceOptions) =>
    run(() => new ManagedEdge("track", { ...written, ...nowhere, ...args }, opts));

/** The record that a Command waits for. */
function awaited({ inputs }: Registration): Record<string, unknown> {
    return JSON.parse((inputs.environment as Record<string, string>).SPARKPOST_TRACKING_RECORD ?? "");
}

describe("SparkPost's own certificate as the edge", () => {
    it("registers exactly these resources with exactly these inputs", async () => {
        const { resources, errors, one } = await declare();
        expect(errors).toEqual([]);
        expect(resources.map(({ type, name, inputs, parent }) => ({ type, name, inputs, parent }))).toEqual([
            {
                type: "pulumi-nodejs:dynamic:Certificate",
                name: "track",
                parent: edge,
                inputs: {
                    domain: hostname,
                    account,
                    fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
                    deadline: 3600,
                    verificationDeadline: 3600,
                    verified: true,
                    secure: true,
                    tlsStatus: "valid",
                    ownUrn: expect.stringMatching(/ManagedEdge\$pulumi-nodejs:dynamic:Certificate::track$/),
                    __provider: "serialized provider",
                },
            },
            {
                type: "command:local:Command",
                name: "track-dns",
                parent: edge,
                inputs: {
                    interpreter: ["node", "--eval", "require('pulumi-sparkpost-tracking/dns').waitForRecord()"],
                    create: "wait for track.example.com",
                    environment: { SPARKPOST_TRACKING_RECORD: expect.any(String) },
                    logging: "stderr",
                },
            },
            {
                type: "cloudflare:index/dnsRecord:DnsRecord",
                name: "track",
                parent: edge,
                inputs: {
                    zoneId: zone.id,
                    name: hostname,
                    type: "CNAME",
                    content: "v2.spgo.io",
                    proxied: false,
                    ttl: 300,
                    comment: "sends the tracking host to SparkPost; links in sent mail depend on it",
                },
            },
            {
                type: "pulumi-nodejs:dynamic:Eligibility",
                name: "track",
                parent: edge,
                inputs: {
                    domain: hostname,
                    account,
                    acceptInterruption: false,
                    ownUrn: expect.stringMatching(/ManagedEdge\$pulumi-nodejs:dynamic:Eligibility::track$/),
                    __provider: "serialized provider",
                },
            },
            { type: "sparkpost-tracking:index:ManagedEdge", name: "track", parent: undefined, inputs: {} },
        ]);
        expect(awaited(one("Command"))).toEqual({
            name: hostname,
            value: "v2.spgo.io",
            deadline: 3600,
            ...nowhere,
        });
    });

    it("asks whether the host is eligible before its record, and has SparkPost look at it once DNS has the record", async () => {
        const { one } = await declare();
        expect(one("Eligibility").dependsOn).toEqual([]);
        expect(one("DnsRecord").dependsOn).toEqual(["Eligibility track"]);
        expect(one("Command").dependsOn).toEqual(["DnsRecord track"]);
        expect(one("Certificate").dependsOn).toEqual(["Command track-dns", "DnsRecord track", "Eligibility track"]);
    });

    it("waits for what it is told to, with every child", async () => {
        class Before extends pulumi.CustomResource {}
        const { resources, errors } = await run(() => {
            const dependsOn = new Before("own:index:Before", "before", {});
            return new ManagedEdge("track", { ...written, ...nowhere }, { dependsOn });
        });
        expect(errors).toEqual([]);
        const children = resources.filter(({ parent }) => parent === edge);
        expect(children).toHaveLength(4);
        expect(children.filter(({ dependsOn }) => !dependsOn.includes("Before before"))).toEqual([]);
    });

    it("waits for nobody, and is ready with the record and the certificate", async () => {
        const { result } = await declare();
        expect(result?.waitsFor).toBeUndefined();
        expect(result).toMatchObject({ kind: "managed", endpoint: "v2.spgo.io" });
        const ready = await Promise.all((result?.dependsOn ?? []).map((resource) => resolved(resource.urn)));
        expect(ready.map((urn) => urn.split("::").slice(2).join(" "))).toEqual([
            expect.stringMatching(/DnsRecord track$/),
            expect.stringMatching(/Certificate track$/),
        ]);
    });

    it("may have been any other edge under its name", async () => {
        const { one } = await declare();
        expect(one("ManagedEdge").aliasTypes.sort()).toEqual([
            "sparkpost-tracking:index:CloudflareEdge",
            "sparkpost-tracking:index:FastlyEdge",
        ]);
    });

    it("protects the host's record alone: nothing is lost with the others, which change nothing when they go", async () => {
        const { resources } = await declare({}, { protect: true, retainOnDelete: true });
        const children = resources.filter(({ parent }) => parent === edge);
        expect(children.filter((child) => child.protect).map(({ type }) => type)).toEqual([
            "cloudflare:index/dnsRecord:DnsRecord",
        ]);
        expect(children.every(({ retainOnDelete }) => retainOnDelete)).toBe(true);
    });

    it("makes the record of another host anew before the old one goes", async () => {
        const { one } = await declare();
        expect(one("DnsRecord").replacementTrigger).toBe(hostname);
    });

    it("takes the host in any case, account, endpoint, deadlines, interruption and adjustments", async () => {
        const { one, errors } = await declare({
            hostname: "TRACK.Example.com",
            account: { region: "eu", subaccount: 7, apiKeyConfig: "sparkpost:eu" },
            endpoint: "eu.v2.spgo.io",
            certificateDeadline: 60,
            verificationDeadline: 90,
            acceptInterruption: true,
            transform: {
                record: { ttl: 600 },
                recordWait: { logging: "none" },
                certificate: (_args, opts) => {
                    opts.ignoreChanges = ["deadline"];
                    opts.retainOnDelete = true;
                },
            },
        });
        expect(errors).toEqual([]);
        const own = {
            domain: hostname,
            account: {
                apiUrl: "https://api.eu.sparkpost.com/api/v1",
                subaccount: 7,
                apiKeyConfig: "sparkpost:eu",
            },
        };
        expect(one("Eligibility").inputs).toMatchObject({ ...own, acceptInterruption: true });
        expect(one("DnsRecord").inputs).toMatchObject({ name: hostname, content: "eu.v2.spgo.io", ttl: 600 });
        expect(one("Certificate").inputs).toMatchObject({ ...own, deadline: 60, verificationDeadline: 90 });
        expect(one("Certificate").retainOnDelete).toBe(true);
        expect(awaited(one("Command"))).toMatchObject({ value: "eu.v2.spgo.io", deadline: 90 });
        expect(one("Command").inputs.logging).toBe("none");
    });

    it("is fingerprinted by where its DNS leads, and not by what changes nothing of that", async () => {
        const fingerprintOf = async (args: Partial<ManagedEdgeArgs>) => {
            const { result, one } = await declare(args);
            const own = await resolved(result?.fingerprint);
            expect(one("Certificate").inputs.fingerprint).toBe(own);
            return own;
        };
        const plain = await fingerprintOf({});
        expect(await fingerprintOf({ certificateDeadline: 60, acceptInterruption: true })).toBe(plain);
        expect(await fingerprintOf({ transform: { record: { ttl: 60, comment: "mine" } } })).toBe(plain);
        expect(await fingerprintOf({ endpoint: "eu.v2.spgo.io" })).not.toBe(plain);
        expect(await fingerprintOf({ hostname: "click.example.com" })).not.toBe(plain);
    });

    it("asks in a preview for the zone alone, and registers the same", async () => {
        const program = () => new ManagedEdge("track", { ...written, ...nowhere });
        const [update, preview] = [await run(program), await run(program, { preview: true })];
        expect(preview.errors).toEqual([]);
        expect(preview.resources).toEqual(update.resources);
        expect(preview.lookUps.map(({ token }) => token)).toEqual(["cloudflare:index/getZones:getZones"]);
    });
});

class OwnRecord extends pulumi.CustomResource {}

describe("SparkPost's own certificate, with other DNS", () => {
    it("has a user's own writer make the record", async () => {
        const asked: [string, RecordToWrite, pulumi.CustomResourceOptions][] = [];
        const writer: DnsWriter = {
            createRecord(name, record, opts) {
                asked.push([name, record, opts]);
                return new OwnRecord("own:index:Record", name, {}, opts);
            },
        };
        const { errors, lookUps, one } = await declare({ dns: writer }, { protect: true });
        expect(errors).toEqual([]);
        expect(lookUps).toEqual([]);
        expect(asked.map(([name, record]) => [name, record])).toEqual([
            ["track", { type: "CNAME", name: hostname, value: "v2.spgo.io", ttl: 300, purpose: expect.any(String) }],
        ]);
        expect(one("Record")).toMatchObject({
            parent: edge,
            dependsOn: ["Eligibility track"],
            protect: true,
            replacementTrigger: hostname,
        });
        expect(one("Command").dependsOn).toEqual(["Record track"]);
        expect(one("Certificate").dependsOn).toContain("Command track-dns");
        expect(one("Certificate").inputs).not.toHaveProperty("hold");
    });

    it("declares no record where a person writes it, says which, and asks nobody once it is said to exist", async () => {
        const { resources, result, errors, one } = await declare({ dns: { manual: { recordsExist: true } } });
        expect(errors).toEqual([]);
        expect(resources.map(({ type }) => type.split(":").at(-1))).toEqual([
            "Certificate",
            "Eligibility",
            "ManagedEdge",
        ]);
        expect(await resolved(result?.dnsRecords)).toEqual([
            { type: "CNAME", name: hostname, value: "v2.spgo.io", ttl: 300, purpose: expect.any(String) },
        ]);
        expect(await resolved(result?.waitsFor)).toEqual([]);
        expect(one("Certificate").inputs.hold).toBe(false);
        expect(one("Certificate").dependsOn).toEqual(["Eligibility track"]);
    });

    it("fails where it can't find out whether a person has written it", async () => {
        const { errors } = await run(() => new ManagedEdge("track", { ...written, ...nowhere, dns: { manual: {} } }), {
            until: (_resources, errors) => errors.length > 0,
        });
        expect(errors[0]).toMatchSnapshot();
    });
});

describe("what is wrong with an edge of SparkPost's own", () => {
    it.each<[string, Partial<ManagedEdgeArgs>]>([
        ...dnsMistakes,
        ["a deadline of nothing", { certificateDeadline: 0 }],
        ["a deadline over a week", { certificateDeadline: 604_801 }],
        ["an Enterprise account", { account: { tenant: "acme" } }],
        ["another API without its endpoint", { account: { apiUrl: "https://sp.example.com/api/v1" } }],
        ["itself as the endpoint", { endpoint: hostname }],
        ["a URL as the host", { hostname: "https://track.example.com" }],
    ])("refuses %s, before anything is declared", async (_what, args) => {
        const { errors, resources } = await declare(args);
        expect(errors).toMatchSnapshot();
        expect(resources).toEqual([]);
    });
});

describe("CAA records of the host", () => {
    const value = "letsencrypt.org; validationmethods=dns-01";
    /** An update whose zone has them, with this in the state beside the host's registration. */
    async function update(certificate: object) {
        const server = await startNameServer((name, type) =>
            type === "CAA" && name === "example.com"
                ? [{ name, type, ttl: 60, data: { flags: 0, tag: "issue", value } }]
                : [],
        );
        onTestFinished(() => server.close());
        const servers = { resolver: server.address, nameServers: [server.address] };
        const type = "pulumi-nodejs:dynamic:TrackingDomain";
        return run(() => new ManagedEdge("track", { ...written, ...servers }), {
            answers: { [stateToken]: { outputs: { a: { type, outputs: { domain: hostname } }, b: certificate } } },
            until: (resources, errors) => errors.length > 0 || resources.some(({ type }) => /DnsRecord$/.test(type)),
        });
    }
    const certificate = (tlsStatus: string) => ({
        type: "pulumi-nodejs:dynamic:Certificate",
        outputs: { domain: hostname, tlsStatus },
    });

    it("that forbid SparkPost's certificate are refused before anything is asked or made", async () => {
        const { errors, resources } = await update(certificate("unknown"));
        expect(errors).toMatchSnapshot();
        expect(resources.map(({ type }) => type)).toEqual([expect.stringMatching(/ManagedEdge$/)]);
    });

    it("are warned of where SparkPost has the certificate already", async () => {
        const { errors, warnings, one } = await update(certificate("valid"));
        expect([errors, warnings]).toEqual([[], [expect.stringContaining("it can't be renewed, because")]]);
        expect(one("DnsRecord").inputs.content).toBe("v2.spgo.io");
    });
});
