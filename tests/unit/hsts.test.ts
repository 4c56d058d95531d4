import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hstsAdvice, httpsOnlyTopLevel, parseHsts, readHsts } from "../../components/src/hsts.ts";
import { type Authority, authorityOf, type Flaw } from "../../dev/sandbox/internet/certificates.ts";
import { fromTable, startNameServer, type TestNameServer } from "./probe/nameServer.ts";

const HOST = "track.eu.example.com";
const YEAR = 31_536_000;
const BINDING = `max-age=${YEAR}; includeSubDomains; preload`;

/** The sites that the one server holds: name to header, and what is wrong with its certificate. */
let headers: Record<string, string | string[] | undefined>;
let flaws: Record<string, Flaw>;
let asked: string[];
let authority: Authority;
let resolver: TestNameServer;
let options: { resolver: string; caFile: string; connectTo: string[] };
let close: () => Promise<void>;

beforeAll(async () => {
    authority = await authorityOf();
    const folder = await mkdtemp(join(tmpdir(), "hsts-"));
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, authority.certificate);
    const server = createServer(
        { SNICallback: (name, done) => void authority.secureContext([name], flaws[name]).then((it) => done(null, it)) },
        (request, response) => {
            const { host = "" } = request.headers;
            asked.push(`${host} ${request.url}`);
            const header = headers[host];
            if (header !== undefined) {
                response.setHeader("strict-transport-security", header);
            }
            response.writeHead(301, { location: `https://www.${host}/` }).end();
        },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const table = fromTable({ "A example.com": ["192.0.2.1"], "A eu.example.com": ["192.0.2.2"] });
    resolver = await startNameServer(table);
    const { port } = server.address() as AddressInfo;
    options = { resolver: resolver.address, caFile, connectTo: [`:443:127.0.0.1:${port}`] };
    close = async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await resolver.close();
        await rm(folder, { recursive: true });
    };
});
afterAll(() => close());
beforeEach(() => {
    headers = {};
    flaws = {};
    asked = [];
});

describe("the HSTS of a host's parents", () => {
    it("is what their sites answer at the root, down to the registrable domain, and nothing is followed", async () => {
        headers = { "example.com": BINDING };
        expect(await readHsts(HOST, options)).toEqual({
            domain: "example.com",
            maxAge: YEAR,
            includeSubDomains: true,
            preload: true,
        });
        expect(asked.sort()).toEqual(["eu.example.com /", "example.com /"]);
    });

    it("is the one that binds subdomains, before one that is kept longer", async () => {
        headers = { "eu.example.com": "max-age=60; includeSubDomains", "example.com": `max-age=${YEAR}` };
        expect(await readHsts(HOST, options)).toMatchObject({ domain: "eu.example.com", includeSubDomains: true });
    });

    it("is the one that is kept longest, of two that bind subdomains", async () => {
        headers = { "eu.example.com": "max-age=60; includeSubDomains", "example.com": BINDING };
        expect(await readHsts(HOST, options)).toMatchObject({ domain: "example.com", maxAge: YEAR });
    });

    it("isn't there where no site sends it, or one ends it", async () => {
        headers = { "example.com": "max-age=0; includeSubDomains" };
        expect(await readHsts(HOST, options)).toBeUndefined();
        expect(asked).toHaveLength(2);
    });

    it("of a parent without an address has no policy", async () => {
        expect(await readHsts("track.example.org", options)).toBeUndefined();
        expect(resolver.questions).toContain("A example.org");
        expect(asked).toEqual([]);
    });

    it("of a site whose certificate nobody trusts doesn't count: browsers take none from it", async () => {
        headers = { "example.com": BINDING };
        flaws = { "example.com": "unknown issuer" };
        expect(await readHsts(HOST, options)).toBeUndefined();
        expect(asked).toEqual(["eu.example.com /"]);
    });

    it("is asked for nobody where the host has no parent of its own", async () => {
        expect(await readHsts("example.com", options)).toBeUndefined();
        expect(await readHsts("co.uk", options)).toBeUndefined();
        expect(asked).toEqual([]);
    });

    it("can't be read with a caFile that isn't one", async () => {
        await expect(readHsts(HOST, { ...options, caFile: "/nowhere/ca.pem" })).rejects.toThrow("caFile");
    });
});

describe("a Strict-Transport-Security header", () => {
    it.each([
        ["max-age=31536000", { maxAge: YEAR, includeSubDomains: false, preload: false }],
        ["max-age=31536000; includeSubDomains", { maxAge: YEAR, includeSubDomains: true, preload: false }],
        [' INCLUDESUBDOMAINS ;; Max-Age = "60" ; preload', { maxAge: 60, includeSubDomains: true, preload: true }],
        ["max-age=60, max-age=0; includeSubDomains", { maxAge: 60, includeSubDomains: false, preload: false }],
        ["max-age=60; unknown=1", { maxAge: 60, includeSubDomains: false, preload: false }],
    ])("%s is read", (header, policy) => {
        expect(parseHsts(header)).toEqual(policy);
    });

    it.each([
        undefined,
        "",
        "includeSubDomains",
        "max-age=0; includeSubDomains",
        "max-age=-1",
        "max-age=soon",
        "max-age",
        "max-age=60; max-age=70",
    ])("%s is no policy", (header) => {
        expect(parseHsts(header)).toBeUndefined();
    });
});

describe("the advice about a parent's HSTS", () => {
    const policy = { domain: "example.com", maxAge: YEAR, includeSubDomains: true, preload: false };

    it("says that https must work first, and that there is no way back to http", () => {
        expect(hstsAdvice(HOST, policy)).toMatchSnapshot();
    });

    it("tells what a wish to be in the browsers' own list means", () => {
        expect(hstsAdvice(HOST, { ...policy, preload: true })).toMatchSnapshot();
        expect(hstsAdvice(HOST, policy)).not.toContain("preload");
    });

    it.each([
        [1, "1 second"],
        [300, "5 minutes"],
        [7_200, "2 hours"],
        [86_400, "1 day"],
    ])("tells %d s as %s", (maxAge, words) => {
        expect(hstsAdvice(HOST, { ...policy, maxAge })).toContain(` ${words} `);
    });

    it("isn't given where nothing binds the host", () => {
        expect(hstsAdvice(HOST, undefined)).toBeUndefined();
        expect(hstsAdvice(HOST, { ...policy, includeSubDomains: false })).toBeUndefined();
    });
});

it.each([
    ["track.example.dev", ".dev"],
    ["click.mail.example.app", ".app"],
    ["track.example.zip", ".zip"],
    ["track.dev.example.com", undefined],
    ["track.example.devs", undefined],
])("the top-level domain that browsers ask by https only, of %s: %s", (hostname, top) => {
    expect(httpsOnlyTopLevel(hostname)).toBe(top);
});
