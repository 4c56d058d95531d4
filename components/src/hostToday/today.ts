// What a host is today, before a stack takes it: nothing, SparkPost's already, or a live name of somebody else's. Pure;
// the edges refuse by it, and `find` says the same.
import { siblingOf, withoutDot } from "../hostname";
import { plainText } from "../othersWords";

/** A DNS record as the API lists it, or as public DNS answers, as far as it matters here. */
export interface RecordSummary {
    id?: string;
    /** Full name. */
    name?: string;
    type: string;
    content: string;
    proxied?: boolean;
    /** Of an MX record. */
    priority?: number;
    comment?: string | null;
    /** RFC 3339. */
    modified_on?: string;
    /** Seconds; 1 is "automatic". */
    ttl?: number;
}

/** All that was seen of a host. */
export interface SeenHost {
    hostname: string;
    /** Those of its name, of every type. */
    records: readonly RecordSummary[];
    /** Rules of its zone that send its visitors on; `undefined` where they weren't or couldn't be read. */
    forwardings?: readonly Forwarding[];
    /** MX records of the zone lead to it. */
    takesMail?: boolean;
    /** What it answers to a click path; `undefined` where nobody has asked it. */
    answers?: AnswerToday;
}

/** A rule that sends visitors on, whatever the host's record says. It fires for what is proxied only. */
export interface Forwarding {
    by: "page rule" | "redirect rule";
    /** The host that it sends them to, in lower case. */
    to: string;
    /** The rule in words. */
    what: string;
}

/**
 * What a host answers to a click path today, by https or http: as the endpoint does, a redirect to it, or something else;
 * `silent` where no answer came.
 */
export type AnswerToday = "endpoint" | "redirect" | "other" | "silent";

/** What a host is today. */
export type HostToday =
    /** No record leads anywhere. */
    | { is: "free" }
    /** Its record leads to a SparkPost endpoint, to where the stack's record is going to lead, or to Fastly by a stack's record. */
    | { is: "endpoint"; record: RecordSummary }
    /** A rule forwards to an endpoint, wherever the record leads. */
    | ({ is: "forwarded" } & Forwarding)
    /** It answers a click path as the endpoint does, or redirects there. */
    | { is: "answering"; answers: "endpoint" | "redirect" }
    | Stranger;

/** A live name of somebody else's: taking it over breaks what it does today. */
export interface Stranger {
    is: "stranger";
    /** Its records that lead somewhere, in words. */
    what: string;
    /** What `replaces` must say for it to be taken over all the same. */
    content: string;
    takesMail: boolean;
}

/** What a host's answers are held against where its own endpoint isn't known. */
export const ANY_ENDPOINT = "spgo.io";

/** SparkPost's endpoints: of both regions, of either kind, of Enterprise tenants. */
const SPARKPOST = /(^|\.)(spgo\.io|et\.e\.sparkpost\.com)$/i;

/** Where Fastly has the hosts of all its customers: only by our comment one is a tracking host. */
const FASTLY = /(^|\.)fastly\.net$/i;

/** How the comment of every record ends that a stack like this one made for a host, whichever edge it leads to. */
export const MARK = "links in sent mail depend on it";

/** Types by which a name leads somewhere. There can be no CNAME beside one. */
export const ADDRESSING = ["A", "AAAA", "CNAME"];

/** The records by which a name leads somewhere. */
export function addressingOf<Record extends RecordSummary>(records: readonly Record[]): Record[] {
    return records.filter(({ type }) => ADDRESSING.includes(type));
}

/** Whether a stack made the record, by the comment that it gives. */
export function isMade({ comment }: Pick<RecordSummary, "comment">): boolean {
    return comment?.endsWith(MARK) === true;
}

/** Whether a stack made the record for a host behind Fastly. */
export function isMadeForFastly(record: RecordSummary): boolean {
    return isMade(record) && FASTLY.test(withoutDot(record.content));
}

/** Whether an MX record leads to the host. Its content is a name; its priority may stand before it. */
export function takesMailFor({ content }: Pick<RecordSummary, "content">, hostname: string): boolean {
    return content.toLowerCase().split(/\s+/).at(-1)?.replace(/\.$/, "") === hostname;
}

/** Whether it is one of SparkPost's endpoints, of any account. */
export function isSparkPost(name: string): boolean {
    return SPARKPOST.test(withoutDot(name));
}

/**
 * What the host is today.
 *
 * @param own What is known besides SparkPost's own endpoints: the account's endpoint, and where the host's record is going
 * to lead.
 */
export function whatIsThere(seen: SeenHost, own: readonly string[] = []): HostToday {
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

/** Whether these words name what is there: the contents of all records that lead somewhere. */
export function isReplaced({ content }: Stranger, replaces: string | undefined): boolean {
    const words = (replaces ?? "").split(/[\s,]+/).filter(Boolean);
    return words.map(withoutDot).sort().join(", ") === content;
}

/** What breaks when a stranger is taken over, and the way to leave it alone. */
export function strangerWords(hostname: string, { what, takesMail }: Stranger): string {
    const mail = takesMail ? " An MX record of the zone also delivers mail to it." : "";
    return (
        `${hostname} is used for something else (${what}). It doesn't point to a SparkPost endpoint or answer like one, so what uses it today would break.${mail}\n` +
        `Choose another hostname for tracking, such as ${siblingOf(hostname)}.`
    );
}

/** Why a stranger isn't taken over; `undefined` where `replaces` says that it is to be. */
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
        `${wrong}${strangerWords(hostname, stranger)} Nothing was changed.\n` +
        `If nothing needs ${hostname} as it is, confirm that with its content of today: \`${field}: ${plainText(stranger.content, 200)}\`.`
    );
}

/** What stands at a name beside its CNAME, of which DNS shows nothing once that isn't proxied. */
export interface Beside {
    /** MX and SPF records, but those that say "no mail": what is sent to or from the name depends on them. */
    mail: RecordSummary[];
    /** Everything else that isn't an address. */
    others: RecordSummary[];
}

/** What stands at a name beside the records by which it leads somewhere. */
export function besideOf(records: readonly RecordSummary[]): Beside {
    const rest = records.filter(({ type }) => !ADDRESSING.includes(type)).filter((record) => !saysNoMail(record));
    const isMail = (record: RecordSummary) => record.type === "MX" || textOf(record).startsWith("v=spf1");
    return { mail: rest.filter(isMail), others: rest.filter((record) => !isMail(record)) };
}

/** Why a CNAME that isn't proxied can't stand beside these; `undefined` where nothing is hidden by it. */
export function besideProblem(hostname: string, { mail, others }: Beside): string | undefined {
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

/** RFC 7505: `0 .` says that a name takes no mail; `v=spf1 -all` that none comes from it. */
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
