// What the HSTS of a host's parents means for what an `up` is about to do, told before anything is changed.
import * as pulumi from "@pulumi/pulumi";
import { type HstsOptions, type HstsPolicy, hstsAdvice, readHsts } from "./hsts";
import { afterCheck, inUpdate } from "./pulumi/afterCheck";
import { UserError } from "./pulumi/userError";

/** A tracking domain, as far as HSTS matters to it. */
export interface HstsSubject {
    hostname: string;
    /** Whether its links are https. */
    secure: boolean;
    /** It may be in use already. */
    adopt: boolean;
    /** It has http links all the same. */
    ignoreHsts: boolean;
    /** How the network is reached. */
    options: HstsOptions;
}

/**
 * The host, in an update known once its parents' HSTS was looked at, where that matters: what takes it is made or
 * changed only after that. Warns of what a host in use can't do; refuses http links that browsers would follow by https.
 *
 * Not in a preview, which asks nobody but Cloudflare. A policy that can't be read is none.
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

/** Why http links of this host wouldn't be followed by http; `undefined` where nothing keeps browsers from it. */
export function httpProblem(hostname: string, policy: HstsPolicy | undefined): string | undefined {
    const advice = hstsAdvice(hostname, policy);
    return (
        advice &&
        `${hostname} can't have http links (\`secure: false\`); nothing was changed.\n${advice}\n` +
            "Leave `secure: false` out. Or, if https stays up on it for those browsers, say `ignoreHsts: true` beside it."
    );
}
