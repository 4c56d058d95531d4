// What the handlers of all resources share: their shape, their services, and the engine's rules.

import { checkHostname } from "../../hostname";
import type { Clock } from "../../process/poll";
import { canonicalJson } from "../../pulumi/canonicalJson";
import { type ApiAccount, scopeOf } from "../account";
import type { Client } from "./client";
import type { Progress } from "./progress";

/** A dynamic provider's methods for one resource. `Outputs` are its inputs and what SparkPost says. */
export interface Handler<Inputs, Outputs extends Inputs> {
    check(olds: Partial<Inputs>, news: Inputs): Promise<{ inputs: Inputs; failures: CheckFailure[] }>;
    diff(id: string, olds: Outputs, news: Inputs): Promise<Diff>;
    create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
    /** An empty answer means that the thing is gone. */
    read(id: string, props: Outputs): Promise<{ id?: string; props?: Outputs; inputs?: Inputs }>;
    update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }>;
    delete?(id: string, props: Outputs): Promise<void>;
}

export interface CheckFailure {
    property: string;
    reason: string;
}

export interface Diff {
    changes: boolean;
    replaces: string[];
    deleteBeforeReplace: false;
}

/** What a handler needs of the world around it. */
export interface Services {
    client(account: ApiAccount): Client;
    progress: Progress;
    clock: Clock;
    /** The domains, by scope, that this run's program declares. The engine has checked them. */
    declared: Set<string>;
}

/** A domain in its scope, as {@link Services.declared} has it. */
export function inScope({ account, domain }: Pick<CommonInputs, "account" | "domain">): string {
    return `${scopeOf(account)} ${domain}`;
}

/** The inputs that all our resources have. */
export interface CommonInputs {
    domain: string;
    account: ApiAccount;
    /** The serialized shim, which the engine keeps among the inputs. */
    __provider?: string;
    /** The resource's own URN, for its progress; the SDK drops an input named `urn`. Only `check` gets it. */
    ownUrn?: string;
}

/** The placeholder for a value that isn't known before the update (`pulumi.runtime.unknownValue`). */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or anything inside it, isn't known yet. */
export function isUnknown(value: unknown): boolean {
    return typeof value === "object" && value !== null ? Object.values(value).some(isUnknown) : value === unknownValue;
}

/**
 * Compares inputs one by one. A change in `replacing` replaces the resource, unless the value isn't known yet. The shim is
 * compared too, because delete and refresh run the one in the state.
 */
export function compare<Inputs extends Omit<CommonInputs, "account"> & { account?: ApiAccount }>(
    olds: Inputs,
    news: Inputs,
    fields: { replacing: (keyof Inputs & string)[]; updating: (keyof Inputs & string)[] },
): Diff {
    const differs = (field: keyof Inputs & string) => canonicalJson(olds[field]) !== canonicalJson(news[field]);
    const replaces = fields.replacing.filter((field) => differs(field) && !isUnknown(news[field]));
    const changes = [...fields.replacing, ...fields.updating, "account" as const, "__provider" as const].some(differs);
    return { changes, replaces, deleteBeforeReplace: false };
}

/** Checks and normalises the domain, unless it isn't known yet. */
export function checkDomain<Inputs extends Pick<CommonInputs, "domain">>(
    news: Inputs,
): { inputs: Inputs; failures: CheckFailure[] } {
    if (isUnknown(news.domain)) {
        return { inputs: news, failures: [] };
    }
    const { hostname, mistakes } = checkHostname(news.domain);
    const failures = mistakes.map((mistake) => ({
        property: "domain",
        reason: `${JSON.stringify(news.domain)}: ${mistake}`,
    }));
    return { inputs: failures.length > 0 ? news : { ...news, domain: hostname }, failures };
}

/** Whether two sets of inputs mean the same account and subaccount. */
export function isSameScope(a: ApiAccount, b: ApiAccount): boolean {
    return scopeOf(a) === scopeOf(b);
}

/** A copy without undefined fields: with them the engine would fail, and lose a resource that was just made. */
export function clean<T extends object>(value: T): T {
    return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
