import { expect, it } from "vitest";
import { serviceArgs } from "../../../components/src/fastly/service.ts";

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

it("passes every request where nothing shall be cached", () => {
    const { requestSettings, defaultTtl } = serviceArgs({ ...settings, cacheTtl: 0 });
    expect(requestSettings).toEqual([expect.objectContaining({ action: "pass" })]);
    expect(defaultTtl).toBe(0);
});
