// A host that has worked over http for years, with recipients who click its links whatever happens to it.
import { expect } from "vitest";
import type { Assumed, DnsRecord, Sandbox, SandboxOptions } from "../../dev/sandbox/index.ts";
import { type Click, countedOf, lostOf, Recipients } from "./clicks.ts";
import { type TestDomain, TestStack } from "./stack.ts";

/** The host. */
export const liveHost = "click.example.com";
/** Its zone at Cloudflare. */
export const liveZone = "example.com";
/** Seconds for which resolvers keep the answer of its own record, unless a test says otherwise. */
const liveTtl = 4;

/** Registered, insecure, verified, DNS only; gives the id of its record as the provider imports it. */
export function goLive({ sparkpost, cloudflare }: Sandbox, ttl = liveTtl): string {
    sparkpost.us.seed({ domain: liveHost, secure: false, verified: true });
    cloudflare.seedRecord({ name: liveHost, type: "CNAME", content: sparkpost.us.endpoint, ttl });
    return `${cloudflare.zoneId(liveZone)}/${cloudflare.records(liveZone).find(({ name }) => name === liveHost)?.id}`;
}

/** Its record as it is now. */
export function liveRecord({ cloudflare }: Sandbox): DnsRecord | undefined {
    return cloudflare.records(liveZone).find(({ name }) => name === liveHost);
}

/** Its recipients; somebody has an https link from the moment SparkPost makes them, and for ever after. */
export function recipientsOf(sandbox: Sandbox, hostname = liveHost): Recipients {
    const isSwitch = ({ kind, host, secure }: Sandbox["timeline"][number]) =>
        kind === "secure-changed" && host === hostname && secure === true;
    return new Recipients(sandbox, hostname, { hasHttpsLinks: () => sandbox.timeline.some(isSwitch) });
}

/** Demands that every click went where its link leads, and was counted there. */
export function expectNoneLost(sandbox: Sandbox, clicks: readonly Click[]): void {
    expect(lostOf(clicks)).toEqual([]);
    expect(countedOf(sandbox, clicks)).toEqual(clicks);
}

/**
 * Demands the same of all clicks but those that met the tracker while SparkPost had the host as unverified, where it
 * serves none of those.
 */
export function expectLostOnlyWhileUnverified(sandbox: Sandbox, clicks: readonly Click[]): void {
    const times = sandbox.timeline
        .filter(({ host, kind }) => host === liveHost && /^(secure-changed|verified)$/.test(kind))
        .map(({ at, kind }) => ({ at, kind }));
    const isUnverified = ({ at, ended }: Click) =>
        times.some((one, index) => {
            const end = times.slice(index).find(({ kind }) => kind === "verified")?.at ?? Number.POSITIVE_INFINITY;
            return one.kind === "secure-changed" && ended >= one.at && at <= end;
        });
    const lost = lostOf(clicks);
    expect(lost.filter((click) => !isUnverified(click) || click.came !== "404")).toEqual([]);
    expect(countedOf(sandbox, clicks)).toEqual(clicks.filter((click) => !lost.includes(click)));
}

/** What no vendor documents, read both ways, and what is demanded of the clicks then. */
export const liveReadings: [string, Partial<Assumed>, typeof expectNoneLost][] = [
    ["serves an unverified host", { unverifiedHost: "served" }, expectNoneLost],
    ["refuses an unverified host", {}, expectLostOnlyWhileUnverified],
];

/** A stack beside the host in use, which is being clicked, and the declaration that takes it to https in place. */
export async function startLive(options: SandboxOptions = {}, ttl?: number) {
    // Of the 300 s that a stack waits from a change on, a second more than resolvers keep the record is left.
    const modifiedAgo = ttl && 299 - ttl;
    const stack = await TestStack.start({ sandbox: { ...(modifiedAgo && { modifiedAgo }), ...options } });
    const { sandbox } = stack;
    const domain: TestDomain = {
        hostname: liveHost,
        adopt: true,
        cloudflare: { zone: liveZone, import: { record: goLive(sandbox, ttl) } },
    };
    const record = liveRecord(sandbox);
    const recipients = recipientsOf(sandbox);
    await recipients.pass();
    return {
        stack,
        sandbox,
        domain,
        record,
        recipients,
        /** The `up` after the fault is gone, which must finish; gives all clicks, https ones among them. */
        async finish(): Promise<Click[]> {
            // What an earlier one has taken over isn't taken over again.
            const isTaken = (await stack.resources()).some(
                ({ type }) => type === "cloudflare:index/dnsRecord:DnsRecord",
            );
            const taken = { ...domain, cloudflare: { zone: liveZone } };
            await stack.declare(isTaken ? taken : domain);
            await stack.up();
            await stack.declare(taken);
            expect(stack.domain(liveHost)).toMatchObject({ secure: true, verified: true });
            expect(liveRecord(sandbox)).toMatchObject({ id: record?.id, proxied: true });
            await recipients.pass();
            const clicks = await recipients.stop();
            const httpsClicks = clicks.filter(({ url }) => url.startsWith("https:"));
            expect(httpsClicks.length).toBeGreaterThan(lostOf(httpsClicks).length);
            return clicks;
        },
        async [Symbol.asyncDispose](): Promise<void> {
            await recipients.stop();
            await stack[Symbol.asyncDispose]();
        },
    };
}
