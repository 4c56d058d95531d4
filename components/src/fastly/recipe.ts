// What in a service's arguments, after a user's adjustments, would break or blur tracking.
import type { ServiceVclArgs } from "@pulumi/fastly/serviceVcl";
import * as pulumi from "@pulumi/pulumi";

/** Seconds; what SparkPost asks for. */
const wantedTtl = 10;

/** Warns, once its values are known, of a service that differs from the recipe where that costs clicks. */
export function warnOfRecipe(hostname: string, args: ServiceVclArgs, component: pulumi.Resource): void {
    pulumi.output(args).apply((known) => {
        for (const warning of recipeWarnings(hostname, known)) {
            pulumi.log.warn(warning, component);
        }
    });
}

/** The warnings, each with its remedy. Pure. */
export function recipeWarnings(
    hostname: string,
    { backends = [], requestSettings = [], defaultHost, defaultTtl }: pulumi.Unwrap<ServiceVclArgs>,
): string[] {
    const warnings: string[] = [];
    const overriding = [
        ...backends.filter(({ overrideHost }) => overrideHost).map(({ name }) => `overrideHost of the backend ${name}`),
        ...requestSettings
            .filter((settings) => settings.defaultHost)
            .map(({ name }) => `defaultHost of the request setting ${name}`),
        ...(defaultHost ? ["the service's defaultHost"] : []),
    ];
    if (overriding.length > 0) {
        warnings.push(
            `${overriding.join(" and ")} replaces the Host header of ${hostname}, by which SparkPost finds the tracking domain. Fastly tells the tracker the real host on https alone (X-Forwarded-Host), ` +
                "and whether that wins isn't documented: http links break at any rate. Leave it out.",
        );
    }
    const plain = backends.filter(({ useSsl }) => !useSsl).map(({ name, port = 80 }) => `${name} (port ${port})`);
    if (plain.length > 0) {
        warnings.push(
            `The backend ${plain.join(", ")} is asked without TLS: clicks on https links go on to SparkPost unencrypted, though everything looks right from outside. Set useSsl, port 443, and the endpoint's name as sslCertHostname and sslSniHostname.`,
        );
    }
    if (defaultTtl !== undefined && defaultTtl > wantedTtl) {
        warnings.push(
            `Fastly caches the answers of ${hostname} for ${defaultTtl} s: who clicks a link again within that time isn't counted. SparkPost asks for ${wantedTtl} s.`,
        );
    }
    return warnings;
}
