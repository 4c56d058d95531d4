// What a failed SparkPost call says: the call, the answer, what to do. The first line says the most important, because a
// resource's row shows no more.
import {
    type ApiAnswer,
    describeForeignAnswer,
    foreignAnswerRemedy,
    type Method,
    type NoAnswer,
} from "../../http/client";
import { plainText } from "../../othersWords";
import { type Anchor, readOn } from "../../readOn";
import { type ApiAccount, describeScope } from "../account";

interface Details {
    retryAfter?: number;
    mayPass?: boolean;
    isUnsent?: boolean;
    anchor?: Anchor;
}

/** A call that SparkPost refused, or that never reached it. */
export class SparkPostError extends Error {
    override readonly name = "SparkPostError";
    /** How long SparkPost wants not to be asked, in milliseconds. 0 if it doesn't say. */
    readonly retryAfter: number;
    /** Whether asking again later can help: no answer, too many calls, a fault on SparkPost's side. */
    readonly mayPass: boolean;
    /** The call never reached SparkPost, so it can't have had an effect. */
    readonly isUnsent: boolean;
    readonly anchor: Anchor;

    constructor(
        /** The call, such as `PUT /tracking-domains/track.example.com`. */
        readonly call: string,
        /** The status of SparkPost's answer; 0 when SparkPost gave none, also where a stranger answered in its place. */
        readonly status: number,
        /** What SparkPost (or the network) said, in its own words. */
        readonly said: string,
        remedy?: string,
        { retryAfter = 0, mayPass, isUnsent = false, anchor = anchorOfStatus(status) }: Details = {},
    ) {
        super(readOn(describe(call, status, said) + (remedy ? `\n${remedy}` : ""), anchor));
        this.retryAfter = retryAfter;
        this.mayPass = mayPass ?? (status === 0 || status === 429 || status >= 500);
        this.isUnsent = isUnsent;
        this.anchor = anchor;
        // The plugin prints the stack of what `read` and `delete` throw; ours would only point into itself.
        this.stack = "";
    }
}

/** An error whose message is meant for the user as it stands: no stack. */
export class OperationError extends Error {
    override readonly name = "OperationError";

    constructor(
        message: string,
        readonly anchor: Anchor,
    ) {
        super(readOn(message, anchor));
        this.stack = "";
    }
}

/** Where a failure is explained. */
export function anchorOf(error: unknown): Anchor {
    return error instanceof SparkPostError || error instanceof OperationError ? error.anchor : "sparkpost-fault";
}

function anchorOfStatus(status: number): Anchor {
    const known: Record<number, Anchor> = {
        0: "sparkpost-unreachable",
        401: "sparkpost-key",
        403: "sparkpost-forbidden",
        404: "not-registered",
        409: "sparkpost-conflict",
        429: "sparkpost-rate-limit",
    };
    const isRedirect = status >= 300 && status < 400;
    return (
        known[status] ??
        (status >= 500 ? "sparkpost-fault" : isRedirect ? "sparkpost-not-the-api" : "sparkpost-refused")
    );
}

/** Whether SparkPost says that the thing isn't there. */
export function isNotFound(error: unknown): boolean {
    return error instanceof SparkPostError && error.status === 404;
}

/** Whether asking again later can help. */
export function isTransient(error: unknown): boolean {
    return error instanceof SparkPostError && error.mayPass;
}

/** A call to the API of an account. */
export interface MadeCall {
    method: Method;
    /** Below the API's base. */
    path: string;
    apiUrl: string;
}

/** What a call says that Ctrl-C has ended. */
export const stoppedByCtrlC = "Stopped by Ctrl-C. Run `pulumi up` again to continue.";

/** The error of a call without a whole answer. */
export function unanswered({ code, mayPass, said }: NoAnswer, { method, path, apiUrl }: MadeCall): SparkPostError {
    const remedy =
        code === "ECANCELED"
            ? stoppedByCtrlC
            : `Check the network, the outbound proxy, and the account's region, tenant or apiUrl (now ${apiUrl}).`;
    const anchor = code === "ECANCELED" ? "stopped" : undefined;
    return new SparkPostError(`${method} ${path}`, 0, said, remedy, { mayPass, anchor });
}

