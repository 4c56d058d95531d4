// A tracking domain whose certificate SparkPost holds: verification, certificate and scheme as one resource.
//   create and update obtainCertificate (GET, PUT, POST …/verify, POST …/certificate/enable, GET until valid), or GET
//   while held; read the list
//   delete nothing: SparkPost has no call that ends it
import { obtainCertificate } from "./certificateOrder";
import { checkDomain, clean, compare, type Handler, isUnknown, type Services } from "./handler";
import { type HoldableInputs, holdable } from "./hold";
import { notBeforeFailures } from "./notBefore";
import { type SeenDomain, seenOf, type TrackingDomainState } from "./trackingDomainApi";

interface CertificateInputs extends HoldableInputs {
    /** Stands for the host's DNS, and whatever else its HTTPS depends on. */
    fingerprint: string;
    /** Seconds for the certificate. */
    deadline: number;
    /** Seconds for SparkPost's verification. */
    verificationDeadline: number;
    /** The earliest time at which links in use may become https, RFC 3339. A change of it does nothing. */
    secureNotBefore?: string;
    /** Always true, true and "valid" in the program. After a refresh: what SparkPost says, so that drift shows. */
    verified: boolean;
    secure: boolean;
    tlsStatus: string;
}

export interface CertificateOutputs extends CertificateInputs {
    /** What SparkPost said last. Older states have none. */
    seen?: SeenDomain;
    certificateIssuedAt?: string;
    certificateExpiresAt?: string;
}

const acting: (keyof CertificateInputs & string)[] = ["fingerprint", "verified", "secure", "tlsStatus"];

export function certificateHandler({
    client,
    clock,
    progress,
}: Services): Handler<CertificateInputs, CertificateOutputs> {
    const handler: Handler<CertificateInputs, CertificateOutputs> = {
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
            const updating = ["deadline" as const, "verificationDeadline" as const, ...acting];
            return compare<CertificateInputs>(olds, news, { replacing: ["domain"], updating });
        },

        async create(inputs) {
            return { id: inputs.domain, outs: await obtain(inputs) };
        },

        async read(id, props) {
            const state = await client(props.account).findInList(props.domain);
            if (!state) {
                return {};
            }
            const inputs = inputsOf(props);
            return { id, props: asSeen(inputs, state), inputs: { ...inputs, ...status(state) } };
        },

        async update(id, olds, news) {
            if (!olds.hold && acting.every((field) => olds[field] === news[field])) {
                const { seen, certificateIssuedAt, certificateExpiresAt } = olds;
                return { outs: clean({ ...news, seen, certificateIssuedAt, certificateExpiresAt }) };
            }
            try {
                return { outs: await obtain(news) };
            } catch (error) {
                throw await withStateLeft(error, id, olds);
            }
        },
    };
    return holdable(handler, {
        acting,
        idOf: ({ domain }) => domain,
        untouched: async (inputs) => asSeen(inputs, await client(inputs.account).find(inputs.domain)),
        inputsOf,
    });

    async function obtain(inputs: CertificateInputs): Promise<CertificateOutputs> {
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
        return asSeen(inputs, state);
    }

    /**
     * A failed update keeps the old values in the state. If SparkPost's differ now, the error carries them, and the next `up`
     * continues from there.
     */
    async function withStateLeft(error: unknown, id: string, olds: CertificateOutputs): Promise<unknown> {
        const left = await client(olds.account)
            .find(olds.domain)
            .catch(() => undefined);
        if (!left || !(error instanceof Error) || isAsKnown(olds, left)) {
            return error;
        }
        return Object.assign(error, { id, properties: asSeen(olds, left), reasons: [error.message] });
    }
}

/** The domain's status. If SparkPost doesn't have it, none of it is true. */
function status(state: TrackingDomainState | undefined) {
    const { secure = false, verified = false, tlsStatus = "unknown" } = state ?? {};
    return { secure, verified, tlsStatus };
}

function asSeen(inputs: CertificateInputs, state: TrackingDomainState | undefined): CertificateOutputs {
    const { certificateIssuedAt, certificateExpiresAt } = state ?? {};
    const seen = seenOf(state);
    return clean({ ...inputs, ...status(state), seen, certificateIssuedAt, certificateExpiresAt });
}

function inputsOf({
    seen: _seen,
    certificateIssuedAt: _issued,
    certificateExpiresAt: _expires,
    ...inputs
}: CertificateOutputs): CertificateInputs {
    return inputs;
}

function isAsKnown(olds: CertificateOutputs, left: TrackingDomainState): boolean {
    const { secure, verified, tlsStatus } = status(left);
    return secure === olds.secure && verified === olds.verified && tlsStatus === olds.tlsStatus;
}
