// An edge of your own: a server that terminates TLS and relays to SparkPost. Its settings are in nginx.conf.
import * as cloudflare from "@pulumi/cloudflare";
import { CloudflareZone, HttpsTrackingDomain } from "pulumi-sparkpost-tracking";

const hostname = "clicks.example.com";
const endpoint = "spgo.io"; // eu.spgo.io for the EU service
const address = "192.0.2.50"; // of the server

const { zoneId } = new CloudflareZone("zone", { zone: "example.com" });
const record = new cloudflare.DnsRecord(
    "clicks",
    { zoneId, name: hostname, type: "A", content: address, ttl: 300, proxied: false },
    { protect: true }, // links in sent mail need it
);

const clicks = new HttpsTrackingDomain("clicks", {
    hostname,
    edge: {
        kind: "nginx",
        endpoint,
        // What must exist before a request can come through.
        dependsOn: [record],
        // When this changes, the probe runs and SparkPost verifies again.
        fingerprint: JSON.stringify({ endpoint, address }),
    },
});

export const { url, status } = clicks;
