import type { ServiceVclSnippet } from "@pulumi/fastly/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { type AppLinks, appFilesOf } from "../../../components/src/appLinks.ts";
import { serviceArgs } from "../../../components/src/fastly/service.ts";
import { parseVcl, type Subroutine, type VclRequest } from "../../../dev/sandbox/internet/vcl.ts";

const settings = { hostname: "track.example.com", endpoint: "spgo.io", description: "SparkPost", cacheTtl: 10 };

it("hands clicks to the endpoint over TLS by its own name, caches them for seconds, and overrides no host", () => {
    expect(serviceArgs(settings)).toEqual({
        name: "SparkPost tracking track.example.com",
        comment: "SparkPost",
        domains: [{ name: "track.example.com", comment: "SparkPost" }],
        backends: [
            {
                name: "sparkpost",
                address: "spgo.io",
                port: 443,
                useSsl: true,
                sslCheckCert: true,
                sslCertHostname: "spgo.io",
                sslSniHostname: "spgo.io",
                minTlsVersion: "1.2",
                autoLoadbalance: false,
                connectTimeout: 5000,
                firstByteTimeout: 15000,
                betweenBytesTimeout: 10000,
                errorThreshold: 0,
                maxConn: 200,
                weight: 100,
            },
        ],
        requestSettings: [
            {
                name: "sparkpost",
                xff: "append",
                forceSsl: false,
                bypassBusyWait: false,
                forceMiss: false,
                timerSupport: false,
                maxStaleAge: 0,
            },
        ],
        snippets: [
            {
                name: "sparkpost visitor",
                type: "recv",
                priority: 100,
                content: expect.stringMatching(
                    /set req.http.Fastly-Client-IP = client.ip;\nif \(!fastly_info.edge.is_tls\) \{\n +set req.http.X-Forwarded-For = client.ip;\n\}/,
                ),
            },
        ],
        defaultTtl: 10,
        http3: true,
        staleIfError: false,
        forceDestroy: true,
        activate: true,
    });
});

it("answers itself for the files of app links, and whatever is in them can't end the text early", () => {
    const fingerprints = [Array.from({ length: 32 }, () => "AB").join(":")];
    const appLinks: AppLinks = {
        apple: [{ appId: "ABCDE12345.com.example.app", paths: ["/f/*/*", "/f/a'~!$&()+,;=:@%2F"] }],
        android: [{ packageName: "com.example.app", fingerprints }],
    };
    const [visitor, ...snippets] = serviceArgs({ ...settings, appLinks })
        .snippets as pulumi.Unwrap<ServiceVclSnippet>[];
    expect(visitor?.name).toBe("sparkpost visitor");
    expect(snippets.map(({ name, type }) => `${type} ${name}`)).toEqual([
        "recv sparkpost apple asked",
        "error sparkpost apple served",
        "recv sparkpost android asked",
        "error sparkpost android served",
    ]);
    const source = (subroutine: Subroutine) =>
        snippets.flatMap(({ type, content }) => (type === subroutine ? [content] : [])).join("\n");
    for (const { path, content: body } of appFilesOf(appLinks)) {
        const request: VclRequest = { headers: {}, clientIp: "192.0.2.1", isTls: true, path };
        parseVcl(source("recv"), "recv")(request);
        parseVcl(source("error"), "error")(request);
        expect(request.error).toMatchObject({ status: 200, response: "OK", contentType: "application/json", body });
    }
});

it("passes every request where nothing shall be cached", () => {
    const { requestSettings, defaultTtl } = serviceArgs({ ...settings, cacheTtl: 0 });
    expect(requestSettings).toEqual([expect.objectContaining({ action: "pass" })]);
    expect(defaultTtl).toBe(0);
});
