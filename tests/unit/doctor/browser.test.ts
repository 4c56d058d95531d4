// What browsers make of links before they ask the host, and the files by which apps open them.
import { describe, expect, it } from "vitest";
import { lookAtBrowser } from "../../../components/src/doctor/browser.ts";
import type { Subject, World } from "../../../components/src/doctor/world.ts";
import { networkOf } from "../../../components/src/probe/network.ts";
import type { SandboxOptions } from "../../../dev/sandbox/index.ts";
import { siteWithHsts } from "../../support/ownServer.ts";
import { examined, HOST, proxied } from "./world.ts";

/** What doctor says under "Browser" of a host in a sandbox, in short and in whole. */
async function browser(
    options: SandboxOptions = {},
    { hsts = false, links }: { hsts?: boolean; links?: "https" } = {},
) {
    const sandbox = await proxied(options);
    const rules = hsts ? await siteWithHsts(sandbox) : [];
    const network = { connectTo: [...rules, ...sandbox.probe.connectTo] };
    const { checks } = await examined(sandbox, { links }, { network });
    const own = checks.filter(({ heading }) => heading === "browser");
    return { kinds: own.map(({ state, kind }) => `${state} ${kind}`), own };
}

describe("a parent's HSTS", () => {
    it("is none where no domain above the host asks for https", async () => {
        expect((await browser()).kinds).toEqual(["ok hsts-none", "ok https-first"]);
    });

    it("is fine where https works, and breaks all links where it doesn't", async () => {
        const works = await browser({}, { hsts: true });
        expect(works.kinds).toEqual(["ok hsts-parent", "ok https-first"]);
        const fails = await browser({ faults: { unknownIssuer: true } }, { hsts: true });
        expect(fails.kinds).toEqual(["broken hsts-parent", "warning https-first"]);
        expect([works.own, fails.own]).toMatchSnapshot();
    });
});

it("nothing is said of http links where all are https", async () => {
    expect((await browser({}, { links: "https" })).kinds).toEqual(["ok hsts-none"]);
});

it("the host's own HSTS, and that of a whole top-level domain, are told", async () => {
    const looked = (hostname: string) => {
        const edge = { status: 302, contentLength: 0, strictTransportSecurity: "max-age=86400" };
        const looks = { working: [{ address: "192.0.2.1", asked: { edge } }], failing: [], unseen: [] };
        const answers = { https: looks, http: looks, redirects: true };
        const network = networkOf({ connectTo: ["::127.0.0.1:9"] });
        const names = { addressesOf: () => Promise.reject(new Error("no such name")) };
        return lookAtBrowser({ hostname, answers } as unknown as Subject, { names, network } as unknown as World);
    };
    const checks = await looked("track.example.dev");
    expect(checks.map(({ kind, state }) => `${state} ${kind}`)).toEqual([
        "ok hsts-top-level",
        "ok hsts-host",
        "ok https-first",
    ]);
    expect(checks).toMatchSnapshot();
});

describe("a file by which apps open links", () => {
    const apple = "/.well-known/apple-app-site-association";
    const android = "/.well-known/assetlinks.json";
    const json = { "content-type": "application/json" };
    const links = async (path: string, file: { status: number; headers?: Record<string, string>; body?: string }) => {
        const { own } = await browser({ faults: { edgeFiles: { [path]: file } } });
        return own.filter(({ kind }) => kind.startsWith("app-links"));
    };
    const kindOf = async (...args: Parameters<typeof links>) => (await links(...args)).map(({ kind }) => kind);

    it.each([
        [apple, "application/json", '{"applinks":{}}'],
        [apple, "application/pkcs7-mime", "signed"],
        [android, "application/json; charset=utf-8", "[]"],
    ])("is right: %s as %s", async (path, type, body) => {
        const found = await links(path, { status: 200, headers: { "content-type": type }, body });
        expect(found).toMatchObject([{ kind: "app-links", state: "ok" }]);
    });

    it.each([
        ["redirected", apple, { status: 301, headers: { location: "https://www.example.com/aasa" } }],
        ["type", apple, { status: 200, headers: { "content-type": "text/html" }, body: "{}" }],
        ["type", android, { status: 200, body: "[]" }],
        ["content", apple, { status: 200, headers: json, body: "[]" }],
        ["content", android, { status: 200, headers: json, body: "[" }],
        ["content (too long)", apple, { status: 200, headers: json, body: `{"a":"${"x".repeat(128 * 1024)}"}` }],
    ])("is told: %s, %s", async (_fault, path, file) => {
        const found = await links(path, file);
        expect(found).toMatchObject([{ kind: "app-links", state: "warning" }]);
        expect(found).toMatchSnapshot();
    });

    it("isn't missed where there is none", async () => {
        expect(await kindOf(apple, { status: 404 })).toEqual([]);
        const toEndpoint = { status: 302, headers: { location: `https://spgo.io${apple}` } };
        expect(await kindOf(apple, toEndpoint)).toEqual([]);
        expect((await browser()).kinds.filter((kind) => kind.includes("app-links"))).toEqual([]);
    });

    it("is told without what would act on a terminal", async () => {
        const [found] = await links(apple, { status: 301, headers: { location: "https://x/\u009b2J" } });
        expect(JSON.stringify(found)).not.toContain("\u009b");
        expect(found?.seen).toContain(HOST);
    });
});
