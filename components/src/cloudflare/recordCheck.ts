// A look at what Cloudflare has for a host, before its DNS record is made or changed: whose it is, whether a host in use
// has an active certificate before it is proxied, and for how long resolvers keep what the record said.
import type { DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import * as pulumi from "@pulumi/pulumi";
import { covers } from "../probe/certificates";
import { asksNobody } from "../pulumi/afterCheck";
import { UserError } from "../pulumi/userError";
import { accessOf } from "./access";
import { type CloudflareError, getList, isCloudflareError } from "./api";
import { readPacks } from "./newZone";
import { ADDRESSING, checkOwner, type RecordSummary } from "./recordOwner";

/** Cloudflare's TTL "automatic" and, of a record that isn't proxied, what it means (https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/). */
const AUTOMATIC = 1;
const AUTOMATIC_SECONDS = 300;

/** SparkPost's endpoints: of both regions, of either kind, of Enterprise tenants. */
const SPARKPOST = /(^|\.)(spgo\.io|et\.e\.sparkpost\.com)$/i;

/** What is known of a host's record beside its arguments. */
export interface LookOptions {
    /** Of the resource. */
    resourceName: string;
    /** Takes this record over, `<zone id>/<record id>`, where the stack has none yet. */
    importId?: string;
    /** The host may have links in use already. */
    inUse: boolean;
    /** Somebody has seen that the host has an active certificate. */
    isCovered: boolean;
}

/** What an update knows once the host's records were looked at: the record is made or changed only after that. */
export interface RecordLook {
    zoneId: pulumi.Output<string>;
    /** Seconds for which resolvers keep an answer that this update changes; `undefined` where it changes none. */
    formerTtl: pulumi.Output<number | undefined>;
    /** Where this update changes no such answer: when the record was changed last, RFC 3339. */
    changedBefore: pulumi.Output<string | undefined>;
}

/**
 * Looks at the records that the host has. Where no API token is to be found, or it can't read records, Cloudflare's own
 * answer has to do.
 */
export function lookAtRecord(
    record: DnsRecordArgs,
    { resourceName, importId, inUse, isCovered }: LookOptions,
    component: pulumi.Resource,
): RecordLook {
    if (asksNobody()) {
        const unknown = pulumi.output(undefined);
        return { zoneId: pulumi.output(record.zoneId), formerTtl: unknown, changedBefore: unknown };
    }
    const warn = (warning: string) => void pulumi.log.warn(warning, component);
    const look = pulumi.output(record).apply(async ({ zoneId, name, type, content, comment, proxied }) => {
        const present = (await readRecords(zoneId, name, inUse, warn, component)).filter((one) =>
            ADDRESSING.includes(one.type),
        );
        await checkOwner({ resourceName, name, zoneId, type, content, comment, importId }, present, warn, component);
        // Where there is no record nobody reaches the host yet: there is nothing to lose then.
        if (proxied && present.length > 0 && !present.some((one) => one.proxied)) {
            await checkCertificate(zoneId, name, { inUse, isCovered }, component);
        }
        const formerTtl = secondsKept(present, { content, proxied });
        const changedBefore = formerTtl === undefined ? present[0]?.modified_on : undefined;
        return { zoneId, formerTtl, changedBefore };
    });
    return { zoneId: look.zoneId, formerTtl: look.formerTtl, changedBefore: look.changedBefore };
}

/**
 * Seconds for which resolvers keep answers that lead straight to SparkPost, where http works and nothing has a certificate
 * for the host, if the record is going to lead elsewhere; else `undefined`.
 */
export function secondsKept(
    present: readonly RecordSummary[],
    { content, proxied }: { content?: string; proxied?: boolean },
): number | undefined {
    const left = present.filter((record) => {
        const isSame = record.content === content;
        const leadsStraight = !record.proxied && record.type === "CNAME" && (isSame || SPARKPOST.test(record.content));
        return leadsStraight && (proxied || !isSame);
    });
    const ttls = left.map(({ ttl = AUTOMATIC }) => (ttl === AUTOMATIC ? AUTOMATIC_SECONDS : ttl));
    return ttls.length > 0 ? Math.max(...ttls) : undefined;
}

/** Why a host in use mustn't be proxied yet; `undefined` where one of the zone's certificates that cover it is active. */
export function certificateProblem(
    hostname: string,
    packs: readonly { hosts: string[]; status: string }[],
): string | undefined {
    if (packs.some(({ status, hosts }) => status === "active" && covers(hosts, hostname))) {
        return undefined;
    }
    const seen = packs.map(({ hosts, status }) => `${hosts.join(", ")} ${status}`).join("; ") || "none is on order";
    return (
        `${hostname} is in use, and no certificate at Cloudflare that covers it is active yet (${seen}): proxied now, its https links would break until there is one. Nothing was changed; run \`pulumi up --refresh\` when one is active.\n` +
        "A zone gets its first one 15 minutes to 24 hours after it became active, also while the record is DNS only (SSL/TLS, Edge Certificates)."
    );
}

async function checkCertificate(
    zoneId: string,
    hostname: string,
    { inUse, isCovered }: Pick<LookOptions, "inUse" | "isCovered">,
    component: pulumi.Resource,
): Promise<void> {
    const packs = await readPacks(zoneId, component);
    if (packs) {
        const problem = certificateProblem(hostname, packs);
        if (problem) {
            throw new UserError(problem);
        }
        return;
    }
    if (isCovered) {
        return;
    }
    const unknown =
        `${hostname} is in use and is going to be proxied, and this API token can't read whether a certificate at Cloudflare that covers it is active (SSL and Certificates Read). ` +
        "If none is (SSL/TLS, Edge Certificates in Cloudflare's dashboard), https breaks on it until there is one.";
    if (inUse) {
        throw new UserError(
            `${unknown}\nNothing was changed. Give the token that permission; or look there, and say \`certificateCoversHost: true\` once one is active.`,
        );
    }
    pulumi.log.warn(unknown, component);
}

/** The records of a name; none where they can't be read, which a host in use has to be told. */
async function readRecords(
    zoneId: string,
    name: string,
    inUse: boolean,
    warn: (warning: string) => void,
    component: pulumi.Resource,
): Promise<RecordSummary[]> {
    const access = await accessOf(component);
    try {
        if (access) {
            return await getList<RecordSummary>(access, `zones/${zoneId}/dns_records`, { name });
        }
    } catch (error) {
        if (!isCloudflareError(error) || (inUse && mayPass(error))) {
            throw error;
        }
    }
    if (inUse) {
        warn(
            `${name} may be in use, and what its DNS record says can't be read (an API token with DNS Read): if it leads straight to SparkPost now, https links break for as long as resolvers keep that, ` +
                "and until the host's certificate is active. Lower the record's TTL, and see that there is a certificate (SSL/TLS, Edge Certificates), before you go on.",
        );
    }
    return [];
}

/** No answer, too many calls, a fault at Cloudflare. */
function mayPass({ status }: CloudflareError): boolean {
    return status === 0 || status === 429 || status >= 500;
}
