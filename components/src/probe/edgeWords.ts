// What findings mean at each kind of edge, and what to do there. Pure.
import { registrableDomain } from "../hostname";
import type { Said, Subject } from "./findings";

/** The edge showed no certificate for the host. */
export function noCertificateWords(code: string, subject: Subject): Said {
    return {
        what: `the edge has no certificate for ${subject.hostname} yet (${code})`,
        remedy: certificateRemedy(subject),
    };
}

function certificateRemedy({ hostname, edge }: Subject): string {
    switch (edge) {
        case "cloudflare": {
            const zone = registrableDomain(hostname) ?? hostname;
            const deep = hostname.split(".").length - zone.split(".").length > 1;
            const depth = `${hostname} is more than one label below ${zone}, and Cloudflare's Universal SSL covers only one: order an advanced certificate for it, or use a name like ${hostname.split(".")[0]}.${zone}. Otherwise wait:`;
            return `${deep ? depth : "Wait:"} it comes 15 minutes to 24 hours after the zone became active. If it doesn't, look at the zone's SSL/TLS, Edge Certificates: Universal SSL must be on, and CAA records must allow its authorities.`;
        }
        case "fastly":
            return `Wait: Fastly orders it once the record _acme-challenge.${hostname} is in DNS, and shows it everywhere some minutes after it was issued. If it doesn't come, look at the certificate's state in Fastly's dashboard (Secure, TLS management), and see that CAA records allow its authority.`;
        case "managed":
            return "Wait: SparkPost's servers show it some minutes after it was issued. If it doesn't come, look at the domain's tls_status in SparkPost's UI, and see that CAA records allow its authority.";
        default:
            return "See that your edge has a certificate for exactly this name, or a wildcard that covers it, and shows it by SNI.";
    }
}

/** The host leads to the endpoint itself, which refuses its name or shows a certificate of its own. */
export function dnsOnlyWords(address: string, { hostname, endpoint, edge }: Subject): Said {
    const what = `${hostname} leads straight to ${endpoint} (${address}), which has no certificate for it`;
    switch (edge) {
        case "cloudflare":
            return {
                what: `${what}: the record isn't proxied`,
                remedy: "Turn the record's proxy on (proxied: true, the orange cloud). If it is on, resolvers remember the old addresses for the record's TTL.",
            };
        case "managed":
            return { what: `${what} yet`, remedy: certificateRemedy({ hostname, endpoint, edge }) };
        default:
            return {
                what: `${what}: its record doesn't lead to the edge`,
                remedy: "Point the host's record at the edge. If it does already, resolvers remember the old addresses for the old record's TTL: wait that long.",
            };
    }
}

/** How to keep Cloudflare from challenging those who click. */
export function challengeRemedy({ hostname, edge }: Subject): string {
    const stopped = "Recipients' browsers and mail scanners would be stopped too.";
    return edge === "cloudflare"
        ? `${stopped} Turn off, for ${hostname}, Browser Integrity Check, the security level and custom rules (settings: "pageRule" does the first two); Bot Fight Mode can only be turned off for the whole zone, and may stop just this machine.`
        : `${stopped} Leave ${hostname} out of whatever challenges visitors.`;
}

/** The edge answers with an error of its own, in these words. */
export function edgeErrorWords(status: number, said: string, { hostname, endpoint }: Subject): Said {
    return {
        what: `the edge answers ${status} by itself: ${said}`,
        remedy: `Check that the edge has ${hostname} among its hosts, and asks ${endpoint} on port 443 over TLS, with that name in SNI and as the certificate's, and without another Host.`,
    };
}
