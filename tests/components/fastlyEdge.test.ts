import { ServiceVcl } from "@pulumi/fastly/serviceVcl";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { DnsWriter, RecordToWrite } from "../../components/src/dns/writer.ts";
import { EDGE_TYPES } from "../../components/src/edgeTypes.ts";
import { FastlyEdge, type FastlyEdgeArgs } from "../../components/src/fastly/edge.ts";
import { purposes } from "../../components/src/fastly/records.ts";
import { serviceArgs } from "../../components/src/fastly/service.ts";
import { dnsMistakes } from "../support/dnsMistakes.ts";
import { type Registration, resolved, run, zone } from "../support/program.ts";

const hostname = "track.example.com";
const challengeName = `_acme-challenge.${hostname}`;
const subscription = {
    state: "pending",
    managedDnsChallenges: [
        {
            recordName: "_acme-challenge.other.example.com.",
            recordType: "CNAME",
            recordValue: "other.validations.example",
        },
        { recordName: `${challengeName}.`, recordType: "CNAME", recordValue: "x.validations.example." },
    ],
    managedHttpChallenges: [
        { recordName: hostname, recordType: "A", recordValues: ["192.0.2.40"] },
        { recordName: hostname, recordType: "CNAME", recordValues: ["t.sni.example", "u.sni.example"] },
    ],
};
const written: FastlyEdgeArgs = { hostname, dns: { cloudflare: { zone: "example.com" } } };
// A server that doesn't answer is none: what DNS says of CAA is proven elsewhere.
const nowhere = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };

const declare = (args: Partial<FastlyEdgeArgs> = {}, opts?: pulumi.ComponentResourceOptions, preview = true) =>
    run(() => new FastlyEdge("track", { ...written, ...nowhere, ...args }, opts), {
        preview,
        outputs: { TlsSubscription: subscription },
    });
