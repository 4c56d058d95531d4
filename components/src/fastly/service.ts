// The Fastly service of a tracking hostname: it relays clicks to SparkPost unchanged.
import type { ServiceVclArgs } from "@pulumi/fastly/serviceVcl";
import * as pulumi from "@pulumi/pulumi";
import { type AppFile, type AppLinks, appFilesOf } from "../appLinks";

/** What differs between services of tracking hostnames. */
interface ServiceSettings {
    hostname: string;
    endpoint: string;
    description: pulumi.Input<string>;
    /** Seconds; 0 caches nothing. */
    cacheTtl: pulumi.Input<number>;
    appLinks?: AppLinks;
}

/**
 * The service's arguments. Every default of the API is written out: otherwise each preview shows a change.
 *
 * - The backend uses TLS with the endpoint's name in SNI, and checks its certificate. Nothing overrides `Host`.
 * - No redirect to https, no HSTS. No shielding, because the shield would become the visitor. No health check, because the
 *   endpoint has no path for one.
 */
export function serviceArgs({
    hostname,
    endpoint,
    description,
    cacheTtl,
    appLinks = {},
}: ServiceSettings): ServiceVclArgs {
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
        snippets: [
            { name: `${name} visitor`, type: "recv", priority: 100, content: visitorAddress },
            ...appFilesOf(appLinks).flatMap((file) => [
                { name: `${name} ${file.maker} asked`, type: "recv", priority: 100, content: appFileAsked(file) },
                { name: `${name} ${file.maker} served`, type: "error", priority: 100, content: appFileServed(file) },
            ]),
        ],
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

/**
 * A synthetic answer is made in two places: `error` ends the request, whatever cache and backend would say, and hands its
 * status and text to `vcl_error`. No file is looked for at SparkPost. Source: Fastly's reference of `error` and `synthetic`.
 */
function appFileAsked({ maker, path }: AppFile): string {
    return `if (req.url.path == "${path}") {
  error ${APP_FILE_STATUS} "${maker}";
}
`;
}

/** A long string with a delimiter of its own may have any JSON in it: nothing in it is escaped (Fastly, types: STRING). */
function appFileServed({ maker, content }: AppFile): string {
    return `if (obj.status == ${APP_FILE_STATUS} && obj.response == "${maker}") {
  set obj.status = 200;
  set obj.response = "OK";
  set obj.http.Content-Type = "application/json";
  synthetic {json"${content}"json};
  return(deliver);
}
`;
}

/** One that no server answers: it never leaves the edge. */
const APP_FILE_STATUS = 618;
