// How long resolvers keep an older answer for a hostname after its record at Cloudflare changes. It decides which changes are
// refused, and when links in use may become https. Nothing is remembered from one update to the next. Pure.

import type { SeenRecord } from "../hostToday/look";
import { isSparkPost } from "../hostToday/today";
import type { CloudflareRecord } from "./reads";

/** The longest TTL of a record in use that an update may point elsewhere. Cloudflare's own TTL of a proxied name. */
const LOW_TTL = 300;
/** The TTL "automatic": 300 s (https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/). */
const AUTOMATIC = 1;

/**
 * Seconds for which resolvers keep answers that point straight to SparkPost, where http works but nothing has a certificate
 * for the hostname. `undefined` if the record doesn't point there, or stays as it is.
 */
export function secondsCached(
    present: readonly CloudflareRecord[],
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

/** Why the record of a hostname in use can't change yet; `undefined` if resolvers forget the old one soon. */
export function ttlProblem(
    hostname: string,
    present: readonly CloudflareRecord[],
    wanted: { content?: string; proxied?: boolean; inUse?: boolean },
): string | undefined {
    const kept = wanted.inUse ? secondsCached(present, wanted) : undefined;
    return kept !== undefined && kept > LOW_TTL
        ? `${hostname} is in use, and resolvers keep its DNS record for ${kept} s. Changing it now would break its https links for that long. Nothing was changed.\n` +
              `Lower the record's TTL to ${LOW_TTL} s or less, wait ${kept} s, and run \`pulumi up\` again.`
        : undefined;
}

/** The earliest time when links in use may become https (RFC 3339): until then resolvers may keep an older answer. */
export function secureNotBefore(
    seen: SeenRecord | undefined,
    modifiedOn: string | undefined,
    now: number = Date.now(),
): string | undefined {
    if (seen && seen.changedOn === undefined) {
        return undefined;
    }
    // A killed update may have made an earlier change: what the record said before isn't known any more.
    const end = after(seen && !seen.leaves ? seen.changedOn : modifiedOn, now);
    return Date.parse(end) > now ? end : undefined;
}

/** When resolvers have forgotten what changed at this moment, which Cloudflare gives in whole seconds. Default: now. */
function after(moment: string | undefined, now: number): string {
    const time = Date.parse(moment ?? "") || now;
    return new Date((Math.floor(time / 1_000) + 1 + LOW_TTL) * 1_000).toISOString();
}
