import { describe, expect, it } from "vitest";
import { certificateProblem } from "../../../components/src/cloudflare/certificates.ts";
import { secondsCached, secureNotBefore, ttlProblem } from "../../../components/src/cloudflare/oldAnswers.ts";
import type { SeenRecord } from "../../../components/src/hostToday/look.ts";

const hostname = "track.example.com";

describe("a zone's certificates", () => {
    const universal = (status: string) => ({ hosts: ["example.com", "*.example.com"], status });

    it("let a host in use be proxied once one that covers it is active", () => {
        const other = { hosts: ["www.example.com"], status: "pending_validation" };
        expect(certificateProblem(hostname, [other, universal("active")])).toBeUndefined();
    });

    it.each([[[]], [[universal("pending_validation")]], [[{ hosts: ["example.com"], status: "active" }]]])(
        "%j don't",
        (packs) => {
            expect(certificateProblem(hostname, packs)).toMatchSnapshot();
        },
    );
});

const present = { id: "r1", name: hostname, type: "CNAME", content: "spgo.io", proxied: false, ttl: 3_600 };
const proxy = { content: "spgo.io", proxied: true };

describe("the seconds for which resolvers keep a way without https", () => {
    it("are the TTL of a record that leads straight to SparkPost and is going to lead elsewhere", () => {
        expect(secondsCached([present], proxy)).toBe(3_600);
        expect(secondsCached([{ ...present, content: "acme.et.e.sparkpost.com" }], proxy)).toBe(3_600);
        expect(secondsCached([present], { content: "j.sni.global.fastly.net", proxied: false })).toBe(3_600);
        expect(secondsCached([present], { proxied: false })).toBe(3_600);
    });

    it("are those of a record that leads straight to an endpoint of one's own", () => {
        const own = { ...present, content: "track.mta.example" };
        expect(secondsCached([own], { content: "track.mta.example", proxied: true })).toBe(3_600);
        expect(secondsCached([own], proxy)).toBeUndefined();
    });

    it("are 300 where Cloudflare chooses the TTL", () => {
        expect(secondsCached([{ ...present, ttl: 1 }], proxy)).toBe(300);
        expect(secondsCached([{ ...present, ttl: undefined }], proxy)).toBe(300);
    });

    it("are none where nothing changes, nothing was there, or it led to an edge already", () => {
        expect(secondsCached([present], { content: "spgo.io", proxied: false })).toBeUndefined();
        expect(secondsCached([], proxy)).toBeUndefined();
        expect(secondsCached([{ ...present, proxied: true }], proxy)).toBeUndefined();
        expect(secondsCached([{ ...present, content: "j.sni.global.fastly.net" }], proxy)).toBeUndefined();
    });

    it("are 300 at most for a host in use: else its TTL is to be lowered first", () => {
        const inUse = { ...proxy, inUse: true };
        expect(ttlProblem(hostname, [present], inUse)).toMatchSnapshot();
        expect(ttlProblem(hostname, [{ ...present, ttl: 300 }], inUse)).toBeUndefined();
        expect(ttlProblem(hostname, [{ ...present, ttl: 1 }], inUse)).toBeUndefined();
        expect(ttlProblem(hostname, [present], proxy)).toBeUndefined();
    });
});

describe("links in use become https no sooner than resolvers have forgotten the old answer", () => {
    const now = Date.parse("2026-01-01T01:00:00.500Z");
    const at = (seen: SeenRecord | undefined, modifiedOn?: string) => secureNotBefore(seen, modifiedOn, now);

    it("counted for 300 s from this update's change, a second later for a time in whole seconds", () => {
        const seen = { changedOn: "2025-01-01T00:00:00Z", leaves: true };
        expect(at(seen, "2026-01-01T01:00:00Z")).toBe("2026-01-01T01:05:01.000Z");
        expect(at(seen, "2026-01-01T01:00:00.999999Z")).toBe("2026-01-01T01:05:01.000Z");
        expect(at(seen)).toBe("2026-01-01T01:05:01.000Z");
    });

    it("counted for 300 s from a change that may be that of an update which was killed", () => {
        expect(at({ changedOn: "2026-01-01T00:59:00Z" }, "2026-01-01T01:00:00Z")).toBe("2026-01-01T01:04:01.000Z");
        expect(at(undefined, "2026-01-01T01:00:00Z")).toBe("2026-01-01T01:05:01.000Z");
    });

    it("at once where there was no record, or it hasn't changed for 300 s", () => {
        expect(at({}, "2026-01-01T01:00:00Z")).toBeUndefined();
        expect(at({ changedOn: "2026-01-01T00:54:59Z" }, "2026-01-01T01:00:00Z")).toBeUndefined();
        expect(at({ changedOn: "2026-01-01T00:55:00Z" }, "2026-01-01T01:00:00Z")).toBe("2026-01-01T01:00:01.000Z");
    });

    it("counted from now where Cloudflare doesn't say when it changed", () => {
        expect(at({ changedOn: "unknown" })).toBe("2026-01-01T01:05:01.000Z");
    });
});
