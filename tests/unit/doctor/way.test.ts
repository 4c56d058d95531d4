// What doctor sees of certificate and way, at an edge that does what a test wants.
import type { RequestListener } from "node:http";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { ofDates } from "../../../components/src/doctor/certificate.ts";
import { examine } from "../../../components/src/doctor/index.ts";
import { inLines } from "../../../components/src/doctor/terminal.ts";
import type { WorldOptions } from "../../../components/src/doctor/world.ts";
import { startSandbox } from "../../../dev/sandbox/index.ts";
import { answering, clicked, startWorld, tracker, type World } from "../probe/world.ts";
import { HOST, troubles } from "./world.ts";

let world: World;

beforeEach(async () => {
    world = await startWorld();
});

afterEach(() => world.close());

function examined(request: Partial<Parameters<typeof examine>[0]> = {}, options: WorldOptions = {}) {
    return examine({ hostname: HOST, account: {}, ...request }, { network: world.request, ...options });
}

const EU = "eu.spgo.io";
const byScheme =
    (https: RequestListener, http: RequestListener): RequestListener =>
    (message, response) =>
        ("encrypted" in message.socket ? https : http)(message, response);
const byAgent =
    (pattern: RegExp, other: RequestListener): RequestListener =>
    (message, response) =>
        (pattern.test(message.headers["user-agent"] ?? "none") ? other : tracker)(message, response);
const challenge = answering(403, { "cf-mitigated": "challenge", server: "cloudflare" });
const toHttps: RequestListener = (message, response) =>
    answering(301, { location: `https://${HOST}${message.url}` })(message, response);
const toEndpoint =
    (status: number, name = "spgo.io"): RequestListener =>
    (message, response) =>
        answering(status, { location: `https://${name}${message.url}` })(message, response);

describe("doctor, of the way,", () => {
    it("finds http that is sent to https: links work, each with a hop more", async () => {
        world.edge = byScheme(tracker, toHttps);
        const examination = await examined();
        expect([examination.state, troubles(examination)]).toEqual(["warning", ["warning http-to-https"]]);
    });

    it("says that no link works where http is sent to https, which doesn't work", async () => {
        world.edge = byScheme(tracker, toHttps);
        world.edgeCertificate = "expired";
        const examination = await examined();
        expect(troubles(examination)).toEqual(expect.arrayContaining(["broken http-to-https"]));
        expect(examination.verdict).toMatch(/^Links don't work: /);
    });

    it("finds that broken where links are http", async () => {
        world.edge = byScheme(tracker, toHttps);
        expect(troubles(await examined({ links: "http" }))).toEqual(["broken http-to-https"]);
    });

    it("finds a redirect to the endpoint, as by the guide of 2020, and says that links work", async () => {
        world.edge = toEndpoint(302);
        const examination = await examined();
        expect(troubles(examination)).toEqual([]);
        expect(examination.checks.find(({ kind }) => kind === "https")?.seen).toContain("redirects to spgo.io");
    });

    it("finds a permanent one", async () => {
        world.edge = toEndpoint(301);
        expect(troubles(await examined())).toEqual(["warning permanent-redirect"]);
    });

    it("finds one that leads to another service's endpoint than the options name", async () => {
        world.records[`A ${EU}`] = world.records["A spgo.io"] ?? [];
        world.edge = toEndpoint(302, EU);
        expect(troubles(await examined({ account: { region: "us" } }))).toContain("broken wrong-redirect");
    });

    it("finds by itself which region is behind an edge", async () => {
        const sandbox = await startSandbox();
        onTestFinished(() => sandbox.close());
        sandbox.sparkpost.eu.seed({ domain: HOST, secure: true, verified: true });
        sandbox.cloudflare.seedRecord({ name: HOST, content: EU, proxied: true });
        const { state, checks } = await examined({}, { network: sandbox.probe });
        expect(state).toBe("ok");
        expect(checks.find(({ kind }) => kind === "https")?.seen).toContain(EU);
    });

    it("finds what changes an answer", async () => {
        world.edge = (message, response) => answering(302, clicked(message.url) as never, "<html>")(message, response);
        expect(troubles(await examined())).toEqual(["broken answer-rewritten", "broken answer-rewritten"]);
    });

    it.each([
        ["mail scanners", /none/, "broken challenged"],
        ["AI agents", /ChatGPT-User/, "warning challenged"],
    ])("finds a challenge for %s alone", async (_who, pattern, trouble) => {
        world.edge = byAgent(pattern, challenge);
        const examination = await examined();
        expect(troubles(examination)).toEqual([trouble]);
        expect(examination.verdict).toMatch(/^Links work over https and http[,;]/);
    });

    it("says that links work over https where only those of http don't", async () => {
        world.edge = byScheme(tracker, answering(404));
        const { verdict, state } = await examined();
        expect([verdict.split(":")[0], state]).toEqual(["Links work over https; http links are broken", "broken"]);
    });

    it("says nothing of https where links are http and it doesn't work, but as a warning", async () => {
        world.edgeCertificate = "none";
        const examination = await examined({ links: "http" });
        expect([examination.state, troubles(examination)]).toEqual([
            "warning",
            expect.arrayContaining(["warning no-certificate", "unseen https"]),
        ]);
    });

    it("ends at its deadline, and says what it doesn't know then", async () => {
        world.edge = () => {};
        const examination = await examined({}, { deadline: 0.3 });
        expect(examination.state).toBe("unseen");
        expect(examination.checks.filter(({ kind }) => kind === "no-answer").map(({ state }) => state)).toEqual([
            "unseen",
            "unseen",
        ]);
        expect(examination.verdict).not.toContain("undefined");
    });
});

const HOSTILE = "\u009b31m<script>alert(1)</script>\u0085";
/** Sends blanks until nobody listens. */
const endless: RequestListener = (_message, response) => {
    const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, " "))) {}
    };
    response.writeHead(302, { location: "https://example.com/", server: "msys-http" });
    response.on("drain", more);
    more();
};
const trickling: RequestListener = (_message, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
};

