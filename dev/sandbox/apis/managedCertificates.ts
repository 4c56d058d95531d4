/**
 * Certificates that SparkPost holds itself: `certificate/check` and `certificate/enable` of its API, and what becomes of
 * an order. Facts are those of "Calls" and "Vendor-managed HTTPS" in the SparkPost reference.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { caaObstacle } from "../internet/caa.ts";
import { ENDPOINTS, leadsToV2 } from "../internet/tracker.ts";
import type { TrackingDomain } from "./domains.ts";
import { refused, type SparkPostOptions } from "./sparkpost.ts";

/** inferred: they are of Let's Encrypt ("a domain Let's Encrypt refuses"), which issues them for 90 days. */
const LIFETIME = 90 * 86_400_000;
/** docs: by HTTP-01. filler: the account. */
const ORDER = { issuer: "letsencrypt.org", account: "https://acme.example/sparkpost", method: "http-01" } as const;

/** Adds the two calls. `find` gives the domain that a request names, or refuses. */
export function certificateRoutes(
    api: FastifyInstance,
    options: SparkPostOptions,
    find: (request: FastifyRequest) => TrackingDomain,
): void {
    const { assumed, sandbox, names, region } = options;
    const { managedCertificates: mode = "eligible" } = sandbox;

    /** docs: "403 not eligible · 503 timed out". filler: the words. */
    function refuseAsTold(...forbidden: string[]): void {
        if (forbidden.includes(mode)) {
            throw refused(403, { message: "Account is not eligible for managed certificates" });
        }
        if (mode === "unavailable") {
            throw refused(503, { message: "Timed out" });
        }
    }

    api.post("/tracking-domains/:domain/certificate/check", async (request) => {
        const domain = find(request);
        refuseAsTold("forbidden");
        // A look at the host is made only where it counts: it leaves its answer with the resolver.
        const isReady = () => domain.verified && leadsToV2(domain.domain, region, names);
        const supportsManagedCertificate = mode === "eligible" && (assumed.certificateCheck === "account" || isReady());
        return { results: { domain: domain.domain, supportsManagedCertificate } };
    });

    api.post("/tracking-domains/:domain/certificate/enable", async (request) => {
        const domain = find(request);
        refuseAsTold("forbidden", "ineligible");
        // docs: "400 not verified". filler: the words.
        if (!domain.verified) {
            throw refused(400, { message: `Tracking domain '${domain.domain}' unverified.` });
        }
        // docs: "needs a verified domain on a v2 endpoint". filler: status and words for one that is elsewhere.
        if (!leadsToV2(domain.domain, region, names)) {
            throw refused(400, {
                message: `Tracking domain '${domain.domain}' does not resolve to ${ENDPOINTS[region].v2}`,
            });
        }
        // filler: what a second order is answered.
        if (domain.tls_status !== "pending" && domain.tls_status !== "valid") {
            order(domain, options);
        }
        return { results: { message: "Managed certificate enabled" } };
    });
}

/** docs: "then `tls_status` goes pending → valid and `secure` becomes true". filler: when `uses_managed_certificate` does. */
function order(domain: TrackingDomain, { domains, assumed, faults, names, timeline }: SparkPostOptions): void {
    const host = domain.domain;
    const told = (kind: string, what: string) => timeline.add("sparkpost", kind, what, { host });
    Object.assign(domain, { uses_managed_certificate: true, tls_status: "pending", tls_certificate: undefined });
    told("certificate-ordered", `ordered a certificate for ${host}`);
    timeline.after(faults.managedCertificateDelay, () => {
        if (domains.find(host) !== domain) {
            return;
        }
        const forbidden = caaObstacle(host, ORDER, names);
        if (forbidden || faults.managedCertificateFails) {
            // filler: the errors' codes.
            const error_code = forbidden ? "caa" : "authorization_failed";
            Object.assign(domain, { tls_status: "failed", tls_certificate: { error_code } });
            told("certificate-failed", `got no certificate for ${host}${forbidden ? `: ${forbidden}` : ""}`);
            return;
        }
        const issued_at = new Date().toISOString();
        const expires_at = new Date(Date.now() + LIFETIME).toISOString();
        Object.assign(domain, { tls_status: "valid", tls_certificate: { issued_at, expires_at }, secure: true });
        domain.verified &&= !assumed.certificateResetsVerified;
        told("certificate-issued", `got a certificate for ${host}, whose links are https now`);
    });
}
