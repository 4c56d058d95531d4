// How long resolvers keep what a host's record at Cloudflare said before it was changed: what is refused because of that, and
// when links in use may become https. A rule without memory: nothing is kept from one update to the next. Pure.

import type { SeenRecord } from "../hostToday/look";
import { isSparkPost, type RecordSummary } from "../hostToday/today";

/** The longest TTL of a record of a host in use that this update may lead elsewhere; Cloudflare's own for a proxied name. */
const LOW_TTL = 300;
/** Cloudflare's TTL "automatic" and, of a record that isn't proxied, what it means (https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/). */
const AUTOMATIC = 1;

/**
 * Seconds for which resolvers keep answers that lead straight to SparkPost, where http works and nothing has a certificate
 * for the host, if the record is going to lead elsewhere; else `undefined`.
 */
export function secondsKept(
    present: readonly RecordSummary[],
    { content, proxied }: { content?: string; proxied?: boolean },
): number | undefined {
    const left = present.filter((record) => {
        const isSame = record.content === content;
        const leadsStraight = !record.proxied && record.type === "CNAME" && (isSame || isSparkPost(record.content));
        return leadsStraight && (proxied || !isSame);
    });
    const ttls = left.map(({ ttl = AUTOMATIC }) => (ttl === AUTOMATIC ? LOW_TTL : ttl));
    return ttls.length > 0 ? Math.max(...ttls) : undefined;
}

/** Why the record of a host in use can't lead elsewhere yet; `undefined` where resolvers forget it soon. */
export function ttlProblem(
    hostname: string,
    present: readonly RecordSummary[],
    wanted: { content?: string; proxied?: boolean; inUse?: boolean },
): string | undefined {
    const kept = wanted.inUse ? secondsKept(present, wanted) : undefined;
    return kept !== undefined && kept > LOW_TTL
        ? `${hostname} is in use, and resolvers keep its DNS record for ${kept} s. Changing it now would break its https links for that long. Nothing was changed.\n` +
              `Lower the record's TTL to ${LOW_TTL} s or less, wait ${kept} s, and run \`pulumi up\` again.`
        : undefined;
}

/** When links in use may become https at the earliest, RFC 3339: resolvers may keep an older answer until then. */
export function secureNotBefore(
    seen: SeenRecord | undefined,
    modifiedOn: string | undefined,
    now: number = Date.now(),
): string | undefined {
    if (seen && seen.changedOn === undefined) {
        return undefined;
    }
    // An earlier change may be that of an update which was killed: what the record said before isn't known any more.
    const end = after(seen && !seen.leaves ? seen.changedOn : modifiedOn, now);
    return Date.parse(end) > now ? end : undefined;
}

/** When resolvers have forgotten what changed at a moment that Cloudflare gives in whole seconds; unknown, it is now. */
function after(moment: string | undefined, now: number): string {
    const time = Date.parse(moment ?? "") || now;
    return new Date((Math.floor(time / 1_000) + 1 + LOW_TTL) * 1_000).toISOString();
}
