// The entry point: what a program imports from pulumi-sparkpost-tracking.
import { endProgramWithCli } from "./process/ending";

export type { AndroidApp, AppLinks, AppleApp } from "./appLinks";
export type { HttpsTrackingDomainArgs, VerificationOptions } from "./arguments";
export type { CloudflareArgs } from "./cloudflare/arguments";
export { CloudflareZone, type CloudflareZoneArgs } from "./cloudflare/createdZone";
export type { CloudflareDnsArgs, DnsArgs } from "./cloudflare/dns";
export { CloudflareEdge, type CloudflareEdgeArgs, type CloudflareEdgeTransforms } from "./cloudflare/edge";
export * as cloudflareRules from "./cloudflare/rules";
export type { ManualDnsArgs } from "./dns/manual";
export type { DnsRecordSpec, DnsWriter, RecordToWrite } from "./dns/writer";
export { type DomainEntry, parseDomains } from "./domainList";
export type { Edge } from "./edge";
export type { CertificateAuthority, FastlyArgs } from "./fastly/arguments";
export { FastlyEdge, type FastlyEdgeArgs, type FastlyEdgeTransforms } from "./fastly/edge";
export { type HstsOptions, type HstsPolicy, hstsAdvice, readHsts } from "./hsts";
export {
    HttpsTrackingDomain,
    type HttpsTrackingDomainTransforms,
    type TrackingDomainStatus,
} from "./httpsTrackingDomain";
export type { ManagedArgs } from "./managed/arguments";
export { ManagedEdge, type ManagedEdgeArgs, type ManagedEdgeTransforms } from "./managed/edge";
export type { ProbeOptions } from "./probe/arguments";
export type { PostponedReport, ProbeAnswer, ProbeCertificate, ProbeReport } from "./probe/report";
export type { Transform } from "./pulumi/transform";
export * as sparkpost from "./sparkpost";
export {
    type Answers,
    compareZone,
    type Difference,
    type NameAnswers,
    type RecordType,
    type ZoneComparison,
} from "./zoneComparison/compareZone";

// A program that waits for one of our answers must end with its CLI.
endProgramWithCli();
