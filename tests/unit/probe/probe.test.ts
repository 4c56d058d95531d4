import type { RequestListener } from "node:http";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AppLinks, appFilesOf, namesInFiles } from "../../../components/src/appLinks.ts";
import type { Finding } from "../../../components/src/probe/findings.ts";
import {
    BadProbeRequest,
    DeadlineEnded,
    type ProbeReport,
    type ProbeRequest,
    probe,
} from "../../../components/src/probe/index.ts";
import { type Clock, systemClock } from "../../../components/src/process/poll.ts";
import { answering, clicked, startWorld, tracker, type World } from "./world.ts";

let world: World;

beforeEach(async () => {
    world = await startWorld();
});

afterEach(async () => {
    vi.unstubAllEnvs();
    await world.close();
});

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

/** A port at which nobody listens. One that was just closed may be another test's by now. */
const closed = 1;

/** The finding of a probe that has one chance and another at its deadline. */
async function findingOf(request: Partial<ProbeRequest> = {}): Promise<Finding> {
    const error = await run({ deadline: 1, ...request }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DeadlineEnded);
    return (error as DeadlineEnded).finding;
}

describe("a host that works", () => {
    it("passes with a report of a fixed order", async () => {
        const report = await run();
        const location = expect.stringMatching(/^https:\/\/example\.com\/X[0-9a-f]+\?a=1&B=2$/);
        const answer = { status: 302, location, contentLength: 0, server: "msys-http" };
        expect(report).toEqual({
            hostname: "track.example.com",
            endpoint: "spgo.io",
            passed: true,
            strength: "strong",
            scheme: "https",
            address: "192.0.2.10",
            certificate: {
                issuer: expect.any(String),
                validTo: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
                names: ["track.example.com"],
            },
            edge: { https: answer, http: answer },
            direct: { https: answer, http: answer },
            repeat: "not tried",
            attempts: 1,
            seconds: 0,
            warnings: [],
        });
        expect(Object.keys(report).join()).toBe(
            "hostname,endpoint,passed,strength,scheme,address,certificate,edge,direct,repeat,attempts,seconds,warnings",
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
            expect([host, path]).toEqual([
                "track.example.com",
                expect.stringMatching(/^\/f\/a\/b\/c\/\w+\?target=https%3A/),
            ]);
        }
        const paths = world.requests.map(({ path }) => path?.split("?")[0]);
        expect(new Set(paths).size).toBe(3);
    });

    it("isn't answered for by a cache that doesn't tell http from https", async () => {
        const kept = new Set<string | undefined>();
        world.edge = (message, response) => {
            const isBroken = !("encrypted" in message.socket) && !kept.has(message.url);
            kept.add(message.url);
            return isBroken ? answering(404)(message, response) : tracker(message, response);
        };
        expect(await findingOf()).toMatchObject({ kind: "wrong-answer", scheme: "http", edge: { status: 404 } });
        expect(kept.size).toBeGreaterThan(2);
    });

    it("passes when an unverified host gets the endpoint's 404, and says that this is weak", async () => {
        world.endpoint = answering(404, { server: "msys-http" }, "not found");
        world.edge = answering(404, { server: "cloudflare" }, "not found");
        const report = await run();
        expect(report.strength).toBe("weak");
        expect(report.warnings).toMatchSnapshot();
    });

    it("passes with a warning when plain http is sent to https", async () => {
        world.edge = (message, response) =>
            "encrypted" in message.socket
                ? tracker(message, response)
                : answering(301, { location: `https://track.example.com${message.url}` }, "moved")(message, response);
        const report = await run();
        expect(report.strength).toBe("strong");
        expect(report.edge.http.location).toMatch(/^https:\/\/track\.example\.com\/f\/a\//);
        expect(report.warnings).toMatchSnapshot();
    });

    it("passes by http alone where links are http, with a warning that https ones don't work", async () => {
        world.edgeCertificate = "none";
        const { edge, certificate, strength, warnings } = await run({ secure: false });
        expect([edge.https, certificate, strength]).toEqual([undefined, undefined, "strong"]);
        expect(edge.http).toMatchObject({ status: 302, server: "msys-http" });
        expect(warnings).toEqual([expect.stringContaining("ALERT_HANDSHAKE_FAILURE")]);
    });

    it("passes by both without a word where links are http and https works too", async () => {
        const { edge, certificate, warnings } = await run({ secure: false });
        expect(edge.https).toEqual({ ...edge.http, location: expect.any(String) });
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

/** An edge that hands on what the endpoint answers to what this makes of the URL. */
const relaying =
    (rewrite: (url: string) => string): RequestListener =>
    (message, response) =>
        tracker({ url: rewrite(message.url ?? "") } as typeof message, response);

describe("the query of a click", () => {
    const renamed = (url: string) => url.replace("target=", "t=");
    const added = (url: string) => `${url}${encodeURIComponent("&via=edge")}`;
    it.each<[string, Finding["kind"], (url: string) => string]>([
        ["dropped", "query-dropped", (url) => url.split("?", 1)[0] ?? ""],
        ["renamed", "query-dropped", renamed],
        ["taken apart", "query-changed", decodeURIComponent],
        ["lower-cased", "query-changed", (url) => url.toLowerCase()],
        ["encoded twice", "query-changed", (url) => url.replaceAll("%", "%25")],
        ["added to", "query-changed", added],
    ])("that is %s is found as %s, by https and by http alone", async (_, kind, rewrite) => {
        world.edge = relaying(rewrite);
        expect(await findingOf()).toMatchObject({ kind, scheme: "https" });
        world.edge = (message, response) =>
            ("encrypted" in message.socket ? tracker : relaying(rewrite))(message, response);
        expect(await findingOf()).toMatchObject({ kind, scheme: "http" });
    });

    it("that arrives in an answer with a body or status of the edge's own is no redirect elsewhere", async () => {
        world.edge = ({ url }, response) => {
            response.writeHead(301, clicked(url)).end();
        };
        expect(await findingOf()).toMatchObject({ kind: "wrong-answer", edge: { status: 301 } });
    });

    it("that the endpoint makes nothing of is no fault of the edge's, and noted", async () => {
        world.endpoint = answering(302, { server: "msys-http" });
        world.edge = answering(302, { server: "cloudflare" });
        const { strength, warnings } = await run();
        expect({ strength, warnings }).toMatchSnapshot();
    });
});

/** An edge that keeps the answer to each key for these milliseconds of the clock. */
function keeping(clock: Clock, milliseconds: number, keyOf: (url: string) => string, headers: "age" | "none" = "none") {
    const cache = new Map<string, { location?: string; at: number }>();
    const edge: RequestListener = ({ url = "", socket }, response) => {
        const key = `${"encrypted" in socket} ${keyOf(url)}`;
        const kept = cache.get(key);
        const isFresh = kept !== undefined && clock.now() - kept.at < milliseconds;
        const answer = isFresh ? kept : { ...clicked(url), at: clock.now() };
        cache.set(key, answer);
        const age = { age: String(Math.round((clock.now() - answer.at) / 1000)) };
        const { location } = answer;
        response.sendDate = false;
        response.writeHead(302, { ...(location && { location }), ...(headers === "age" && age) }).end();
    };
    return edge;
}

describe("a repeated click", () => {
    const path = (url: string) => url.split("?", 1)[0] ?? "";
    const repeatAfter = 11;

    it.each([
        ["a path", path, "none"],
        ["a path and query", (url: string) => url, "age"],
    ] as const)(
        "that an edge keeps the answer to by %s is told, and the report isn't strong",
        async (_, keyOf, headers) => {
            const clock = clockWith();
            world.edge = keeping(clock, 3_600_000, keyOf, headers);
            const { repeat, strength, warnings } = await run({ repeatAfter }, clock);
            expect([repeat, strength]).toEqual(["kept", "weak"]);
            expect(warnings).toMatchSnapshot();
        },
    );

    it.each([
        ["a path", path, "none"],
        ["a path", path, "age"],
        ["a path and query", (url: string) => url, "age"],
    ] as const)("arrives at an edge that keeps answers by %s for 10 s, as it should", async (_, keyOf, headers) => {
        const clock = clockWith();
        world.edge = keeping(clock, 10_000, keyOf, headers);
        const { repeat, strength, warnings } = await run({ repeatAfter }, clock);
        expect([repeat, strength, warnings]).toEqual(["arrived", "strong", []]);
    });

    it("arrives at a new domain whose answers an edge keeps for 10 s by the path alone, and says which of them it had", async () => {
        const clock = clockWith();
        const kept = new Map<string, number>();
        world.endpoint = answering(404, { server: "msys-http" });
        world.edge = ({ url = "", socket }, response) => {
            const key = `${"encrypted" in socket} ${path(url)}`;
            const isHit = clock.now() - (kept.get(key) ?? Number.NEGATIVE_INFINITY) < 10_000;
            kept.set(key, isHit ? (kept.get(key) ?? 0) : clock.now());
            response.sendDate = false;
            response.writeHead(404, { "x-cache": isHit ? "Hit from cloudfront" : "Miss from cloudfront" }).end();
        };
        expect((await run({ repeatAfter }, clock)).repeat).toBe("arrived");
    });

    it.each([["Hit from cloudfront"], ["MISS, HIT"], ["TCP_MEM_HIT from a1"]])(
        "is answered from a cache that says %s",
        async (said) => {
            const clock = clockWith();
            world.edge = ({ url }, response) => {
                const cache = clock.now() > 0 && { "x-cache": said };
                response.writeHead(302, { ...clicked(url), ...cache }).end();
            };
            expect((await run({ repeatAfter }, clock)).repeat).toBe("kept");
        },
    );

    it("comes that long after the first one, and isn't cut by the deadline", async () => {
        const clock = clockWith();
        const { repeat } = await run({ repeatAfter: 30, deadline: 1 }, clock);
        expect([repeat, clock.now()]).toEqual(["arrived", 30_000]);
    });

    it("is left out where it is wanted, and where the edge redirects", async () => {
        expect((await run({ repeatAfter: 0 })).repeat).toBe("not tried");
        world.edge = forwarding();
        expect(await run({ repeatAfter, redirects: true })).not.toHaveProperty("repeat");
    });

    it("that gets no answer is told, and nothing fails by it", async () => {
        const clock = clockWith(() => {
            world.edge = (message) => message.socket.destroy();
        });
        const { repeat, strength, warnings } = await run({ repeatAfter }, clock);
        expect([repeat, strength]).toEqual(["not tried", "strong"]);
        expect(warnings).toMatchSnapshot();
    });
});

describe("a host with several addresses", () => {
    const dead = "192.0.2.66";
    /** How the edge is reached at one more address. */
    function alive(address: string): string[] {
        const rules = world.request.connectTo ?? [];
        const edge = rules.filter((rule) => rule.startsWith("192.0.2.10:"));
        return [
            ...rules,
            ...edge.map((rule) => rule.replace("192.0.2.10", address.includes(":") ? `[${address}]` : address)),
        ];
    }

    it("is asked everything at one, and one question at each other, of both kinds", async () => {
        world.records["A track.example.com"] = ["192.0.2.10", "192.0.2.11"];
        world.records["AAAA track.example.com"] = ["2001:db8::10"];
        const connectTo = [...alive("192.0.2.11"), ...alive("2001:db8::10")];
        const report = await run({ connectTo });
        expect(report).toMatchObject({
            address: "192.0.2.10",
            others: ["192.0.2.11", "2001:db8::10"],
            strength: "strong",
        });
        expect(world.requests.filter(({ machine }) => machine === "edge")).toHaveLength(5);
        expect(world.requests.filter(({ machine }) => machine === "endpoint")).toHaveLength(3);
    });

    it.each([
        ["first", [dead, "192.0.2.10"]],
        ["last", ["192.0.2.10", dead]],
    ])("fails at the deadline when one is dead, whether it comes %s", async (_, addresses) => {
        world.records["A track.example.com"] = addresses;
        const connectTo = [...(world.request.connectTo ?? []), `${dead}:443:127.0.0.1:${closed}`];
        const finding = await findingOf({ connectTo });
        expect(finding).toMatchObject({
            kind: "addresses-fail",
            of: 2,
            failing: [{ address: dead, finding: { kind: "connection-failed", code: "ECONNREFUSED" } }],
        });
    });

    it("fails when one of them is somebody else's, and passes once it is gone", async () => {
        world.records["A track.example.com"] = ["192.0.2.10", "192.0.2.20"];
        const clock = clockWith(() => {
            world.records["A track.example.com"] = ["192.0.2.10"];
        });
        expect((await run({}, clock)).attempts).toBe(2);
    });

    it("that has its scheme already passes at the deadline with a warning", async () => {
        world.records["A track.example.com"] = ["192.0.2.10", dead];
        const connectTo = [...(world.request.connectTo ?? []), `${dead}:443:127.0.0.1:${closed}`];
        world.records["A track.example.com"] = ["192.0.2.10"];
        const last = await run();
        world.records["A track.example.com"] = ["192.0.2.10", dead];
        const again = (more: object, report?: ProbeReport) =>
            probe({ ...world.request, connectTo, deadline: 1, ...more }, () => undefined, clockWith(), report);
        const report = await again({}, last);
        expect(report).toMatchObject({ passed: true, address: "192.0.2.10", attempts: 2 });
        expect(report.warnings).toMatchSnapshot();
        await expect(again({}, { ...last, scheme: "http" })).rejects.toThrow(DeadlineEnded);
        await expect(again({}, { ...last, hostname: "other.example.com" })).rejects.toThrow(DeadlineEnded);
        // A host that was taken over in use has no report before the first.
        await expect(again({})).rejects.toThrow(DeadlineEnded);
        expect(await again({ wasOnScheme: true })).toMatchObject({ passed: true, warnings: report.warnings });
        await expect(again({ wasOnScheme: true }, { ...last, scheme: "http" })).rejects.toThrow(DeadlineEnded);
    });

    it("passes without IPv6 on this machine, and says what it didn't look at", async () => {
        world.records["AAAA track.example.com"] = ["2001:db8::10"];
        // The kernel knows no way to this one either.
        const connectTo = [...(world.request.connectTo ?? []), "[2001:db8::10]:443:255.255.255.255:443"];
        const report = await run({ connectTo });
        expect(report.others).toBeUndefined();
        expect(report.warnings).toMatchSnapshot();
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
        expect(await findingOf({ connectTo: [`192.0.2.10:443:127.0.0.1:${closed}`] })).toMatchObject({
            kind: "connection-failed",
            scheme: "https",
            address: "192.0.2.10",
            code: "ECONNREFUSED",
        });
    });

    it.each([
        ["", { address: "proxy.example.com:8080", variable: "HTTPS_PROXY" }],
        ["spgo.io,.example.com", undefined],
    ])("a connection that fails, and the outbound proxy of this machine unless NO_PROXY is %j", async (none, proxy) => {
        const env = { HTTPS_PROXY: "http://user:secret@proxy.example.com:8080", NO_PROXY: none };
        for (const [name, value] of Object.entries(env)) {
            vi.stubEnv(name, value);
            vi.stubEnv(name.toLowerCase(), undefined);
        }
        const found = {
            kind: "connection-failed",
            scheme: "https",
            address: "192.0.2.10",
            code: "ECONNREFUSED",
            proxy,
        };
        expect(await findingOf({ connectTo: [`192.0.2.10:443:127.0.0.1:${closed}`] })).toEqual(found);
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
        expect(await findingOf()).toEqual({ kind: "no-answer", scheme: "https", code: "ECONNRESET" });
    });

    it("plain http that is sent to https, where links are http", async () => {
        world.edge = answering(301, { location: "https://track.example.com/f/a/b/c/d" });
        expect(await findingOf({ secure: false })).toMatchObject({ kind: "http-to-https", status: 301 });
        world.edge = forwarding(301, "https://track.example.com");
        expect(await findingOf({ secure: false, redirects: true })).toMatchObject({ kind: "http-to-https" });
    });

    it("plain http that a stranger answers, where links are http", async () => {
        world.edge = answering(200, {}, "hello");
        const error = await run({ secure: false, deadline: 1 }).catch((caught: Error) => caught);
        expect(error).toMatchObject({ finding: { kind: "wrong-answer", scheme: "http" } });
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
        expect(await findingOf()).toEqual({ kind: "rate-limited", side: "endpoint", status: 403 });
    });

    it("a stranger's answer, on plain http alone too", async () => {
        world.edge = (message, response) =>
            "encrypted" in message.socket ? tracker(message, response) : answering(200, {}, "hello")(message, response);
        expect(await findingOf()).toMatchObject({ kind: "wrong-answer", scheme: "http", edge: { contentLength: 5 } });
    });

    it("an endpoint that has no address, and one that doesn't answer", async () => {
        expect(await findingOf({ endpoint: "nowhere.example.net" })).toEqual({
            kind: "endpoint-unreachable",
            scheme: "https",
            code: "ENOTFOUND",
            edgeStatus: 302,
        });
        world.endpoint = (message) => message.socket.destroy();
        world.edge = answering(521, { server: "cloudflare" });
        expect(await findingOf()).toEqual({
            kind: "endpoint-unreachable",
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
    const path = expect.stringMatching(/^\/f\/a\/b\/c\/\w+\?target=/);

    beforeEach(() => {
        world.edge = forwarding();
    });

    it("passes with a report that says so", async () => {
        const report = await run({ redirects });
        const location = expect.stringMatching(/^https:\/\/spgo\.io\/f\/a\/b\/c\/\w+\?target=/);
        const edge = { status: 302, location, contentLength: 0, server: "cloudflare" };
        const target = expect.stringMatching(/^https:\/\/example\.com\//);
        const direct = { status: 302, location: target, contentLength: 0, server: "msys-http" };
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
        expect((await run({ redirects })).warnings).toMatchSnapshot();
    });

    it("passes weakly where what answers behind it could be anybody", async () => {
        world.endpoint = answering(404, { server: "nginx" }, "not found");
        const report = await run({ redirects });
        expect(report.strength).toBe("weak");
        expect(report.warnings).toMatchSnapshot();
    });

    it("passes with a warning when plain http is sent to https first", async () => {
        world.edge = (message, response) =>
            forwarding(301, "encrypted" in message.socket ? "https://spgo.io" : "https://track.example.com")(
                message,
                response,
            );
        expect((await run({ redirects })).warnings).toMatchSnapshot();
    });

    it.each<[string, RequestListener, Partial<Finding>]>([
        [
            "loses the query",
            (message, response) => forwarding()({ url: message.url?.split("?")[0] } as typeof message, response),
            { kind: "query-lost" },
        ],
        ["leads to another endpoint", forwarding(302, "https://eu.spgo.io"), { kind: "wrong-redirect" }],
        ["leads to plain http", forwarding(302, "http://spgo.io"), { kind: "wrong-redirect" }],
        ["leads to itself", forwarding(301, "https://track.example.com"), { kind: "wrong-redirect" }],
        ["has another status", forwarding(308), { kind: "wrong-redirect", status: 308 }],
        ["loses the path", answering(302, { location: "https://spgo.io/" }), { kind: "wrong-redirect" }],
        ["relays", tracker, { kind: "not-redirected" }],
        ["is a stranger", answering(200, {}, "hello"), { kind: "wrong-answer", agent: "browser" }],
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
        expect(await findingOf({ redirects })).toMatchObject({ kind: "not-redirected", scheme: "http" });
    });

    it("is told when nothing answers behind it, or SparkPost is in trouble", async () => {
        world.endpoint = (message) => message.socket.destroy();
        expect(await findingOf({ redirects })).toMatchObject({ kind: "endpoint-unreachable", scheme: "https" });
        world.endpoint = answering(503);
        expect(await findingOf({ redirects })).toMatchObject({ kind: "endpoint-failing" });
        world.endpoint = answering(403, { server: "msys-http" });
        expect(await findingOf({ redirects })).toMatchObject({ kind: "rate-limited", side: "endpoint" });
    });
});

describe("a caFile that can't be used is refused before anything is asked", () => {
    it.each(["no-such-file.pem", import.meta.filename])("%s", async (caFile) => {
        await expect(run({ caFile })).rejects.toThrow(BadProbeRequest);
        await expect(run({ caFile })).rejects.toThrow("caFile");
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

describe("files of app links", () => {
    const appLinks: AppLinks = { apple: [{ appId: "ABCDE12345.com.example.app" }] };
    const [file] = appFilesOf(appLinks);
    const served = answering(200, { "content-type": "application/json" }, file?.content);
    const request = { appLinks: namesInFiles(appLinks) };
    /** The edge answers this for the file, and relays all else. */
    const serving =
        (answer: RequestListener): RequestListener =>
        (message, response) =>
            (message.url === file?.path ? answer : tracker)(message, response);

    it("are asked for by https, and the report says whose are right; without them nobody asks", async () => {
        world.edge = serving(served);
        expect((await run(request)).appLinks).toEqual(["apple"]);
        const asked = () => world.requests.filter(({ path }) => path === file?.path);
        expect(asked()).toMatchObject([{ machine: "edge", scheme: "https", host: "track.example.com" }]);
        expect((await run()).appLinks).toBeUndefined();
        expect(asked()).toHaveLength(1);
    });

    it.each<[fault: string, RequestListener]>([
        ["silent", ({ socket }) => socket.destroy()],
        ["missing", answering(404)],
        ["redirected", answering(301, { location: "https://www.example.com/" })],
        ["type", answering(200, { "content-type": "text/html" }, file?.content)],
        ["content", answering(200, { "content-type": "application/json" }, "<html>")],
        ["apps", answering(200, { "content-type": "application/json" }, "{}")],
    ])("that aren't right keep a new host from passing: %s", async (fault, answer) => {
        world.edge = serving(answer);
        expect(await findingOf(request)).toMatchObject({ kind: "app-links", maker: "apple", fault });
    });

    it("are waited for, and are a warning alone where the host is in use or its links are http", async () => {
        world.edge = serving(answering(404));
        const { attempts } = await run(
            { ...request, deadline: 60 },
            clockWith(() => (world.edge = serving(served))),
        );
        expect(attempts).toBe(2);
        world.edge = serving(answering(404));
        const inUse = await run({ ...request, deadline: 1, wasOnScheme: true });
        world.edge = serving(({ socket }) => socket.destroy());
        const silent = await run({ ...request, deadline: 1, wasOnScheme: true });
        expect(silent).toMatchObject({ passed: true, urgent: true });
        world.edge = serving(answering(404));
        expect(inUse).toMatchObject({ passed: true, urgent: true });
        const http = await run({ ...request, deadline: 1, secure: false });
        expect(http).toMatchObject({ passed: true, attempts: 1 });
        expect([inUse.warnings, silent.warnings, http.warnings]).toMatchSnapshot();
        expect([inUse.appLinks, http.appLinks]).toEqual([undefined, undefined]);
    });
});
