// Checks a service's arguments, after the user's transform, for what would break tracking or lose clicks.
import type { ServiceVclArgs } from "@pulumi/fastly/serviceVcl";
import * as pulumi from "@pulumi/pulumi";

/** Seconds that SparkPost asks for. */
const wantedTtl = 10;

/** Warns of what differs from the recipe and costs clicks, once the values are known. */
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
        const [replaces, them] = overriding.length > 1 ? ["replace", "them"] : ["replaces", "it"];
        warnings.push(
            `${overriding.join(" and ")} ${replaces} the Host header of ${hostname}. SparkPost finds the tracking domain by that header, so http links break. ` +
                `On https Fastly also sends X-Forwarded-Host, but no document says that SparkPost prefers it. Remove ${them}.`,
        );
    }
    const plain = backends.filter(({ useSsl }) => !useSsl).map(({ name, port = 80 }) => `${name} (port ${port})`);
    if (plain.length > 0) {
        warnings.push(
            `Fastly asks the backend ${plain.join(", ")} without TLS. Clicks on https links reach SparkPost unencrypted, though everything looks right from outside. Set useSsl, port 443, and the endpoint's name as sslCertHostname and sslSniHostname.`,
        );
    }
    if (defaultTtl !== undefined && defaultTtl > wantedTtl) {
        warnings.push(
            `Fastly caches the answers of ${hostname} for ${defaultTtl} s, so SparkPost doesn't count a second click within that time. Set defaultTtl to ${wantedTtl}, as SparkPost asks.`,
        );
    }
    return warnings;
}
