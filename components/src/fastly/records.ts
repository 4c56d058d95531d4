// The two records of a host behind Fastly: one proves it to the certificate authority, one sends visitors there.
import type { TlsSubscription } from "@pulumi/fastly/tlsSubscription";
import type * as pulumi from "@pulumi/pulumi";
import type { SeenRecord } from "../dns/manual";
import type { DnsRecordSpec } from "../edge";

/** Seconds; short, so that a change takes effect soon. */
export const lowTtl = 300;

/** What each record is for; Cloudflare takes a comment of 100 characters. */
export const purposes = {
    challenge: "proves the tracking host to the certificate authority, at every renewal too: it stays",
    host: "sends the tracking host to Fastly; links in sent mail depend on it",
};

/** The record by which the certificate authority knows the host: the challenge's, known once it is ordered. */
export function challengeRecord(
    hostname: string,
    { managedDnsChallenges }: TlsSubscription,
): pulumi.Output<DnsRecordSpec> {
    const name = `_acme-challenge.${hostname}`;
    return managedDnsChallenges.apply((challenges) => {
        const value = challenges.find(({ recordName }) => withoutDot(recordName) === name)?.recordValue;
        if (!value) {
            throw new Error(
                `Fastly gave no DNS challenge for ${hostname}; its subscription has ${JSON.stringify(challenges)}.`,
            );
        }
        return { type: "CNAME", name, value: withoutDot(value), ttl: lowTtl, purpose: purposes.challenge };
    });
}

/** The host's own record: its target is what Fastly offers for an HTTP challenge. */
export function hostRecord(hostname: string, { managedHttpChallenges }: TlsSubscription): pulumi.Output<DnsRecordSpec> {
    return managedHttpChallenges.apply((challenges) => {
        const value = challenges.find(
            ({ recordName, recordType }) => recordType === "CNAME" && withoutDot(recordName) === hostname,
        )?.recordValues[0];
        if (!value) {
            throw new Error(
                `Fastly named no CNAME target for ${hostname}; its subscription has ${JSON.stringify(challenges)}.`,
            );
        }
        return { type: "CNAME", name: hostname, value: withoutDot(value), ttl: lowTtl, purpose: purposes.host };
    });
}

/** What to know of a certificate whose records a person writes. */
export function manualAdvice(hostname: string, records: readonly SeenRecord[], state: string): string[] {
    if (records.every(({ isThere }) => isThere)) {
        return [];
    }
    return [
        `Fastly's certificate for ${hostname} was ${state} when this was read last; \`pulumi refresh\` asks again. A host in use must not be led to Fastly before it is issued: add the _acme-challenge record first, and change the host's own when Fastly says issued.`,
    ];
}

function withoutDot(name: string): string {
    return name.replace(/\.$/, "").toLowerCase();
}
