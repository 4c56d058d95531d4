import { describe, expect, it } from "vitest";
import type { RecordType } from "../../../components/src/zoneComparison/compareZone.ts";
import { answersByRecords, type RecordAtCloudflare } from "../../../components/src/zoneComparison/recordAnswers.ts";

const ZONE = "example.com";
const all: RecordType[] = ["A", "AAAA", "CAA", "MX", "SRV", "TXT"];

function answers(name: string, ...records: (Partial<RecordAtCloudflare> & { type: string; content: string })[]) {
    return answersByRecords(
        name,
        all,
        ZONE,
        records.map((record) => ({ name, proxied: false, ...record })),
    );
}

describe("what a zone's records will answer", () => {
    it.each<[RecordType, string, number | undefined, string]>([
        ["A", "192.0.2.1", undefined, "192.0.2.1"],
        ["AAAA", "2001:DB8:0::1", undefined, "2001:db8::1"],
        ["MX", "MX.example.net.", 10, "10 mx.example.net"],
        ["SRV", "1\t993 imap.example.com", 5, "5 1 993 imap.example.com"],
        ["CAA", '0 issue "letsencrypt.org"', undefined, "0 issue letsencrypt.org"],
        ["TXT", "v=spf1 -all", undefined, "v=spf1 -all"],
        ["TXT", '"v=spf1 " "-all"', undefined, "v=spf1 -all"],
        ["TXT", '"a \\"b\\""', undefined, 'a "b"'],
    ])("has %s %j as servers tell it", (type, content, priority, text) => {
        expect(answers(ZONE, { type, content, priority })).toEqual({ [type]: [text] });
    });

    it("has nothing beside an alias, except at the apex", () => {
        const records = [
            { type: "CNAME", content: "Shop.example.net" },
            { type: "TXT", content: "x" },
        ];
        expect(answers(`www.${ZONE}`, ...records)).toEqual({ CNAME: ["shop.example.net"] });
        expect(answers(ZONE, ...records)).toEqual({ CNAME: ["shop.example.net"], TXT: ["x"] });
    });

    it("has a wildcard for names that aren't there, and for no name below one that is", () => {
        const wildcard = { name: `*.${ZONE}`, type: "TXT", content: "wild" };
        const below = { name: `a.b.${ZONE}`, type: "A", content: "192.0.2.1" };
        expect(answers(`x.${ZONE}`, wildcard, below)).toEqual({ TXT: ["wild"] });
        expect(answers(`x.y.${ZONE}`, wildcard, below)).toEqual({ TXT: ["wild"] });
        expect(answers(`*.${ZONE}`, wildcard, below)).toEqual({ TXT: ["wild"] });
        expect(answers(`b.${ZONE}`, wildcard, below)).toEqual({});
        expect(answers(`x.b.${ZONE}`, wildcard, below)).toEqual({});
    });

    it("is nothing of a type that wasn't asked for", () => {
        expect(answers(ZONE, { type: "TLSA", content: "3 1 1 AB" })).toEqual({});
    });
});
