// The stand-in for the fastly plugin: a program that the engine starts. It behaves like the official one for what this
// project uses, and calls the API through Fastly's own client.
//
// What it doesn't know, and what it does otherwise:
// - Other resource types, blocks and options are refused. Configuration of the provider: the key is FASTLY_API_KEY, the
//   API's address FASTLY_API_URL. No names are made up for a service without one.
// - After a clone the official plugin sleeps 7 s; there is no need to against a local API.
// - inferred: a request setting's field without a value and without a default in the schema is a change at every preview
//   once the API tells any value for it, `false` and 0 too. An imported service is one that is to be active.
// - An import doesn't see blocks of types that the stand-in doesn't know, or a version's comment.
import { serviceVcl } from "./fastly/serviceVcl.ts";
import { tlsSubscription } from "./fastly/tlsSubscription.ts";
import { endWaiting, tlsSubscriptionValidation } from "./fastly/tlsSubscriptionValidation.ts";
import { type Plugin, serve } from "./serve.ts";

export const fastly: Plugin = {
    name: "fastly",
    resources: {
        "fastly:index/serviceVcl:ServiceVcl": serviceVcl,
        "fastly:index/tlsSubscription:TlsSubscription": tlsSubscription,
        "fastly:index/tlsSubscriptionValidation:TlsSubscriptionValidation": tlsSubscriptionValidation,
    },
    functions: {},
    cancel: endWaiting,
};

if (import.meta.main) {
    await serve(fastly);
}
