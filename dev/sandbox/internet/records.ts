/**
 * Records as zones hold them, in the notation of a zone file, and as DNS packets carry them.
 */
import type { Answer } from "dns-packet";

export interface NameRecord {
    name: string;
    type: "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "NS" | "TXT";
    /** Seconds. */
    ttl: number;
    /** As in a zone file: `0 issue "letsencrypt.org"`, `10 mail.example.com`. */
    data: string;
}

const CAA = /^(\d+)\s+([a-z0-9]+)\s+"?([^"]*)"?$/i;
const MX = /^(\d+)\s+(\S+)$/;

/**
 * A record, ready for a packet.
 * @throws an Error for a CAA or MX record that isn't one.
 */
export function toAnswer({ name, type, ttl, data }: NameRecord): Answer {
    if (type === "CAA") {
        const [, flags, tag, value] = matched(CAA, data, type);
        // The types know a few tags only; the wire takes any.
        return { name, type, ttl, data: { flags: Number(flags), tag, value } } as Answer;
    }
    if (type === "MX") {
        const [, preference, exchange = ""] = matched(MX, data, type);
        return { name, type, ttl, data: { preference: Number(preference), exchange } };
    }
    return { name, type, ttl, data } as Answer;
}

function matched(pattern: RegExp, data: string, type: string): RegExpExecArray {
    const found = pattern.exec(data);
    if (found) {
        return found;
    }
    throw new Error(`"${data}" is no ${type} record.`);
}
