// The pieces by themselves: an edge with settings of its own for the host, and SparkPost's resources. What proves the edge
// before the switch (HttpsTrackingDomain has its probe for that) is up to you then: let the verification depend on it.
const { CloudflareEdge, sparkpost } = require("pulumi-sparkpost-tracking");

const domain = "links.example.com";
const registration = new sparkpost.TrackingDomain("links", { domain });
const edge = new CloudflareEdge(
    "links",
    { hostname: domain, zone: "example.com", settings: "pageRule" },
    { dependsOn: registration },
);
const { fingerprint } = edge;
new sparkpost.Verification("links", { domain, fingerprint }, { dependsOn: edge.dependsOn });

exports.dnsRecords = edge.dnsRecords;
