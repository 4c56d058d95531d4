// States of stacks that each version wrote, in tests/states/<version>: today's code takes each over without replacing or
// deleting anything. `WRITE_STATES=yes npm test -- tests/e2e/states.test.ts` writes those of the version in package.json.
import { existsSync, globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import today from "../../components/package.json" with { type: "json" };
import { repository } from "../../dev/offline/home.ts";
import { sandboxAccount } from "../../dev/sandboxDomain.ts";
import { type StackOptions, type TestDomain, TestStack, testProgram } from "../support/stack.ts";

const hostname = "track.example.com";
const cloudflare = { zone: "example.com" };
const kinds: Record<string, Partial<TestDomain>> = {
    cloudflare: { cloudflare },
    redirect: { cloudflare: { ...cloudflare, mode: "redirect" } },
    fastly: { fastly: { dns: { cloudflare } } },
    managed: { managed: { dns: { cloudflare } } },
    manual: { hostname: "track.example.org", fastly: { dns: { manual: {} } } },
    own: {},
};

const states = path.join(repository, "tests/states");
/** Each `<version>/<kind>.json` that is there, and all that today's version has to have. */
const files = new Set([
    ...globSync("*/*.json", { cwd: states }),
    ...Object.keys(kinds).map((kind) => `${today.version}/${kind}.json`),
]);

it.each([...files].sort())("the state %s is taken over", async (name) => {
    const file = path.join(states, name);
    const { dir: version, name: kind } = path.parse(name);
    const domain = kinds[kind] ?? {};
    if (process.env.WRITE_STATES && version === today.version) {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, await newState(kind, domain));
    }
    expect(existsSync(file), "it is missing: write it by the command at the top of this file").toBe(true);
    await using stack = await started(kind, domain);
    const state = filled(await readFile(file, "utf8"), stack);
    const { code, output } = await stack.workspace.run(["stack", "import"], { input: state });
    expect(code, output).toBe(0);
    const { resources } = JSON.parse(state).deployment;
    addRecords(stack, resources);
    const { changeSummary, steps } = JSON.parse((await stack.run("preview --json", 0)).stdout);
    // Nothing is replaced, deleted or forgotten, nor made beside what is there.
    const { same = 0, update = 0, ...others } = changeSummary;
    expect(others, JSON.stringify(steps)).toEqual({});
    expect(same + update).toBe(resources.filter(({ type }: Resource) => !type.startsWith("pulumi:providers:")).length);
});

interface Resource {
    type: string;
    outputs?: { dnsRecords?: { type: "CNAME"; name: string; value: string }[] };
}

/** A stack of such a host, with nothing in it. */
async function started(kind: string, domain: Partial<TestDomain>): Promise<TestStack> {
    const options: StackOptions = { sandbox: { otherZones: [{ name: "example.org" }], ttlScale: 0.001 } };
    if (kind !== "own") {
        return TestStack.start({ ...options, domains: [{ name: "track", hostname, default: true, ...domain }] });
    }
    const stack = await TestStack.start({ ...options, program: testProgram("ownEdge") });
    const { account, probe } = sandboxAccount(stack.sandbox, "cloudflare");
    await stack.workspace.configure({
        "ownEdge:domain": { hostname, endpoint: "spgo.io", account, probe, default: true },
        "ownEdge:zoneId": stack.sandbox.cloudflare.zoneId("example.com"),
        "ownEdge:fingerprint": "one",
    });
    return stack;
}

/** What today's version writes, the same at every time and place. */
async function newState(kind: string, domain: Partial<TestDomain>): Promise<string> {
    await using stack = await started(kind, domain);
    await stack.up();
    if (kind === "manual") {
        addRecords(stack, await exported());
        await stack.sandbox.waitFor(({ kind, state }) => kind === "subscription-state" && state === "issued");
        await stack.up();
    }
    await stack.unchanged();
    const resources = (await exported()).map((resource) =>
        Object.fromEntries(
            Object.entries(resource)
                .filter(([name]) => !ofTheRun.includes(name))
                .map(([name, value]) => [name, name === "dependencies" ? value.sort() : value]),
        ),
    );
    const manifest = { time, magic: "", version: "" };
    const text = JSON.stringify({ version: 3, deployment: { manifest, secrets_providers, resources } }, null, 1);
    const general = places(stack).reduce((text, place, index) => text.replaceAll(place, `{{${index}}}`), text);
    const { sparkpost, cloudflare, fastly } = stack.sandbox;
    for (const key of [sparkpost.us.apiKey, cloudflare.apiToken, fastly.apiKey]) {
        expect(text).not.toContain(key);
    }
    return `${steady(general)}\n`;

    async function exported(): Promise<Resource[]> {
        return JSON.parse((await stack.run("stack export --show-secrets", 0)).stdout).deployment.resources;
    }
}

const ofTheRun = ["created", "modified", "sourcePosition", "stackTrace"];
/** By the passphrase of all test stacks: what is secret stands in the file as it is, and is encrypted by the import. */
const secrets_providers = {
    type: "passphrase",
    state: { salt: "v1:UMN76I4ht3w=:v1:Ojz2YxZgsRimdys7:CscHtWkfmoQxcvuTany5W8dgakYrjw==" },
};
const time = "2026-01-01T00:00:00Z";

/**
 * Ids of Cloudflare, of Fastly, of its challenges, of providers, and what the plugin adds to a Command's name; but not the
 * engine's two marks of a secret.
 */
const random = new RegExp(
    [
        /(?<![0-9a-f])(?!4dabf18193072939|1b47061264138c4a)[0-9a-f]{32}(?![0-9a-f])/,
        /(?<="id": ")[A-Za-z0-9]{22}(?=")/,
        /\w{18}(?=\.fastly-validations)/,
        /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
        /(?<="id": "track(-[a-z-]+)?)[0-9a-f]{8}(?=")/,
    ]
        .map(({ source }) => source)
        .join("|"),
    "g",
);

/** Puts numbers in the place of what is random, and one time in that of all. */
function steady(text: string): string {
    const ids = new Set(Array.from(text.matchAll(random), ([id]) => id));
    const number = (id: string, index: number) => `${index + 1}`.padStart(id.length, "0");
    return [...ids]
        .reduce((text, id, index) => text.replaceAll(id, number(id, index)), text)
        .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, time)
        .replace(/(?<=\bseconds\\?": ?)\d+/g, "0");
}

function filled(text: string, stack: TestStack): string {
    return places(stack).reduce((text, place, index) => text.replaceAll(`{{${index}}}`, place), text);
}

/** What differs from sandbox to sandbox, and is in a state. */
function places({ sandbox }: TestStack): string[] {
    const { account, probe } = sandboxAccount(sandbox, "cloudflare");
    const addresses = JSON.stringify([account, probe, sandbox.cloudflare, sandbox.fastly]).match(/127\.0\.0\.1:\d+/g);
    return [...new Set([...(addresses ?? []), probe.caFile, sandbox.cloudflare.zoneId("example.com")])];
}

/** Adds the records that a person adds. */
function addRecords({ sandbox }: TestStack, resources: Resource[]): void {
    for (const { name, value } of resources.flatMap(({ outputs }) => outputs?.dnsRecords ?? [])) {
        if (name.endsWith(".example.org")) {
            sandbox.dns.set({ type: "CNAME", name, value });
        }
    }
}
