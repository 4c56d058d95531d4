import type { RequestListener } from "node:http";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../../components/src/probe/findings.ts";
import { BadProbeRequest, DeadlineEnded, type ProbeRequest, probe } from "../../../components/src/probe/index.ts";
import { type Clock, systemClock } from "../../../components/src/process/poll.ts";
import { answering, startWorld, tracker, type World } from "./world.ts";

let world: World;

beforeEach(async () => {
    world = await startWorld();
});

afterEach(() => world.close());

/** Time passes only by sleeping, and the world may change meanwhile. */
function clockWith(...changes: (() => void)[]): Clock {
    let now = 0;
    return {
        ...systemClock,
        now: () => now,
        random: () => 0.5,
        sleep: async (milliseconds) => {
            now += milliseconds;
            changes.shift()?.();
        },
    };
}

function run(request: Partial<ProbeRequest> = {}, clock = clockWith()) {
    return probe({ ...world.request, ...request }, () => undefined, clock);
}

/** The finding of a probe that has one chance and another at its deadline. */
async function findingOf(request: Partial<ProbeRequest> = {}): Promise<Finding> {
    const error = await run({ deadline: 1, ...request }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DeadlineEnded);
    return (error as DeadlineEnded).finding;
}

describe("a host that works", () => {
    it("passes with a report of a fixed order", async () => {
        const report = await run();
        const answer = { status: 302, location: "https://example.com/", contentLength: 0, server: "msys-http" };
        expect(report).toEqual({
            hostname: "track.example.com",
            endpoint: "spgo.io",
            passed: true,
            strength: "strong",
            address: "192.0.2.10",
            certificate: {
                issuer: expect.any(String),
                validTo: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
                names: ["track.example.com"],
            },
            edge: { https: answer, http: answer },
            direct: { https: answer, http: answer },
            attempts: 1,
            seconds: 0,
            warnings: [],
        });
        expect(Object.keys(report).join()).toBe(
            "hostname,endpoint,passed,strength,address,certificate,edge,direct,attempts,seconds,warnings",
        );
    });

    it("was asked as a browser and without a User-Agent, at the edge and at the endpoint, always with its own Host", async () => {
        await run();
        const asked = world.requests.map(({ machine, scheme, sni, userAgent }) => [
            machine,
            scheme,
            sni,
            userAgent?.split("/")[0],
        ]);
        expect(asked).toEqual([
            ["edge", "https", "track.example.com", "Mozilla"],
            ["endpoint", "https", "spgo.io", "Mozilla"],
            ["edge", "https", "track.example.com", undefined],
            ["endpoint", "https", "spgo.io", undefined],
            ["edge", "http", undefined, "Mozilla"],
            ["endpoint", "http", undefined, "Mozilla"],
        ]);
        for (const { host, path } of world.requests) {
            expect([host, path?.split("?")[0]]).toEqual(["track.example.com", "/f/a/b/c/d"]);
        }
    });

    it("isn't answered for by a cache that doesn't tell http from https", async () => {
        const kept = new Set<string | undefined>();
        world.edge = (message, response) => {
            const isBroken = !("encrypted" in message.socket) && !kept.has(message.url);
            kept.add(message.url);
            return isBroken ? answering(404)(message, response) : tracker(message, response);
        };
        expect(await findingOf()).toMatchObject({ kind: "stranger", scheme: "http", edge: { status: 404 } });
        expect(kept.size).toBeGreaterThan(2);
    });

    it("passes when an unverified host gets the endpoint's 404, and says that this is weak", async () => {
        world.endpoint = answering(404, { server: "msys-http" }, "not found");
        world.edge = answering(404, { server: "cloudflare" }, "not found");
        const report = await run();
        expect(report.strength).toBe("weak");
        expect(report.warnings).toEqual([expect.stringContaining("SparkPost's own check decides")]);
    });

    it("passes with a warning when plain http is sent to https", async () => {
        const location = "https://track.example.com/f/a/b/c/d";
        world.edge = (message, response) =>
            "encrypted" in message.socket
                ? tracker(message, response)
                : answering(301, { location }, "moved")(message, response);
        const report = await run();
        expect(report.strength).toBe("strong");
        expect(report.edge.http.location).toBe(location);
        expect(report.warnings).toEqual([expect.stringContaining("can't go back to http")]);
    });

    it("passes by http alone where links are http, with a warning that https ones don't work", async () => {
        world.edgeCertificate = "none";
        const { edge, certificate, strength, warnings } = await run({ secure: false });
        expect([edge.https, certificate, strength]).toEqual([undefined, undefined, "strong"]);
        expect(edge.http).toMatchObject({ status: 302, server: "msys-http" });
        expect(warnings).toEqual([expect.stringMatching(/^https links in mail already sent don't work: /)]);
    });

    it("passes by both without a word where links are http and https works too", async () => {
        const { edge, certificate, warnings } = await run({ secure: false });
        expect(edge.https).toEqual(edge.http);
        expect(certificate?.names).toEqual(["track.example.com"]);
        expect(warnings).toEqual([]);
    });

    it("passes as soon as a late name and a late certificate are there, and asks no resolver before the name is", async () => {
        const { "A track.example.com": addresses = [], ...others } = world.records;
        world.records = others;
        world.edgeCertificate = "none";
        const lines: string[] = [];
        const clock = clockWith(
            () => {
                expect(world.resolver.questions).toEqual([]);
                world.records["A track.example.com"] = addresses;
            },
            () => {
                expect(world.requests).toEqual([]);
                world.edgeCertificate = undefined;
            },
        );
        const report = await probe(world.request, (line) => lines.push(line), clock);
        expect(report.attempts).toBe(3);
        expect(lines).toEqual([expect.stringContaining("no such name"), expect.stringContaining("no certificate")]);
    });
});

describe("a host that doesn't work is told by its finding:", () => {
    it.each<[Finding["kind"], string, "expired" | "wrong name" | "unknown issuer" | "none"]>([
        ["certificate-refused", "CERT_HAS_EXPIRED", "expired"],
        ["certificate-refused", "ERR_TLS_CERT_ALTNAME_INVALID", "wrong name"],
        ["certificate-refused", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unknown issuer"],
        ["no-certificate", "ALERT_HANDSHAKE_FAILURE", "none"],
    ])("%s (%s)", async (kind, code, certificate) => {
        world.edgeCertificate = certificate;
        expect(await findingOf()).toMatchObject({ kind, code: expect.stringContaining(code) });
        expect(world.requests).toEqual([]);
    });

    it("an authority that isn't trusted without caFile", async () => {
        expect(await findingOf({ caFile: undefined })).toMatchObject({ kind: "certificate-refused" });
    });

    it("a record that isn't proxied, whether the endpoint shows its own certificate or refuses the name", async () => {
        world.records["A track.example.com"] = world.records["A spgo.io"] as string[];
        expect(await findingOf()).toEqual({ kind: "dns-only", address: "192.0.2.20" });
        world.endpointRefusesNames = true;
        expect(await findingOf()).toEqual({ kind: "dns-only", address: "192.0.2.20" });
    });

    it("a closed port", async () => {
        const { port, close } = await startTcp();
        await close();
        expect(await findingOf({ connectTo: [`192.0.2.10:443:127.0.0.1:${port}`] })).toEqual({
            kind: "unconnected",
            scheme: "https",
            address: "192.0.2.10",
            code: "ECONNREFUSED",
        });
    });

    it("a connection that is reset in the handshake", async () => {
        const { port, close } = await startTcp();
        expect(await findingOf({ connectTo: [`192.0.2.10:443:127.0.0.1:${port}`] })).toEqual({
            kind: "handshake-failed",
            code: "ECONNRESET",
        });
        await close();
    });

    it("a connection that is reset instead of an answer", async () => {
        world.edge = (message) => message.socket.destroy();
        expect(await findingOf()).toEqual({ kind: "unanswered", scheme: "https", code: "ECONNRESET" });
    });

    it("plain http that is sent to https, where links are http", async () => {
        world.edge = answering(301, { location: "https://track.example.com/f/a/b/c/d" });
        expect(await findingOf({ secure: false })).toMatchObject({ kind: "upgraded", status: 301 });
        world.edge = answering(301, { location: "https://track.example.com/f/a/b/c/d?probe=redirect" });
        expect(await findingOf({ secure: false, redirects: true })).toMatchObject({ kind: "upgraded" });
    });

    it("plain http that a stranger answers, where links are http", async () => {
        world.edge = answering(200, {}, "hello");
        const error = await run({ secure: false, deadline: 1 }).catch((caught: Error) => caught);
        expect((error as Error).message).toMatch(/^track\.example\.com doesn't work over http: /);
    });

    it("a redirect, which isn't followed", async () => {
        const location = "https://spgo.io/f/a/b/c/d";
        world.edge = answering(302, { location });
        expect(await findingOf()).toEqual({ kind: "redirected", scheme: "https", status: 302, location });
    });

    it("a challenge for clients without User-Agent only", async () => {
        world.edge = (message, response) =>
            message.headers["user-agent"]
                ? tracker(message, response)
                : answering(403, { "cf-mitigated": "challenge", server: "cloudflare" })(message, response);
        expect(await findingOf()).toEqual({ kind: "challenged", agent: "none", action: "challenge" });
    });

    it.each([
        ["error code: 1001", 1001],
        ["<h1>Error <small>1016</small></h1>", 1016],
        ["<title>no number</title>", undefined],
    ])("the CDN's error by its page: %s", async (body, errorCode) => {
        world.edge = answering(530, { server: "cloudflare" }, body);
        expect(await findingOf()).toEqual({ kind: "cdn-error", status: 530, errorCode });
    });

    it("the tracker's own 403", async () => {
        world.endpoint = answering(403, { server: "msys-http" });
        world.edge = answering(403, { server: "cloudflare" });
        expect(await findingOf()).toEqual({ kind: "tracker-forbids", side: "endpoint", status: 403 });
    });

    it("a stranger's answer, on plain http alone too", async () => {
        world.edge = (message, response) =>
            "encrypted" in message.socket ? tracker(message, response) : answering(200, {}, "hello")(message, response);
        expect(await findingOf()).toMatchObject({ kind: "stranger", scheme: "http", edge: { contentLength: 5 } });
    });

    it("an endpoint that has no address, and one that doesn't answer", async () => {
        expect(await findingOf({ endpoint: "nowhere.example.net" })).toEqual({
            kind: "endpoint-silent",
            scheme: "https",
            code: "ENOTFOUND",
            edgeStatus: 302,
        });
        world.endpoint = (message) => message.socket.destroy();
        world.edge = answering(521, { server: "cloudflare" });
        expect(await findingOf()).toEqual({
            kind: "endpoint-silent",
            scheme: "https",
            code: "ECONNRESET",
            edgeStatus: 521,
        });
    });
});

/** An edge by the guide of 2020. */
const forwarding =
    (status = 302, to = "https://spgo.io"): RequestListener =>
    (message, response) =>
        answering(status, { location: `${to}${message.url}`, server: "cloudflare" })(message, response);

describe("a host that redirects", () => {
    const redirects = true;
    const path = "/f/a/b/c/d?probe=redirect";

    beforeEach(() => {
        world.edge = forwarding();
    });

    it("passes with a report that says so", async () => {
        const report = await run({ redirects });
        const edge = { status: 302, location: `https://spgo.io${path}`, contentLength: 0, server: "cloudflare" };
        const direct = { status: 302, location: "https://example.com/", contentLength: 0, server: "msys-http" };
        expect(report).toMatchObject({
            redirects: true,
            strength: "strong",
            edge: { https: edge, http: edge },
            direct: { https: direct, http: direct },
            warnings: [],
        });
        expect(Object.keys(report).slice(0, 4)).toEqual(["hostname", "endpoint", "redirects", "passed"]);
    });

    it("was asked with a query, and the endpoint behind it as by a browser that follows", async () => {
        await run({ redirects });
        const atEdge = { machine: "edge", host: "track.example.com", path };
        const atEndpoint = { machine: "endpoint", scheme: "https", host: "spgo.io", sni: "spgo.io", path };
        expect(world.requests).toMatchObject([
            { ...atEdge, scheme: "https", userAgent: expect.any(String) },
            atEndpoint,
            { ...atEdge, scheme: "https", userAgent: undefined },
            { ...atEndpoint, userAgent: undefined },
            { ...atEdge, scheme: "http" },
            atEndpoint,
        ]);
    });

    it("with a 301 passes with one warning, that browsers keep it", async () => {
        world.edge = forwarding(301);
        expect((await run({ redirects })).warnings).toEqual([expect.stringContaining("practically for ever")]);
    });

    it("passes weakly where what answers behind it could be anybody", async () => {
        world.endpoint = answering(404, { server: "nginx" }, "not found");
        const report = await run({ redirects });
        expect(report.strength).toBe("weak");
        expect(report.warnings).toEqual([expect.stringContaining("SparkPost's own check decides")]);
    });

    it("passes with a warning when plain http is sent to https first", async () => {
        world.edge = (message, response) =>
            forwarding(301, "encrypted" in message.socket ? "https://spgo.io" : "https://track.example.com")(
                message,
                response,
            );
        expect((await run({ redirects })).warnings).toEqual([
            expect.stringContaining("practically for ever"),
            expect.stringContaining("can't go back to http"),
        ]);
    });

    it.each<[string, RequestListener, Partial<Finding>]>([
        ["loses the query", answering(302, { location: "https://spgo.io/f/a/b/c/d" }), { kind: "query-lost" }],
        ["leads to another endpoint", forwarding(302, "https://eu.spgo.io"), { kind: "misdirected" }],
        ["leads to plain http", forwarding(302, "http://spgo.io"), { kind: "misdirected" }],
        ["leads to itself", forwarding(301, "https://track.example.com"), { kind: "misdirected" }],
        ["has another status", forwarding(308), { kind: "misdirected", status: 308 }],
        ["loses the path", answering(302, { location: "https://spgo.io/" }), { kind: "misdirected" }],
        ["relays", tracker, { kind: "relayed" }],
        ["is a stranger", answering(200, {}, "hello"), { kind: "stranger", agent: "browser" }],
        ["challenges", answering(403, { "cf-mitigated": "challenge" }), { kind: "challenged" }],
        [
            "has an error of its own",
            answering(530, { server: "cloudflare" }, "error code: 1016"),
            { kind: "cdn-error" },
        ],
    ])("is told when it %s", async (_what, edge, finding) => {
        world.edge = edge;
        expect(await findingOf({ redirects })).toMatchObject(finding);
    });

    it("is told when plain http alone is relayed", async () => {
        world.edge = (message, response) => ("encrypted" in message.socket ? forwarding() : tracker)(message, response);
        expect(await findingOf({ redirects })).toMatchObject({ kind: "relayed", scheme: "http" });
    });

    it("is told when nothing answers behind it, or SparkPost is in trouble", async () => {
        world.endpoint = (message) => message.socket.destroy();
        expect(await findingOf({ redirects })).toMatchObject({ kind: "endpoint-silent", scheme: "https" });
        world.endpoint = answering(503);
        expect(await findingOf({ redirects })).toMatchObject({ kind: "endpoint-failing" });
        world.endpoint = answering(403, { server: "msys-http" });
        expect(await findingOf({ redirects })).toMatchObject({ kind: "tracker-forbids", side: "endpoint" });
    });
});

describe("a caFile that can't be used is refused before anything is asked", () => {
    it.each(["no-such-file.pem", import.meta.filename])("%s", async (caFile) => {
        await expect(run({ caFile })).rejects.toThrow(BadProbeRequest);
        await expect(run({ caFile })).rejects.toThrow(/caFile.*give a PEM file/);
        expect(world.resolver.questions).toEqual([]);
    });
});

/** A port that takes connections and drops them as soon as a byte comes. */
async function startTcp() {
    const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}
