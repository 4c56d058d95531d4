// One look at what a host is today, before anything is created or changed: what the stack's state has of it, and what its
// zone at Cloudflare says, or public DNS where its records are kept elsewhere. What is refused for what reason is told by
// pure functions: hostToday.ts, recordOwner.ts, ruleOwner.ts, pageRuleCheck.ts.
import * as pulumi from "@pulumi/pulumi";
import { dnsClient, LookUpFailed, type LookUpOptions } from "../dns/client";
import { plainText } from "../othersWords";
import { answersToday } from "../probe/answersToday";
import { covers } from "../probe/certificates";
import type { ProbeOptions } from "../probe/request";
import { asksNobody, isMocked } from "../pulumi/afterCheck";
import { resourcesInState } from "../pulumi/state";
import { UserError } from "../pulumi/userError";
import { accessOf } from "./access";
import {
    type CloudflareAccess,
    type CloudflareError,
    getList,
    getResult,
    getWholeList,
    isCloudflareError,
} from "./api";
import {
    addressingOf,
    besideOf,
    besideProblem,
    describeRedirectRule,
    type HostToday,
    isSparkPost,
    type RecordSummary,
    type RedirectRule,
    redirectRulesFor,
    type SeenHost,
    strangerProblem,
    whatIsThere,
} from "./hostToday";
import { readPacks } from "./newZone";
import { takeOver } from "./ownership";
import { describeRefusal, pageRuleProblem, type WantedRule, WITHOUT_RULE } from "./pageRuleCheck";
import { isForHost, type PageRuleSummary, targetOf } from "./pageRulePattern";
import {
    importProblem,
    ofHostInState,
    ownerProblem,
    type StateOfHost,
    strangerWarning,
    typeWarning,
} from "./recordOwner";
import { ownershipOf } from "./ruleOwner";

/** What the program wants to make of a host. */
export interface WantedHost {
    hostname: string;
    /** Of the resources that stand for it. */
    resourceName: string;
    /** The SparkPost host behind it. */
    endpoint: string;
    /** Where its record is going to lead, as far as that is known before anything is made. */
    content?: string;
    proxied: boolean;
    comment?: string;
    /** Takes this record over, `<zone id>/<record id>`. */
    recordImport?: string;
    /** With a page rule: what it is for, and the one that is taken over. */
    rule?: WantedRule;
    /** The content of a live name of somebody else's that is to be taken over all the same. */
    replaces?: string;
    /** Where these arguments stand in the program, for messages: `cloudflare`. */
    field: string;
    /** The host may have links in use. */
    inUse?: boolean;
    /** Somebody has seen that the host has an active certificate. */
    isCovered?: boolean;
    /** How the host and public DNS are asked. */
    options: ProbeOptions & LookUpOptions;
}

/** What the look has seen of the host's record; nothing where nobody was asked, or the records couldn't be read. */
export interface SeenRecord {
    /** When it was changed last, RFC 3339; `undefined` where there was none. */
    changedOn?: string;
    /** This update takes an answer away that leads straight to SparkPost, where nothing has a certificate for the host. */
    leaves?: boolean;
}

/** The longest TTL of a record of a host in use that this update may lead elsewhere; Cloudflare's own for a proxied name. */
const LOW_TTL = 300;
/** Cloudflare's TTL "automatic" and, of a record that isn't proxied, what it means (https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/). */
const AUTOMATIC = 1;

/** The phase of a zone's rulesets that a Forwarding URL may have been moved to. */
const REDIRECTS = "rulesets/phases/http_request_dynamic_redirect/entrypoint";

/**
 * The look at one host. It is made by the component whose steps wait for it, and begun by the edge, which knows what is
 * wanted. It waits for the zone's id and its provider's settings, never for a resource of the program.
 */
export class Preflight {
    /** In an update known once nothing speaks against the host; a preview looks at the state alone. */
    readonly passed: pulumi.Output<SeenRecord | undefined>;
    readonly #component: pulumi.Resource;
    #resolve: (look: pulumi.Output<SeenRecord | undefined>) => void = () => {};

