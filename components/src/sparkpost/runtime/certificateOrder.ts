// Gets a certificate that SparkPost holds: verify over http, order, wait. Then links become https.

import { type Clock, describeSpan, type NotYet, poll } from "../../process/poll";
import { readOn } from "../../readOn";
import type { ApiAccount } from "../account";
import type { Client } from "./client";
import { anchorOf, certificateRefused, isTransient, OperationError, SparkPostError } from "./errors";
import { waitUntilSecureAllowed } from "./notBefore";
import type { Progress } from "./progress";
import { firstLine, notRegistered, refuseBlocked, SwitchError, switchAndVerify, undo } from "./switch";
import { isManaged, type TrackingDomainState } from "./trackingDomainApi";

interface CertificateRequest {
    client: Client;
    account: ApiAccount;
    domain: string;
    /** How long to wait for the verification, and for SparkPost to accept the order, in milliseconds. */
    verificationDeadline: number;
    /** How long to wait for the certificate after its order, in milliseconds. */
    deadline: number;
    /** The earliest time at which links in use may become https, RFC 3339. */
    secureNotBefore?: string;
    clock: Clock;
    progress: Progress;
}

/** How long SparkPost may still show the status from before the order, in milliseconds. */
const staleTime = 60_000;

/**
 * Brings a domain to HTTPS with a certificate of SparkPost's, and gives its record after that. It begins with a read, so
 * that it continues where a killed run stopped.
 *
 * Until there is a certificate the links are http. A domain that was verified over http stays so if something fails,
 * because its links are in use. One that had https links without a certificate of SparkPost's loses them first. If
 * something fails it stays without them, because its DNS already leads to SparkPost.
 */
export async function obtainCertificate(request: CertificateRequest): Promise<TrackingDomainState> {
    const before = await look(request);
    if (!before.secure || isOnItsWay(before) || isInUseOverHttps(before)) {
        return goOn(request, before);
    }
    await request.client.setSecure(request.domain, false);
    try {
        return await goOn(request, { ...before, secure: false, verified: false });
    } catch (error) {
        throw withLossOfHttps(error, request.domain);
    }
}

/** Does the steps that are left until links are https. */
async function goOn(request: CertificateRequest, before: TrackingDomainState): Promise<TrackingDomainState> {
    const isOrdered = isOnItsWay(before);
    // Otherwise its links are https with a certificate of SparkPost's that has failed, or nothing uses it yet.
    const isHttp = isOrdered ? before.verified && !before.secure : !isInUseOverHttps(before);
    if (!isOrdered) {
        await verifyOverHttp(request, before);
        // SparkPost makes links https by itself once it has the certificate.
        if (before.verified && isHttp) {
            await waitUntilSecureAllowed(request);
        }
        await order(request);
    }
    const issued = hasCertificate(before)
        ? before
        : await waitForCertificate(request, before).catch(async (error: unknown) => {
              throw isHttp ? await backToHttp(request, error) : error;
          });
    if (!issued.secure || !issued.verified) {
        const was = isHttp ? { secure: false, verified: true } : undefined;
        await switchAndVerify({ ...request, secure: true, was, deadline: request.verificationDeadline });
    }
    request.progress.ended("certificate valid, links https");
    return { ...issued, secure: true, verified: true };
}

function isInUseOverHttps(state: TrackingDomainState): boolean {
    return state.secure && state.verified && isManaged(state);
}

function hasCertificate(state: TrackingDomainState): boolean {
    return isManaged(state) && state.tlsStatus === "valid";
}

/** Whether SparkPost has the order already. */
function isOnItsWay(state: TrackingDomainState): boolean {
    return state.tlsStatus === "pending" || hasCertificate(state);
}

/** Has SparkPost verify the domain, unless it is verified: a "no" could cost the verification that its links need. */
async function verifyOverHttp(request: CertificateRequest, before: TrackingDomainState): Promise<void> {
    if (!before.verified) {
        await switchAndVerify({ ...request, secure: false, deadline: request.verificationDeadline });
    }
}

