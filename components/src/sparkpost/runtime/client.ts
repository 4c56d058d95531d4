// The calls we make to SparkPost, with time-outs, retries and errors in words.
//   create POST, list GET /tracking-domains
//   read GET, update PUT, delete DELETE /tracking-domains/{domain}; verify POST /tracking-domains/{domain}/verify
//   managed certificate POST /tracking-domains/{domain}/certificate/check and …/enable
//   link GET and PUT /sending-domains/{domain}; list GET /sending-domains
import axios, { type AxiosInstance } from "axios";
import axiosRetry, { retryAfter } from "axios-retry";
import { type ApiAccount, scopeOf } from "../account";
import { excerpt, fromAxios, isNotFound, isTransient, notAnApi, SparkPostError } from "./errors";
import { delay, isWorthRepeating, longestRetryAfter, rateRetries, retriesOf, sleep } from "./retries";
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

/** Seconds that one call may take unless the account says otherwise. */
const defaultTimeout = 30;
/** A list answer serves the reads of one refresh, no more. */
const listLifetime = 5_000;

export interface ClientOptions {
    account: ApiAccount;
    key: string;
    /** Scales the delays between tries; the tests make it small. */
    patience?: number;
}

/** One account's API, as seen by one process. */
export class Client {
    readonly #http: AxiosInstance;
    readonly #key: string;
    readonly #patience: number;
    readonly #account: ApiAccount;
    #list?: { answer: Promise<TrackingDomainState[]>; at: number };
    #hasWritten = false;

