import { describe, expect, it } from "vitest";
import { Unmodelled } from "../../sandbox/apis/api.ts";
import { parseVcl } from "../../sandbox/internet/vcl.ts";

/** The headers after a snippet ran. */
function run(source: string, headers: Record<string, string> = {}, isTls = false): Record<string, string> {
    const request = { headers: { ...headers }, clientIp: "198.51.100.7", isTls };
    parseVcl(source)(request);
    return request.headers;
}

describe("VCL of a recv snippet", () => {
    it("sets and unsets headers, whatever their case, from parts", () => {
        const source = `
            # every visitor
            set req.http.Fastly-Client-IP = client.ip; // no spoofing
            set req.http.X-Forwarded-For = req.http.X-Forwarded-For ", " client.ip;
            unset req.http.Cookie; /* none
            of our business */`;
        expect(run(source, { "x-forwarded-for": "203.0.113.9", cookie: "a", "fastly-client-ip": "1" })).toEqual({
            "fastly-client-ip": "198.51.100.7",
            "x-forwarded-for": "203.0.113.9, 198.51.100.7",
        });
    });

    it.each([
        ["req.http.Fastly-SSL", { "fastly-ssl": "1" }, true],
        ["!req.http.Fastly-SSL", {}, false],
        ["fastly_info.edge.is_tls", {}, true],
        ["!req.is_ssl", {}, false],
        ["req.restarts == 0 && !fastly.ff.visits_this_service == 1 && req.is_ssl", {}, "refused"],
        ["fastly.ff.visits_this_service == 0 && req.restarts == 0 && req.is_ssl", {}, true],
    ] as const)("does so inside if (%s)", (condition, headers, isTls) => {
        const source = `if (${condition}) { set req.http.Seen = "yes"; }`;
        if (isTls === "refused") {
            expect(() => parseVcl(source)).toThrow(Unmodelled);
            return;
        }
        expect(run(source, headers, isTls)).toEqual({ ...headers, seen: "yes" });
        expect(run(source, isTls ? {} : { "fastly-ssl": "1" }, !isTls).seen).toBeUndefined();
    });

    it.each([
        "error 403;",
        "set req.url = client.ip;",
        "set req.http.A = client.port;",
        "set req.http.A = ;",
        "set req.http.A = client.ip",
        "if (req.is_ssl || req.http.A) { unset req.http.A; }",
        "if (req.is_ssl) { unset req.http.A;",
        'if (req.http.A == "b") { unset req.http.A; }',
        "set req.http.A = client.ip; }",
        "set req.http.A ~ client.ip;",
    ])("refuses %s", (source) => {
        expect(() => parseVcl(source)).toThrow(Unmodelled);
    });
});
