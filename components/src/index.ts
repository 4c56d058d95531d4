// The one way in: what a program imports from pulumi-sparkpost-tracking.
export type { HttpsTrackingDomainArgs, VerificationOptions } from "./arguments";
export {
    type Answers,
    compareZone,
    type Difference,
    type NameAnswers,
    type RecordType,
    type ZoneComparison,
} from "./cli/compareZone";
export type { CloudflareArgs } from "./cloudflare/arguments";
export { CloudflareEdge, type CloudflareEdgeArgs, type CloudflareEdgeTransforms } from "./cloudflare/edge";
export { type DomainEntry, parseDomains } from "./domainList";
export type { DnsRecordSpec, Edge } from "./edge";
export { type HstsOptions, type HstsPolicy, hstsAdvice, readHsts } from "./hsts";
export {
    HttpsTrackingDomain,
    type HttpsTrackingDomainTransforms,
    type TrackingDomainStatus,
} from "./httpsTrackingDomain";
export type { ProbeOptions } from "./probe/request";
export * as sparkpost from "./sparkpost";
export type { Transform } from "./transform";