describe("doctor, of hostile answers,", () => {
    it.each<[string, RequestListener, string]>([
        ["a body without an end", endless, "redirected"],
        ["endless headers", answering(200, { x: "y".repeat(1_000_000) }), "no-answer"],
        [
            "thousands of headers",
            answering(200, Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x-${at}`, "y".repeat(50)]))),
            "no-answer",
        ],
        ["a page instead of HTTP", (message) => void message.socket.end("<html>"), "no-answer"],
    ])("ends with %s as a finding", async (_what, edge, kind) => {
        world.edge = byScheme(tracker, edge);
        const { checks, state } = await examined();
        expect([state, checks.filter(({ heading, state }) => heading === "way" && state === "broken")]).toMatchObject([
            "broken",
            [{ kind }],
        ]);
    });

    it("ends where an answer only trickles", async () => {
        world.edge = trickling;
        expect((await examined({}, { deadline: 0.3 })).state).toBe("unseen");
    });

    it("prints nothing of it as it is", async () => {
        world.edge = answering(503, { server: HOSTILE, location: HOSTILE }, `<title>503 ${HOSTILE}</title> Varnish`);
        const examination = await examined();
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
        expect(inLines(examination, { isColoured: false })).not.toMatch(acting);
        expect(Object.values(examination.checks.flatMap((check) => Object.values(check))).join()).not.toMatch(acting);
    });
});

describe("doctor, of a certificate's dates,", () => {
    const day = 86_400_000;
    const shown = (days: number) => ({
        issuer: "Example Trust",
        names: [HOST],
        validFrom: new Date(0).toISOString(),
        validTo: new Date(days * day).toISOString(),
    });
    it.each([
        [6, 1, "ok"],
        [6, 5, "warning"],
        [45, 30, "ok"],
        [45, 40, "warning"],
        [90, 60, "ok"],
        [90, 85, "warning"],
        [365, 300, "warning"],
    ])("warns by the share that is left: of %i days %i are over, %s", (days, over, state) => {
        const subject = { hostname: HOST, endpoint: "spgo.io", account: {}, aliases: [], addresses: [] };
        expect(ofDates(shown(days), subject, over * day).state).toBe(state);
    });
});