    constructor(component: pulumi.Resource) {
        this.#component = component;
        const begun = new Promise<pulumi.Output<SeenRecord | undefined>>((resolve) => {
            this.#resolve = resolve;
        });
        this.passed = pulumi.output(begun) as pulumi.Output<SeenRecord | undefined>;
    }

    /**
     * The look at a host whose records a person or a program of the user's own writes, at whatever DNS service.
     *
     * @param way What they say of it: `replaces`.
     */
    beginElsewhere(
        resourceName: string,
        host: Pick<WantedHost, "hostname" | "endpoint" | "inUse"> & WantedHost["options"],
        way: object,
        field = "dns.manual",
    ): void {
        const { hostname, endpoint, inUse, resolver, nameServers, caFile, connectTo } = host;
        const { replaces } = way as { replaces?: string };
        const options = { resolver, nameServers, caFile, connectTo };
        this.begin(undefined, { hostname, resourceName, endpoint, proxied: true, inUse, replaces, field, options });
    }

    /** @param zoneId Of the host's zone at Cloudflare, `undefined` where that isn't made yet. */
    begin(zoneId: pulumi.Input<string | undefined>, wanted: WantedHost): void {
        this.#resolve(
            isMocked()
                ? pulumi.output(undefined)
                : asksNobody()
                  ? pulumi.output(checkImport(wanted, this.#component).then(() => undefined))
                  : pulumi.output(zoneId).apply((id) => look(id, wanted, this.#component)),
        );
    }
}

/** When links in use may become https at the earliest, RFC 3339: resolvers may keep an older answer until then. */
export function secureNotBefore(
    seen: SeenRecord | undefined,
    modifiedOn: string | undefined,
    now: number = Date.now(),
): string | undefined {
    if (seen && seen.changedOn === undefined) {
        return undefined;
    }
    // An earlier change may be that of an update which was killed: what the record said before isn't known any more.
    const end = after(seen && !seen.leaves ? seen.changedOn : modifiedOn, now);
    return Date.parse(end) > now ? end : undefined;
}

/** When resolvers have forgotten what changed at a moment that Cloudflare gives in whole seconds; unknown, it is now. */
function after(moment: string | undefined, now: number): string {
    const time = Date.parse(moment ?? "") || now;
    return new Date((Math.floor(time / 1_000) + 1 + LOW_TTL) * 1_000).toISOString();
}

/** Refuses to take over what the state has already. */
async function checkImport(wanted: WantedHost, component: pulumi.Resource): Promise<void> {
    const ruleImport = wanted.rule?.importId;
    const id = wanted.recordImport ?? ruleImport;
    if (id !== undefined) {
        const [zoneId] = id.split("/");
        throwIf(importProblem({ ...wanted, ruleImport }, await stateOf(zoneId, wanted, component)));
    }
}

/** What the state has of the host; `undefined` where the engine can't tell. */
async function stateOf(
    zoneId: string | undefined,
    { hostname }: WantedHost,
    component: pulumi.Resource,
): Promise<StateOfHost | undefined> {
    const resources = await resourcesInState(component);
    return resources && ofHostInState(resources, hostname, zoneId);
}

async function look(
    zoneId: string | undefined,
    wanted: WantedHost,
    component: pulumi.Resource,
): Promise<SeenRecord | undefined> {
    const { hostname, inUse = false, rule, proxied, recordImport } = wanted;
    const warn = (warning: string) => void pulumi.log.warn(warning, component);
    await checkImport(wanted, component);
    const access = zoneId === undefined ? undefined : await accessOf(component);
    const reads = access && zoneId !== undefined ? readsOf(access, zoneId, wanted) : undefined;
    const records = reads && (await reads.records());
    if (!reads || !records) {
        throwIf((recordImport ?? (reads ? undefined : rule?.importId)) && unreadImport(hostname));
        if (inUse && zoneId !== undefined) {
            warn(unreadWarning(hostname));
        }
        throwIf(zoneId === undefined ? await publicProblem(wanted, component) : undefined);
        // Page rules have a permission of their own.
        if (reads && rule) {
            await checkRule(reads, rule, await stateOf(zoneId, wanted, component), wanted, undefined, warn);
        }
        return undefined;
    }
    const present = addressingOf(records);
    const imported = records.find(({ id }) => recordImport?.endsWith(`/${id}`));
    if (recordImport !== undefined) {
        throwIf(await foreignRecord(reads, imported, zoneId ?? "", wanted));
    }
    const isInUseToday = present.length > 0;
    const state = isInUseToday || rule ? await stateOf(zoneId, wanted, component) : undefined;
    const isOurs = state !== undefined && state.records.length > 0;
    let today: HostToday | undefined;
    if (isInUseToday && !isOurs) {
        today = await todayOf(records, reads, wanted);
        if (state) {
            const stranger =
                today.is === "stranger"
                    ? strangerProblem(hostname, today, wanted.replaces, `${wanted.field}.replaces`)
                    : undefined;
            throwIf(stranger && recordImport === undefined ? `${stranger} ${takeOver(hostname)}` : stranger);
            throwIf(ownerProblem(wanted, present, imported));
        } else {
            warnIf(strangerWarning(wanted, present), warn);
        }
        warnIf(imported && typeWarning(wanted, imported), warn);
    }
    checkBeside(records, isOurs, wanted, warn);
    throwIf(ttlProblem(hostname, present, wanted));
    if (rule) {
        await checkRule(reads, rule, state, wanted, records, warn);
    } else if (today?.is === "forwarded" && today.by === "redirect rule") {
        warn(redirectRuleWarning(hostname, today.rule));
    }
    if (proxied && present.length > 0 && !present.some((one) => one.proxied)) {
        // Where there is no record nobody reaches the host yet: there is nothing to lose then.
        await checkCertificate(zoneId ?? "", wanted, component);
    }
    if (recordImport !== undefined || rule?.importId !== undefined) {
        void pulumi.log.info(importedNote(wanted), component);
    }
    return {
        changedOn: present[0]?.modified_on ?? (present[0] && "unknown"),
        leaves: inUse && secondsKept(present, wanted) !== undefined,
    };
}

/** What can be read of the zone, each at most once. */
interface Reads {
    /** Of the name, of every type; `undefined` where the token may not. */
    records(): Promise<RecordSummary[] | undefined>;
    record(id: string): Promise<RecordSummary | undefined>;
    takesMail(): Promise<boolean>;
    pageRules(): Promise<PageRuleSummary[]>;
    quota(): Promise<number | undefined>;
    /** `undefined` where the token may not. */
    redirectRules(): Promise<RedirectRule[] | undefined>;
    answers(): Promise<SeenHost["answers"]>;
}

function readsOf(access: CloudflareAccess, zoneId: string, wanted: WantedHost): Reads {
    const { hostname, endpoint, inUse = false, options, rule } = wanted;
    const zone = `zones/${zoneId}`;
    const orUndefined = <Found>(reading: Promise<Found>): Promise<Found | undefined> =>
        reading.catch((error: unknown) => {
            if (!isCloudflareError(error)) {
                throw error;
            }
            return undefined;
        });
    return {
        records: once(async () => {
            try {
                return await getList<RecordSummary>(access, `${zone}/dns_records`, { name: hostname });
            } catch (error) {
                if (!isCloudflareError(error) || (inUse && mayPass(error))) {
                    throw error;
                }
                return undefined;
            }
        }),
        record: (id) => orUndefined(getResult<RecordSummary>(access, `${zone}/dns_records/${id}`)),
        takesMail: once(async () => {
            const servers = await orUndefined(getList<RecordSummary>(access, `${zone}/dns_records`, { type: "MX" }));
            return (servers ?? []).some(
                ({ content }) => /(?:^|\s)(\S+?)\.?$/.exec(content)?.[1]?.toLowerCase() === hostname,
            );
        }),
        pageRules: once(() => ruleCall(() => getWholeList<PageRuleSummary>(access, `${zone}/pagerules`), rule)),
        quota: once(async () => {
            const { meta } = await ruleCall(
                () => getResult<{ meta?: { page_rule_quota?: number } }>(access, zone),
                rule,
            );
            return meta?.page_rule_quota;
        }),
        redirectRules: once(async () => {
            try {
                return (await getResult<{ rules?: RedirectRule[] }>(access, `${zone}/${REDIRECTS}`)).rules ?? [];
            } catch (error) {
                if (!isCloudflareError(error)) {
                    throw error;
                }
                // A phase without rules has no ruleset.
                return error.status === 404 ? [] : undefined;
            }
        }),
        answers: once(() => answersToday({ hostname, endpoint, isEndpoint: isSparkPost, options })),
    };
}

function once<Found>(read: () => Promise<Found>): () => Promise<Found> {
    let found: Promise<Found> | undefined;
    return () => {
        found ??= read();
        return found;
    };
}

/** What the host is: the further reads are only made for what isn't SparkPost's at first sight. */
async function todayOf(records: readonly RecordSummary[], reads: Reads, wanted: WantedHost): Promise<HostToday> {
    const { hostname, endpoint, content } = wanted;
    const own = [endpoint, ...(content === undefined ? [] : [content])];
    const seen: SeenHost = { hostname, records };
    const first = whatIsThere(seen, own);
    if (first.is !== "stranger") {
        return first;
    }
    const [pageRules, redirectRules, takesMail] = await Promise.all([
        reads.pageRules().catch(() => undefined),
        reads.redirectRules(),
        reads.takesMail(),
    ]);
    const second = whatIsThere({ ...seen, pageRules, redirectRules, takesMail }, own);
    return second.is === "stranger"
        ? whatIsThere({ ...seen, pageRules, redirectRules, takesMail, answers: await reads.answers() }, own)
        : second;
}

/** Why a record that `import` names isn't this host's; `undefined` where it is. */
async function foreignRecord(
    reads: Reads,
    imported: RecordSummary | undefined,
    zoneId: string,
    { hostname, recordImport = "", field }: WantedHost,
): Promise<string | undefined> {
    const [zone, id = ""] = recordImport.split("/");
    const refusal = (what: string) => `${field}.import.record ${what} Nothing was changed.`;
    if (zone !== zoneId) {
        return refusal(`lies in another zone (${zone}) than ${hostname} (${zoneId}).`);
    }
    if (!imported) {
        const other = await reads.record(id);
        return refusal(
            other
                ? `is the record of ${plainText(other.name ?? "another name")}, not of ${hostname}: Pulumi would rename it and lead it elsewhere.`
                : `names a record that isn't there (${id}).`,
        );
    }
    return addressingOf([imported]).length === 0
        ? refusal(`is the ${imported.type} record of ${hostname}, not the one that leads visitors somewhere.`)
        : undefined;
}

function checkBeside(
    records: readonly RecordSummary[],
    isOurs: boolean,
    { hostname, proxied }: WantedHost,
    warn: (warning: string) => void,
): void {
    const problem = proxied ? undefined : besideProblem(hostname, besideOf(records));
    // Of ours that isn't proxied already nothing changes any more.
    if (problem && isOurs && addressingOf(records).some((one) => !one.proxied)) {
        warn(problem);
        return;
    }
    throwIf(problem);
}

/** Whether the page rule can be made or taken over, and would fire. */
async function checkRule(
    reads: Reads,
    rule: WantedRule,
    state: StateOfHost | undefined,
    wanted: WantedHost,
    records: readonly RecordSummary[] | undefined,
    warn: (warning: string) => void,
): Promise<void> {
    const { hostname } = wanted;
    const [rules, zoneQuota] = await Promise.all([reads.pageRules(), reads.quota()]);
    const imported = rules.find(({ id }) => rule.importId?.endsWith(`/${id}`));
    if (rule.importId !== undefined && !(imported && isForHost(targetOf(imported), hostname))) {
        throwIf(
            `${wanted.field}.import.pageRule ${imported ? `is the rule of ${plainText(targetOf(imported))}, not of ${hostname}` : `names a rule that isn't there (${rule.importId})`}. Nothing was changed.`,
        );
    }
    const ownership = ownershipOf(rule, rules, state?.rules);
    const others = rules.filter((other) => other !== ownership.own);
    const quota = ownership.isNew ? zoneQuota : undefined;
    const problem = ownership.problem ?? pageRuleProblem(rule, others, quota);
    throwIf(problem && `Page rule ${rule.target}: ${problem}\nNothing was changed at Cloudflare.`);
    warnIf(ownership.warning, warn);
    if (rule.purpose === "redirect" && ownership.isNew && records && addressingOf(records).some((one) => one.proxied)) {
        throwIf(await redirectRuleProblem(reads, hostname));
    }
}

/** Why a page rule that redirects would stand beside what redirects already; `undefined` where nothing does. */
async function redirectRuleProblem(reads: Reads, hostname: string): Promise<string | undefined> {
    const rules = await reads.redirectRules();
    const [there] = redirectRulesFor(hostname, rules ?? []);
    if (!there && (await reads.answers()) !== "redirect") {
        return undefined;
    }
    const what = there
        ? `a ${describeRedirectRule(there)}`
        : rules
          ? "something else than a page rule or a redirect rule of the zone (Bulk Redirects, a Worker)"
          : "probably a redirect rule, which this API token can't see (it lacks Dynamic URL Redirects Read)";
    return (
        `${hostname} redirects to SparkPost already: by ${what}. Cloudflare has moved Forwarding URLs to redirect rules, and those go before page rules: a page rule beside it would do nothing. Nothing was changed.\n` +
        `Use ${WITHOUT_RULE.redirect}: its \`up\` leads the record to SparkPost. Then delete what redirects (Rules, Redirect Rules), while the probe waits.`
    );
}

function redirectRuleWarning(hostname: string, rule: RedirectRule): string {
    return (
        `${hostname} is redirected by a ${describeRedirectRule(rule)}, which this stack doesn't manage. The guide's page rule may have become it. ` +
        "Delete it (Rules, Redirect Rules) once the host's record leads to SparkPost: the probe waits for that."
    );
}

/**
 * Why a host whose records aren't at Cloudflare, or not yet, isn't to be taken over, by what public DNS answers;
 * `undefined` where nothing speaks against it, or nobody can be asked. One that the stack has registered is the stack's.
 */
async function publicProblem(wanted: WantedHost, component: pulumi.Resource): Promise<string | undefined> {
    const { hostname, endpoint, replaces, field, options } = wanted;
    const resources = await resourcesInState(component);
    const isRegistered = resources?.some(
        ({ type, outputs }) => type.endsWith("/sparkpost:TrackingDomain") && outputs.domain === hostname,
    );
    if (isRegistered) {
        return undefined;
    }
    const records = await publicRecords(hostname, options);
    const own = [endpoint];
    const first = whatIsThere({ hostname, records }, own);
    if (first.is !== "stranger") {
        return undefined;
    }
    const answers = await answersToday({ hostname, endpoint, isEndpoint: isSparkPost, options });
    const today = whatIsThere({ hostname, records, answers }, own);
    return today.is === "stranger" ? strangerProblem(hostname, today, replaces, `${field}.replaces`) : undefined;
}

/** What public DNS has of a host; nothing where nobody answers, for then nothing is known. */
async function publicRecords(hostname: string, options: LookUpOptions): Promise<RecordSummary[]> {
    const dns = dnsClient(options);
    try {
        const { CNAME: targets } = await dns.look(hostname, "CNAME");
        if (targets.length > 0) {
            return targets.map((content) => ({ type: "CNAME", content }));
        }
        const { A: v4, AAAA: v6 } = await dns.look(hostname, "A", "AAAA");
        return [...v4.map((content) => ({ type: "A", content })), ...v6.map((content) => ({ type: "AAAA", content }))];
    } catch (error) {
        if (error instanceof LookUpFailed) {
            return [];
        }
        throw error;
    }
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
        const leadsStraight = !record.proxied && record.type === "CNAME" && (isSame || isSparkPost(record.content));
        return leadsStraight && (proxied || !isSame);
    });
    const ttls = left.map(({ ttl = AUTOMATIC }) => (ttl === AUTOMATIC ? LOW_TTL : ttl));
    return ttls.length > 0 ? Math.max(...ttls) : undefined;
}

/** Why the record of a host in use can't lead elsewhere yet; `undefined` where resolvers forget it soon. */
export function ttlProblem(
    hostname: string,
    present: readonly RecordSummary[],
    wanted: { content?: string; proxied?: boolean; inUse?: boolean },
): string | undefined {
    const kept = wanted.inUse ? secondsKept(present, wanted) : undefined;
    return kept !== undefined && kept > LOW_TTL
        ? `${hostname} is in use, and resolvers keep its DNS record for ${kept} s: its https links would break for that long after it changes. Nothing was changed.\n` +
              `Lower the record's TTL to ${LOW_TTL} s or less, wait ${kept} s until the old one has passed, and run \`pulumi up\` again.`
        : undefined;
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
        `${hostname} is in use, and no certificate at Cloudflare that covers it is active yet (${seen}). Proxying it now would break its https links until one is. Nothing was changed; run \`pulumi up --refresh\` when one is active.\n` +
        "A zone gets its first one 15 minutes to 24 hours after it became active, also while the record is DNS only (SSL/TLS, Edge Certificates)."
    );
}

