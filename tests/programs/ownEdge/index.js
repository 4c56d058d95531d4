// A tracking domain behind an edge that isn't one of the package's: a proxied record, declared here.
const { DnsRecord } = require("@pulumi/cloudflare");
const pulumi = require("@pulumi/pulumi");
const { HttpsTrackingDomain } = require("pulumi-sparkpost-tracking");

const config = new pulumi.Config();
const { hostname, endpoint, ...domain } = config.requireObject("domain");
const record = new DnsRecord("edge", {
    zoneId: config.require("zoneId"),
    name: hostname,
    type: "CNAME",
    content: endpoint,
    proxied: true,
    ttl: 1,
    comment: config.get("comment"),
});
const edge = { endpoint, fingerprint: config.get("fingerprint"), dependsOn: [record] };
const track = new HttpsTrackingDomain("track", { hostname, edge, ...domain });
exports.url = track.url;
exports.verified = track.verified;
