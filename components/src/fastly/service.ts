// The Fastly service of a tracking host: what makes it hand clicks to SparkPost as they came.
import type { ServiceVclArgs } from "@pulumi/fastly/serviceVcl";
import * as pulumi from "@pulumi/pulumi";

/** What varies between the services of tracking hosts. */
export interface ServiceSettings {
    hostname: string;
    endpoint: string;
    description: pulumi.Input<string>;
    /** Seconds; 0 passes every request. */
    cacheTtl: pulumi.Input<number>;
}

/**
 * The service's arguments. Every default of the API is spelled out, or each preview would show a change.
 *
 * - The backend speaks TLS with the endpoint's own name in SNI, and checks its certificate; nothing overrides `Host`.
 * - No redirect to https, no HSTS, no shielding (the shield would become the visitor), no health check (the tracker has
 *   no path for one).
 */
export function serviceArgs({ hostname, endpoint, description, cacheTtl }: ServiceSettings): ServiceVclArgs {
    const name = "sparkpost";
    return {
        // Names of services are the account's: the host makes it one of its own.
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
    // The engine leaves a field out that has no value.
    return { action: action as pulumi.Output<string> };
}

/**
 * SparkPost takes the event's address from X-Forwarded-For, which Fastly appends on TLS connections only; and
 * Fastly-Client-IP is whatever the visitor sent. Source: Fastly's reference of both headers.
 */
const visitorAddress = `set req.http.Fastly-Client-IP = client.ip;
if (!fastly_info.edge.is_tls) {
  set req.http.X-Forwarded-For = client.ip;
}
`;
