// The look at a hostname whose zone is at Cloudflare, before anything is made or changed. It reads the stack's state and the
// zone. Pure functions decide: hostToday/today.ts what the hostname is today, ownership.ts and pageRuleCheck.ts who manages its
// record and rule, oldAnswers.ts what resolvers keep.
import * as pulumi from "@pulumi/pulumi";
import type { EdgeComponent } from "../edgeTypes";
import { type HostLook, type LookOptions, lookInDns, type SeenRecord } from "../hostToday/look";
import {
    addressingOf,
    classifyHost,
    type HostToday,
    hiddenProblem,
    hiddenRecordsOf,
    isSparkPost,
    type SeenHost,
    strangerProblem,
    takesMailFor,
} from "../hostToday/today";
import { plainText } from "../othersWords";
import { answersToday } from "../probe/answersToday";
import { asksNobody, isMocked } from "../pulumi/afterCheck";
import { resourcesInState } from "../pulumi/state";
import { UserError } from "../pulumi/userError";
import type { Anchor } from "../readOn";
import { type CloudflareAccess, CloudflareError } from "./api";
import { checkWorker, type WantedWorker } from "./appLinks";
import { checkCertificate } from "./certificates";
import { secondsCached, ttlProblem } from "./oldAnswers";
import {
    challengeProblem,
    howToFindIds,
    howToImport,
    type ImportAdvice,
    importProblem,
    ofHostInState,
    ownerProblem,
    RECORD_TYPE,
    RULE_TYPE,
    type StateOfHost,
    strangerWarning,
    typeWarning,
    type WantedChallenge,
} from "./ownership";
import { describeRefusal, isTwin, ownershipOf, pageRuleProblem, type WantedRule, WITHOUT_RULE } from "./pageRuleCheck";
import {
    type CloudflareRecord,
    readPageRuleQuota,
    readPageRules,
    readRecord,
    readRecords,
    readRedirectRules,
} from "./reads";
import { accessOf } from "./zoneLookUp";
import { describeRedirectRule, forwardingsFor, isForHost, redirectRulesFor, targetOf } from "./zoneRules";

/** What the program wants for a hostname. */
export interface WantedHost {
    hostname: string;
    /** The name of its resources. */
    resourceName: string;
    /** The SparkPost host behind it. */
    endpoint: string;
    /** Where its record will point, as far as that is known before anything is made. */
    content?: string;
    proxied: boolean;
    comment?: string;
    /** The record to import, `<zone id>/<record id>`. */
    recordImport?: string;
    /** Its page rule. */
    rule?: WantedRule;
    /** What serves its files of app links. */
    worker?: WantedWorker;
    /** The record that proves it to a certificate authority. */
    challenge?: WantedChallenge;
    /** The content of its record today, if the user wants to take over a hostname that is used for something else. */
    replaces?: string;
    /** The path of these arguments in the program, for messages: `cloudflare`. */
    field: string;
    /** The hostname may be in use. */
    inUse?: boolean;
    /** The user says that its certificate is active. */
    isCovered?: boolean;
    options: LookOptions;
}

/** The same, before the priority of its rule and the account of its Worker are known. */
export interface HostToCome extends Omit<WantedHost, "rule" | "worker"> {
    rule?: Omit<WantedRule, "priority"> & { priority: pulumi.Input<number> };
    worker?: Omit<WantedWorker, "accountId"> & { accountId: pulumi.Input<string> };
}

/** The hostname's zone at Cloudflare. */
export interface ZoneOfHost {
    id: string;
    /** The zone isn't delegated yet: public DNS shows what the hostname is today. */
    isPending: boolean;
}

/**
 * Begins the look. It waits for the zone's id and its provider's settings. A preview looks only at the state.
 *
 * @param zone `undefined` if it isn't made yet.
 * @param edge The edge whose children will be made. Its provider is used.
 */
