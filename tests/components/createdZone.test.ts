import * as cloudflare from "@pulumi/cloudflare/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
    delegationNotes,
    delegationSteps,
    httpsLinksNote,
    httpsLinksStep,
} from "../../components/src/cloudflare/delegation.ts";
import {
    CloudflareEdge,
    CloudflareZone,
    type CloudflareZoneArgs,
    HttpsTrackingDomain,
} from "../../components/src/index.ts";
import { getZones, type RunOptions, resolved, run, zone } from "../support/program.ts";
import { byCall, startApi } from "../support/scriptedApi.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
const accountId = "0123456789abcdef0123456789abcdef";
const nameServers = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];
const pending = { ...zone, status: "pending", nameServers, activatedOn: "" };
const missing: object[] = [];
const filter = { name: "example.com", match: "all", account: { id: accountId } };

/** What the API answers about the zone when the program starts, and what a zone that is made looks like. */
const world = (answer: object | Error, options: RunOptions = {}): RunOptions => ({
    ...options,
    answers: { [getZones]: answer instanceof Error ? answer : { results: [answer].flat() }, ...options.answers },
    outputs: { Zone: { status: "pending", nameServers } },
});
const create = { zone: "example.com", createZone: true, accountId };
const declare = (args: CloudflareZoneArgs, options?: RunOptions) =>
    run(() => new CloudflareZone("example.com", args), options);

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});
afterEach(() => void vi.unstubAllEnvs());

describe("a zone that is looked up", () => {
    it("has its outputs, and nothing left to do", async () => {
        const { result, resources, lookUps } = await declare({ zone: "example.com" }, world({ ...zone, nameServers }));
        expect(resources.map(({ type }) => type)).toEqual(["sparkpost-tracking:index:CloudflareZone"]);
        expect(lookUps).toEqual([{ token: getZones, inputs: { name: "example.com", match: "all" } }]);
        expect(await resolved(result?.zoneId)).toBe(zone.id);
        expect(await resolved(result?.status)).toBe("active");
        expect(await resolved(result?.nameServers)).toEqual(nameServers);
        expect(await resolved(result?.nextSteps)).toEqual([]);
    });

    it("is refused in words when it isn't active", async () => {
        const { errors } = await declare({ zone: "example.com" }, world(pending));
        expect(errors).toMatchSnapshot();
    });

    it("is refused by a name that isn't one, and nothing is asked", async () => {
        const { errors, lookUps, resources } = await declare({ zone: "https://example.com" });
        expect(errors).toMatchSnapshot();
        expect([lookUps, resources]).toEqual([[], []]);
    });
});

describe("a zone that is created", () => {
    it("is one full zone in the account, protected and retained", async () => {
        const { one, errors, lookUps } = await declare(create, world(missing));
        expect(errors).toEqual([]);
        expect(one("Zone")).toMatchObject({
            name: "example.com",
            parent: "CloudflareZone example.com",
            inputs: { account: { id: accountId }, name: "example.com", type: "full" },
            protect: true,
            retainOnDelete: true,
        });
        expect(lookUps).toEqual([{ token: getZones, inputs: filter }]);
    });

    it("says after it was made what is to be done, with its name servers", async () => {
        const { result } = await declare(create, world(missing));
        expect(await resolved(result?.zoneId)).toBe("example.com-id");
        expect(await resolved(result?.status)).toBe("pending");
        expect(await resolved(result?.nextSteps)).toEqual(delegationSteps("example.com", nameServers));
    });

    it("doesn't fail the first preview, where it isn't there, and says what will be to be done", async () => {
        const { result, errors } = await declare(create, world(missing, { preview: true }));
        expect(errors).toEqual([]);
        expect(await resolved(result?.nextSteps)).toEqual(delegationSteps("example.com", undefined));
        expect(await resolved(result?.notes)).toEqual(delegationNotes("example.com"));
    });

    it.each([true, false])(
        "is believed to be as it is found, not as the state has it; preview: %s",
        async (preview) => {
            const { result } = await declare(create, world({ ...zone, nameServers }, { preview }));
            expect(await resolved(result?.status)).toBe("active");
            expect([await resolved(result?.nextSteps), await resolved(result?.notes)]).toEqual([[], []]);
        },
    );

    it.each([true, false])("that is still pending isn't refused; preview: %s", async (preview) => {
        const { result, errors } = await declare(create, world(pending, { preview }));
        expect(errors).toEqual([]);
        expect(await resolved(result?.nextSteps)).toEqual(delegationSteps("example.com", nameServers));
    });

    it.each<[string, object | Error]>([
        ["can't be looked up", new Error("500 Internal Server Error")],
        ["a wrong token can't see", new Error("failed to make http request: 401 Unauthorized")],
        ["is there twice", [pending, pending]],
        ["is paused", { ...pending, paused: true }],
        ["is partial", { ...pending, type: "partial" }],
    ])("that %s is told, for it mustn't pass for one that isn't there", async (_what, answer) => {
        const { errors } = await declare(create, world(answer));
        expect(errors).toMatchSnapshot();
    });

    it("needs the account", async () => {
        const { errors, lookUps, resources } = await declare({ zone: "example.com", createZone: true });
        expect(errors).toMatchSnapshot();
        expect([lookUps, resources]).toEqual([[], []]);
    });

    it("takes an account that is an output", async () => {
        const args = { zone: "example.com", createZone: true, accountId: pulumi.output(accountId) };
        const { one, lookUps } = await declare(args, world(missing));
        expect(one("Zone").inputs.account).toEqual({ id: accountId });
        expect(lookUps).toEqual([{ token: getZones, inputs: filter }]);
    });
});

