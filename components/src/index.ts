// The one way in: what a program imports from pulumi-sparkpost-tracking.
export type { HttpsTrackingDomainArgs, VerificationOptions } from "./arguments";
export type { CloudflareArgs } from "./cloudflare/arguments";
export { CloudflareEdge, type CloudflareEdgeArgs, type CloudflareEdgeTransforms } from "./cloudflare/edge";
export { CloudflareRedirectEdge, type CloudflareRedirectEdgeArgs } from "./cloudflare/redirectEdge";
export * as cloudflareRules from "./cloudflare/rules";
export { CloudflareZone, type CloudflareZoneArgs } from "./cloudflare/zoneResource";
export { type DomainEntry, parseDomains } from "./domainList";
export type { DnsRecordSpec, Edge } from "./edge";
export {
    HttpsTrackingDomain,
    type HttpsTrackingDomainTransforms,
    type TrackingDomainStatus,
} from "./httpsTrackingDomain";
export type { ProbeOptions } from "./probe/request";
export * as sparkpost from "./sparkpost";
export type { Transform } from "./transform";
