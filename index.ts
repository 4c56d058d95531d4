// The stack: configuration in, one HttpsTrackingDomain per entry, outputs out.
import * as pulumi from "@pulumi/pulumi";
import { HttpsTrackingDomain, parseDomains } from "pulumi-sparkpost-tracking";

const domains = parseDomains(new pulumi.Config().getObject("domains") ?? []).map(
    ({ name, ...args }) => new HttpsTrackingDomain(name, args),
);
if (domains.length === 0) {
    pulumi.log.warn(
        `This stack has no tracking domain. Write one into Pulumi.${pulumi.getStack()}.yaml, below \`config\`:
  sparkpost-tracking:domains:
    - hostname: track.example.com
      cloudflare:
        zone: example.com`,
    );
}

/** Per host: its https address, verified, default, the DNS records of its edge, what is left to do, and what is good to know. */
export const trackingDomains = Object.fromEntries(
    domains.map(({ hostname, url, verified, status, dnsRecords, nextSteps, notes }) => [
        hostname,
        { url, verified, default: status.default, dnsRecords, nextSteps, notes },
    ]),
);
