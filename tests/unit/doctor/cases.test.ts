// Whatever is broken, `up` waits for and doctor says: one table, asked of both.
import { describe, expect, it } from "vitest";
import { type DeadlineEnded, probe } from "../../../components/src/probe/index.ts";
import { systemClock } from "../../../components/src/process/poll.ts";
import type { Sandbox, SandboxOptions } from "../../../dev/sandbox/index.ts";
import { examined, HOST, world } from "./world.ts";

/** What is broken, by the sandbox's faults and by what its DNS has. */
interface Case {
    options?: SandboxOptions;
    /** Default: a proxied record at Cloudflare. */
    records?: (sandbox: Sandbox) => void;
    kind: string;
}

const proxied = (sandbox: Sandbox) => sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
const elsewhere = { zones: [], otherZones: [{ name: "example.com" }] };
const login = "https://team.cloudflareaccess.com/cdn-cgi/access/login/track.example.com";

const cases: Record<string, Case> = {
    "no record": { records: () => {}, kind: "no-such-name" },
    "an alias of a name without an address": {
        options: elsewhere,
        records: ({ dns }) => dns.set({ name: HOST, type: "CNAME", value: "nowhere.example.com" }),
        kind: "negative-cache",
    },
    "a name that has no address": {
        options: elsewhere,
        records: ({ dns }) => dns.set({ name: HOST, type: "TXT", value: "hello" }),
        kind: "no-such-name",
    },
    "signatures that don't fit": { options: { faults: { signaturesDontFit: true } }, kind: "resolver-failed" },
    "a record that isn't proxied": {
        records: ({ cloudflare }) => cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: false }),
        kind: "dns-only",
    },
    "an address at which every connection ends at once": {
        options: elsewhere,
        records: ({ dns, dead }) => dns.set({ name: HOST, type: "A", value: dead.address }),
        kind: "handshake-failed",
    },
    "a dead second address": {
        options: elsewhere,
        records: ({ dns, dead, ownEdge }) => dns.set({ name: HOST, type: "A", value: [ownEdge.address, dead.address] }),
        kind: "addresses-fail",
    },
    "a broken IPv6 address": {
        options: elsewhere,
        records: ({ dns, dead, ownEdge }) => {
            dns.set({ name: HOST, type: "A", value: ownEdge.address });
            dns.set({ name: HOST, type: "AAAA", value: dead.address6 });
        },
        kind: "addresses-fail",
    },
    "no certificate": {
        options: { zones: [{ name: "example.com", certificate: false }] },
        kind: "no-certificate",
    },
    "a certificate for another name": {
        options: { faults: { wrongCertificate: true } },
        kind: "certificate-refused",
    },
    "an expired certificate": { options: { faults: { expiredCertificate: true } }, kind: "certificate-refused" },
    "an expired intermediate": { options: { faults: { expiredIntermediate: true } }, kind: "certificate-refused" },
    "an unknown issuer": { options: { faults: { unknownIssuer: true } }, kind: "certificate-refused" },
    "a missing intermediate": { options: { faults: { missingIntermediate: true } }, kind: "intermediate-missing" },
    "a small key": { options: { faults: { smallKey: true } }, kind: "key-too-small" },
    "an endpoint's certificate that strict mode refuses": {
        options: { zones: [{ name: "example.com", ssl: "strict" }] },
        kind: "cdn-error",
    },
    "SSL mode off": { options: { zones: [{ name: "example.com", ssl: "off" }] }, kind: "redirected" },
    "a challenge for all": { options: { faults: { edgeChallenge: true } }, kind: "challenged" },
    "a filter of clients without User-Agent": {
        options: { faults: { edgeWantsUserAgent: true } },
        kind: "client-blocked",
    },
    "a dropped query": { options: { faults: { edgeDropsQuery: true } }, kind: "query-dropped" },
    "a bad gateway": { options: { faults: { edgeAnswer: { status: 502 } } }, kind: "origin-unreachable" },
    "a login": {
        options: { faults: { edgeAnswer: { status: 302, headers: { location: login } } } },
        kind: "login-required",
    },
    "a redirect elsewhere": { options: { faults: { edgeRedirect: "https://www.example.net/" } }, kind: "redirected" },
    "a stranger behind the edge": { options: { faults: { strangerOrigin: true } }, kind: "wrong-answer" },
    "an endpoint that is down": { options: { faults: { originDown: true } }, kind: "endpoint-unreachable" },
    "a tracker that has had enough": { options: { faults: { trackerForbidden: true } }, kind: "rate-limited" },
};

describe("the probe and doctor find alike", () => {
    it.each(Object.entries(cases))("%s", async (_what, { options, records = proxied, kind }) => {
        const sandbox = await world(options);
        records(sandbox);
        const clock = { ...systemClock, sleep: async () => {} };
        const request = { ...sandbox.probe, hostname: HOST, endpoint: "spgo.io", fingerprint: "", repeatAfter: 0 };
        const [failed, { checks, state, verdict }] = await Promise.all([
            probe({ ...request, deadline: 0.001 }, () => {}, clock).catch((error: DeadlineEnded) => error),
            examined(sandbox),
        ]);
        expect((failed as DeadlineEnded).finding.kind).toBe(kind);
        const bad = checks.filter((check) => check.state === "broken" || check.state === "unseen");
        expect(bad.map((check) => check.kind)).toContain(kind);
        expect(["broken", "unseen"]).toContain(state);
        expect(verdict).not.toMatch(/undefined|\.$/);
    });
});
