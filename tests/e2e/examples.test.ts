// The examples as they stand in their folders: brought up, and destroyed.
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../dev/sandbox/index.ts";
import { changeExample, copyExamples, programOfAll } from "../support/examples.ts";
import { type StateResource, TestStack } from "../support/stack.ts";

const run = promisify(execFile);
const working = { secure: true, verified: true };
const inUse = "click.example.com";
const byHand = "go.example.org";
let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
    const brands = ["acme", "shop", "north", "south", "west"].map((brand) => ({ name: `${brand}.example` }));
    sandbox = await startSandbox({
        modifiedAgo: 294,
        zones: [{ name: "example.com" }, ...brands],
        otherZones: [{ name: "example.org" }],
        keys: [{ key: "of-the-team", subaccount: 123 }],
    });
    folder = await copyExamples(sandbox);
});

afterAll(async () => {
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
});

it("come up, each with what its comments promise, and go", async () => {
    const { sparkpost, cloudflare, dns } = sandbox;
    const { us, eu } = sparkpost;
    cloudflare.seedRecord({ name: inUse, type: "CNAME", content: "spgo.io", ttl: 300 });
    us.seed({ domain: inUse, secure: false, verified: true });
    const record = `${cloudflare.zoneId("example.com")}/${cloudflare.records("example.com")[0]?.id}`;
    await changeExample(folder, "domain-in-use", /(?<=record: ").*(?=")/, record);
    await using stack = await TestStack.start({
        within: sandbox,
        program: await programOfAll(folder),
        config: {
            "sparkpost:apiKeyEu": { secret: eu.apiKey },
            "sparkpost:apiKeyTeam": { secret: "of-the-team" },
        },
    });
    await stack.up();
    const standing = { ...working, default: true };
    const account: Record<string, object> = {
        "track.example.com": standing,
        "track-us.example.com": working,
        "track-team.example.com": { ...standing, subaccount_id: 123 },
        "click.acme.example": { ...standing, subaccount_id: 101 },
        "click.shop.example": { ...standing, subaccount_id: 102 },
        "clicks.example.com": working,
        "links.example.com": working,
        [inUse]: working,
        [byHand]: { verified: false },
    };
    const domainsOf = (domains: { domain: string }[]) => Object.fromEntries(domains.map((each) => [each.domain, each]));
    expect(domainsOf(us.domains())).toMatchObject(account);
    expect(domainsOf(eu.domains())).toMatchObject({ "track-eu.example.com": standing });
    for (const [hostname, region] of [
        ["track-us.example.com", "us"],
        ["track-team.example.com", "us"],
        ["track-eu.example.com", "eu"],
    ]) {
        await sandbox.click(`https://${hostname}/f/mail`);
        const click = { host: hostname, region };
        expect(sandbox.timeline.findLast(({ kind }) => kind === "tracker-request")).toMatchObject(click);
    }

    // What the comments tell a person to do next.
    await changeExample(folder, "domain-in-use", /\n.*\n *import: .*/, "");
    const [{ outputs }] = (await stack.resources()).filter(({ type }) => type === "pulumi:pulumi:Stack") as [
        StateResource,
    ];
    const { changeBatch } = outputs["fastly-route53"] as { changeBatch: string };
    for (const { Action, ResourceRecordSet } of JSON.parse(changeBatch).Changes) {
        const { Name: name, Type: type, TTL: ttl, ResourceRecords } = ResourceRecordSet;
        expect(Action).toBe("UPSERT");
        dns.set({ name, type, ttl, value: ResourceRecords[0].Value });
    }
    await stack.up();
    expect(domainsOf(us.domains())).toMatchObject({ ...account, [byHand]: working });

    for (const account of [us, eu]) {
        for (const { domain } of account.domains()) {
            account.change(domain, { default: false });
        }
    }
    await stack.run("state unprotect --all --yes", 0);
    await stack.destroy();
    expect([...us.domains(), ...eu.domains()]).toMatchObject([{ domain: inUse, ...working }]);
    expect(cloudflare.records("example.com")).toMatchObject([{ name: inUse, proxied: true }]);
});

it("fleet reports on all stacks, and goes on with those that failed", async () => {
    const cwd = path.join(folder, "fleet");
    await using stack = await TestStack.start({ within: sandbox, program: cwd, env: { PULUMI_STACK: undefined } });
    const { env } = stack.workspace;
    const up = async (...flags: string[]) => {
        const ended = run(process.execPath, ["fleet.mts", "up", ...flags], { cwd, env });
        const { code = 0, stdout } = await ended.catch((error) => error);
        const report = JSON.parse(await readFile(path.join(cwd, "up.json"), "utf8"));
        return { code, done: stdout.match(/^.*(?=: done$)/gm).sort(), report };
    };
    const { us } = sandbox.sparkpost;
    us.seed({ domain: "click.south.example" });
    const taken = expect.stringContaining("click.south.example is already registered");
    const first = { code: 1, done: ["north", "west"], report: { north: "done", south: taken, west: "done" } };
    expect(await up()).toEqual(first);

    us.remove("click.south.example");
    const second = { code: 0, done: ["south"], report: { north: "done", south: "done", west: "done" } };
    expect(await up("--resume")).toEqual(second);
    for (const brand of ["north", "south", "west"]) {
        expect(stack.domain(`click.${brand}.example`)).toMatchObject(working);
    }

    // One of them goes, as its page says.
    us.change("click.north.example", { default: false });
    for (const command of ["state unprotect --all --yes", "destroy --yes --skip-preview"]) {
        await run("pulumi", [...command.split(" "), "--stack", "north"], { cwd, env });
    }
    expect(stack.domain("click.north.example")).toBeUndefined();
    expect(stack.domain("click.south.example")).toMatchObject(working);
});
