// SparkPost's resources, each usable alone.
export type { AccountArgs } from "./account";
export { Certificate, type CertificateArgs } from "./certificate";
export { DefaultDomain, type DefaultDomainArgs } from "./defaultDomain";
export { DomainLink, type DomainLinkArgs } from "./domainLink";
export { Eligibility, type EligibilityArgs } from "./eligibility";
export { TrackingDomain, type TrackingDomainArgs } from "./trackingDomain";
export { Verification, type VerificationArgs } from "./verification";
