// The probe in the sandbox's internet: what it proves of a click, whatever the tracker makes of an invented one.
import { describe, expect, it } from "vitest";
import { type DeadlineEnded, type ProbeRequest, probe } from "../../components/src/probe/index.ts";
import { systemClock } from "../../components/src/process/poll.ts";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import type { Assumed, Faults } from "../../dev/sandbox/options.ts";
import { events, HOST, liveHost, world } from "./world.ts";

const clock = { ...systemClock, sleep: async () => undefined };
const request = (sandbox: Sandbox): ProbeRequest => ({
    ...sandbox.probe,
    hostname: HOST,
    endpoint: "spgo.io",
    fingerprint: "1",
    repeatAfter: 0,
    deadline: 0.001,
});

describe("the probe of a proxied host", () => {
    it.each<[Partial<Assumed>, string, RegExp[]]>([
        [{ clickTarget: "honoured" }, "strong", []],
        [{ clickTarget: "ignored" }, "strong", [/isn't proven/]],
        [{ inventedClick: "unknown" }, "weak", [/isn't proven/]],
    ])("by a tracker of which is assumed %j is %s", async (assumed, strength, warnings) => {
        const sandbox = await world({ assumed });
        liveHost(sandbox);
        const report = await probe(request(sandbox), () => undefined);
        expect(report.strength).toBe(strength);
        expect(report.warnings).toEqual(warnings.map((words) => expect.stringMatching(words)));
        expect(events(sandbox, "tracker-request").filter(({ event }) => event === "click")).toEqual([]);
    });

    it.each([
        ["refused", "weak"],
        ["served", "strong"],
    ] as const)(
        "that isn't verified yet, by a tracker that has it %s, is %s, and claims of the query no more than it saw",
        async (unverifiedHost, strength) => {
            const sandbox = await world({ assumed: { unverifiedHost } });
            sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: false });
            sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
            const report = await probe(request(sandbox), () => undefined);
            const isProven = unverifiedHost === "served";
            expect(report).toMatchObject({ strength, edge: { https: { status: isProven ? 302 : 404 } } });
            expect(report.warnings).toEqual(isProven ? [] : [expect.stringMatching(/isn't proven either/)]);
        },
    );

    const login = "https://team.cloudflareaccess.com/cdn-cgi/access/login/track.example.com";
    it.each<[Partial<Faults>, object]>([
        [{ edgeDropsQuery: true }, { kind: "query-dropped" }],
        [{ edgeAnswer: { status: 502 } }, { kind: "origin-unreachable", status: 502 }],
        [{ edgeAnswer: { status: 504 } }, { kind: "origin-unreachable", status: 504 }],
        [{ edgeAnswer: { status: 302, headers: { location: login } } }, { kind: "login-required", location: login }],
        [{ edgeAnswer: { status: 101 } }, { kind: "wrong-answer", edge: { status: 101 } }],
        [{ edgeWantsUserAgent: true }, { kind: "client-blocked", agent: "none", status: 403 }],
        [{ originDown: true }, { kind: "endpoint-unreachable", edgeStatus: 521 }],
        [{ edgeChallenge: true }, { kind: "challenged", action: "challenge" }],
        [{ expiredIntermediate: true }, { kind: "certificate-refused", isIssuers: true }],
        [{ expiredCertificate: true }, { kind: "certificate-refused", code: "CERT_HAS_EXPIRED" }],
    ])("finds %j", async (faults, finding) => {
        const sandbox = await world({ faults });
        liveHost(sandbox);
        const failed = await probe(request(sandbox), () => undefined, clock).catch((error: DeadlineEnded) => error);
        expect((failed as DeadlineEnded).finding).toMatchObject(finding);
    });

    it("finds that repeated clicks don't arrive, where the edge keeps answers whatever the query is", async () => {
        const sandbox = await world({ faults: { edgeKeeps: { seconds: 3_600, withoutQuery: true } } });
        liveHost(sandbox);
        const report = await probe({ ...request(sandbox), repeatAfter: 11 }, () => undefined, clock);
        expect(report).toMatchObject({ repeat: "kept", strength: "weak" });
    });
});
