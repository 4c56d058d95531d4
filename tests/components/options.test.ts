import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { Edge } from "../../components/src/edge.ts";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { probeOf, resolved, run } from "../support/program.ts";

const hostname = "track.example.com";
const plain = { hostname, cloudflare: { zone: "example.com" } };
const whole = { ...plain, default: true, cloudflare: { ...plain.cloudflare, settings: "pageRule" as const } };
const kept = ["TrackingDomain", "DnsRecord", "DefaultDomain"];
const free = ["Command", "PageRule", "Verification"];

type Args = ConstructorParameters<typeof HttpsTrackingDomain>[1];
const declare = (args: Args) => run(() => new HttpsTrackingDomain("track", args));

describe("protection", () => {
    it("covers registration, record and default, and nothing that can go without breaking a link", async () => {
        const { one } = await declare(whole);
        expect(kept.filter((kind) => one(kind).protect)).toEqual(kept);
        expect(free.filter((kind) => one(kind).protect)).toEqual([]);
    });

    it("can be turned off", async () => {
        const { resources } = await declare({ ...whole, protect: false });
        expect(resources.filter(({ protect }) => protect)).toEqual([]);
    });
});

describe("adoption", () => {
    it("retains registration, record and default on destroy", async () => {
        const { one, result } = await declare({ ...whole, adopt: true });
        expect(kept.filter((kind) => one(kind).retainOnDelete)).toEqual(kept);
        expect(one("TrackingDomain").inputs.adopt).toBe(true);
        expect(await resolved(result?.notes)).toMatchSnapshot();
    });

    it("is not what happens unless asked for", async () => {
        const { resources } = await declare(whole);
        expect(resources.filter(({ retainOnDelete }) => retainOnDelete)).toEqual([]);
    });
});

describe("the probe", () => {
    it("can be left out: the verification waits for the edge itself", async () => {
        const { resources, one, result } = await declare({ ...plain, probe: false });
        expect(resources.map(({ type }) => type).join()).not.toContain("Command");
        expect(one("Verification").dependsOn).toEqual(["DnsRecord track", "TrackingDomain track"]);
        expect((await resolved(result?.status))?.probe).toBeUndefined();
    });

    it("gets its options", async () => {
        const probe = { deadline: 60, resolver: "192.0.2.53", connectTo: ["::127.0.0.1:8443"] };
        const { one } = await declare({ ...plain, probe });
        expect(probeOf(one("Command"))).toMatchObject({ ...probe, hostname, endpoint: "spgo.io" });
    });
});

describe("an account", () => {
    it("reaches every SparkPost resource, and its endpoint the record and the probe", async () => {
        const account = { region: "eu" as const, subaccount: 7, apiKeyConfig: "sparkpost:eu", timeout: 9 };
        const { one } = await declare({ ...whole, account });
        const api = {
            apiUrl: "https://api.eu.sparkpost.com/api/v1",
            subaccount: 7,
            apiKeyConfig: "sparkpost:eu",
            timeout: 9,
        };
        for (const kind of ["TrackingDomain", "Verification", "DefaultDomain"]) {
            expect(one(kind).inputs.account).toEqual(api);
        }
        expect(one("DnsRecord").inputs.content).toBe("eu.spgo.io");
        expect(probeOf(one("Command")).endpoint).toBe("eu.spgo.io");
    });
});

describe("the other arguments", () => {
    it("reach their resources", async () => {
        const { one } = await declare({ ...whole, verification: { deadline: 99 }, restorePreviousDefault: true });
        expect(one("Verification").inputs.deadline).toBe(99);
        expect(one("DefaultDomain").inputs.restorePrevious).toBe(true);
    });

    it("may have the host in any case: every resource gets the one form", async () => {
        const { resources, result } = await declare({ ...whole, hostname: "TRACK.Example.com" });
        const names = resources.map(({ inputs }) => inputs.domain ?? inputs.name).filter(Boolean);
        expect(new Set(names)).toEqual(new Set([hostname]));
        expect(result?.hostname).toBe(hostname);
    });
});

