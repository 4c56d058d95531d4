// The resources of one tracking domain without the components: three dynamic ones, a record, a command, a zone look-up.
const { DnsRecord } = require("@pulumi/cloudflare/dnsRecord");
const { getZoneOutput } = require("@pulumi/cloudflare/getZone");
const { Command } = require("@pulumi/command/local/command");
const pulumi = require("@pulumi/pulumi");

const provider = {
    check: async (_olds, inputs) => ({ inputs }),
    diff: async () => ({ changes: false }),
    create: async (inputs) => ({ id: "id", outs: inputs }),
};
const hostname = "plain.example.com";
const step = (...dependsOn) => ({ dependsOn });

const registration = new pulumi.dynamic.Resource(provider, "registration", { domain: hostname });
const zone = getZoneOutput({ filter: { name: "example.com", match: "all" } });
const record = new DnsRecord(
    "record",
    { zoneId: zone.id, name: hostname, type: "CNAME", content: "spgo.io", proxied: true, ttl: 1 },
    step(registration),
);
const probe = new Command("probe", { create: "true", environment: { HOST: hostname } }, step(record));
const verification = new pulumi.dynamic.Resource(provider, "verification", { domain: hostname }, step(probe));
new pulumi.dynamic.Resource(provider, "default", { domain: hostname }, step(verification));

exports.url = `https://${hostname}`;
