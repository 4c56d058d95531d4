/**
 * Fastly's TLS subscriptions: a certificate for some hosts, proven by an `_acme-challenge` alias of each, issued and
 * renewed by the authority that the subscription names.
 */
import { caaObstacle } from "../../internet/caa.ts";
import type { Names } from "../../internet/names.ts";
import type { Timeline } from "../../internet/timeline.ts";
import type { Faults } from "../../options.ts";
import { newId } from "./services.ts";

/** docs: the authorities a subscription may name. inferred: what each is called in CAA records. */
export const AUTHORITIES: Record<string, string> = {
    certainly: "certainly.com",
    globalsign: "globalsign.com",
    "lets-encrypt": "letsencrypt.org",
};

/** filler: Fastly's account at all of them, as CAA's `accounturi` may name it. */
export const ACCOUNT = "https://acme.example/fastly";

export type SubscriptionState = "pending" | "processing" | "issued" | "renewing" | "failed";

export interface SubscriptionHost {
    name: string;
    authorization: string;
    /** What `_acme-challenge.<name>` must be an alias of. */
    challenge: string;
}

export interface Subscription {
    id: string;
    certificate_authority: string;
    state: SubscriptionState;
    common_name: string;
    /** Id of its TLS configuration. */
    configuration: string;
    hosts: SubscriptionHost[];
    /** The certificate in use, and its activation for each of its hosts. */
    certificate?: { id: string; activations: { host: string; id: string }[] };
    created_at: string;
    updated_at: string;
    /** Why nothing is issued yet. */
    obstacle?: string;
}

/** How often DNS is looked at, in milliseconds. */
const POLL = 20;

export class Subscriptions {
    readonly all = new Map<string, Subscription>();
    readonly #world: { names: Names; faults: Faults; timeline: Timeline };
    /** Which look at DNS is the current one, by id: an older one has nothing to say any more. */
    readonly #orders = new Map<string, symbol>();

    constructor(world: { names: Names; faults: Faults; timeline: Timeline }) {
        this.#world = world;
    }

    add(authority: string, hosts: string[], commonName: string, configuration: string): Subscription {
        const now = timestamp();
        const subscription: Subscription = {
            ...{ id: newId(), certificate_authority: authority, state: "pending", common_name: commonName },
            ...{ hosts: hosts.map(newHost), configuration, created_at: now, updated_at: now },
        };
        this.all.set(subscription.id, subscription);
        const what = `subscribed to a certificate of ${authority} for ${hosts.join(", ")}`;
        this.#tell("subscription-created", subscription, what);
        this.#order(subscription);
        return subscription;
    }

    remove(subscription: Subscription): void {
        this.all.delete(subscription.id);
        this.#orders.delete(subscription.id);
        this.#tell("subscription-deleted", subscription, `no subscription for ${subscription.common_name} any more`);
    }

    /** Other hosts: what is new among them must be proven. The certificate in use stays until the next one is there. */
    change(subscription: Subscription, hosts: string[], commonName: string): void {
        const before = subscription.hosts;
        subscription.hosts = hosts.map((name) => before.find((one) => one.name === name) ?? newHost(name));
        subscription.common_name = commonName;
        this.#set(subscription, "pending");
        this.#order(subscription);
    }

    /** docs: "retry a subscription with state `failed` by setting the state to `retry`". */
    retry(subscription: Subscription): void {
        this.#set(subscription, "pending");
        this.#order(subscription);
    }

    /** docs: "Provided DNS records are maintained, TLS certificates will automatically renew". */
    renew(subscription: Subscription): void {
        this.#set(subscription, "renewing");
        this.#order(subscription);
    }

    /** The names on the edge's certificate for a host; undefined while there is none. The latest subscription wins. */
    certificateFor(host: string): string[] | undefined {
        const certificates = [...this.all.values()].flatMap(({ certificate }) => certificate ?? []);
        const names = certificates.map(({ activations }) => activations.map((activation) => activation.host));
        return names.findLast((some) => some.includes(host));
    }

    /** Asks for a certificate; there is one order at a time. */
    #order(subscription: Subscription): void {
        const order = Symbol(subscription.id);
        this.#orders.set(subscription.id, order);
        this.#world.timeline.after(POLL, () => this.#look(subscription, order));
    }

    #look(subscription: Subscription, order: symbol): void {
        const { faults, timeline } = this.#world;
        if (!this.#isCurrent(subscription, order)) {
            return;
        }
        const obstacle = this.#obstacle(subscription);
        if (obstacle) {
            if (obstacle !== subscription.obstacle) {
                subscription.obstacle = obstacle;
                this.#tell("issuance-waits", subscription, `no certificate yet: ${obstacle}`, { obstacle });
            }
            timeline.after(POLL, () => this.#look(subscription, order));
            return;
        }
        subscription.obstacle = undefined;
        if (subscription.state === "pending") {
            this.#set(subscription, "processing");
        }
        timeline.after(faults.fastlyCertificateDelay, () => this.#issue(subscription, order));
    }

    #issue(subscription: Subscription, order: symbol): void {
        if (!this.#isCurrent(subscription, order)) {
            return;
        }
        const activations = subscription.hosts.map(({ name }) => ({ host: name, id: newId() }));
        subscription.certificate = { id: newId(), activations };
        this.#orders.delete(subscription.id);
        this.#set(subscription, "issued");
        for (const { host } of activations) {
            const what = `Fastly's edge has a certificate for ${host}`;
            this.#world.timeline.add("edge", "certificate-ready", what, { host, edge: "fastly" });
        }
    }

    /** Whether an order still counts; one that fails doesn't. */
    #isCurrent(subscription: Subscription, order: symbol): boolean {
        if (this.#orders.get(subscription.id) !== order) {
            return false;
        }
        if (this.#world.faults.fastlySubscriptionFails) {
            this.#orders.delete(subscription.id);
            this.#set(subscription, "failed");
            return false;
        }
        return true;
    }

    #obstacle({ hosts, certificate_authority }: Subscription): string | undefined {
        const { names } = this.#world;
        for (const { name, challenge } of hosts) {
            const alias = `_acme-challenge.${name}`;
            const [answer] = names.authoritativeAnswers(alias, "CNAME");
            const found = answer?.type === "CNAME" ? answer.data : "nothing";
            if (found !== challenge) {
                return `${alias} is an alias of ${found}, not of ${challenge}`;
            }
            const issuer = AUTHORITIES[certificate_authority] ?? "";
            const forbidden = caaObstacle(name, { issuer, account: ACCOUNT, method: "dns-01" }, names);
            if (forbidden) {
                return forbidden;
            }
        }
        return undefined;
    }

    #set(subscription: Subscription, state: SubscriptionState): void {
        subscription.state = state;
        subscription.updated_at = timestamp();
        this.#tell("subscription-state", subscription, `certificate for ${subscription.common_name}: ${state}`, {
            state,
        });
    }

    #tell(kind: string, subscription: Subscription, what: string, details = {}): void {
        this.#world.timeline.add("fastly", kind, what, { host: subscription.common_name, ...details });
    }
}

function newHost(name: string): SubscriptionHost {
    const challenge = `${newId().slice(0, 18).toLowerCase()}.fastly-validations.com`;
    return { name, authorization: newId(), challenge };
}

/** docs: TLS endpoints have milliseconds. */
function timestamp(): string {
    return new Date().toISOString();
}
