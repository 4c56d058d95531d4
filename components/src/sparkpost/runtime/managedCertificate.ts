// A tracking domain whose certificate SparkPost holds: verification, certificate and scheme as one resource.
//   create and update obtainCertificate (GET, PUT, POST …/verify, POST …/certificate/enable, GET until valid), or GET
//   while held; read the list
//   delete nothing: SparkPost has no call that ends it
import { obtainCertificate } from "./certificate";
import { checkDomain, clean, type Handler, isUnknown, type Services } from "./handler";
import { compareHoldable, done, type HoldableInputs, heldOutputs, isHeld } from "./hold";
import { notBeforeFailures } from "./notBefore";
import type { TrackingDomainState } from "./trackingDomainApi";

export interface ManagedCertificateInputs extends HoldableInputs {
    /** Of the host's DNS and whatever else its HTTPS rests on. */
    fingerprint: string;
    /** Seconds for the certificate. */
    deadline: number;
    /** Seconds for SparkPost's verification. */
    verificationDeadline: number;
    /** When links in use may become https at the earliest, RFC 3339. Nothing is done because it changes. */
    secureNotBefore?: string;
    /** Always true, true and "valid" in the program; what SparkPost says after a refresh, so that drift shows. */
    verified: boolean;
    secure: boolean;
    tlsStatus: string;
}

export interface ManagedCertificateOutputs extends ManagedCertificateInputs {
    certificateIssuedAt?: string;
    certificateExpiresAt?: string;
}

const acting: (keyof ManagedCertificateInputs & string)[] = ["fingerprint", "verified", "secure", "tlsStatus"];

export function managedCertificateHandler({
    client,
    clock,
    progress,
}: Services): Handler<ManagedCertificateInputs, ManagedCertificateOutputs> {
    return {
        async check(_olds, news) {
            const { inputs, failures } = checkDomain(news);
            for (const property of ["deadline", "verificationDeadline"] as const) {
                if (!isUnknown(news[property]) && !(news[property] > 0)) {
                    failures.push({ property, reason: `${news[property]}: write seconds, more than 0` });
                }
            }
            return { inputs, failures: [...failures, ...notBeforeFailures(news)] };
        },

        async diff(_id, olds, news) {
            const updating = ["deadline" as const, "verificationDeadline" as const];
            return compareHoldable<ManagedCertificateInputs>(olds, news, { replacing: ["domain"], updating, acting });
        },

        async create(inputs) {
            const { domain, account } = inputs;
            const outs = isHeld(inputs) ? asSeen(inputs, await client(account).find(domain)) : await obtain(inputs);
            return { id: domain, outs };
        },

        async read(id, props) {
            const { certificateIssuedAt: _issued, certificateExpiresAt: _expires, ...inputs } = props;
            if (props.hold) {
                return { id, props, inputs };
            }
            const state = await client(props.account).findInList(props.domain);
            return state ? { id, props: asSeen(inputs, state), inputs: { ...inputs, ...status(state) } } : {};
        },

        async update(id, olds, news) {
            if (isHeld(news)) {
                return { outs: heldOutputs(olds, news, acting) };
            }
            if (!olds.hold && acting.every((field) => olds[field] === news[field])) {
                const { certificateIssuedAt, certificateExpiresAt } = olds;
                return { outs: clean({ ...done(news), certificateIssuedAt, certificateExpiresAt }) };
            }
            try {
                return { outs: await obtain(news) };
            } catch (error) {
                throw await withTruth(error, id, olds);
            }
        },
    };

    async function obtain(inputs: ManagedCertificateInputs): Promise<ManagedCertificateOutputs> {
        const { domain, account, deadline, verificationDeadline, secureNotBefore } = inputs;
        const state = await obtainCertificate({
            client: client(account),
            account,
            domain,
            verificationDeadline: verificationDeadline * 1_000,
            deadline: deadline * 1_000,
            secureNotBefore,
            clock,
            progress,
        });
        return asSeen(done(inputs), state);
    }

    /**
     * A failed update keeps the old values in the state. Where SparkPost was left otherwise, the error carries what is
     * true, and the next `up` goes on from there.
     */
    async function withTruth(error: unknown, id: string, olds: ManagedCertificateOutputs): Promise<unknown> {
        const left = await client(olds.account)
            .find(olds.domain)
            .catch(() => undefined);
        if (!left || !(error instanceof Error) || isAsKnown(olds, left)) {
            return error;
        }
        return Object.assign(error, { id, properties: asSeen(olds, left), reasons: [error.message] });
    }
}

/** What there is to say of the domain; before SparkPost has registered or looked at it, the least. */
function status(state: TrackingDomainState | undefined) {
    const { secure = false, verified = false, tlsStatus = "unknown" } = state ?? {};
    return { secure, verified, tlsStatus };
}

function asSeen(inputs: ManagedCertificateInputs, state: TrackingDomainState | undefined): ManagedCertificateOutputs {
    const { certificateIssuedAt, certificateExpiresAt } = state ?? {};
    return clean({ ...inputs, ...status(state), certificateIssuedAt, certificateExpiresAt });
}

function isAsKnown(olds: ManagedCertificateOutputs, left: TrackingDomainState): boolean {
    const { secure, verified, tlsStatus } = status(left);
    return secure === olds.secure && verified === olds.verified && tlsStatus === olds.tlsStatus;
}