export function beginPreflight(
    look: HostLook,
    zone: pulumi.Input<ZoneOfHost | undefined>,
    { rule, worker, ...host }: HostToCome,
    edge: EdgeComponent,
): void {
    look.begin((component) => {
        if (isMocked()) {
            return undefined;
        }
        return asksNobody()
            ? checkImport({ ...host, rule }, component).then(() => undefined)
            : pulumi.all([zone, rule?.priority, worker?.accountId]).apply(([known, priority = 1, accountId = ""]) => {
                  const wanted = {
                      ...host,
                      rule: rule && { ...rule, priority },
                      worker: worker && { ...worker, accountId },
                  };
                  return lookInZone(known, wanted, { component, edge, zoneId: known?.id });
              });
    });
}

/** Refuses to import what the state already has. */
async function checkImport(
    wanted: Omit<WantedHost, "rule" | "worker"> & { rule?: Pick<WantedRule, "importId"> },
    component: pulumi.Resource,
): Promise<void> {
    const ruleImport = wanted.rule?.importId;
    const id = wanted.recordImport ?? ruleImport;
    if (id !== undefined) {
        const [zoneId] = id.split("/");
        throwIf(
            importProblem({ ...wanted, ruleImport }, await stateOf(zoneId, wanted, component)),
            "cloudflare-import",
        );
    }
}

/** What the state has of the hostname; `undefined` if the engine can't show it. */
async function stateOf(
    zoneId: string | undefined,
    { hostname }: Pick<WantedHost, "hostname">,
    component: pulumi.Resource,
): Promise<StateOfHost | undefined> {
    const resources = await resourcesInState(component);
    return resources && ofHostInState(resources, hostname, zoneId);
}

/** Whose look it is. The edge may wait for steps that wait for the look, so nothing here waits for the edge. */
interface Asker {
    component: pulumi.Resource;
    edge: EdgeComponent;
    zoneId: string | undefined;
}

async function lookInZone(
    zone: ZoneOfHost | undefined,
    wanted: WantedHost,
    asker: Asker,
): Promise<SeenRecord | undefined> {
    const { component, edge, zoneId } = asker;
    const { hostname, inUse = false, rule, proxied, recordImport } = wanted;
    const warn = (warning: string) => void pulumi.log.warn(warning, component);
    await checkImport(wanted, component);
    const access = zoneId === undefined ? undefined : await accessOf(edge);
    const reads = access && zoneId !== undefined ? readsOf(access, zoneId, wanted) : undefined;
    const records = reads && (await reads.records());
    // Cloudflare doesn't say that a record which isn't proxied hides others.
    if (!zone || zone.isPending || (!records && !proxied)) {
        await lookInDns({ ...wanted, isAlias: !proxied }, component);
    }
    if (!reads || !records) {
        throwIf((recordImport ?? (reads ? undefined : rule?.importId)) && unreadImport(hostname), "cloudflare-import");
        if (inUse && zoneId !== undefined) {
            warn(unreadWarning(hostname));
        }
        // Page rules need another permission: they may be readable.
        if (reads && rule) {
            await checkRule(reads, rule, await stateOf(zoneId, wanted, component), wanted, undefined, asker);
        }
        await checkWorker(wanted.worker, access, asker);
        return undefined;
    }
    const present = addressingOf(records);
    const imported = records.find(({ id }) => recordImport?.endsWith(`/${id}`));
    if (recordImport !== undefined) {
        throwIf(await importedRecordProblem(reads, imported, zoneId ?? "", wanted), "cloudflare-import");
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
            throwIf(
                stranger && recordImport === undefined ? `${stranger} ${howToImport(hostname)}` : stranger,
                "host-in-use",
            );
            const importAdvice = await importAdviceFor(RECORD_TYPE, wanted.resourceName, asker);
            throwIf(ownerProblem(wanted, present, imported, importAdvice), "cloudflare-record");
        } else {
            warnIf(strangerWarning(wanted, present), warn);
        }
        warnIf(imported && typeWarning(wanted, imported), warn);
    }
    checkHiddenRecords(records, isOurs, wanted, warn);
    throwIf(ttlProblem(hostname, present, wanted), "record-ttl");
    if (wanted.challenge) {
        await checkChallenge(reads, wanted.challenge, asker);
    }
    // After the record: where another stack has the hostname, the routes are that stack's too.
    await checkWorker(wanted.worker, access, asker);
    if (rule) {
        await checkRule(reads, rule, state, wanted, records, asker);
    } else if (today?.is === "forwarded" && today.by === "redirect rule") {
        warn(redirectRuleWarning(hostname, today.what));
    }
    if (proxied && present.length > 0 && !present.some((one) => one.proxied)) {
        // Without a record nobody reaches the hostname yet, so nothing can break.
        await checkCertificate(zoneId ?? "", wanted, edge);
    }
    if (recordImport !== undefined || rule?.importId !== undefined) {
        void pulumi.log.info(importedNote(wanted), component);
    }
    return {
        changedOn: present[0]?.modified_on ?? (present[0] && "unknown"),
        leaves: inUse && secondsCached(present, wanted) !== undefined,
    };
}

