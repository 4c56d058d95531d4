// What a hostname is today, before a stack takes it: unused, already SparkPost's, or used for something else ("stranger").
// Pure. The edges and `find` decide by it.
import { siblingOf, withoutDot } from "../hostname";
import { plainText } from "../othersWords";

/** What decides about a DNS record of the hostname. Cloudflare's API says more, public DNS doesn't. */
export interface RecordSummary {
    type: string;
    content: string;
    proxied?: boolean;
    comment?: string | null;
}

/** Everything that was seen of a hostname. */
export interface SeenHost {
    hostname: string;
    /** Its records, of every type. */
    records: readonly RecordSummary[];
    /** Rules of its zone that redirect its visitors; `undefined` if they weren't read. */
    forwardings?: readonly Forwarding[];
    /** MX records of the zone point to it. */
    takesMail?: boolean;
    /** What it answers to a click path; `undefined` if it wasn't asked. */
    answers?: AnswerToday;
}

/** A rule that redirects visitors, wherever the record points. It fires only for a proxied record. */
export interface Forwarding {
    by: "page rule" | "redirect rule";
    /** The host that it redirects to, in lower case. */
    to: string;
    /** The rule in words. */
    what: string;
}

/**
 * What a hostname answers to a click path today, by https or http: what the endpoint answers, a redirect to the endpoint,
 * something else, or nothing.
 */
type AnswerToday = "endpoint" | "redirect" | "other" | "silent";

/** What a hostname is today. */
export type HostToday =
    /** It has no address and no CNAME. */
    | { is: "free" }
    /** Its record points to a SparkPost endpoint, to the target of the stack's record, or, made by a stack, to Fastly. */
    | { is: "endpoint"; record: RecordSummary }
    /** A rule redirects to an endpoint, wherever the record points. */
    | ({ is: "forwarded" } & Forwarding)
    /** It answers a click path as the endpoint does, or redirects there. */
    | { is: "answering"; answers: "endpoint" | "redirect" }
    | Stranger;

/** It is used for something else. Taking it over would break that. */
export interface Stranger {
    is: "stranger";
    /** Its addresses and CNAME, in words. */
    what: string;
    /** What the user must write into `replaces` to take it over. */
    content: string;
    takesMail: boolean;
}

/** The endpoint to compare answers with, if the hostname's own isn't known. */
export const ANY_ENDPOINT = "spgo.io";

/** SparkPost's endpoints: of both regions, of either kind, of Enterprise tenants. */
const SPARKPOST = /(^|\.)(spgo\.io|et\.e\.sparkpost\.com)$/i;

/** Fastly's hosts, for all its customers. Only our comment shows that a record there is a tracking hostname's. */
const FASTLY = /(^|\.)fastly\.net$/i;

/** The end of the comment of every record that a stack like this one made for a hostname. */
export const MARK = "links in sent mail depend on it";

/** The types that give a name an address or an alias. A CNAME can't stand beside one of them. */
const ADDRESSING = ["A", "AAAA", "CNAME"];

/** The records of these types. */
export function addressingOf<Record extends RecordSummary>(records: readonly Record[]): Record[] {
    return records.filter(({ type }) => ADDRESSING.includes(type));
}

/** Whether a stack made the record, by its comment. */
export function isMadeByStack({ comment }: Pick<RecordSummary, "comment">): boolean {
    return comment?.endsWith(MARK) === true;
}

/** Whether a stack made the record for a hostname behind Fastly. */
export function isMadeForFastly(record: RecordSummary): boolean {
    return isMadeByStack(record) && FASTLY.test(withoutDot(record.content));
}

/** Whether an MX record points to the hostname. Its content may begin with the priority. */
export function takesMailFor({ content }: Pick<RecordSummary, "content">, hostname: string): boolean {
    return withoutDot(content.split(/\s+/).at(-1) ?? "") === hostname;
}

/** Whether it is one of SparkPost's endpoints, of any account. */
export function isSparkPost(name: string): boolean {
    return SPARKPOST.test(withoutDot(name));
}

/**
 * What the hostname is today.
 *
 * @param own Targets that count like SparkPost's endpoints: the account's endpoint, and where the stack's record will point.
 */
