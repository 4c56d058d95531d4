// The names to compare: DNS can't list a zone's names. Pure.

/** Usual names of a zone besides the apex. `*` asks for the wildcard itself (RFC 4592, 4.3). */
const usual = [
    "*",
    "www",
    "mail",
    "smtp",
    "imap",
    "pop",
    "pop3",
    "webmail",
    "ftp",
    "autodiscover",
    "autoconfig",
    "mta-sts",
    "_mta-sts",
    "_smtp._tls",
    "_dmarc",
    "default._bimi",
    "_autodiscover._tcp",
    "_submission._tcp",
    "_submissions._tcp",
    "_imap._tcp",
    "_imaps._tcp",
    "_sip._tls",
    "_sipfederationtls._tcp",
];

/** DKIM selectors that large senders use for all customers. */
const selectors = ["default", "dkim", "mail", "google", "selector1", "selector2", "k1", "k2", "k3", "s1", "s2"];

/** The first year of SparkPost's selectors. */
const firstYear = 2014;

/** The apex and the usual names of a zone, with SparkPost's DKIM selectors of every month until `now`. */
export function usualNames(zone: string, now: Date): string[] {
    const dkim = [...selectors, ...sparkPostSelectors(now)].map((selector) => `${selector}._domainkey`);
    return [zone, ...[...usual, ...dkim].map((label) => `${label}.${zone}`)];
}

/** SparkPost names a selector after the month when the sending domain was added: `scph0717` for July 2017. */
function sparkPostSelectors(now: Date): string[] {
    const months = (now.getUTCFullYear() - firstYear) * 12 + now.getUTCMonth() + 1;
    return Array.from({ length: months }, (_, index) => {
        const [month, year] = [(index % 12) + 1, firstYear + Math.floor(index / 12)];
        return `scph${String(month).padStart(2, "0")}${String(year).slice(2)}`;
    });
}
