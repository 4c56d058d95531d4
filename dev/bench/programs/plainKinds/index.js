// The resources of four tracking domains without the components: behind Cloudflare's proxy, its redirect, Fastly, and
// with SparkPost's own certificate. The dynamic ones do nothing.
const { DnsRecord } = require("@pulumi/cloudflare/dnsRecord");
const { getZoneOutput } = require("@pulumi/cloudflare/getZone");
const { PageRule } = require("@pulumi/cloudflare/pageRule");
const { Command } = require("@pulumi/command/local/command");
const { ServiceVcl } = require("@pulumi/fastly/serviceVcl");
const { TlsSubscription } = require("@pulumi/fastly/tlsSubscription");
const { TlsSubscriptionValidation } = require("@pulumi/fastly/tlsSubscriptionValidation");
const pulumi = require("@pulumi/pulumi");

const provider = {
    check: async (_olds, inputs) => ({ inputs }),
    diff: async () => ({ changes: false }),
    create: async (inputs) => ({ id: "id", outs: inputs }),
};
const zone = getZoneOutput({ filter: { name: "example.com", match: "all" } });
const after = (...dependsOn) => ({ dependsOn });
const sparkpost = (kind, domain, opts) =>
    new pulumi.dynamic.Resource(provider, domain, { domain }, opts, undefined, kind);
const record = (name, content, proxied, opts, host = name) => {
    const ttl = proxied ? 1 : 300;
    return new DnsRecord(name, { zoneId: zone.id, name: host, type: "CNAME", content, proxied, ttl }, opts);
};
const command = (name, opts) => new Command(name, { create: "true", environment: { HOST: name } }, opts);
const prove = (hostname, ...edge) => sparkpost("Verification", hostname, after(command(hostname, after(...edge))));

function proxy(hostname) {
    const registration = sparkpost("TrackingDomain", hostname);
    prove(hostname, record(hostname, "spgo.io", true, after(registration)));
}

function redirect(hostname) {
    const registration = sparkpost("TrackingDomain", hostname);
    const host = record(hostname, "spgo.io", true, after(registration));
    const rule = new PageRule(
        hostname,
        {
            zoneId: zone.id,
            target: `${hostname}/*`,
            priority: 1,
            status: "active",
            actions: { forwardingUrl: { url: "https://spgo.io/$1", statusCode: 302 } },
        },
        after(host),
    );
    prove(hostname, host, rule);
}

function fastly(hostname) {
    const registration = sparkpost("TrackingDomain", hostname);
    const endpoint = "spgo.io";
    const service = new ServiceVcl(
        hostname,
        {
            name: hostname,
            domains: [{ name: hostname }],
            backends: [
                {
                    name: "sparkpost",
                    address: endpoint,
                    port: 443,
                    useSsl: true,
                    sslCheckCert: true,
                    sslCertHostname: endpoint,
                    sslSniHostname: endpoint,
                    minTlsVersion: "1.2",
                    connectTimeout: 5000,
                },
            ],
            requestSettings: [{ name: "sparkpost", xff: "append" }],
            snippets: [
                { name: "visitor", type: "recv", content: "set req.http.Fastly-Client-IP = client.ip;", priority: 100 },
            ],
            defaultTtl: 10,
            http3: true,
            forceDestroy: true,
        },
        after(registration),
    );
    const subscription = new TlsSubscription(
        hostname,
        {
            certificateAuthority: "lets-encrypt",
            domains: [hostname],
            commonName: hostname,
            forceDestroy: true,
            forceUpdate: true,
        },
        after(service),
    );
    const challenge = `_acme-challenge.${hostname}`;
    const proof = record(
        `${hostname}-acme-challenge`,
        subscription.managedDnsChallenges.apply(([{ recordValue }]) => recordValue),
        false,
        after(subscription),
        challenge,
    );
    const visible = command(`${hostname}-acme-challenge`, after(proof));
    const issued = new TlsSubscriptionValidation(hostname, { subscriptionId: subscription.id }, after(visible));
    const target = subscription.managedHttpChallenges.apply(
        (ways) => ways.find(({ recordType }) => recordType === "CNAME").recordValues[0],
    );
    prove(hostname, service, issued, record(hostname, target, false, after(issued)));
}

function managed(hostname) {
    const registration = sparkpost("TrackingDomain", hostname);
    const eligibility = sparkpost("Eligibility", hostname, after(registration));
    const host = record(hostname, "v2.spgo.io", false, after(eligibility));
    const visible = command(`${hostname}-dns`, after(host));
    prove(hostname, sparkpost("Certificate", hostname, after(visible)));
}

proxy("plain-proxy.example.com");
redirect("plain-redirect.example.com");
fastly("plain-fastly.example.com");
managed("plain-managed.example.com");
