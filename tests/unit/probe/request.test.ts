import { describe, expect, it } from "vitest";
import { type ProbeOptions, probeFields } from "../../../components/src/probe/arguments.ts";
import { parseRequest } from "../../../components/src/probe/request.ts";
import { fields, problemsBy } from "../../../components/src/pulumi/shape.ts";

const problemsOf = (options: object) => problemsBy(fields(probeFields), options, () => []);

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

    it.each<[string, unknown]>([
        ["deadline", 0],
        ["deadline", "60"],
        ["repeatAfter", -1],
        ["repeatAfter", "11"],
        ["deadline", Number.NaN],
        ["resolver", "ns1.example.com"],
        ["resolver", "1.1.1.1:99999"],
        ["nameServers", "1.1.1.1"],
        ["nameServers[1]", ["1.1.1.1", "nobody"]],
        ["caFile", ""],
        ["caFile", "nowhere.pem"],
        ["caFile", "package.json"],
        ["deadline", 604_801],
        ["connectTo[0]", ["192.0.2.10:8443"]],
        ["connectTo[0]", [443]],
    ])("are refused by field, with the value and a remedy: %s = %j", (field, value) => {
        const [problem, ...more] = problemsOf({ [field.replace(/\[.*/, "")]: value } as ProbeOptions);
        expect(more).toEqual([]);
        expect(problem?.field).toBe(field);
        expect([value, ...[value].flat()]).toContainEqual(problem?.value);
        expect(problem?.message).toMatchSnapshot();
    });

    it("don't take a misspelt one in silence", () => {
        expect(problemsOf({ resolvers: "1.1.1.1" } as ProbeOptions)).toMatchSnapshot();
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
        expect(() => parseRequest(JSON.stringify({ ...request, redirects: "yes" }))).toThrow('redirects ("yes")');
    });

    it.each([undefined, "", "{", "[]", "null", '"text"'])("is refused by the variable's name when it is %j", (text) => {
        expect(() => parseRequest(text)).toThrow("SPARKPOST_TRACKING_PROBE");
    });

    it("is refused with all mistakes at once", () => {
        const text = JSON.stringify({ hostname: "https://track.example.com", resolver: "x" });
        expect(() => parseRequest(text)).toThrow(/hostname.*\n.*endpoint.*\n.*resolver/);
    });
});
