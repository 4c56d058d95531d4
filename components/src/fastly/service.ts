// The Fastly service of a tracking hostname: it relays clicks to SparkPost unchanged.
import type { ServiceVclArgs } from "@pulumi/fastly/serviceVcl";
import * as pulumi from "@pulumi/pulumi";

/** What differs between services of tracking hostnames. */
export interface ServiceSettings {
    hostname: string;
    endpoint: string;
    description: pulumi.Input<string>;
    /** Seconds; 0 caches nothing. */
    cacheTtl: pulumi.Input<number>;
}

/**
 * The service's arguments. Every default of the API is written out: otherwise each preview shows a change.
 *
 * - The backend uses TLS with the endpoint's name in SNI, and checks its certificate. Nothing overrides `Host`.
 * - No redirect to https, no HSTS. No shielding, because the shield would become the visitor. No health check, because the
 *   endpoint has no path for one.
 */
export function serviceArgs({ hostname, endpoint, description, cacheTtl }: ServiceSettings): ServiceVclArgs {
    const name = "sparkpost";
    return {
        // A service's name is unique in its account: the hostname makes it so.
        name: `SparkPost tracking ${hostname}`,
        comment: description,
        domains: [{ name: hostname, comment: description }],
        backends: [
            {
                name,
                address: endpoint,
                port: 443,
                useSsl: true,
                sslCheckCert: true,
                sslCertHostname: endpoint,
                sslSniHostname: endpoint,
                minTlsVersion: "1.2",
                autoLoadbalance: false,
                connectTimeout: 5_000,
                firstByteTimeout: 15_000,
                betweenBytesTimeout: 10_000,
                errorThreshold: 0,
                maxConn: 200,
                weight: 100,
            },
        ],
        requestSettings: [
            {
                name,
                xff: "append",
                forceSsl: false,
                bypassBusyWait: false,
                forceMiss: false,
                timerSupport: false,
                maxStaleAge: 0,
                ...passing(cacheTtl),
            },
        ],
        snippets: [{ name: `${name} visitor`, type: "recv", priority: 100, content: visitorAddress }],
        defaultTtl: cacheTtl,
        http3: true,
        staleIfError: false,
        forceDestroy: true,
        activate: true,
    };
}

function passing(cacheTtl: pulumi.Input<number>): { action?: pulumi.Input<string> } {
    if (typeof cacheTtl === "number") {
        return cacheTtl === 0 ? { action: "pass" } : {};
    }
    const action = pulumi.output(cacheTtl).apply((known) => (known === 0 ? "pass" : undefined));
    // The engine drops a field without a value.
    return { action: action as pulumi.Output<string> };
}

/**
 * Sends the visitor's address. SparkPost takes it from X-Forwarded-For, which Fastly sets on TLS connections only. A visitor
 * could send a Fastly-Client-IP of their own. Source: Fastly's reference of both headers.
 */
const visitorAddress = `set req.http.Fastly-Client-IP = client.ip;
if (!fastly_info.edge.is_tls) {
  set req.http.X-Forwarded-For = client.ip;
}
`;
