const pulumi = require("@pulumi/pulumi");

const config = new pulumi.Config();
exports.list = config.getObject("list");
exports.key = config.getSecret("key");
