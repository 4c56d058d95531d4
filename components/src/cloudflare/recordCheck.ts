// A look at what Cloudflare has for a host, before its DNS record is made or changed: a record that isn't ours is refused
// with the command that takes it over, a host in use isn't proxied before its certificate is active, and for how long
// resolvers keep what the record said is found out.
import type { DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import * as pulumi from "@pulumi/pulumi";
import { MARK } from "../dns/recordMark";
import { resourcesInState } from "../ownState";
import { covers } from "../probe/certificates";
import { UserError } from "../userError";
import { accessOf } from "./access";
import { getList, isCloudflareError } from "./api";
import { readPacks } from "./newZone";

/** Cloudflare's TTL "automatic" and, of a record that isn't proxied, what it means (https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/). */
const AUTOMATIC = 1;
const AUTOMATIC_SECONDS = 300;

/** SparkPost's endpoints: of both regions, of either kind, of Enterprise tenants. */
const SPARKPOST = /(^|\.)(spgo\.io|et\.e\.sparkpost\.com)$/i;

const RECORD_TYPE = "cloudflare:index/dnsRecord:DnsRecord";

/** A DNS record as the API lists it, as far as it matters here. */
export interface RecordSummary {
    id: string;
    type: string;
    content: string;
    proxied: boolean;
    comment?: string | null;
    /** Seconds; 1 is "automatic". */
    ttl?: number;
}

/** What an update knows once the host's records were looked at: the record is made or changed only after that. */
export interface RecordLook {
    zoneId: pulumi.Output<string>;
    /** Seconds for which resolvers keep an answer that this update changes; `undefined` where it changes none. */
    formerTtl: pulumi.Output<number | undefined>;
}

/**
 * Looks at the records that the host has. Where no API token is to be found, or it can't read records, Cloudflare's own
 * answer has to do.
 */
export function lookAtRecord(
    record: DnsRecordArgs,
    importId: string | undefined,
    component: pulumi.Resource,
): RecordLook {
    if (pulumi.runtime.isDryRun()) {
        return { zoneId: pulumi.output(record.zoneId), formerTtl: pulumi.output(undefined) };
    }
    const look = pulumi.output(record).apply(async ({ zoneId, name, type, content, comment, proxied }) => {
        const present = addressing(await readRecords(zoneId, name, component));
        const warning =
            importId === undefined
                ? await checkOwnership(name, present, { content, comment })
                : typeWarning(name, present, { importId, type, content });
        if (warning) {
            pulumi.log.warn(warning, component);
        }
        // Where there is no record nobody reaches the host yet: there is nothing to lose then.
        if (proxied && present.length > 0 && !present.some((one) => one.proxied)) {
            await checkCertificate(zoneId, name, component);
        }
        return { zoneId, formerTtl: secondsKept(present, { content, proxied }) };
    });
    return { zoneId: look.zoneId, formerTtl: look.formerTtl };
}

/** Why the host's record can't be made; `undefined` where there is none, or the stack's state has one of that name. */
export function foreignProblem(
    hostname: string,
    [present]: readonly RecordSummary[],
    namesInState: readonly unknown[],
): string | undefined {
    return present && !namesInState.includes(hostname)
        ? `${hostname} has a DNS record at Cloudflare that isn't this stack's (${described(present)}), and there can be no second one. No record was changed.\n` +
              `What takes it over, as lines of configuration with its id (\`import\`), is printed by:\n    ${findCommand(hostname)}`
        : undefined;
}

/**
 * The warning about records that this stack can't have made; `undefined` where there is none. For where nobody tells
 * what is in the state. A record of ours that somebody has changed keeps its comment, or what it leads to; one that was
 * changed in both respects is warned of for nothing, so this never refuses.
 */
export function strangerWarning(
    hostname: string,
    present: readonly RecordSummary[],
    { content, comment }: { content?: string; comment?: string },
): string | undefined {
    const isOurs = (record: RecordSummary) =>
        (record.type === "CNAME" && record.content === content) ||
        record.comment?.endsWith(MARK) ||
        (comment !== undefined && record.comment === comment);
    const [stranger] = present.filter((record) => !isOurs(record));
    return (
        stranger &&
        `${hostname} has a DNS record at Cloudflare that this stack doesn't seem to have made (${described(stranger)}), and there can be no second one (error 81053). ` +
            `What takes it over, as lines of configuration with its id (\`import\`), is printed by:\n    ${findCommand(hostname)}`
    );
}

function findCommand(hostname: string): string {
    return `npx pulumi-sparkpost-tracking find ${hostname}`;
}

/**
 * The warning about a record of another type that is to be taken over; `undefined` where it fits. Cloudflare changes a
 * record's type in place; its provider has been seen to replace the record instead, which the engine refuses for one that
 * is imported (terraform-provider-cloudflare issue 6358).
 */
export function typeWarning(
    hostname: string,
    present: readonly RecordSummary[],
    { importId, type, content }: { importId: string; type: string; content?: string },
): string | undefined {
    const record = present.find(({ id }) => importId.endsWith(`/${id}`));
    return record && record.type !== type
        ? `The record of ${hostname} that is taken over is of type ${record.type}, not ${type}. If Pulumi says that it "may not be replaced": edit it in Cloudflare's dashboard, type ${type}, target ${content}, in one step, ` +
              "leave its proxy status as it is, and run `pulumi up --refresh`."
        : undefined;
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
        const leadsToSparkPost = !record.proxied && record.type === "CNAME" && SPARKPOST.test(record.content);
        return leadsToSparkPost && (proxied || record.content !== content);
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
        `${hostname} is in use, and no certificate at Cloudflare that covers it is active yet (${seen}): proxied now, its https links would break until there is one. Nothing was changed; run \`pulumi up\` again when one is active.\n` +
        "A zone gets its first one 15 minutes to 24 hours after it became active, also while the record is DNS only (SSL/TLS, Edge Certificates)."
    );
}

