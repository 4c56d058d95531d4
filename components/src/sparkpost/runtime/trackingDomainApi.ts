// SparkPost's domains as the API gives them, reduced to what we use.
import { isObject } from "../../othersWords";

/**
 * A tracking domain as SparkPost has it. Only the name is certain: the vendor's own clients treat the rest as optional.
 */
export interface TrackingDomainState {
    domain: string;
    secure: boolean;
    default: boolean;
    verified: boolean;
    /** 80 or 443, which SparkPost derives from `secure`. */
    port?: number;
    /** `pending`, `valid` or `blocked`; blocked is final. */
    complianceStatus?: string;
    /** Of a certificate that SparkPost manages: `unknown`, `unavailable`, `pending`, `failed`, `expired`, `valid`. */
    tlsStatus?: string;
    /** Absent for the primary account. */
    subaccount?: number;
    /** A certificate of SparkPost's was once ordered. It stays true, even when a CDN has the host now. */
    usesManagedCertificate?: boolean;
    certificateIssuedAt?: string;
    certificateExpiresAt?: string;
    /** Why there is no certificate, as SparkPost says. For messages only. */
    certificateError?: string;
}

/** What SparkPost last said of a domain, as an output that isn't an input. */
export type SeenDomain = Pick<TrackingDomainState, "secure" | "verified" | "complianceStatus">;

/** The same, from a domain as it was read, or for one that isn't there. */
export function seenOf(state: SeenDomain | undefined): SeenDomain {
    const { secure = false, verified = false, complianceStatus } = state ?? {};
    return { secure, verified, ...(complianceStatus !== undefined && { complianceStatus }) };
}

/** Reads SparkPost's object. `undefined` if it has no name. Other missing fields and unknown ones are harmless. */
export function parseTrackingDomain(value: unknown): TrackingDomainState | undefined {
    const object = record(value);
    if (text(object.domain) === undefined) {
        return undefined;
    }
    const status = record(object.status);
    const certificate = record(object.tls_certificate);
    return {
        domain: String(object.domain ?? "").toLowerCase(),
        secure: object.secure === true,
        default: object.default === true,
        verified: status.verified === true,
        port: number(object.port),
        complianceStatus: text(status.compliance_status),
        tlsStatus: text(status.tls_status),
        subaccount: number(object.subaccount_id),
        usesManagedCertificate: flag(object.uses_managed_certificate),
        certificateIssuedAt: text(certificate.issued_at),
        certificateExpiresAt: text(certificate.expires_at),
        certificateError: text(certificate.error_code),
    };
}

/** Whether the domain has a certificate of SparkPost's. If the record doesn't say so, a valid status does. */
export function isManaged({ usesManagedCertificate, tlsStatus }: TrackingDomainState): boolean {
    return usesManagedCertificate ?? tlsStatus === "valid";
}

/** SparkPost's answer to "verify". It is valid for this moment only. */
export interface VerificationAnswer {
    verified: boolean;
    complianceStatus?: string;
    /** For messages only: no decision depends on it. */
    cnameStatus?: string;
}

/** Reads SparkPost's object. `undefined` if it isn't an object. */
export function parseVerification(value: unknown): VerificationAnswer | undefined {
    if (!isObject(value)) {
        return undefined;
    }
    const object = record(value);
    return {
        verified: object.verified === true,
        complianceStatus: text(object.compliance_status),
        cnameStatus: text(object.cname_status),
    };
}

/** Whether SparkPost would hold the domain's certificate. `undefined` if the answer isn't an object. */
export function parseEligibility(value: unknown): boolean | undefined {
    return isObject(value) ? value.supportsManagedCertificate === true : undefined;
}

/** The link of a sending domain. */
export interface SendingDomainLink {
    /** The tracking domain. Undefined if none is linked: the vendor leaves the field out. */
    domain?: string;
    /** Absent for the primary account. */
    subaccount?: number;
}

/** Reads SparkPost's object, which may have no name. `undefined` if it isn't an object. */
export function parseSendingDomain(value: unknown): SendingDomainLink | undefined {
    if (!isObject(value)) {
        return undefined;
    }
    const object = record(value);
    return { domain: text(object.tracking_domain)?.toLowerCase(), subaccount: number(object.subaccount_id) };
}

/** The links in a list of sending domains, without entries that have no name or no link. `undefined` if it isn't a list. */
export function parseLinks(value: unknown): { sendingDomain: string; domain: string }[] | undefined {
    if (!Array.isArray(value)) {
        return undefined;
    }
    return value.map(record).flatMap((entry) => {
        const [sendingDomain, domain] = [text(entry.domain), text(entry.tracking_domain)?.toLowerCase()];
        return sendingDomain !== undefined && domain !== undefined ? [{ sendingDomain, domain }] : [];
    });
}

function record(value: unknown): Record<string, unknown> {
    return isObject(value) ? value : {};
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown): number | undefined {
    return typeof value === "number" ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
    return typeof value === "boolean" ? value : undefined;
}