/** The error of an answer that isn't the API's. Nothing follows from such an answer. */
export function notTheApi(answer: ApiAnswer, { method, path, apiUrl }: MadeCall): SparkPostError {
    const remedy = foreignAnswerRemedy(answer, {
        name: "SparkPost's API",
        baseUrl: apiUrl,
        whereSet: "check region, tenant or apiUrl",
    });
    const mayPass = answer.status === 429 || answer.status >= 500;
    const said = describeForeignAnswer(answer, "SparkPost's API");
    // A proxy's own 502 or 504 may come after it has passed the call on; a refusal of the proxy comes before.
    const isUnsent = answer.isFromProxy && answer.status < 500;
    return new SparkPostError(`${method} ${path}`, 0, said, remedy, {
        mayPass,
        isUnsent,
        anchor: "sparkpost-not-the-api",
    });
}

/** The error of a call that SparkPost didn't answer with success. */
export function refused(answer: ApiAnswer, call: MadeCall): SparkPostError {
    if (!isSparkPosts(answer)) {
        return notTheApi(answer, call);
    }
    const { status, retryAfter } = answer;
    const said = messageOf(answer);
    const remedy =
        status === 429 && retryAfter > 0
            ? `SparkPost limits the rate of calls. Wait ${Math.ceil(retryAfter / 1_000)} s, then run the command again.`
            : remedyFor(status, said, call);
    const anchor = status === 404 && call.path.startsWith("/sending-domains/") ? "sending-domain" : undefined;
    return new SparkPostError(`${call.method} ${call.path}`, status, said, remedy, { retryAfter, anchor });
}

/**
 * Whether a refusal can be SparkPost's. One that decides something (not there, already registered, not verified) has
 * `errors`. The shape of a plan's limit isn't documented. A fault may come from the gateway in front of the API, as a page.
 */
function isSparkPosts({ status, body, isFromProxy }: ApiAnswer): boolean {
    if (isFromProxy) {
        return false;
    }
    if (status === 429 || status >= 500 || (status >= 300 && status < 400)) {
        return true;
    }
    return DECISIVE.includes(status) ? errorsIn(body).length > 0 : body !== undefined;
}

const DECISIVE = [400, 404, 409, 422];

function describe(call: string, status: number, said: string): string {
    const answer = status === 0 ? "got no answer" : `was answered with ${status}`;
    return said ? `${call} ${answer}: ${said}` : `${call} ${answer}, without a message.`;
}

/** SparkPost's message, from any of its three error shapes. A body of another shape is quoted. */
function messageOf({ body, quote }: ApiAnswer): string {
    return (
        errorsIn(body)
            .map(partOf)
            .filter((part) => part !== "")
            .join("; ") || quote
    );
}

function errorsIn(body: unknown): unknown[] {
    const errors = (body as { errors?: unknown } | null | undefined)?.errors;
    return (Array.isArray(errors) ? errors.slice(0, 10) : errors ? [errors] : []).filter(Boolean);
}

function partOf(error: unknown): string {
    if (typeof error !== "object") {
        return plainText(error);
    }
    const { message, description, code, param, value } = error as Record<string, unknown>;
    const text = [message, description].filter((part) => typeof part === "string" && part !== "").join(": ");
    const details = [
        param !== undefined && `field ${shortened(param)}`,
        value !== undefined && `value ${JSON.stringify(shortened(value))}`,
        code !== undefined && `code ${shortened(code)}`,
    ].filter(Boolean);
    return text && details.length > 0
        ? `${plainText(text)} (${details.join(", ")})`
        : plainText(text || shortened(error));
}

/** A value of SparkPost's, shortened. */
function shortened(value: unknown): string {
    return plainText(typeof value === "string" ? value : JSON.stringify(value), 100);
}

function remedyFor(status: number, said: string, { method, path, apiUrl }: MadeCall): string | undefined {
    const host = new URL(apiUrl).host;
    const isSending = path.startsWith("/sending-domains/");
    switch (status) {
        case 400:
            return /blacklist/i.test(said)
                ? "Ask the owner of the list to remove the name, or choose another hostname."
                : undefined;
        case 401:
            return (
                `The API key isn't valid at ${host}. A US, EU or Enterprise key works at its own service only: check the key and the account's region. ` +
                "A refresh or destroy uses the key of the last `pulumi up`. After a change of the key, run `pulumi up` first, or add `--run-program`."
            );
        case 403:
            return forbidden(said, method, isSending);
        case 404:
            if (isSending) {
                return "This account and subaccount has no such sending domain. Add it in SparkPost's UI, or correct the name or the subaccount.";
            }
            // The collection itself is always there.
            return /^\/tracking-domains\/?(\?|$)/.test(path)
                ? `${apiUrl} doesn't answer like SparkPost's API. Check region, tenant or apiUrl.`
                : `The domain isn't registered in this account and subaccount. If it was deleted elsewhere, run \`pulumi up --refresh\` to register it again. ${ofAnotherSubaccount}`;
        case 409:
            return conflict(method);
        case 422:
            return method === "POST"
                ? "SparkPost accepts a subdomain with valid labels, such as track.example.com."
                : undefined;
        case 429:
            return "SparkPost limits the rate of calls, and still refused after several tries. Run the command again in a minute. `--parallel 4` makes fewer calls at once.";
        case 301:
        case 302:
        case 303:
        case 307:
        case 308:
            return `${apiUrl} redirects elsewhere. Check region, tenant or apiUrl.`;
        default:
            return status >= 500
                ? "SparkPost had a fault, and several tries didn't help. Run the command again later. status.sparkpost.com lists incidents."
                : undefined;
    }
}