    constructor({ account, key, patience = 1 }: ClientOptions) {
        this.#account = account;
        this.#key = key;
        this.#patience = patience;
        this.#http = axios.create({
            baseURL: account.apiUrl,
            timeout: (account.timeout ?? defaultTimeout) * 1_000,
            maxRedirects: 0,
            headers: {
                Authorization: key,
                Accept: "application/json",
                "User-Agent": "pulumi-sparkpost-tracking",
                ...(account.subaccount !== undefined && { "X-MSYS-SUBACCOUNT": String(account.subaccount) }),
            },
        });
        axiosRetry(this.#http, {
            retries: rateRetries,
            shouldResetTimeout: true,
            // A POST is repeated by whoever knows how to look whether it took effect.
            retryCondition: (error) => error.config?.method?.toUpperCase() !== "POST" && isWorthRepeating(error),
            retryDelay: (attempt, error) => Math.max(retryAfter(error), this.#patience * delay(attempt)),
        });
    }

    /** The domain as SparkPost has it now; `undefined` when this account and subaccount has no such domain. */
    async find(domain: string): Promise<TrackingDomainState | undefined> {
        const state = await this.#read(domain);
        return state && isInScope(state, this.#account) ? state : undefined;
    }

    /**
     * The domain as this key sees it, whichever subaccount has it: for telling a person, never for an operation.
     * Whether a key sees its subaccounts' domains by name or in its list isn't documented, so both are asked.
     */
    async findAnywhere(domain: string): Promise<TrackingDomainState | undefined> {
        const state = await this.#read(domain);
        return state ?? (await this.#readList("/tracking-domains")).find((entry) => entry.domain === domain);
    }

    /**
     * Like {@link find}, for reads during a refresh: one list answer serves all domains, as long as this process hasn't
     * written anything.
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
     * Registers a domain that a read has just shown to be absent, with https links or http ones; after a failure it looks whether the call took effect
     * before it tries again.
     */
    async register(domain: string, secure = true): Promise<void> {
        for (let attempt = 1; ; attempt++) {
            try {
                await this.#call("POST", "/tracking-domains", { domain, secure });
                return;
            } catch (error) {
                const isWorthALook =
                    error instanceof SparkPostError &&
                    isTransient(error) &&
                    attempt <= retriesOf(error.status) &&
                    error.retryAfter <= longestRetryAfter;
                if (!isWorthALook) {
                    throw error;
                }
                await sleep(Math.max(error.retryAfter, this.#patience * delay(attempt)));
                if (await this.find(domain)) {
                    return;
                }
            }
        }
    }

    /** Changes the scheme of the domain's links. SparkPost answers with the name only: read it back. */
    async setSecure(domain: string, secure: boolean): Promise<void> {
        await this.#call("PUT", pathOf(domain), { secure });
    }

    /** Makes the domain the default of its scope, which silently ends the previous one. */
    async makeDefault(domain: string): Promise<void> {
        await this.#call("PUT", pathOf(domain), { default: true });
    }

    /** Has SparkPost ask the domain now. Not repeated: whoever waits for a yes decides about that. */
    async verify(domain: string): Promise<VerificationAnswer> {
        return parseVerification(resultsOf(await this.#call("POST", `${pathOf(domain)}/verify`)));
    }

    /** Whether SparkPost would hold a certificate for the domain itself. Not repeated here. */
    async supportsCertificate(domain: string): Promise<boolean> {
        return parseEligibility(resultsOf(await this.#call("POST", `${pathOf(domain)}/certificate/check`)));
    }

    /** Has SparkPost get and hold a certificate for the verified domain. Whoever waits for it looks before repeating. */
    async enableCertificate(domain: string): Promise<void> {
        await this.#call("POST", `${pathOf(domain)}/certificate/enable`);
    }

    /** A sending domain's link; `undefined` when this account and subaccount has no such sending domain. */
    async findLink(sendingDomain: string): Promise<SendingDomainLink | undefined> {
        try {
            const path = sendingPathOf(sendingDomain);
            const results = resultsOf(await this.#call("GET", path));
            const link = parseSendingDomain(results);
            if (!link) {
                throw this.#foreign(`GET ${path}`, 200, "not a sending domain", results);
            }
            return link;
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    }

    /**
     * The sending domains that are linked to a tracking domain. None where the key may not read the list, or the API has
     * no such list.
     */
    async findLinkedTo(domain: string): Promise<string[]> {
        try {
            const results = resultsOf(await this.#call("GET", "/sending-domains"));
            return parseLinks(results).flatMap((link) => (link.domain === domain ? [link.sendingDomain] : []));
        } catch (error) {
            if (error instanceof SparkPostError && error.status >= 400 && error.status < 500 && error.status !== 429) {
                return [];
            }
            throw error;
        }
    }

    /** Links a sending domain to a tracking domain, in the place of any other; the empty text unlinks it. */
    async link(sendingDomain: string, domain: string): Promise<void> {
        await this.#call("PUT", sendingPathOf(sendingDomain), { tracking_domain: domain });
    }

    /** Deletes the registration; one that is gone already is fine. */
    async remove(domain: string): Promise<void> {
        try {
            await this.#call("DELETE", pathOf(domain));
        } catch (error) {
            if (!isNotFound(error)) {
                throw error;
            }
        }
    }

    async #read(domain: string): Promise<TrackingDomainState | undefined> {
        try {
            return this.#domainIn(resultsOf(await this.#call("GET", pathOf(domain))), pathOf(domain));
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    }

    async #sharedList(): Promise<TrackingDomainState[]> {
        if (!this.#list || Date.now() - this.#list.at > listLifetime) {
            this.#list = { answer: this.#readList("/tracking-domains"), at: Date.now() };
        }
        return this.#list.answer;
    }

    async #readList(path: string): Promise<TrackingDomainState[]> {
        const results = resultsOf(await this.#call("GET", path));
        if (!Array.isArray(results)) {
            throw this.#foreign(`GET ${path}`, 200, "not a tracking domain", results);
        }
        return results.map((entry) => this.#domainIn(entry, path));
    }

    /**
     * A domain from an answer. One without a name isn't SparkPost's: taken for "nothing there", it would make a refresh
     * forget what exists.
     */
    #domainIn(object: unknown, path: string): TrackingDomainState {
        const state = parseTrackingDomain(object);
        if (!state) {
            throw this.#foreign(`GET ${path}`, 200, "not a tracking domain", object);
        }
        return state;
    }

    /** The error for an answer that SparkPost's API wouldn't give. */
    #foreign(call: string, status: number, what: string, answer: unknown): SparkPostError {
        const text = typeof answer === "string" ? answer : (JSON.stringify(answer) ?? "nothing");
        return new SparkPostError(call, status, `${what}: ${excerpt(text, this.#key)}`, notAnApi(this.#account.apiUrl));
    }

    async #call(method: "GET" | "POST" | "PUT" | "DELETE", path: string, data?: object): Promise<unknown> {
        if (method !== "GET") {
            this.#hasWritten = true;
        }
        const call = `${method} ${path}`;
        try {
            const { data: body, status } = await this.#http.request({ method, url: path, data });
            if (status !== 204 && (typeof body !== "object" || body === null)) {
                throw this.#foreign(call, status, "a body that isn't JSON", String(body));
            }
            return body;
        } catch (error) {
            throw fromAxios(error, { call, key: this.#key, apiUrl: this.#account.apiUrl });
        }
    }
}

function pathOf(domain: string): string {
    return `/tracking-domains/${encodeURIComponent(domain)}`;
}

function sendingPathOf(sendingDomain: string): string {
    return `/sending-domains/${encodeURIComponent(sendingDomain)}`;
}

function resultsOf(body: unknown): unknown {
    return (body as { results?: unknown }).results;
}

/** A primary account may be told of its subaccounts' domains too; each scope has domains and a default of its own. */
function isInScope(entry: TrackingDomainState, { subaccount }: ApiAccount): boolean {
    return (entry.subaccount ?? subaccount) === subaccount;
}

function defaultOf(domains: readonly TrackingDomainState[], account: ApiAccount): TrackingDomainState | undefined {
    return domains.find((entry) => entry.default && isInScope(entry, account));
}

const clients = new Map<string, Client>();

/** The process's one client of an account and key, so that all its resources share a list answer. */
export function clientFor(account: ApiAccount, key: string): Client {
    const id = JSON.stringify([scopeOf(account), account.timeout, key]);
    const client = clients.get(id) ?? new Client({ account, key });
    clients.set(id, client);
    return client;
}
