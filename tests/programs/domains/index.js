// Each entry of the configuration is a domain as the component takes it, with its `transform` as plain data.
const pulumi = require("@pulumi/pulumi");
const { HttpsTrackingDomain } = require("pulumi-sparkpost-tracking");

for (const args of new pulumi.Config().requireObject("domains")) {
    new HttpsTrackingDomain(args.hostname, args);
}