const named = (resources: Registration[], kind: string, name: string) =>
    resources.find((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);

describe("Fastly as the edge, with its records at Cloudflare", () => {
    it("is service, subscription, proof, wait, validation and the host's record, each after the one before", async () => {
        const { resources, errors, one } = await declare();
        expect(errors).toEqual([]);
        expect(one("ServiceVcl").inputs).toEqual(
            serviceArgs({ hostname, endpoint: "spgo.io", description: "SparkPost", cacheTtl: 10 }),
        );
        expect(one("TlsSubscription").inputs).toEqual({
            certificateAuthority: "lets-encrypt",
            domains: [hostname],
            commonName: hostname,
            forceDestroy: true,
            forceUpdate: true,
        });
        const proof = named(resources, "DnsRecord", "track-acme");
        expect(proof?.inputs).toEqual({
            zoneId: zone.id,
            name: challengeName,
            type: "CNAME",
            content: "x.validations.example",
            proxied: false,
            ttl: 300,
            comment: "proves the tracking host to the certificate authority, at every renewal too: it stays",
        });
        const wait = named(resources, "Command", "track-acme");
        const { SPARKPOST_TRACKING_RECORD = "" } = (wait?.inputs.environment ?? {}) as Record<string, string>;
        expect(JSON.parse(SPARKPOST_TRACKING_RECORD)).toEqual({
            name: challengeName,
            value: "x.validations.example",
            deadline: 2700,
            ...nowhere,
        });
        expect(one("TlsSubscriptionValidation").inputs).toEqual({ subscriptionId: "track-id" });
        const record = named(resources, "DnsRecord", "track");
        expect(record?.inputs).toMatchObject({ name: hostname, content: "t.sni.example", proxied: false, ttl: 300 });

        const order = [
            one("ServiceVcl"),
            one("TlsSubscription"),
            proof,
            wait,
            one("TlsSubscriptionValidation"),
            record,
        ];
        expect(order.map((resource) => resource?.dependsOn)).toEqual([
            [],
            ["ServiceVcl track"],
            expect.arrayContaining(["TlsSubscription track"]),
            expect.arrayContaining(["DnsRecord track-acme"]),
            expect.arrayContaining(["Command track-acme"]),
            expect.arrayContaining(["TlsSubscriptionValidation track"]),
        ]);
    });

    it("waits for nobody, and is ready with the validation and the host's record", async () => {
        const { result } = await declare();
        expect(result?.waitsFor).toBeUndefined();
        const ready = await Promise.all((result?.dependsOn ?? []).map((resource) => resolved(resource.urn)));
        expect(ready.map((urn) => urn.split("::").slice(2).join(" "))).toEqual([
            expect.stringMatching(/ServiceVcl track$/),
            expect.stringMatching(/TlsSubscriptionValidation track$/),
            expect.stringMatching(/DnsRecord track$/),
        ]);
    });

    it("protects the host's record alone, since all else stands before it", async () => {
        const { resources } = await declare({}, { protect: true, retainOnDelete: true });
        const children = resources.filter(({ parent }) => parent === "FastlyEdge track");
        // Not the component either: an engine may hand its protection down to its children.
        expect(resources.filter(({ protect }) => protect).map(({ type, name }) => `${type} ${name}`)).toEqual([
            "cloudflare:index/dnsRecord:DnsRecord track",
        ]);
        expect(children.every(({ retainOnDelete }) => retainOnDelete)).toBe(true);
    });

    it("makes everything of another host anew before the old one goes", async () => {
        const { resources } = await declare();
        const children = resources.filter(({ parent }) => parent === "FastlyEdge track");
        expect(new Set(children.map(({ replacementTrigger }) => replacementTrigger))).toEqual(new Set([hostname]));
    });

    it("with an existing service declares certificate and records only", async () => {
        const { resources, one } = await declare({ serviceId: "svc" });
        expect(resources.some(({ type }) => type.endsWith("ServiceVcl"))).toBe(false);
        expect(one("TlsSubscription").dependsOn).toEqual([]);
    });

    it("orders the certificate of a service of the same program after that", async () => {
        const { resources } = await run(
            () => {
                const own = new ServiceVcl("own", { domains: [{ name: hostname }] });
                new FastlyEdge("track", { ...written, ...nowhere, serviceId: own.id });
            },
            { preview: true, outputs: { TlsSubscription: subscription } },
        );
        expect(named(resources, "TlsSubscription", "track")?.dependsOn).toEqual(["ServiceVcl own"]);
    });

    it("uses a paused zone, whose DNS works all the same", async () => {
        const answers = { "cloudflare:index/getZones:getZones": { results: [{ ...zone, paused: true }] } };
        const { errors } = await run(() => new FastlyEdge("track", { ...written, ...nowhere }), {
            preview: true,
            answers,
            outputs: { TlsSubscription: subscription },
        });
        expect(errors).toEqual([]);
    });

    it("takes a TTL and a description that are known later, and checks them then", async () => {
        const later = (cacheTtl: number) => ({
            cacheTtl: pulumi.output(cacheTtl),
            description: pulumi.output("clicks"),
        });
        const passing = (await declare(later(0))).one("ServiceVcl").inputs;
        expect(passing).toMatchObject({ comment: "clicks", defaultTtl: 0, requestSettings: [{ action: "pass" }] });
        const caching = (await declare(later(20))).one("ServiceVcl").inputs;
        expect(caching).toEqual((await declare({ cacheTtl: 20, description: "clicks" })).one("ServiceVcl").inputs);
        const wrong = await declare(later(-1));
        expect(wrong.errors).toContainEqual(expect.stringContaining("cacheTtl (-1)"));
        expect(wrong.resources.filter(({ type }) => type.endsWith(":ServiceVcl"))).toEqual([]);
    });

    it("takes TTL, description, authority, deadline and adjustments", async () => {
        const { resources, one } = await declare({
            cacheTtl: 0,
            description: "clicks",
            certificateAuthority: "certainly",
            certificateDeadline: 60,
            transform: {
                service: { comment: "ours" },
                subscription: { configurationId: "conf" },
                record: { ttl: 3600 },
                challengeRecord: { ttl: 600 },
            },
        });
        expect(one("ServiceVcl").inputs).toMatchObject({
            comment: "ours",
            defaultTtl: 0,
            domains: [{ name: hostname, comment: "clicks" }],
            requestSettings: [{ action: "pass" }],
        });
        expect(one("TlsSubscription").inputs).toMatchObject({
            certificateAuthority: "certainly",
            configurationId: "conf",
        });
        expect(named(resources, "DnsRecord", "track")?.inputs.ttl).toBe(3600);
        expect(named(resources, "DnsRecord", "track-acme")?.inputs.ttl).toBe(600);
    });

    it("takes the host's record over by its id, and no other", async () => {
        const record = `${"0".repeat(32)}/${"1".repeat(32)}`;
        const { resources } = await declare({ dns: { cloudflare: { zone: "example.com", import: { record } } } });
        expect(named(resources, "DnsRecord", "track")?.importId).toBe(record);
        expect(named(resources, "DnsRecord", "track-acme")?.importId).toBeFalsy();
    });

    it("has a fingerprint of its arguments, whatever Fastly makes of them", async () => {
        const fingerprintOf = async (args: Partial<FastlyEdgeArgs>) =>
            resolved((await declare(args)).result?.fingerprint);
        const plain = await fingerprintOf({});
        expect(await fingerprintOf({})).toBe(plain);
        expect(await fingerprintOf({ cacheTtl: 20 })).not.toBe(plain);
        expect(await fingerprintOf({ certificateAuthority: "certainly" })).not.toBe(plain);
    });
});

describe("Fastly as the edge, with other DNS", () => {
    it("has a user's own writer make the records", async () => {
        const asked: [string, RecordToWrite, pulumi.CustomResourceOptions][] = [];
        const writer: DnsWriter = {
            createRecord(name, record, opts) {
                asked.push([name, record, opts]);
                return new pulumi.ComponentResource("own:index:Record", name, {}, opts);
            },
        };
        const { errors, lookUps } = await declare({ dns: writer });
        expect(errors).toEqual([]);
        expect(lookUps).toEqual([]);
        expect(asked.map(([name, { type, name: host, ttl }]) => [name, type, host, ttl])).toEqual([
            ["track-acme", "CNAME", challengeName, 300],
            ["track", "CNAME", hostname, 300],
        ]);
        expect(await Promise.all(asked.map(([, { value }]) => resolved(pulumi.output(value))))).toEqual([
            "x.validations.example",
            "t.sni.example",
        ]);
    });

    it("declares no record and no validation where a person writes them, and says what to add", async () => {
        const { resources, result } = await declare({ dns: { manual: { recordsExist: true } } }, { protect: true });
        const kinds = resources.map(({ type }) => type.split(":").at(-1));
        expect(kinds.sort()).toEqual(["FastlyEdge", "ServiceVcl", "TlsSubscription"]);
        // Nothing else keeps them from being taken down under a record that leads there.
        expect(resources.filter(({ protect }) => !protect).map(({ type }) => type)).toEqual([EDGE_TYPES.fastly]);
        expect(await resolved(result?.dnsRecords)).toEqual([
            {
                type: "CNAME",
                name: challengeName,
                value: "x.validations.example",
                ttl: 300,
                purpose: purposes.challenge,
            },
            { type: "CNAME", name: hostname, value: "t.sni.example", ttl: 300, purpose: purposes.host },
        ]);
        expect(await resolved(result?.waitsFor)).toEqual([]);
    });
});

describe("what is wrong with an edge at Fastly", () => {
    it.each<[string, Partial<FastlyEdgeArgs>]>([
        ...dnsMistakes,
        ["an authority that Fastly doesn't know", { certificateAuthority: "verisign" as never }],
        ["a negative TTL", { cacheTtl: -1 }],
        ["a deadline of nothing", { certificateDeadline: 0 }],
        ["settings for somebody else's service", { serviceId: "svc", cacheTtl: 5 }],
        ["itself as the endpoint", { endpoint: hostname }],
    ])("refuses %s, before anything is declared", async (_what, args) => {
        const { errors, resources } = await declare(args);
        expect(errors).toMatchSnapshot();
        expect(resources).toEqual([]);
    });
});