async function checkCertificate(
    zoneId: string,
    { hostname, inUse, isCovered }: WantedHost,
    component: pulumi.Resource,
): Promise<void> {
    const packs = await readPacks(zoneId, component);
    if (packs) {
        throwIf(certificateProblem(hostname, packs));
        return;
    }
    if (isCovered) {
        return;
    }
    const unknown =
        `${hostname} is in use and is going to be proxied, and this API token can't read whether a certificate at Cloudflare that covers it is active (SSL and Certificates Read). ` +
        "If none is (SSL/TLS, Edge Certificates in Cloudflare's dashboard), https breaks on it until there is one.";
    throwIf(
        inUse &&
            `${unknown}\nNothing was changed. Give the token that permission; or look there, and say \`certificateCoversHost: true\` once one is active.`,
    );
    pulumi.log.warn(unknown, component);
}

async function ruleCall<Result>(read: () => Promise<Result>, rule: WantedRule | undefined): Promise<Result> {
    try {
        return await read();
    } catch (error) {
        if (!isCloudflareError(error) || !rule) {
            throw error;
        }
        const { status, path, errors, said, message } = error;
        throw new UserError(status === 0 ? message : describeRefusal(path, status, errors, rule.purpose, said));
    }
}

function unreadImport(hostname: string): string {
    return (
        `${hostname}: the record that \`import\` names can't be read, so nobody knows whether it is this host's. Nothing was changed.\n` +
        "Give the API token (cloudflare:apiToken or CLOUDFLARE_API_TOKEN) the permission DNS Read for the zone."
    );
}

function unreadWarning(hostname: string): string {
    return (
        `${hostname} may be in use, and what its DNS record says can't be read (an API token with DNS Read): if it leads straight to SparkPost now, https links break for as long as resolvers keep that, ` +
        "and until the host's certificate is active. Lower the record's TTL, and see that there is a certificate (SSL/TLS, Edge Certificates), before you go on."
    );
}

function importedNote({ hostname, field }: WantedHost): string {
    return `${hostname}: this \`up\` takes over what \`${field}.import\` names. Remove \`import\` (and \`replaces\`) from the entry once it has ended well: the next \`up\` refuses it, because the stack has it then.`;
}

/** No answer, too many calls, a fault at Cloudflare. */
function mayPass({ status }: CloudflareError): boolean {
    return status === 0 || status === 429 || status >= 500;
}

function throwIf(problem: string | false | undefined): void {
    if (problem) {
        throw new UserError(problem);
    }
}

function warnIf(warning: string | undefined, warn: (warning: string) => void): void {
    if (warning) {
        warn(warning);
    }
}
