// Hostnames: what a user may write, and the one form that is kept (lower case, punycode).
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { parse } from "tldts";

/** How many characters are read: more than any hostname has, with what people paste around it. */
const LONGEST = 2_000;

/** A hostname as understood, and all its mistakes. */
interface CheckedHostname {
    /** In lower case and punycode. Use it only if there are no mistakes. */
    hostname: string;
    /** One sentence for each mistake, with its remedy. Empty if the name can be used. */
    mistakes: string[];
}

/**
 * Checks the name of a tracking host.
 *
 * SparkPost accepts a subdomain, never the apex. A certificate must be possible for it, so no wildcard, underscore or
 * address. The public-suffix list tells the apex (`example.co.uk` is one, `track.example.co.uk` isn't).
 */
export function checkHostname(value: unknown): CheckedHostname {
    if (typeof value !== "string" || value === "") {
        return { hostname: "", mistakes: ["write a hostname, such as track.example.com"] };
    }
    if (value.length > LONGEST) {
        return { hostname: "", mistakes: ["a hostname can have at most 253 characters"] };
    }
    const { name, mistakes } = strip(value);
    const hostname = asciiName(name);
    if (hostname === undefined) {
        mistakes.push("this isn't a DNS name; write one such as track.example.com");
        return { hostname: name, mistakes };
    }
    if (isIP(hostname)) {
        mistakes.push("this is an IP address; links and certificates need a name, such as track.example.com");
    } else {
        const ofLabels = labelMistakes(hostname);
        // The public-suffix list says nothing about a name whose labels are broken.
        mistakes.push(...ofLabels, ...(ofLabels.length === 0 ? depthMistakes(hostname) : []));
    }
    return { hostname, mistakes };
}

/**
 * The registrable domain a host belongs to (`example.com` of `track.example.com`), or `undefined` where there is none.
 */
export function registrableDomain(hostname: string): string | undefined {
    return parse(hostname).domain ?? undefined;
}

/** The domains above a host: `eu.example.com`, then `example.com` for `track.eu.example.com`. The last is the registrable one. */
export function domainsAbove(hostname: string): string[] {
    const labels = hostname.split(".");
    const depth = labels.length - (registrableDomain(hostname) ?? hostname).split(".").length;
    return Array.from({ length: depth }, (_, index) => labels.slice(index + 1).join("."));
}

/** The host of a whole URL; `undefined` for any other text. */
export function hostOfUrl(url: string): string | undefined {
    return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Whether a name ends as names on the internet do, by the public-suffix list. */
export function hasPublicSuffix(hostname: string): boolean {
    const { isIcann, isPrivate } = parse(hostname, { allowPrivateDomains: true });
    return isIcann === true || isPrivate === true;
}

/** A host beside this one, for advice in messages: `click2.example.com` for `click.example.com`. */
export function siblingOf(hostname: string): string {
    const [first, ...zone] = hostname.split(".");
    return [first === "click2" ? "click3" : "click2", ...zone].join(".");
}

/** Whether `hostname` is `zone` itself or lies below it. */
export function isWithin(hostname: string, zone: string): boolean {
    return hostname === zone || hostname.endsWith(`.${zone}`);
}

/** A name as DNS has it, in lower case and without the dot at its end. */
export function withoutDot(name: string): string {
    return name.trim().toLowerCase().replace(/\.$/, "");
}

/** Whether a certificate with these names covers a host. `*` stands for one label (RFC 6125, 6.4.3). */
export function covers(names: readonly string[], host: string): boolean {
    const wildcard = host.replace(/^[^.]+/, "*").toLowerCase();
    return names.some((name) => [host.toLowerCase(), wildcard].includes(name.toLowerCase()));
}

/** Whether a text is a plain hostname of any depth, without scheme, port, path and trailing dot. */
export function isHostname(text: string): boolean {
    return /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i.test(text);
}

/** The one form of a name: lower case and punycode; `undefined` for what has no such form. */
export function asciiName(name: string): string | undefined {
    const lower = name.toLowerCase();
    // Only names that need conversion go to the URL parser: it reads 0x7f.1 as an address. It also drops tabs, decodes %41
    // and stops at a backslash, which would hide a mistake.
    const needsConversion =
        ([...lower].some((character) => character > "\u007f") || lower.includes("xn--")) && !/[\s%\\]/.test(lower);
    return (needsConversion ? domainToASCII(lower) : lower) || undefined;
}

/** Removes what people paste around a name, with a mistake for each piece, so that one message holds all of them. */
function strip(value: string): { name: string; mistakes: string[] } {
    const mistakes: string[] = [];
    let name = value;
    const take = (pattern: RegExp, mistake: string) => {
        const rest = name.replace(pattern, "");
        if (rest !== name) {
            name = rest;
            mistakes.push(mistake);
        }
    };
    take(/^\s+|\s+$/g, "remove the white space around it");
    take(/^[a-z][a-z0-9+.-]*:\/\//i, "remove the scheme: write the hostname only");
    take(/[/?#].*$/s, "remove the path: write the hostname only");
    take(/:\d*$/, "remove the port: links use 80 or 443, by their scheme");
    take(/\.+$/, "remove the trailing dot");
    take(/^(\*\.)+/, "a wildcard can't be a tracking domain; write one hostname");
    return { name, mistakes };
}

function labelMistakes(hostname: string): string[] {
    const mistakes: string[] = [];
    if (hostname.length > 253) {
        mistakes.push("a hostname can have at most 253 characters");
    }
    const labels = hostname.split(".");
    if (labels.includes("")) {
        mistakes.push("a label is empty; remove the doubled or leading dot");
    }
    if (labels.some((label) => label.length > 63)) {
        mistakes.push("a label (the part between dots) can have at most 63 characters");
    }
    if (labels.some((label) => /[^a-z0-9-]/.test(label))) {
        mistakes.push(
            /<[^<>]+>/.test(hostname)
                ? "write your own domain in place of the part in <>"
                : "use only letters, digits and hyphens; no certificate is issued for other characters",
        );
    }
    if (labels.some((label) => /^-|-$/.test(label))) {
        mistakes.push("a label can't begin or end with a hyphen");
    }
    return mistakes;
}

function depthMistakes(hostname: string): string[] {
    const { domain, subdomain, publicSuffix } = parse(hostname);
    if (!domain) {
        const why = hostname.includes(".")
            ? `${publicSuffix ?? hostname} is a public suffix, which nobody can own`
            : `${hostname} isn't a full hostname`;
        return [`${why}; write a subdomain of your own domain, such as track.example.com`];
    }
    return subdomain
        ? []
        : [`${domain} has no subdomain, and SparkPost needs one; write a name such as track.${domain}`];
}

/**
 * The name of a sending domain in lower case and punycode, or the mistake in it. It is the part after the @ of a sender, so
 * an apex may be one.
 */
export function checkSendingDomain(value: unknown): { name: string; mistake?: string } {
    const name = typeof value === "string" ? asciiName(value) : undefined;
    return name !== undefined && isHostname(name)
        ? { name }
        : {
              name: String(value),
              mistake: "write the plain name of the sending domain, the part after the @, such as example.com",
          };
}
