// Recipients who click the links of a host while something happens to it: when each clicked, what came, which clicks
// the tracker counted, and which were lost around the change of a record.
import { randomUUID } from "node:crypto";
import { setInterval } from "node:timers/promises";
import { vi } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";

/** A click on a link of its own. */
export interface Click {
    url: string;
    /** By the sandbox's clock: when the recipient began, which is when the name was resolved. */
    at: number;
    ended: number;
    /**
     * `redirected`: to where the link leads. `at the endpoint`: the edge sent the recipient there, path and query kept,
     * and the tracker was asked; what it makes of a host that isn't the tracking host's is not documented. Else the
     * failure.
     */
    came: string;
}

export interface ClickingOptions {
    /** All recipients together. Default 20. */
    perSecond?: number;
    /** After so many they stop by themselves. Default 3,000. */
    most?: number;
    /** Whether anybody has https links yet; until then all click http links. Default: they have them. */
    hasHttpsLinks?: () => boolean;
}

/**
 * They ask so many resolvers in turn, which have filled their caches at different times. The probe and SparkPost ask
 * none of these.
 */
const RESOLVERS = 17;

/** Recipients, who click https and http links in turn until `stop`, or the end of a block (`await using`). */
export class Recipients implements AsyncDisposable {
    readonly #sandbox: Sandbox;
    readonly #hostname: string;
    readonly #hasHttpsLinks: () => boolean;
    readonly #clicks: Click[] = [];
    readonly #opening = new Set<Promise<void>>();
    readonly #stopping = new AbortController();
    readonly #running: Promise<void>;

    constructor(
        sandbox: Sandbox,
        hostname: string,
        { perSecond = 20, most = 3_000, hasHttpsLinks = () => true }: ClickingOptions = {},
    ) {
        this.#sandbox = sandbox;
        this.#hostname = hostname;
        this.#hasHttpsLinks = hasHttpsLinks;
        this.#running = this.#clickOn(1_000 / perSecond, most);
    }

    /** Waits until somebody who clicked after this time (default: now) has got an answer. */
    async pass(time = this.#sandbox.now()): Promise<void> {
        await vi.waitUntil(() => this.#clicks.some(({ at }) => at > time), { timeout: 60_000 });
    }

    /** Nobody clicks any more; all clicks, in order. */
    async stop(): Promise<Click[]> {
        this.#stopping.abort();
        await this.#running;
        await Promise.all(this.#opening);
        return this.#clicks.sort((one, other) => one.at - other.at);
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await this.stop();
    }

    async #clickOn(pause: number, most: number): Promise<void> {
        let made = 0;
        try {
            for await (const _ of setInterval(pause, undefined, { signal: this.#stopping.signal })) {
                const opening = this.#click(made).finally(() => this.#opening.delete(opening));
                this.#opening.add(opening);
                made++;
                if (made === most) {
                    return;
                }
            }
        } catch (error) {
            if ((error as Error).name !== "AbortError") {
                throw error;
            }
        }
    }

    async #click(number: number): Promise<void> {
        const scheme = number % 2 || !this.#hasHttpsLinks() ? "http" : "https";
        const id = randomUUID();
        const target = `https://shop.example/${id}`;
        const url = `${scheme}://${this.#hostname}/f/${id}?target=${encodeURIComponent(target)}`;
        const at = this.#sandbox.now();
        const came = await this.#open(url, target, `recipients ${number % RESOLVERS}`);
        this.#clicks.push({ url, at, ended: this.#sandbox.now(), came });
    }

    /** What a browser gets, which follows a redirect to the endpoint. */
    async #open(url: string, target: string, resolver: string): Promise<string> {
        const sandbox = this.#sandbox;
        const { endpoint } = sandbox.sparkpost.us;
        const path = pathOf(url);
        try {
            const { status, location, body } = await sandbox.click(url, { resolver });
            if (status === 302 && location === target) {
                return "redirected";
            }
            if ((status === 301 || status === 302) && location === `https://${endpoint}${path}`) {
                await sandbox.click(location, { resolver });
                const isAsked = sandbox.timeline.some(
                    (event) => event.kind === "tracker-request" && event.path === path,
                );
                return isAsked ? "at the endpoint" : "lost behind the redirect";
            }
            return `${status} ${location ?? body.toString()}`.trim();
        } catch (error) {
            const { code, message } = error as NodeJS.ErrnoException;
            return code ?? message;
        }
    }
}

/** The clicks that the tracker counted for the tracking host. */
export function countedOf({ timeline }: Pick<Sandbox, "timeline">, clicks: readonly Click[]): Click[] {
    const counted = new Set(
        timeline.filter(({ event }) => event === "click").map(({ host, path }) => `${host}${path}`),
    );
    return clicks.filter(({ url }) => counted.has(`${new URL(url).hostname}${pathOf(url)}`));
}

/** The clicks of recipients who got nowhere. */
export function lostOf(clicks: readonly Click[]): Click[] {
    return clicks.filter(({ came }) => came !== "redirected" && came !== "at the endpoint");
}

/** How clicks were lost around a change of a record. */
export interface Losses {
    /** Over before the record changed. */
    before: Click[];
    /** By recipients whose resolver may have kept the old answer. */
    within: Click[];
    /** By recipients who began after every resolver had the new one. */
    after: Click[];
    /** The same in words: how many, and when the first and the last of `within` began. */
    summary: string;
}

/** The losses around a change at `changed`, of a record whose answers are kept for `kept` ms. */
export function lossesAround(clicks: readonly Click[], changed: number, kept: number): Losses {
    const losses = lostOf(clicks);
    const before = losses.filter(({ ended }) => ended < changed);
    const after = losses.filter(({ at }) => at > changed + kept);
    const within = losses.filter((click) => !before.includes(click) && !after.includes(click));
    const [first, last] = [within[0], within.at(-1)].map((click) => click && Math.round(click.at - changed));
    const window = within.length > 0 ? ` (${first} to ${last} ms after the change)` : "";
    const summary =
        `${losses.length} of ${clicks.length} clicks were lost: ${before.length} before the record changed, ` +
        `${within.length} while old answers were kept${window}, ${after.length} later`;
    return { before, within, after, summary };
}

function pathOf(url: string): string {
    const { pathname, search } = new URL(url);
    return pathname + search;
}
