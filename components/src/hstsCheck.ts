// Checks the HSTS of a host's parents before an `up` changes anything.
import * as pulumi from "@pulumi/pulumi";
import { type HstsOptions, type HstsPolicy, hstsAdvice, readHsts } from "./hsts";
import { afterCheck, inUpdate } from "./pulumi/afterCheck";
import { UserError } from "./pulumi/userError";

/** A tracking domain, as far as HSTS matters to it. */
interface HstsSubject {
    hostname: string;
    /** Whether its links are https. */
    secure: boolean;
    /** The host may be in use. */
    adopt: boolean;
    /** It gets http links all the same. */
    ignoreHsts: boolean;
    /** How to reach the network. */
    options: HstsOptions;
}

/**
 * The host, which an update knows only after the check, so that nothing is made or changed before. Warns if a host in use
 * can't go back to http. Refuses http links that browsers would open by https.
 *
 * A preview doesn't check, because it asks nobody but Cloudflare. A policy that can't be read counts as none.
 */
export function checkHsts(subject: HstsSubject, component: pulumi.Resource): pulumi.Input<string> {
    const { hostname, secure, adopt, ignoreHsts, options } = subject;
    const matters = secure ? adopt : !ignoreHsts;
    if (!matters) {
        return hostname;
    }
    const check = inUpdate(hostname, async () => {
        const policy = await readHsts(hostname, options).catch(() => undefined);
        const [advice, problem] = secure ? [hstsAdvice(hostname, policy)] : [undefined, httpProblem(hostname, policy)];
        if (problem) {
            throw new UserError(problem, "hsts");
        }
        if (advice) {
            pulumi.log.warn(advice, component);
        }
    });
    return afterCheck(hostname, check);
}

/** Why browsers wouldn't open http links of this host by http. `undefined` if they would. */
export function httpProblem(hostname: string, policy: HstsPolicy | undefined): string | undefined {
    const advice = hstsAdvice(hostname, policy);
    return (
        advice &&
        `${hostname} can't have http links (\`secure: false\`). Nothing was changed.\n${advice}\n` +
            "Remove `secure: false`. Or, if https keeps working there, add `ignoreHsts: true`."
    );
}
