import { describe, expect, it } from "vitest";
import { compareZone, type NameAnswers } from "../../../components/src/zoneComparison/compareZone.ts";
import { usualNames } from "../../../components/src/zoneComparison/zoneNames.ts";

const ZONE = "example.com";

function compare(...names: (Partial<NameAnswers> & { name: string })[]) {
    return compareZone(
        ZONE,
        names.map((each) => ({ old: {}, new: {}, ...each })),
    );
}

const differences = (...names: Parameters<typeof compare>) => compare(...names).differences;
const www = `www.${ZONE}`;

describe("two sides of a name", () => {
    it("are the same whatever the order", () => {
        const old = { A: ["192.0.2.1", "192.0.2.2"], TXT: ["b", "a"] };
        expect(compare({ name: ZONE, old, new: { A: ["192.0.2.2", "192.0.2.1"], TXT: ["a", "b"] } })).toEqual({
            differences: [],
            proxied: [],
        });
    });

    it("differ by what is missing, different, or only at the new servers", () => {
        expect(
            differences({
                name: ZONE,
                old: { MX: ["10 mx.example.net"], TXT: ["v=spf1 -all", "x"] },
                new: { TXT: ["v=spf1 ~all", "x"], CAA: ["0 issue letsencrypt.org"] },
            }),
        ).toEqual([
            { name: ZONE, type: "CAA", kind: "added", old: [], new: ["0 issue letsencrypt.org"] },
            { name: ZONE, type: "MX", kind: "missing", old: ["10 mx.example.net"], new: [] },
            { name: ZONE, type: "TXT", kind: "different", old: ["v=spf1 -all", "x"], new: ["v=spf1 ~all", "x"] },
        ]);
    });

    it.each(["A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT"] as const)("are compared by %s", (type) => {
        expect(differences({ name: www, old: { [type]: ["1"] }, new: { [type]: ["2"] } })).toEqual([
            { name: www, type, kind: "different", old: ["1"], new: ["2"] },
        ]);
    });

    it("are compared by the text's case for TXT: keys are such texts", () => {
        expect(differences({ name: www, old: { TXT: ["p=A"] }, new: { TXT: ["p=a"] } })).toHaveLength(1);
    });

    it("differ once where one has an alias and the other addresses", () => {
        expect(
            differences({ name: www, old: { CNAME: ["shop.example.net"] }, new: { A: ["192.0.2.1"], MX: ["1 a"] } }),
        ).toEqual([
            { name: www, type: "CNAME", kind: "different", old: ["CNAME shop.example.net"], new: ["A 192.0.2.1"] },
            { name: www, type: "MX", kind: "added", old: [], new: ["1 a"] },
        ]);
    });

    it("differ by the alias alone where the other side has no host there", () => {
        expect(differences({ name: www, old: { CNAME: ["a.example.net"] } })).toMatchObject([{ kind: "missing" }]);
        expect(differences({ name: www, new: { CNAME: ["a.example.net"] } })).toMatchObject([{ kind: "added" }]);
    });
});

describe("name servers", () => {
    it("of the apex aren't compared: they differ by nature", () => {
        const apex = { name: ZONE, old: { NS: ["ns1.old.example"] }, new: { NS: ["ns1.new.example"] } };
        expect(differences(apex)).toEqual([]);
        expect(differences(apex, { name: www, old: { A: ["192.0.2.1"] } })).toMatchObject([{ name: www }]);
    });

    it("of a delegated name are, and nothing at or below it", () => {
        const old = { NS: ["ns.dev.example"], A: ["192.0.2.1"] };
        expect(differences({ name: `dev.${ZONE}`, old }, { name: `a.dev.${ZONE}`, old: { A: ["192.0.2.2"] } })).toEqual(
            [{ name: `dev.${ZONE}`, type: "NS", kind: "missing", old: ["ns.dev.example"], new: [] }],
        );
        expect(differences({ name: `dev.${ZONE}`, old, new: { NS: ["ns.dev.example"] } })).toEqual([]);
    });

    it("that only the new side delegates to are told as such", () => {
        expect(differences({ name: `dev.${ZONE}`, new: { NS: ["ns.dev.example"] } })).toMatchObject([
            { type: "NS", kind: "added" },
        ]);
    });
});

describe("a proxied name", () => {
    const edge = { A: ["198.51.100.1"], AAAA: ["2001:db8::1"] };

    it("differs by design where the old records lie behind the proxy", () => {
        const old = { A: ["192.0.2.1"] };
        expect(compare({ name: www, old, new: edge, proxied: { A: ["192.0.2.1"] } })).toEqual({
            differences: [],
            proxied: [www],
        });
        const alias = { CNAME: ["shop.example.net"] };
        expect(compare({ name: www, old: alias, new: edge, proxied: alias }).proxied).toEqual([www]);
    });

    it("differs where something else lies behind the proxy, and is told with that", () => {
        expect(compare({ name: www, old: { A: ["192.0.2.1"] }, new: edge, proxied: { A: ["192.0.2.9"] } })).toEqual({
            differences: [{ name: www, type: "A", kind: "different", old: ["192.0.2.1"], new: ["192.0.2.9"] }],
            proxied: [],
        });
    });

    it("is the same where both sides answer alike, whatever lies behind", () => {
        expect(compare({ name: www, old: edge, new: edge, proxied: { A: ["192.0.2.9"] } })).toEqual({
            differences: [],
            proxied: [],
        });
    });

    it("is compared by its other records as ever", () => {
        const mail = { name: www, old: { A: ["192.0.2.1"], MX: ["1 a"] }, new: edge, proxied: { A: ["192.0.2.1"] } };
        expect(compare(mail)).toMatchObject({ differences: [{ type: "MX", kind: "missing" }], proxied: [www] });
    });
});

describe("the usual names", () => {
    const names = usualNames(ZONE, new Date("2026-03-31T23:00:00Z"));

    it("begin with the apex, and have the wildcard, mail's names and DMARC", () => {
        expect(names[0]).toBe(ZONE);
        for (const label of ["*", "www", "mail", "autodiscover", "_dmarc"]) {
            expect(names).toContain(`${label}.${ZONE}`);
        }
        expect(new Set(names).size).toBe(names.length);
    });

    it("have SparkPost's DKIM selectors of every month until now", () => {
        for (const selector of ["scph0114", "scph1217", "scph0118", "scph0326"]) {
            expect(names).toContain(`${selector}._domainkey.${ZONE}`);
        }
        expect(names).not.toContain(`scph0426._domainkey.${ZONE}`);
    });
});
