// How long resolvers keep the answer that a host had before its record was changed: links must not become https while
// that answer still leads some recipients to a server without a certificate for the host.
import * as pulumi from "@pulumi/pulumi";
import { oncePerProgram } from "./program";
import { describeSpan } from "./sparkpost/runtime/clock";

/** Remembers for how many seconds resolvers keep what this update is about to change of a host's record. */
export function rememberOldAnswer(hostname: string, seconds: number): void {
    oldAnswers().set(hostname, Math.max(seconds, oldAnswers().get(hostname) ?? 0));
}

/** What a wait for resolvers is about. */
export interface OldAnswer {
    hostname: string;
    /** What has to be there before the new answer is: the host's record among them. */
    after: pulumi.Resource[];
    /** Whether links are about to become https: nobody had https links before. `undefined`: they aren't. */
    becomesSecure: pulumi.Output<boolean | undefined> | undefined;
}

/**
 * The host, in an update known once resolvers have forgotten an old answer of its record that doesn't take https. Where this
 * update has changed none, at once: the one after an update that failed or was killed in between doesn't wait any more.
 */
export function hostnameOnceForgotten(
    { hostname, after, becomesSecure }: OldAnswer,
    component: pulumi.Resource,
): pulumi.Input<string> {
    if (pulumi.runtime.isDryRun() || !becomesSecure) {
        return hostname;
    }
    const urns = after.map(({ urn }) => urn);
    return pulumi.all([becomesSecure, pulumi.all(urns)]).apply(async ([isSwitch]) => {
        const kept = (oldAnswers().get(hostname) ?? 0) * 1_000;
        if (isSwitch && kept > 0) {
            pulumi.log.info(
                `${hostname} becomes https in ${describeSpan(kept)}, when no resolver leads anybody to where its record led before: there is no certificate for it there.`,
                component,
            );
            await new Promise((resolve) => setTimeout(resolve, kept));
        }
        return hostname;
    });
}

function oldAnswers(): Map<string, number> {
    return oncePerProgram("old answers", () => new Map<string, number>());
}
