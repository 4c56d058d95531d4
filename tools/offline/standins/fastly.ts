// The stand-in for the fastly plugin: a program that the engine starts. It behaves like the official one for what this
// project uses, and calls the API through Fastly's own client.
import { serviceVcl } from "./fastly/serviceVcl.ts";
import { tlsSubscription } from "./fastly/tlsSubscription.ts";
import { endWaiting, tlsSubscriptionValidation } from "./fastly/tlsSubscriptionValidation.ts";
import { serve } from "./serve.ts";

await serve({
    name: "fastly",
    resources: {
        "fastly:index/serviceVcl:ServiceVcl": serviceVcl,
        "fastly:index/tlsSubscription:TlsSubscription": tlsSubscription,
        "fastly:index/tlsSubscriptionValidation:TlsSubscriptionValidation": tlsSubscriptionValidation,
    },
    functions: {},
    cancel: endWaiting,
});
