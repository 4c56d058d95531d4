import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, onTestFinished } from "vitest";
import { lookUpRecords, manualSteps } from "../../../components/src/dns/manual.ts";
import { fromTable, type Lookup, startNameServer } from "../probe/nameServer.ts";

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
        ).toMatchSnapshot();
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
        expect(steps).toMatchSnapshot();
    });

    it("lead a host in use away only once what has to come before is done", () => {
        const inUse = { isThere: false, instead: ["spgo.io"] };
        const seen = [
            { ...challenge, ...nothing },
            { ...record, ...inUse },
        ];
        expect(manualSteps(host, seen, 300, ["Wait for the certificate."])).toMatchSnapshot();
        // Nobody follows a link of a host that isn't there yet.
        const unused = seen.map((spec) => ({ ...spec, ...nothing }));
        expect(manualSteps(host, unused, 300, ["Wait for the certificate."])).toHaveLength(3);
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

describe("a record that a person wrote", () => {
    const spec = { ...record, name: "track.mail.example.com" };
    async function seen(lookup: Lookup | Record<string, string[]>) {
        const server = await startNameServer(typeof lookup === "function" ? lookup : fromTable(lookup));
        onTestFinished(() => server.close());
        const options = { nameServers: [server.address], resolver: server.address };
        const [found] = await new Promise<readonly { doubled?: string; isThere: boolean; instead: string[] }[]>(
            (resolve) => lookUpRecords(pulumi.output([spec]), {}, options).apply(resolve),
        );
        return { found, questions: server.questions };
    }

    it("is there in capitals or not, and nothing else is asked", async () => {
        const { found, questions } = await seen({ [`CNAME ${spec.name}`]: ["CDN.example"] });
        expect(found).toMatchObject({ isThere: true, instead: [] });
        expect(questions).toEqual([`CNAME ${spec.name}`]);
    });

    it.each(["mail.example.com", "example.com"])(
        "is found where %s stands twice in its name, and said",
        async (zone) => {
            const { found } = await seen({ [`CNAME ${spec.name}.${zone}`]: [spec.value] });
            expect(found).toMatchObject({ isThere: false, doubled: zone });
            const steps = manualSteps(spec.name, [{ ...spec, isThere: false, instead: [], doubled: zone }], 300);
            expect(steps).toMatchSnapshot();
        },
    );

    it("isn't taken from another one's wildcard", async () => {
        const { found } = await seen((name, type) =>
            name === spec.name
                ? "no such name"
                : type === "CNAME"
                  ? [{ name, type, ttl: 60, data: "parking.example" }]
                  : [],
        );
        expect(found).toMatchObject({ isThere: false, doubled: undefined });
    });
});
