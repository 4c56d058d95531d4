// Each entry of the configuration is a resource: { kind, name, args, dependsOn, options }.
const pulumi = require("@pulumi/pulumi");
const { sparkpost } = require("pulumi-sparkpost-tracking");

const made = {};
for (const { kind, name, args, dependsOn = [], options = {} } of new pulumi.Config().requireObject("resources")) {
    made[`${kind} ${name}`] = new sparkpost[kind](name, args, {
        ...options,
        dependsOn: dependsOn.map((key) => made[key]),
    });
}
module.exports = made;
