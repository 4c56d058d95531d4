import { describe, expect, it } from "vitest";
import { manualSteps } from "../../../components/src/dns/manual.ts";

const host = "track.example.com";
const challenge = {
    type: "CNAME",
    name: `_acme-challenge.${host}`,
    value: "x.validations.example",
    ttl: 300,
    purpose: "proves the host",
};
const record = { type: "CNAME", name: host, value: "cdn.example", ttl: 300, purpose: "sends the host to the CDN" };
const there = { isThere: true, instead: [] };
const nothing = { isThere: false, instead: [] };

describe("records that a person writes", () => {
    it("are told with type, name, value, TTL and purpose, and how it goes on", () => {
        expect(
            manualSteps(
                host,
                [
                    { ...challenge, ...nothing },
                    { ...record, ...nothing },
                ],
                300,
            ),
        ).toEqual([
            "Add the record _acme-challenge.track.example.com 300 CNAME x.validations.example: it proves the host.",
            "Add the record track.example.com 300 CNAME cdn.example: it sends the host to the CDN.",
            "Then run `pulumi up` again: it looks the records up and goes on from there.",
        ]);
    });

    it("of a host in use begin with lowering its TTL, and end with putting it back", () => {
        const inUse = { isThere: false, instead: ["spgo.io"] };
        const steps = manualSteps(
            host,
            [
                { ...challenge, ...there },
                { ...record, ...inUse },
            ],
            300,
        );
        expect(steps[0]).toBe(
            "track.example.com is in use (now spgo.io): lower its record's TTL to 300, and wait until the old TTL has passed.",
        );
        expect(steps[1]).toMatch(/^Change the record track.example.com 300 CNAME cdn.example/);
        expect(steps.at(-1)).toBe("Afterwards put the TTL of track.example.com back to what it was.");
        expect(steps).toHaveLength(4);
    });

    it("lead a host in use away only once what has to come before is done", () => {
        const inUse = { isThere: false, instead: ["spgo.io"] };
        const seen = [
            { ...challenge, ...nothing },
            { ...record, ...inUse },
        ];
        const steps = manualSteps(host, seen, 300, "Then wait for the certificate.");
        expect(steps).toEqual([
            expect.stringMatching(/is in use .*lower its record's TTL/),
            expect.stringMatching(/^Add the record _acme-challenge/),
            "Then wait for the certificate.",
            expect.stringMatching(/^Afterwards put the TTL/),
        ]);
        // Nobody follows a link of a host that isn't there yet.
        const unused = seen.map((spec) => ({ ...spec, ...nothing }));
        expect(manualSteps(host, unused, 300, "Then wait for the certificate.")).toHaveLength(3);
    });

    it("are nothing to do once all are there", () => {
        expect(
            manualSteps(
                host,
                [
                    { ...challenge, ...there },
                    { ...record, ...there },
                ],
                300,
            ),
        ).toEqual([]);
    });
});