/** Orders the certificate. After a fault, or a 400 because SparkPost has old DNS, it looks whether the order took effect, and tries again. */
async function order(request: CertificateRequest): Promise<void> {
    const { client, account, domain, clock, progress, verificationDeadline } = request;
    await poll<true, NotYet & { error: unknown }>({
        async ask(attempt) {
            if (attempt > 1 && isOnItsWay(await look(request))) {
                return { value: true };
            }
            try {
                await client.enableCertificate(domain);
                return { value: true };
            } catch (error) {
                if (error instanceof SparkPostError && (isTransient(error) || error.status === 400)) {
                    return { said: firstLine(error.message), retryAfter: error.retryAfter, error };
                }
                throw certificateRefused(error, domain, account);
            }
        },
        deadline: verificationDeadline,
        clock,
        late: ({ error }) => certificateRefused(error, domain, account) as Error,
        tell: ({ said, ...when }) => progress.waiting({ ...when, said: `order not taken yet: ${said}` }),
    });
}

/** Waits until there is a certificate and links are https. Throws at once what waiting can't change. */
function waitForCertificate(request: CertificateRequest, before: TrackingDomainState): Promise<TrackingDomainState> {
    const { domain, deadline, clock, progress } = request;
    const start = clock.now();
    return poll<TrackingDomainState>({
        async ask() {
            try {
                const state = await look(request);
                const { tlsStatus, secure, certificateError } = state;
                if (tlsStatus === "valid" && secure) {
                    return { value: state };
                }
                const status =
                    tlsStatus === "valid" ? "certificate valid, but links still http" : `tls_status ${tlsStatus}`;
                const said = status + (certificateError ? ` (error_code ${certificateError})` : "");
                const isStale = tlsStatus === before.tlsStatus && clock.now() - start < staleTime;
                if ((tlsStatus === "failed" || tlsStatus === "expired") && !isStale) {
                    throw new OperationError(failed(domain, said), "managed-certificate-not-issued");
                }
                return { said };
            } catch (error) {
                if (error instanceof SparkPostError && isTransient(error)) {
                    return { said: firstLine(error.message), retryAfter: error.retryAfter };
                }
                throw error;
            }
        },
        deadline,
        clock,
        late: ({ said }) => new OperationError(late(domain, deadline, said), "managed-certificate-not-issued"),
        tell: ({ said, left }) => progress.waiting({ said: `${said}; it usually takes 15 min`, left }),
    });
}

/** The domain as it is now. Throws if it isn't there, or blocked. */
async function look({ client, domain }: CertificateRequest): Promise<TrackingDomainState> {
    const state = await client.find(domain);
    if (!state) {
        throw notRegistered(domain, "given a certificate");
    }
    refuseBlocked(state.complianceStatus, domain);
    return state;
}

/** Brings the domain back to http, verified. Gives the error to throw. */
async function backToHttp(request: CertificateRequest, cause: unknown): Promise<unknown> {
    const { client, domain, verificationDeadline } = request;
    const left = await client.find(domain).catch(() => undefined);
    if (!left || (!left.secure && left.verified)) {
        return cause;
    }
    const switched = { ...request, secure: true, deadline: verificationDeadline };
    return undo(switched, { secure: false, verified: true }, cause);
}

/**
 * The error, with the note that this run ended https links. The state still says https, so that only a refresh shows a
 * change when the old edge is put back in the program.
 */
function withLossOfHttps(error: unknown, domain: string): unknown {
    if (error instanceof Error && !(error instanceof SwitchError && error.left?.secure)) {
        const more =
            `The links of ${domain} were https before this run, and are http now. \`pulumi up\` continues with the certificate. ` +
            "To go back to the old edge, put it back in the program and run `pulumi up --refresh`, which switches back to https.";
        error.message = readOn(`${error.message}\n${more}`, anchorOf(error));
    }
    return error;
}

function failed(domain: string, said: string): string {
    return (
        `SparkPost got no certificate for ${domain}: ${said}\n` +
        "Common causes: a CAA record doesn't allow letsencrypt.org; the host isn't a plain CNAME to SparkPost's v2 endpoint any more; one name had too many certificates lately. " +
        "Correct the cause and run `pulumi up` again, which orders the certificate again."
    );
}

function late(domain: string, deadline: number, said: string): string {
    return (
        `SparkPost had no certificate for ${domain} after ${describeSpan(deadline)}. It said last: ${said}\n` +
        "It usually takes about 15 minutes, and SparkPost goes on meanwhile. Run `pulumi up` again to continue. " +
        "To wait longer, set `managed: { certificateDeadline }`, or `deadline` of a `sparkpost.Certificate` used alone. If nothing changes, ask SparkPost's support."
    );
}
