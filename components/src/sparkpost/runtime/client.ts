// The calls we make to SparkPost, with time-outs, retries and errors in words.
//   create POST, list GET /tracking-domains
//   read GET, update PUT, delete DELETE /tracking-domains/{domain}; verify POST /tracking-domains/{domain}/verify
//   managed certificate POST /tracking-domains/{domain}/certificate/check and …/enable
//   link GET and PUT /sending-domains/{domain}; list GET /sending-domains
import { type ApiAnswer, type ApiClient, apiClient, type Method, NoAnswer, shouldRetry } from "../../http/client";
import { cancelSignal } from "../../process/cancel";
import { type Clock, poll, systemClock } from "../../process/poll";
import { type ApiAccount, apiKeyVariable, defaultApiKeyConfig, scopeOf } from "../account";
import { isNotFound, notTheApi, OperationError, refused, SparkPostError, unanswered } from "./errors";
import {
    parseEligibility,
    parseLinks,
    parseSendingDomain,
    parseTrackingDomain,
    parseVerification,
    type SendingDomainLink,
    type TrackingDomainState,
    type VerificationAnswer,
} from "./trackingDomainApi";

interface ClientOptions {
    account: ApiAccount;
    key: string;
    /** For the pauses between tries. Default: the real one. */
    clock?: Clock;
    /** Asked for at every call: ends that one. */
    signal?: () => AbortSignal;
}

/** One account's API, as seen by one process. */
export class Client {
    readonly #api: ApiClient;
    readonly #clock: Clock;
    readonly #signal?: () => AbortSignal;
    readonly #account: ApiAccount;
    #list?: Promise<TrackingDomainState[]>;
    #hasWritten = false;