type Reads = ReturnType<typeof readsOf>;

/** The reads of the zone. Each of the hostname's own is made at most once. */
function readsOf(access: CloudflareAccess, zoneId: string, wanted: WantedHost) {
    const { hostname, endpoint, options, rule } = wanted;
    const orUndefined = <Found>(reading: Promise<Found>): Promise<Found | undefined> =>
        reading.catch((error: unknown) => {
            if (!(error instanceof CloudflareError)) {
                throw error;
            }
            return undefined;
        });
    return {
        /** The hostname's records, of every type; `undefined` if the API token may not read them. */
        records: once(async () => {
            try {
                return await readRecords(access, zoneId, { name: hostname });
            } catch (error) {
                if (!(error instanceof CloudflareError)) {
                    throw error;
                }
                // After a refusal, the look goes on without: Cloudflare itself will refuse. Without an answer, it ends.
                const again = error.status === 0 ? "" : "\nRun `pulumi up` again in a few minutes.";
                throwIf(
                    isNoAnswer(error) &&
                        `${hostname}: Cloudflare didn't give its DNS records. Nothing was changed.\n${error.message}${again}`,
                    "cloudflare-unreachable",
                );
                return undefined;
            }
        }),
        /** The records of another name; `undefined` if they can't be read. */
        recordsOf: (name: string) => orUndefined(readRecords(access, zoneId, { name })),
        record: (id: string) => orUndefined(readRecord(access, zoneId, id)),
        takesMail: once(async () => {
            const servers = await orUndefined(readRecords(access, zoneId, { type: "MX" }));
            return (servers ?? []).some((record) => takesMailFor(record, hostname));
        }),
        pageRules: once(() => ruleCall(readPageRules(access, zoneId), rule)),
        quota: once(() => ruleCall(readPageRuleQuota(access, zoneId), rule)),
        /** `undefined` if the API token may not read them. */
        redirectRules: once(() => orUndefined(readRedirectRules(access, zoneId))),
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

/** What the hostname is today. It reads more only if the records don't already point to SparkPost. */
async function todayOf(records: readonly CloudflareRecord[], reads: Reads, wanted: WantedHost): Promise<HostToday> {
    const { hostname, endpoint, content } = wanted;
    const own = [endpoint, ...(content === undefined ? [] : [content])];
    const seen: SeenHost = { hostname, records };
    const first = classifyHost(seen, own);
    if (first.is !== "stranger") {
        return first;
    }
    const [pageRules, redirectRules, takesMail] = await Promise.all([
        reads.pageRules().catch(() => undefined),
        reads.redirectRules(),
        reads.takesMail(),
    ]);
    const known = { ...seen, forwardings: forwardingsFor(hostname, pageRules, redirectRules), takesMail };
    const second = classifyHost(known, own);
    return second.is === "stranger" ? classifyHost({ ...known, answers: await reads.answers() }, own) : second;
}

/** Why the record that `import` names isn't this hostname's; `undefined` if it is. */
async function importedRecordProblem(
    reads: Reads,
    imported: CloudflareRecord | undefined,
    zoneId: string,
    { hostname, recordImport = "", field }: WantedHost,
): Promise<string | undefined> {
    const [zone, id = ""] = recordImport.split("/");
    const refusal = (what: string) => `${field}.import.record ${what} Nothing was changed.\n${howToFindIds(hostname)}`;
    if (zone !== zoneId) {
        return refusal(`is in the zone ${zone}, but ${hostname} is in the zone ${zoneId}.`);
    }
    if (!imported) {
        const other = await reads.record(id);
        return refusal(
            other
                ? `is the record of ${plainText(other.name)}, not of ${hostname}. Importing it would rename it and point it elsewhere.`
                : `names a record that doesn't exist (${id}).`,
        );
    }
    return addressingOf([imported]).length === 0
        ? refusal(`is the ${imported.type} record of ${hostname}, not its CNAME, A or AAAA record.`)
        : undefined;
}

function checkHiddenRecords(
    records: readonly CloudflareRecord[],
    isOurs: boolean,
    { hostname, proxied }: WantedHost,
    warn: (warning: string) => void,
): void {
    const problem = proxied ? undefined : hiddenProblem(hostname, hiddenRecordsOf(records));
    // The stack's record is already DNS only, so this update hides nothing new.
    if (problem && isOurs && addressingOf(records).some((one) => !one.proxied)) {
        warn(problem);
        return;
    }
    throwIf(problem, "host-in-use");
}

/** The advice how to import something of the zone as the edge's child of this type and name. */
async function importAdviceFor(
    type: string,
    name: string,
    { edge, component, zoneId }: Asker,
): Promise<ImportAdvice | undefined> {
    const importAdvice = await edge.importAdvice({ type, name }, component);
    return importAdvice && ((id) => importAdvice(`${zoneId}/${id}`));
}

/** Refuses a challenge record that can't be made, because its name already has a record. */
async function checkChallenge(reads: Reads, challenge: WantedChallenge, asker: Asker): Promise<void> {
    const state = await stateOf(asker.zoneId, { hostname: challenge.name }, asker.component);
    if (state?.records.length === 0) {
        const present = addressingOf((await reads.recordsOf(challenge.name)) ?? []);
        const importAdvice = await importAdviceFor(RECORD_TYPE, challenge.resourceName, asker);
        throwIf(challengeProblem(challenge, present, importAdvice), "cloudflare-record");
    }
}

/** Refuses a page rule that can't be made or imported, or wouldn't fire. */
async function checkRule(
    reads: Reads,
    rule: WantedRule,
    state: StateOfHost | undefined,
    wanted: WantedHost,
    records: readonly CloudflareRecord[] | undefined,
    asker: Asker,
): Promise<void> {
    const { hostname } = wanted;
    const [rules, zoneQuota] = await Promise.all([reads.pageRules(), reads.quota()]);
    const imported = rules.find(({ id }) => rule.importId?.endsWith(`/${id}`));
    if (rule.importId !== undefined && !(imported && isForHost(targetOf(imported), hostname))) {
        throwIf(
            `${wanted.field}.import.pageRule ${imported ? `is the page rule of ${plainText(targetOf(imported))}, not of ${hostname}` : `names a page rule that doesn't exist (${rule.importId})`}. Nothing was changed.\n${howToFindIds(hostname)}`,
            "cloudflare-import",
        );
    }
    const ownership = ownershipOf(rule, rules, state?.rules);
    const others = rules.filter((other) => other !== ownership.own);
    const quota = ownership.isNew ? zoneQuota : undefined;
    const { problem = pageRuleProblem(rule, others, quota), stranger } = ownership;
    // The rule is made after the record. If the stack doesn't have the record, no update has reached the rule.
    const isMade = stranger && state && state.records.length > 0 && isTwin(rule, stranger);
    const importAdvice = isMade ? await importAdviceFor(RULE_TYPE, rule.resourceName, asker) : undefined;
    const way = stranger && (importAdvice?.(stranger.id) ?? howToImport(hostname));
    const lines = [`Page rule ${rule.target}: ${problem}`, ...(way ? [way] : []), "Nothing was changed at Cloudflare."];
    throwIf(problem && lines.join("\n"), "cloudflare-page-rule");
    warnIf(ownership.warning, (warning) => void pulumi.log.warn(warning, asker.component));
    if (rule.purpose === "redirect" && ownership.isNew && records && addressingOf(records).some((one) => one.proxied)) {
        throwIf(await redirectRuleProblem(reads, hostname), "cloudflare-redirect-rule");
    }
}

/** Why a page rule that redirects would do nothing: something else already redirects. `undefined` if nothing does. */
async function redirectRuleProblem(reads: Reads, hostname: string): Promise<string | undefined> {
    const rules = await reads.redirectRules();
    const [there] = redirectRulesFor(hostname, rules ?? []);
    if (!there && (await reads.answers()) !== "redirect") {
        return undefined;
    }
    const what = there
        ? `by a ${describeRedirectRule(there)}`
        : rules
          ? "but by none of the zone's redirect rules (perhaps by Bulk Redirects or a Worker)"
          : "probably by a redirect rule (this API token can't read those: it lacks Dynamic URL Redirects Read)";
    return (
        `${hostname} already redirects to SparkPost, ${what}. Cloudflare has moved page rules that forward to redirect rules, which run first. So a page rule would do nothing. Nothing was changed.\n` +
        `Use ${WITHOUT_RULE.redirect}: \`pulumi up\` then points the DNS record at SparkPost. While the probe waits, delete the redirect (Rules, Redirect Rules).`
    );
}

function redirectRuleWarning(hostname: string, rule: string): string {
    return (
        `${hostname} has a ${rule}, which this stack doesn't manage. Cloudflare may have made it from the page rule of SparkPost's guide. ` +
        "Delete it (Rules, Redirect Rules) once the DNS record points to SparkPost: the probe waits for that."
    );
}

async function ruleCall<Result>(call: Promise<Result>, rule: WantedRule | undefined): Promise<Result> {
    try {
        return await call;
    } catch (error) {
        if (!(error instanceof CloudflareError) || !rule) {
            throw error;
        }
        throw error.status === 0
            ? new UserError(error.message, "cloudflare-unreachable")
            : new UserError(describeRefusal(error, rule.purpose), "cloudflare-page-rule");
    }
}

function unreadImport(hostname: string): string {
    return (
        `${hostname}: this API token can't read the DNS record that \`import\` names, so its hostname can't be checked. Nothing was changed.\n` +
        "Give the API token (cloudflare:apiToken or CLOUDFLARE_API_TOKEN) the permission DNS Read for the zone."
    );
}

function unreadWarning(hostname: string): string {
    return (
        `${hostname} may be in use, and this API token can't read its DNS record (it lacks DNS Read). If that record points straight to SparkPost, changing it breaks https links for a while. ` +
        "They work again when resolvers have the new record and the certificate is active. Before you go on, lower the record's TTL, and check that a certificate is active (SSL/TLS, Edge Certificates)."
    );
}

function importedNote({ hostname, field }: WantedHost): string {
    return `${hostname}: this \`up\` imports what \`${field}.import\` names. Remove \`import\` (and \`replaces\`) from the entry once it has succeeded. The next \`up\` refuses to import what the stack already has.`;
}

/** Cloudflare didn't answer, or had a fault, or got too many calls. */
function isNoAnswer({ status }: CloudflareError): boolean {
    return status === 0 || status === 429 || status >= 500;
}

function throwIf(problem: string | false | undefined, anchor: Anchor): void {
    if (problem) {
        throw new UserError(problem, anchor);
    }
}

function warnIf(warning: string | undefined, warn: (warning: string) => void): void {
    if (warning) {
        warn(warning);
    }
}
