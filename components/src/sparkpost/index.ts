// SparkPost's resources, each usable alone.
export type { AccountArgs } from "./account";
export { DefaultTrackingDomain, type DefaultTrackingDomainArgs } from "./defaultTrackingDomain";
export { TrackingDomain, type TrackingDomainArgs } from "./trackingDomain";
export { TrackingDomainVerification, type TrackingDomainVerificationArgs } from "./trackingDomainVerification";