export function classifyHost(seen: SeenHost, own: readonly string[] = []): HostToday {
    const { records, forwardings = [], takesMail = false, answers } = seen;
    const leading = addressingOf(records);
    const [first] = leading;
    if (!first) {
        return { is: "free" };
    }
    const isOwn = (content: string) => own.some((known) => withoutDot(known) === withoutDot(content));
    const isEndpoint = (record: RecordSummary) =>
        isOwn(record.content) || (record.type === "CNAME" && (isSparkPost(record.content) || isMadeForFastly(record)));
    if (leading.every(isEndpoint)) {
        return { is: "endpoint", record: first };
    }
    const forwarding = forwardings.find(({ to }) => isOwn(to) || isSparkPost(to));
    if (forwarding && leading.some(({ proxied }) => proxied)) {
        return { is: "forwarded", ...forwarding };
    }
    if (!takesMail && (answers === "endpoint" || answers === "redirect")) {
        return { is: "answering", answers };
    }
    const contents = leading.map(({ content }) => withoutDot(content)).sort();
    const what = leading.map(({ type, content }) => `${type} ${plainText(content, 100)}`).join(", ");
    return { is: "stranger", what, content: contents.join(", "), takesMail };
}

/** Whether `replaces` names the contents of all its addresses and CNAMEs. */
export function isReplaced({ content }: Stranger, replaces: string | undefined): boolean {
    const words = (replaces ?? "").split(/[\s,]+/).filter(Boolean);
    return words.map(withoutDot).sort().join(", ") === content;
}

/** What taking over a stranger would break, and how to avoid that. */
export function describeStranger(hostname: string, { what, takesMail }: Stranger, outcome = ""): string {
    const mail = takesMail ? " An MX record of the zone also delivers mail to it." : "";
    return (
        `${hostname} is used for something else (${what}). It doesn't point to a SparkPost endpoint or answer like one, so what uses it today would break.${mail}${outcome}\n` +
        `Choose another hostname for tracking, such as ${siblingOf(hostname)}.`
    );
}

/** Why a stranger isn't taken over; `undefined` if `replaces` names its content. */
export function strangerProblem(
    hostname: string,
    stranger: Stranger,
    replaces: string | undefined,
    field = "replaces",
): string | undefined {
    if (isReplaced(stranger, replaces)) {
        return undefined;
    }
    const wrong =
        replaces === undefined
            ? ""
            : `\`${field}\` says ${JSON.stringify(plainText(replaces, 100))}, which isn't the content of its record today.\n`;
    return (
        `${wrong}${describeStranger(hostname, stranger, " Nothing was changed.")}\n` +
        `If nothing needs ${hostname} as it is, confirm that with its content of today: \`${field}: ${plainText(stranger.content, 200)}\`.`
    );
}

/** The other records of a name. A CNAME that isn't proxied hides them in DNS. */
interface HiddenRecords {
    /** MX and SPF records, except those that say "no mail". Mail to or from the name depends on them. */
    mail: RecordSummary[];
    /** All others. */
    others: RecordSummary[];
}

/** The records of a name that are neither addresses nor CNAMEs. */
export function hiddenRecordsOf(records: readonly RecordSummary[]): HiddenRecords {
    const rest = records.filter(({ type }) => !ADDRESSING.includes(type)).filter((record) => !saysNoMail(record));
    const isMail = (record: RecordSummary) => record.type === "MX" || textOf(record).startsWith("v=spf1");
    return { mail: rest.filter(isMail), others: rest.filter((record) => !isMail(record)) };
}

/** Why a CNAME that isn't proxied can't stand beside these records; `undefined` if there are none. */
export function hiddenProblem(hostname: string, { mail, others }: HiddenRecords): string | undefined {
    if (mail.length > 0) {
        const [records, them] = mail.length > 1 ? ["mail records", "them"] : ["a mail record", "it"];
        return (
            `${hostname} has ${records} (${inWords(mail)}). A CNAME that isn't proxied would hide ${them} in DNS, and mail would get lost. Nothing was changed.\n` +
            `Choose another hostname for tracking, such as ${siblingOf(hostname)}.`
        );
    }
    if (others.length > 0) {
        const [records, them] = others.length > 1 ? ["other records", "them"] : ["another record", "it"];
        return (
            `${hostname} has ${records} (${inWords(others)}). A CNAME that isn't proxied would hide ${them} in DNS. Nothing was changed.\n` +
            `Move or delete ${them} if nothing needs ${them}, or choose another hostname for tracking, such as ${siblingOf(hostname)}.`
        );
    }
    return undefined;
}

/** `0 .` says that a name takes no mail (RFC 7505), and `v=spf1 -all` that it sends none. */
function saysNoMail(record: RecordSummary): boolean {
    return record.type === "MX"
        ? /^(\d+\s+)?\.$/.test(record.content.trim())
        : record.type === "TXT" && /^v=spf1\s+-all$/.test(textOf(record));
}

function textOf({ type, content }: RecordSummary): string {
    return type === "TXT" ? content.replace(/^"|"$/g, "").trim().toLowerCase() : "";
}

function inWords(records: readonly RecordSummary[]): string {
    return records.map(({ type, content }) => `${type} ${plainText(content, 80)}`).join(", ");
}