const host = (index: number) => `t${index}.example.com`;
const inZone = { zone: "example.com", createZone: true, accountId };

describe("hosts of a zone that is created", () => {
    it("share it, one look-up, and wait for the same steps in either mode", async () => {
        const program = () => [
            new CloudflareEdge("t0", { hostname: host(0), ...inZone }),
            new CloudflareEdge("t1", { hostname: host(1), ...inZone, mode: "redirect" }),
            new CloudflareEdge("t2", { hostname: host(2), ...inZone, zone: "EXAMPLE.com" }),
        ];
        const { result, resources, one, errors, lookUps } = await run(program, world(missing));
        expect(errors).toEqual([]);
        expect(one("Zone").parent).toBe("CloudflareZone example.com");
        expect(one("CloudflareZone").parent).toBeUndefined();
        expect(lookUps.map(({ token }) => token)).toEqual([getZones]);
        const records = resources.filter(({ type }) => type.endsWith("DnsRecord"));
        expect(records.map(({ inputs }) => inputs.zoneId)).toEqual(Array(3).fill("example.com-id"));
        for (const edge of result ?? []) {
            expect(await resolved(pulumi.output(edge.waitsFor))).toEqual(delegationSteps("example.com", nameServers));
        }
    });

    it.each([true, false])("wait for nothing once it is active; preview: %s", async (preview) => {
        const program = () => new CloudflareEdge("t0", { hostname: host(0), ...inZone });
        const { result } = await run(program, world({ ...zone, nameServers }, { preview }));
        expect(await resolved(result?.waitsFor)).toEqual([]);
    });

    it("are warned of its SSL mode once it is active, and not before", async () => {
        const program = () => new CloudflareEdge("t0", { hostname: host(0), ...inZone });
        const api = await startApi(
            byCall({
                "GET /zones/example.com-id/settings/ssl": [{ body: { success: true, result: { value: "off" } } }],
            }),
        );
        const config = { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url };
        const early = await run(program, world(pending, { config }));
        const asked = api.whats().filter((what) => !what.includes("dns_records"));
        expect([early.warnings, early.infos, asked]).toEqual([[], [], []]);
        const until: RunOptions["until"] = (_resources, errors, told) => errors.length + told().length > 0;
        expect((await run(program, world(zone, { config, until }))).warnings).toMatchSnapshot();
    });

    it("in use are told before all else that https links break until there is a certificate", async () => {
        const program = () => [
            new CloudflareEdge("t0", { hostname: host(0), ...inZone, inUse: true }),
            new CloudflareEdge("t1", { hostname: host(1), ...inZone, mode: "redirect", inUse: true }),
        ];
        const { result } = await run(program, world(pending));
        for (const [index, edge] of (result ?? []).entries()) {
            expect(await resolved(pulumi.output(edge.waitsFor))).toEqual([
                httpsLinksStep(host(index)),
                ...delegationSteps("example.com", nameServers),
            ]);
            expect((await resolved(pulumi.output(edge.notes))).slice(0, 2)).toEqual([
                httpsLinksNote(host(index)),
                delegationNotes("example.com")[0],
            ]);
        }
        const active = await run(program, world({ ...zone, nameServers }));
        expect(await resolved(pulumi.output(active.result?.[0]?.waitsFor))).toEqual([]);
    });

    it("wait for nothing where the zone is looked up", async () => {
        const { result } = await run(() => new CloudflareEdge("t0", { hostname: host(0), zone: "example.com" }));
        expect(result?.waitsFor).toBeUndefined();
    });

    it("may be the zone themselves", async () => {
        const program = () => new CloudflareEdge("t0", { ...inZone, hostname: host(0), zone: host(0) });
        const { one, errors } = await run(program, world(missing));
        expect(errors).toEqual([]);
        expect(one("Zone").inputs.name).toBe(host(0));
        expect(one("DnsRecord").inputs).toMatchObject({ name: host(0), zoneId: "t0.example.com-id" });
    });

    it("can't have it in two accounts", async () => {
        const program = () => [
            new CloudflareEdge("t0", { hostname: host(0), ...inZone }),
            new CloudflareEdge("t1", { hostname: host(1), ...inZone, accountId: "other" }),
        ];
        const { errors } = await run(program, world(missing));
        expect(errors).toMatchSnapshot();
    });

    it("give it their provider", async () => {
        const program = () => {
            const provider = new cloudflare.Provider("mine", {});
            return new CloudflareEdge("t0", { hostname: host(0), ...inZone }, { provider });
        };
        const { resources, errors } = await run(program, world(missing));
        expect(errors).toEqual([]);
        expect(resources.find(({ type }) => type.endsWith(":Zone"))?.provider).toBe("cloudflare mine");
    });

    it("have it created by a tracking domain's plain data", async () => {
        const args = { hostname: "track.example.com", cloudflare: inZone };
        const { one, errors } = await run(() => new HttpsTrackingDomain("track", args), world(missing));
        expect(errors).toEqual([]);
        expect(one("DnsRecord").inputs.zoneId).toBe("example.com-id");
    });
});
