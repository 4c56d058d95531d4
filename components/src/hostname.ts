// Names of tracking hosts: what a user may write, and the one form we keep (lower case, punycode).
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { parse } from "tldts";

/** Characters of a text that is looked at: more than any host name has, with what people paste around it. */
const LONGEST = 2_000;

/** A host name as it was understood, and everything that is wrong with it. */
export interface CheckedHostname {
    /** Lower-cased, in punycode. Only meaningful without mistakes. */
    hostname: string;
    /** One sentence per mistake, each with its remedy; empty when the name can be used. */
    mistakes: string[];
}

/**
 * Checks the name of a tracking host.
 *
 * SparkPost takes a subdomain, never the apex, and a certificate must be obtainable for it: so no wildcard, no
 * underscore, no address. The apex is found by the public-suffix list (`example.co.uk` is one, `track.example.co.uk`
 * isn't).
 */
export function checkHostname(value: unknown): CheckedHostname {
    if (typeof value !== "string" || value === "") {
        return { hostname: "", mistakes: ["a host name is needed, such as track.example.com"] };
    }
    if (value.length > LONGEST) {
        return { hostname: "", mistakes: ["a host name has at most 253 characters"] };
    }
    const { name, mistakes } = strip(value);
    const hostname = asciiName(name);
    if (hostname === undefined) {
        mistakes.push("this isn't a name that DNS can hold; write it like track.example.com");
        return { hostname: name, mistakes };
    }
    if (isIP(hostname)) {
        mistakes.push("this is an address; links and certificates need a name, such as track.example.com");
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

/** Whether a name ends as names on the internet do, by the public-suffix list. */
export function hasPublicSuffix(hostname: string): boolean {
    const { isIcann, isPrivate } = parse(hostname, { allowPrivateDomains: true });
    return isIcann === true || isPrivate === true;
}

/** A host beside this one, as messages advise it: `click2.example.com` for `click.example.com`. */
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

/** Whether a certificate with these names is good for a host; `*` stands for one label (RFC 6125, 6.4.3). */
export function covers(names: readonly string[], host: string): boolean {
    const wildcard = host.replace(/^[^.]+/, "*").toLowerCase();
    return names.some((name) => [host.toLowerCase(), wildcard].includes(name.toLowerCase()));
}

/** Whether a text is a plain host name, of whatever depth: no scheme, port, path or trailing dot. */
export function isHostname(text: string): boolean {
    return /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i.test(text);
}

/** The one form of a name: lower case and punycode; `undefined` for what has no such form. */
export function asciiName(name: string): string | undefined {
    const lower = name.toLowerCase();
    // The URL parser reads 0x7f.1 as an address: only names that need conversion are handed to it. It drops tabs,
    // decodes %41 and stops at a backslash, which would hide a mistake.
    const needsConversion =
        ([...lower].some((character) => character > "\u007f") || lower.includes("xn--")) && !/[\s%\\]/.test(lower);
    return (needsConversion ? domainToASCII(lower) : lower) || undefined;
}

/** Takes off what people paste around a name, with a mistake for each piece, so that all of them are told at once. */
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
    take(/^\s+|\s+$/g, "leave out the white space around it");
    take(/^[a-z][a-z0-9+.-]*:\/\//i, "leave out the scheme: only the host name is wanted");
    take(/[/?#].*$/s, "leave out the path: only the host name is wanted");
    take(/:\d*$/, "leave out the port: links have that of their scheme (80 or 443)");
    take(/\.+$/, "leave out the trailing dot");
    take(/^(\*\.)+/, "a wildcard can't be a tracking domain; name one host");
    return { name, mistakes };
}

function labelMistakes(hostname: string): string[] {
    const mistakes: string[] = [];
    if (hostname.length > 253) {
        mistakes.push("a host name has at most 253 characters");
    }
    const labels = hostname.split(".");
    if (labels.includes("")) {
        mistakes.push("there is an empty label: two dots in a row, or one at the beginning");
    }
    if (labels.some((label) => label.length > 63)) {
        mistakes.push("each label (the part between dots) has at most 63 characters");
    }
    if (labels.some((label) => /[^a-z0-9-]/.test(label))) {
        mistakes.push("only letters, digits and hyphens can stand in a host name that gets a certificate");
    }
    if (labels.some((label) => /^-|-$/.test(label))) {
        mistakes.push("a label can't begin or end with a hyphen");
    }
    return mistakes;
}

function depthMistakes(hostname: string): string[] {
    const { domain, subdomain, publicSuffix } = parse(hostname);
    if (!domain) {
        return [
            `${publicSuffix ?? hostname} is a public suffix; a tracking domain is a subdomain of your own, such as track.example.com`,
        ];
    }
    return subdomain ? [] : [`${domain} is a registrable domain; SparkPost takes a subdomain, such as track.${domain}`];
}

/**
 * The name of a sending domain in the one form we keep (lower case, punycode), or the mistake in it. It is what stands behind
 * the @ of a sender, so an apex may be one.
 */
export function checkSendingDomain(value: unknown): { name: string; mistake?: string } {
    const name = typeof value === "string" ? asciiName(value) : undefined;
    return name !== undefined && isHostname(name)
        ? { name }
        : {
              name: String(value),
              mistake: "write the plain name of the sending domain, what stands behind the @, such as example.com",
          };
}
