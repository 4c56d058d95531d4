// As many dynamic resources as the configuration says, which do nothing at all.
const pulumi = require("@pulumi/pulumi");

const provider = {
    check: async (_olds, inputs) => ({ inputs }),
    diff: async () => ({ changes: false }),
    create: async (inputs) => ({ id: "id", outs: inputs }),
    read: async (id, props) => ({ id, props }),
};
for (let index = 0; index < new pulumi.Config().requireNumber("resources"); index++) {
    new pulumi.dynamic.Resource(provider, `resource-${index}`, { index });
}