/** Refuses records that aren't the stack's; where nobody can tell which are, gives the warning. */
async function checkOwnership(
    hostname: string,
    present: readonly RecordSummary[],
    wanted: { content?: string; comment?: string },
): Promise<string | undefined> {
    const inState = present.length > 0 ? await resourcesInState() : [];
    if (!inState) {
        return strangerWarning(hostname, present, wanted);
    }
    const names = inState.filter(({ type }) => type === RECORD_TYPE).map(({ outputs }) => outputs.name);
    const problem = foreignProblem(hostname, present, names);
    if (problem) {
        throw new UserError(problem);
    }
    return undefined;
}

async function checkCertificate(zoneId: string, hostname: string, component: pulumi.Resource): Promise<void> {
    const packs = await readPacks(zoneId, component);
    if (!packs) {
        pulumi.log.warn(
            `${hostname} is in use and is going to be proxied, and this API token can't read whether its certificate is active (SSL and Certificates Read). ` +
                "If none is (SSL/TLS, Edge Certificates in Cloudflare's dashboard), its https links break until there is one.",
            component,
        );
        return;
    }
    const problem = certificateProblem(hostname, packs);
    if (problem) {
        throw new UserError(problem);
    }
}

/** Those beside which there can be no CNAME. */
function addressing(records: readonly RecordSummary[]): RecordSummary[] {
    return records.filter(({ type }) => ["A", "AAAA", "CNAME"].includes(type));
}

function described({ type, content, proxied }: RecordSummary): string {
    return `${type} ${content}, ${proxied ? "proxied" : "DNS only"}`;
}

/** The records of a name; none where they can't be read. */
async function readRecords(zoneId: string, name: string, component: pulumi.Resource): Promise<RecordSummary[]> {
    const access = await accessOf(component, RECORD_TYPE);
    if (!access) {
        return [];
    }
    return getList<RecordSummary>(access, `zones/${zoneId}/dns_records`, { name }).catch((error: unknown) => {
        if (isCloudflareError(error)) {
            return [];
        }
        throw error;
    });
}
