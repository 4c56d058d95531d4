import { describe, expect, it } from "vitest";
import { Unmodelled } from "../../dev/sandbox/apis/api.ts";
import { parseVcl, type VclRequest } from "../../dev/sandbox/internet/vcl.ts";

/** The headers after a snippet ran. */
function run(source: string, headers: Record<string, string> = {}, isTls = false): Record<string, string> {
    const request = { headers: { ...headers }, clientIp: "198.51.100.7", isTls, path: "/f/a" };
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

    it("ends a request for a path, and an error snippet makes the answer, in which texts stay as they are", () => {
        const asked = 'if (req.url.path == "/a.json") {\n  error 618 "apple";\n}\n';
        const body = '{"/": "/f/*", "#": "//  */ {x"}';
        const served = `if (obj.status == 618 && obj.response == "apple") { set obj.status = 200; set obj.response = "OK";
            set obj.http.Content-Type = "application/json"; synthetic {json"${body}"json}; return(deliver); }`;
        const answer = (path: string) => {
            const request: VclRequest = { headers: {}, clientIp: "198.51.100.7", isTls: true, path };
            parseVcl(asked)(request);
            parseVcl(served, "error")(request);
            return request.error;
        };
        expect(answer("/a.json")).toMatchObject({ status: 200, contentType: "application/json", body });
        expect(answer("/f/a")).toBeUndefined();
        expect(() => parseVcl(served)).toThrow(Unmodelled);
        expect(() => parseVcl(asked, "error")).toThrow(Unmodelled);
        expect(() => parseVcl(asked.replace("apple", "%41pple"))).toThrow(Unmodelled);
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