    constructor({ account, key, clock = systemClock, signal }: ClientOptions) {
        this.#account = account;
        this.#clock = clock;
        this.#signal = signal;
        this.#api = apiClient({
            baseUrl: account.apiUrl,
            headers: {
                Authorization: key,
                Accept: "application/json",
                "User-Agent": "pulumi-sparkpost-tracking",
                ...(account.subaccount !== undefined && { "X-MSYS-SUBACCOUNT": String(account.subaccount) }),
            },
            secrets: [key],
            timeout: account.timeout === undefined ? undefined : account.timeout * 1_000,
            clock,
        });
    }

    /** The domain as SparkPost has it now. `undefined` if this account and subaccount doesn't have it. */
    async find(domain: string): Promise<TrackingDomainState | undefined> {
        const state = await this.#read(domain);
        return state && isInScope(state, this.#account) ? state : undefined;
    }

    /**
     * The domain as this key sees it, in any subaccount. Only for messages, never for an operation. It isn't documented
     * whether a key sees its subaccounts' domains by name or in its list, so this asks both.
     */
    async findAnywhere(domain: string): Promise<TrackingDomainState | undefined> {
        const state = await this.#read(domain);
        return state ?? (await this.#readList("/tracking-domains")).find((entry) => entry.domain === domain);
    }

    /**
     * Like {@link find}, for reads during a refresh: one list answer serves all domains, until this process writes
     * something. The process lives for one command.
     */
    async findInList(domain: string): Promise<TrackingDomainState | undefined> {
        return this.#hasWritten
            ? this.find(domain)
            : (await this.#sharedList()).find((entry) => entry.domain === domain && isInScope(entry, this.#account));
    }

    /** The default domain of the account's scope, from the list answer that a refresh shares. */
    async findDefaultInList(): Promise<TrackingDomainState | undefined> {
        return this.#hasWritten ? this.findDefault() : defaultOf(await this.#sharedList(), this.#account);
    }

    /** The default domain of the account's scope. */
    async findDefault(): Promise<TrackingDomainState | undefined> {
        return defaultOf(await this.#readList("/tracking-domains?default=true"), this.#account);
    }

    /**
     * Registers a domain that a read has just shown to be absent. After a failure it looks whether the call took effect
     * before it tries again.
     */
    async register(domain: string, secure = true): Promise<void> {
        const signal = this.#signal?.();
        let last: SparkPostError | undefined;
        await poll({
            ask: async (attempt) => {
                if (last) {
                    // Without a look, what is known is still that the call before got no clear answer.
                    const found = signal?.aborted ? last : await this.find(domain).catch(() => last);
                    if (found === last) {
                        throw last;
                    }
                    if (found) {
                        return { value: true };
                    }
                }
                try {
                    await this.#call("POST", "/tracking-domains", { domain, secure });
                    return { value: true };
                } catch (error) {
                    if (!(error instanceof SparkPostError && error.mayPass && shouldRetry(error, attempt))) {
                        throw error;
                    }
                    last = error;
                    return error;
                }
            },
            signal,
            clock: this.#clock,
        });
    }

    /** Changes the scheme of the domain's links. SparkPost answers with the name only, so read the result back. */
    async setSecure(domain: string, secure: boolean): Promise<void> {
        await this.#call("PUT", pathOf(domain), { secure });
    }

    /** Makes the domain the default of its scope, in place of the previous one. */
    async makeDefault(domain: string): Promise<void> {
        await this.#call("PUT", pathOf(domain), { default: true });
    }

    /** Has SparkPost verify the domain now. Not repeated here: the caller's wait repeats it. */
    async verify(domain: string): Promise<VerificationAnswer> {
        return this.#results("POST", `${pathOf(domain)}/verify`, parseVerification);
    }

    /** Whether SparkPost would hold a certificate for the domain itself. Not repeated here. */
    async supportsCertificate(domain: string): Promise<boolean> {
        return this.#results("POST", `${pathOf(domain)}/certificate/check`, parseEligibility);
    }

    /** Orders a certificate of SparkPost's for the verified domain. Not repeated here: the caller looks first. */
    async enableCertificate(domain: string): Promise<void> {
        await this.#call("POST", `${pathOf(domain)}/certificate/enable`);
    }

    /** A sending domain's link. `undefined` if this account and subaccount doesn't have the sending domain. */
    async findLink(sendingDomain: string): Promise<SendingDomainLink | undefined> {
        return orAbsent(this.#results("GET", sendingPathOf(sendingDomain), parseSendingDomain));
    }

    /**
     * The sending domains that are linked to a tracking domain. None if the key may not read the list, or the API has no
     * such list.
     */
    async findLinkedTo(domain: string): Promise<string[]> {
        try {
            const links = await this.#results("GET", "/sending-domains", parseLinks);
            return links.flatMap((link) => (link.domain === domain ? [link.sendingDomain] : []));
        } catch (error) {
            if (error instanceof SparkPostError && error.status >= 400 && error.status < 500 && error.status !== 429) {
                return [];
            }
            throw error;
        }
    }

    /** Links a sending domain to a tracking domain, in place of any other. The empty text unlinks it. */
    async link(sendingDomain: string, domain: string): Promise<void> {
        await this.#call("PUT", sendingPathOf(sendingDomain), { tracking_domain: domain });
    }

    /** Deletes the registration. It is fine if that is already gone. */
    async remove(domain: string): Promise<void> {
        await orAbsent(this.#call("DELETE", pathOf(domain)));
    }

    async #read(domain: string): Promise<TrackingDomainState | undefined> {
        return orAbsent(
            this.#results("GET", pathOf(domain), (results) => {
                const state = parseTrackingDomain(results);
                return state?.domain === domain.toLowerCase() ? state : undefined;
            }),
        );
    }

    #sharedList(): Promise<TrackingDomainState[]> {
        this.#list ??= this.#readList("/tracking-domains").catch((error) => {
            this.#list = undefined;
            throw error;
        });
        return this.#list;
    }

    /** One entry that can't be read makes the list invalid. Without the entry a refresh would forget what exists. */
    #readList(path: string): Promise<TrackingDomainState[]> {
        return this.#results("GET", path, (results) => {
            const states = Array.isArray(results) ? results.map(parseTrackingDomain) : [undefined];
            return states.every((state) => state !== undefined) ? states : undefined;
        });
    }

    /** What `read` makes of the results. If it gives `undefined`, the answer isn't SparkPost's. */
    async #results<Result>(
        method: Method,
        path: string,
        read: (results: unknown) => Result | undefined,
    ): Promise<Result> {
        const answer = await this.#call(method, path);
        const result = read((answer.body as { results: unknown }).results);
        if (result === undefined) {
            throw notTheApi(answer, { method, path, apiUrl: this.#account.apiUrl });
        }
        return result;
    }

    /** A successful call, with results or with 204. */
    async #call(method: Method, path: string, data?: object): Promise<ApiAnswer> {
        if (method !== "GET") {
            this.#hasWritten = true;
        }
        const call = { method, path, apiUrl: this.#account.apiUrl };
        const answer = await this.#api.call(method, path, { data, signal: this.#signal?.() }).catch((error) => {
            throw error instanceof NoAnswer ? unanswered(error, call) : error;
        });
        if (answer.status < 200 || answer.status > 299) {
            throw refused(answer, call);
        }
        // Anything else may be a login page. Read as "done" or "not there", it would make the state wrong.
        if (method === "DELETE" ? answer.status !== 204 && !hasResults(answer) : !hasResults(answer)) {
            throw notTheApi(answer, call);
        }
        return answer;
    }
}