/** 403 can be a missing grant, an address that isn't allowed, a full plan or a suspended account. The words tell which. */
function forbidden(said: string, method: Method, isSending: boolean): string {
    if (/suspend|terminat|deactivat|inactive|not active|disabled|cancel+ed|locked/i.test(said)) {
        return "SparkPost says that the account isn't active. Look at its state in SparkPost's UI, or ask SparkPost's support. Another key doesn't help.";
    }
    if (/\b(plan|limit|quota|upgrade|exceed\w*|maximum)\b/i.test(said)) {
        return "The account's plan is full (Starter has 5 tracking domains, Premier 25). Delete a domain that no sent mail links to, or choose a larger plan.";
    }
    const grant = `${isSending ? "sending_domains" : "tracking_domains"}/${method === "GET" ? "view" : "manage"}`;
    return `The API key lacks the grant ${grant}, or its allowed IPs don't include this machine. Edit the key in SparkPost's UI, under API keys.`;
}

function conflict(method: Method): string {
    switch (method) {
        case "POST":
            return "The name is already registered.";
        case "DELETE":
            return "The domain is still in use: it is the default, or sending domains are linked to it. Make another domain the default, link the sending domains to it, then run the command again.";
        default:
            return "Something else changed it at the same moment. Look for another program that manages it, then run the command again.";
    }
}

/** How to reach a domain of another subaccount. */
export const ofAnotherSubaccount =
    "If another subaccount has it, set `account: { subaccount }`, and use a key for that subaccount.";

/** What else can put a domain behind HTTPS. */
const otherWays = "Another edge can hold the certificate instead: Cloudflare, Fastly, or your own.";

/** The error of a certificate call, with the remedy for this call instead of the general one. */
export function certificateRefused(error: unknown, domain: string, account: ApiAccount): unknown {
    if (!(error instanceof SparkPostError)) {
        return error;
    }
    const { call, status, said, retryAfter } = error;
    const remedy = meaningForCertificates(status, domain, account);
    const anchor = status === 503 ? undefined : "managed-certificate-refused";
    return remedy === undefined ? error : new SparkPostError(call, status, said, remedy, { retryAfter, anchor });
}

/** The error for a domain that SparkPost answered "no" about. */
export function notEligible(domain: string): OperationError {
    return new OperationError(
        `SparkPost won't issue a certificate for ${domain}: it says that the domain isn't eligible (supportsManagedCertificate false).\n` +
            `Let's Encrypt may refuse the name, or a CAA record of its domain doesn't allow letsencrypt.org. ${otherWays}`,
        "managed-certificate-refused",
    );
}

function meaningForCertificates(status: number, domain: string, account: ApiAccount): string | undefined {
    switch (status) {
        case 400:
            return (
                "The domain must be verified, and its host must be a plain CNAME to a v2 endpoint (v2.spgo.io, eu.v2.spgo.io), without a CDN. " +
                `Look up where ${domain} leads, correct its record, and run \`pulumi up\` again.`
            );
        case 403:
            return (
                `Managed certificates aren't available to ${describeScope(account)}: Enterprise services have none, for others ask SparkPost's support. ` +
                `Or the API key lacks the grant tracking_domains/manage, or its allowed IPs don't include this machine. ${otherWays}`
            );
        case 404:
            return (
                `If ${domain} was just deleted, run \`pulumi up --refresh\`. ` +
                `Otherwise the API at ${new URL(account.apiUrl).host} has no managed certificates: only SparkPost's US and EU services have them.`
            );
        case 503:
            return "SparkPost's check of the domain timed out several times. Run `pulumi up` again in some minutes.";
        default:
            return undefined;
    }
}
