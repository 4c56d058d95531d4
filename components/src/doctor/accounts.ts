// "CDN and SparkPost": what their APIs say of the host, where the environment holds a key or a token for them. A key goes to
// its own API and nowhere else.
import type { Check } from "./check";
import { lookAtCloudflare } from "./cloudflare";
import { lookAtFastly } from "./fastly";
import { lookAtSparkPost } from "./sparkpost";
import type { Look } from "./world";

export const lookAtAccounts: Look = async (subject, world) => {
    const found = await Promise.all(
        [lookAtCloudflare, lookAtFastly, lookAtSparkPost].map((look) => look(subject, world)),
    );
    return found.flat().map((check): Check => ({ heading: "accounts", ...check }));
};
