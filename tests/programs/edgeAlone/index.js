// An edge alone, in a component that tells its record: a reference to a resource stands in the state then.
const pulumi = require("@pulumi/pulumi");
// With the whole of it the SDK knows how to make its resources out of references.
require("@pulumi/cloudflare");
const { CloudflareEdge } = require("pulumi-sparkpost-tracking");

class Host extends pulumi.ComponentResource {
    constructor(name, args) {
        super("edgeAlone:index:Host", name);
        this.registerOutputs({ record: new CloudflareEdge(name, args, { parent: this }).record });
    }
}

const hostname = new pulumi.Config().require("hostname");
new Host("track", { hostname, zone: "example.com" });
