// The two records of a hostname behind Fastly: one proves it to the certificate authority, one sends visitors to Fastly.
import type { TlsSubscription } from "@pulumi/fastly/tlsSubscription";
import type * as pulumi from "@pulumi/pulumi";
import type { DnsRecordSpec } from "../dns/writer";
import { withoutDot } from "../hostname";
import { isMocked } from "../pulumi/afterCheck";

/** The records' TTL in seconds: short, so that a change takes effect soon. */
export const lowTtl = 300;

/** What each record is for. Cloudflare allows 100 characters in a comment. */
export const purposes = {
    challenge: "proves the tracking host to the certificate authority, at every renewal too: it stays",
    host: "sends the tracking host to Fastly; links in sent mail depend on it",
};

/** The record that proves the hostname to the certificate authority. Its value is known once the certificate is ordered. */
export function challengeRecord(
    hostname: string,
    { managedDnsChallenges }: TlsSubscription,
): pulumi.Output<DnsRecordSpec> {
    const name = `_acme-challenge.${hostname}`;
    return managedDnsChallenges.apply((challenges) => {
        const value = challenges?.find(({ recordName }) => withoutDot(recordName) === name)?.recordValue ?? mocked();
        if (!value) {
            throw new Error(
                `Fastly gave no DNS challenge for ${hostname}; its subscription has ${JSON.stringify(challenges)}.`,
            );
        }
        return { type: "CNAME", name, value: withoutDot(value), ttl: lowTtl, purpose: purposes.challenge };
    });
}

/** The hostname's own record. Fastly names its target in the HTTP challenge. */
export function hostRecord(hostname: string, { managedHttpChallenges }: TlsSubscription): pulumi.Output<DnsRecordSpec> {
    return managedHttpChallenges.apply((challenges) => {
        const value =
            challenges?.find(
                ({ recordName, recordType }) => recordType === "CNAME" && withoutDot(recordName) === hostname,
            )?.recordValues[0] ?? mocked();
        if (!value) {
            throw new Error(
                `Fastly named no CNAME target for ${hostname}; its subscription has ${JSON.stringify(challenges)}.`,
            );
        }
        return { type: "CNAME", name: hostname, value: withoutDot(value), ttl: lowTtl, purpose: purposes.host };
    });
}

/**
 * The steps before the record of a host in use may point to Fastly; `undefined` once the certificate is there.
 *
 * @param state The subscription's, as of the last refresh.
 */
export function beforeHostMoves(hostname: string, state: string): string[] | undefined {
    return state === "issued" || state === "renewing"
        ? undefined
        : [
              `Run \`pulumi up --refresh\` until Fastly has issued the certificate (it is ${state} now).`,
              `Leave the record of ${hostname} as it is until then: its own step comes with the certificate.`,
          ];
}

/** The value in a user's test with mocks, which can't know Fastly's. */
function mocked(): string | undefined {
    return isMocked() ? "not-given-by-the-mock.invalid" : undefined;
}
