import { describe, expect, it } from "vitest";
import { secondsKept } from "../../../components/src/cloudflare/recordCheck.ts";

const present = { id: "r1", type: "CNAME", content: "spgo.io", proxied: false, ttl: 3_600 };
const proxy = { content: "spgo.io", proxied: true };

describe("the seconds for which resolvers keep a way without https", () => {
    it("are the TTL of a record that leads straight to SparkPost and is going to lead elsewhere", () => {
        expect(secondsKept([present], proxy)).toBe(3_600);
        expect(secondsKept([{ ...present, content: "acme.et.e.sparkpost.com" }], proxy)).toBe(3_600);
        expect(secondsKept([present], { content: "j.sni.global.fastly.net", proxied: false })).toBe(3_600);
    });

    it("are those of a record that leads straight to an endpoint of one's own", () => {
        const own = { ...present, content: "track.mta.example" };
        expect(secondsKept([own], { content: "track.mta.example", proxied: true })).toBe(3_600);
        expect(secondsKept([own], proxy)).toBeUndefined();
    });

    it("are 300 where Cloudflare chooses the TTL", () => {
        expect(secondsKept([{ ...present, ttl: 1 }], proxy)).toBe(300);
        expect(secondsKept([{ ...present, ttl: undefined }], proxy)).toBe(300);
    });

    it("are none where nothing changes, nothing was there, or it led to an edge already", () => {
        expect(secondsKept([present], { content: "spgo.io", proxied: false })).toBeUndefined();
        expect(secondsKept([], proxy)).toBeUndefined();
        expect(secondsKept([{ ...present, proxied: true }], proxy)).toBeUndefined();
        expect(secondsKept([{ ...present, content: "j.sni.global.fastly.net" }], proxy)).toBeUndefined();
    });
});
