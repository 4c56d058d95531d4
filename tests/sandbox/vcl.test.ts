import { describe, expect, it } from "vitest";
import { Unmodelled } from "../../dev/sandbox/apis/api.ts";
import { parseVcl } from "../../dev/sandbox/internet/vcl.ts";

/** The headers after a snippet ran. */
function run(source: string, headers: Record<string, string> = {}, isTls = false): Record<string, string> {
    const request = { headers: { ...headers }, clientIp: "198.51.100.7", isTls };
    parseVcl(source)(request);
    return request.headers;
}

describe("VCL of a recv snippet", () => {
    it("sets the visitor's address, whatever the client says, with blanks and comments as one likes", () => {
        const source = `
            # every visitor
            set req.http.Fastly-Client-IP =   client.ip; // no spoofing
            set req.http.X-Forwarded-For = client.ip; /* none
            of our business */`;
        expect(run(source, { "x-forwarded-for": "203.0.113.9", "fastly-client-ip": "1" })).toEqual({
            "fastly-client-ip": "198.51.100.7",
            "x-forwarded-for": "198.51.100.7",
        });
    });

    it("does so without TLS alone, inside a condition", () => {
        const source = "if (!fastly_info.edge.is_tls) {\n  set req.http.X-Forwarded-For = client.ip;\n}\n";
        expect(run(source)).toEqual({ "x-forwarded-for": "198.51.100.7" });
        expect(run(source, {}, true)).toEqual({});
    });

    it.each([
        "error 403;",
        "set req.http.A = client.ip;",
        "set req.http.Fastly-Client-IP = client.ip",
        "set req.http.Fastly-Client-IP = client.port;",
        "if (req.is_ssl) { set req.http.X-Forwarded-For = client.ip; }",
        "set req.http.X-Forwarded-For = client.ip; }",
    ])("refuses %s", (source) => {
        expect(() => parseVcl(source)).toThrow(Unmodelled);
    });
});
