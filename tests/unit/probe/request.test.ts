import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type ProbeOptions, probeFields } from "../../../components/src/probe/arguments.ts";
import { parseRequest } from "../../../components/src/probe/request.ts";
import { fields, problemsBy } from "../../../components/src/pulumi/shape.ts";

const problemsOf = (options: object) => problemsBy(fields(probeFields), options, () => []);
const noCertificate = fileURLToPath(import.meta.url);

describe("the options of a probe", () => {
    it("may all be left out, and may be undefined", () => {
        expect(problemsOf({})).toEqual([]);
        expect(problemsOf({ deadline: undefined, connectTo: undefined })).toEqual([]);
    });

    it("are fine when they are what the documentation says", () => {
        const options: ProbeOptions = {
            deadline: 60,
            resolver: "1.1.1.1",
            nameServers: ["127.0.0.1:5300", "[2001:db8::1]:53"],
            connectTo: ["192.0.2.10:443:127.0.0.1:8443", "::127.0.0.1:"],
        };
        expect(problemsOf(options)).toEqual([]);
    });

    it.each<[string, unknown, RegExp]>([
        ["deadline", 0, /seconds, more than 0/],
        ["deadline", "60", /seconds, more than 0/],
        ["repeatAfter", -1, /seconds, a number from 0/],
        ["repeatAfter", "11", /seconds, a number from 0/],
        ["deadline", Number.NaN, /seconds, more than 0/],
        ["resolver", "ns1.example.com", /an IP address with or without a port/],
        ["resolver", "1.1.1.1:99999", /an IP address with or without a port/],
        ["nameServers", "1.1.1.1", /a list/],
        ["nameServers[1]", ["1.1.1.1", "nobody"], /an IP address/],
        ["caFile", "", /path of a PEM file/],
        ["caFile", "nowhere.pem", /path of a PEM file/],
        ["caFile", noCertificate, /no certificate in it/],
        ["deadline", 604_801, /a week/],
        ["connectTo[0]", ["192.0.2.10:8443"], /HOST:PORT:TO_HOST:TO_PORT/],
        ["connectTo[0]", [443], /HOST:PORT:TO_HOST:TO_PORT/],
    ])("are refused by field, with the value and a remedy: %s = %j", (field, value, message) => {
        const [problem, ...more] = problemsOf({ [field.replace(/\[.*/, "")]: value } as ProbeOptions);
        expect(more).toEqual([]);
        expect(problem?.field).toBe(field);
        expect([value, ...[value].flat()]).toContainEqual(problem?.value);
        expect(problem?.message).toMatch(message);
    });

    it("don't take a misspelt one in silence", () => {
        expect(problemsOf({ resolvers: "1.1.1.1" } as ProbeOptions)[0]).toMatchObject({
            field: "resolvers",
            message: expect.stringContaining("deadline, repeatAfter, resolver, nameServers, caFile, connectTo"),
        });
    });
});

describe("the request of a probe", () => {
    it("comes as JSON", () => {
        const request = { hostname: "track.example.com", endpoint: "spgo.io", fingerprint: "1", deadline: 5 };
        expect(parseRequest(JSON.stringify(request))).toEqual(request);
    });

    it("may ask for an edge that redirects, and no other word for it than true or false", () => {
        const request = { hostname: "track.example.com", endpoint: "spgo.io", fingerprint: "1", redirects: true };
        expect(parseRequest(JSON.stringify(request))).toEqual(request);
        expect(() => parseRequest(JSON.stringify({ ...request, redirects: "yes" }))).toThrow(
            'redirects ("yes"): write true or false',
        );
    });

    it.each([undefined, "", "{", "[]", "null", '"text"'])("is refused by the variable's name when it is %j", (text) => {
        expect(() => parseRequest(text)).toThrow(/SPARKPOST_TRACKING_PROBE.*must hold the probe's request/);
    });

    it("is refused with all mistakes at once", () => {
        const text = JSON.stringify({ hostname: "https://track.example.com", resolver: "x" });
        expect(() => parseRequest(text)).toThrow(/hostname.*\n.*endpoint.*\n.*resolver/);
    });
});