class Distribution extends pulumi.CustomResource {}

describe("an edge of one's own", () => {
    const ownEdge = (): Edge => ({
        endpoint: pulumi.output("spgo.io"),
        fingerprint: "own",
        dependsOn: [new Distribution("my:cdn:Distribution", "cdn")],
        dnsRecords: [{ type: "CNAME", name: hostname, value: "cdn.example.net", purpose: "to the CDN" }],
        nextSteps: ["Ask your colleague for the record."],
        notes: ["The colleague is on holiday."],
    });

    it("stands in the place of Cloudflare's: probe and verification wait for it and run again with it", async () => {
        const { resources, one, result, errors } = await run(
            () => new HttpsTrackingDomain("track", { hostname, edge: ownEdge() }),
        );
        expect(errors).toEqual([]);
        expect(resources.map(({ type }) => type).join()).not.toContain("cloudflare");
        expect(one("Verification").inputs.fingerprint).toBe("own");
        expect(one("Command").dependsOn).toEqual(["Distribution cdn", "TrackingDomain track"]);
        expect(one("Verification").dependsOn).toEqual(["Command track-probe"]);
        expect(probeOf(one("Command"))).toEqual({ hostname, endpoint: "spgo.io", fingerprint: "own" });
        expect(await resolved(result?.dnsRecords)).toMatchObject([{ value: "cdn.example.net" }]);
        expect(await resolved(result?.nextSteps)).toEqual(["Ask your colleague for the record."]);
        expect((await resolved(result?.notes))?.[0]).toBe("The colleague is on holiday.");
    });

    it("needs no more than an endpoint and what to wait for", async () => {
        const { one, result } = await declare({ hostname, edge: { endpoint: "spgo.io", dependsOn: [] } });
        expect(one("Verification").inputs.fingerprint).toBe("");
        expect(await resolved(result?.dnsRecords)).toEqual([]);
    });
});

describe("a transform", () => {
    const objects = {
        registration: [{ adopt: true }, "TrackingDomain", { adopt: true }],
        record: [{ comment: "mine", tags: ["mail"] }, "DnsRecord", { comment: "mine", tags: ["mail"], proxied: true }],
        pageRule: [{ status: "disabled" }, "PageRule", { status: "disabled", priority: 1 }],
        probe: [{ logging: "none" }, "Command", { logging: "none" }],
        verification: [{ secure: false }, "Verification", { secure: false, verified: true }],
        default: [{ restorePrevious: true }, "DefaultDomain", { restorePrevious: true }],
    } as const;

    it.each(Object.entries(objects))("of %s lies over its arguments", async (child, [change, kind, inputs]) => {
        const { one, errors } = await declare({ ...whole, transform: { [child]: change } });
        expect(errors).toEqual([]);
        expect(one(kind).inputs).toMatchObject(inputs);
    });

    it.each(Object.entries(objects))(
        "of %s as a function changes arguments and options, of that child alone",
        async (child, [change, kind, inputs]) => {
            const names: string[] = [];
            const edit = (args: object, opts: pulumi.CustomResourceOptions, name: string) => {
                Object.assign(args, change);
                opts.retainOnDelete = true;
                names.push(name);
            };
            const { one, resources } = await declare({ ...whole, transform: { [child]: edit } });
            expect(names).toEqual([kind === "Command" ? "track-probe" : "track"]);
            expect(one(kind).inputs).toMatchObject(inputs);
            expect(resources.filter(({ retainOnDelete }) => retainOnDelete)).toEqual([one(kind)]);
        },
    );

    it("of the record changes the fingerprint, so that the edge is proven again; of its comment alone it doesn't", async () => {
        const fingerprintWith = async (record: object) =>
            (await declare({ ...plain, transform: { record } })).one("Verification").inputs.fingerprint;
        const usual = await fingerprintWith({});
        expect(await fingerprintWith({ comment: "mine" })).toBe(usual);
        expect(await fingerprintWith({ content: "v2.spgo.io" })).not.toBe(usual);
    });
});