/** The result, or `undefined` if SparkPost says that it isn't there. */
async function orAbsent<Result>(asked: Promise<Result>): Promise<Result | undefined> {
    try {
        return await asked;
    } catch (error) {
        if (isNotFound(error)) {
            return undefined;
        }
        throw error;
    }
}

function hasResults({ body }: ApiAnswer): boolean {
    const results = (body as { results?: unknown } | null | undefined)?.results;
    return typeof results === "object" && results !== null;
}

function pathOf(domain: string): string {
    return `/tracking-domains/${encodeURIComponent(domain)}`;
}

function sendingPathOf(sendingDomain: string): string {
    return `/sending-domains/${encodeURIComponent(sendingDomain)}`;
}

/** A primary account may see its subaccounts' domains too. Each scope has its own domains and default. */
function isInScope(entry: TrackingDomainState, { subaccount }: ApiAccount): boolean {
    return (entry.subaccount ?? subaccount) === subaccount;
}

function defaultOf(domains: readonly TrackingDomainState[], account: ApiAccount): TrackingDomainState | undefined {
    return domains.find((entry) => entry.default && isInScope(entry, account));
}

const clients = new Map<string, Client>();

/** The process's one client for an account and key, so that all resources share a list answer. */
export function clientFor(account: ApiAccount, key: string): Client {
    const id = JSON.stringify([scopeOf(account), account.timeout, key]);
    const client = clients.get(id) ?? new Client({ account, key, signal: cancelSignal });
    clients.set(id, client);
    return client;
}

/** The stack's configuration as the engine hands it to the provider process. */
export interface Config {
    get(key: string): string | undefined;
}

/**
 * The account's API key, from its configuration key. Only the default one may be in the environment instead: to an account
 * that names its own, the variable would be another account's key. Throws if there is none.
 */
export function apiKeyOf({ apiKeyConfig: name = defaultApiKeyConfig }: ApiAccount, config: Config): string {
    const isDefault = name === defaultApiKeyConfig;
    const key = (config.get(name) ?? (isDefault ? process.env[apiKeyVariable] : undefined))?.trim();
    if (key) {
        return key;
    }
    const missing = isDefault
        ? `neither the configuration key ${name} nor the environment variable ${apiKeyVariable} is set.`
        : `the configuration key ${name} isn't set, which \`account.apiKeyConfig\` names.`;
    throw new OperationError(
        `No SparkPost API key: ${missing}\n` +
            `Create a key with the grants tracking_domains/view and tracking_domains/manage. ` +
            `${isDefault ? `Set ${apiKeyVariable} where you deploy, or run` : "Run"}: pulumi config set --secret ${name}`,
        "key-missing",
    );
}
