// SparkPost's resources, each usable alone.
export type { AccountArgs } from "./account";
export { CertificateEligibility, type CertificateEligibilityArgs } from "./certificateEligibility";
export { DefaultTrackingDomain, type DefaultTrackingDomainArgs } from "./defaultTrackingDomain";
export { ManagedCertificate, type ManagedCertificateArgs } from "./managedCertificate";
export { TrackingDomain, type TrackingDomainArgs } from "./trackingDomain";
export { TrackingDomainLink, type TrackingDomainLinkArgs } from "./trackingDomainLink";
export { TrackingDomainVerification, type TrackingDomainVerificationArgs } from "./trackingDomainVerification";
