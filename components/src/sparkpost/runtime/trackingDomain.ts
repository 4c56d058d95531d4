// The registration of a tracking domain.
//   check names and account; create GET, POST, GET; read the list; update nothing: all that can change is ours
//   delete DELETE, never of what was adopted
import { type ApiAccount, describeScope } from "../account";
import { OperationError, SparkPostError } from "./errors";
import {
    type CommonInputs,
    checkDomain,
    clean,
    compare,
    type Handler,
    inScope,
    isSameScope,
    isUnknown,
    type Services,
} from "./handler";
import { isManaged, type TrackingDomainState } from "./trackingDomainApi";

export interface TrackingDomainInputs extends CommonInputs {
    adopt: boolean;
    /** The scheme that a new registration is made with; https if it isn't given. The output of that name is SparkPost's. */
    secure?: boolean;
    /** A domain whose certificate SparkPost holds may be taken over. */
    managedCertificate?: boolean;
}

export interface TrackingDomainOutputs extends TrackingDomainInputs {
    /** It existed before us: never deleted by us. */
    adopted: boolean;
    /** The scheme of its links when it was adopted, verified. */
    wasInUse?: "http" | "https" | "none";
    secure: boolean;
    default: boolean;
    verified: boolean;
    port?: number;
    complianceStatus?: string;
    tlsStatus?: string;
    certificateIssuedAt?: string;
    certificateExpiresAt?: string;
    /** SparkPost's answer to its registration was lost: nobody knows yet whether it is registered. */
    unconfirmed?: boolean;
}

export function trackingDomainHandler({
    client,
    declared,
}: Services): Handler<TrackingDomainInputs, TrackingDomainOutputs> {
    return {
        async check(olds, news) {
            const { inputs, failures } = checkDomain(news);
            if (
                olds.account &&
                olds.domain === inputs.domain &&
                !isUnknown(news.account) &&
                !isSameScope(olds.account, news.account)
            ) {
                failures.push({ property: "account", reason: cannotMove(inputs.domain, olds.account, news.account) });
            }
            declared.add(inScope(inputs));
            return { inputs, failures };
        },

        async diff(_id, olds, news) {
            const diff = compare<TrackingDomainInputs>(olds, news, { replacing: ["domain"], updating: ["adopt"] });
            return olds.unconfirmed ? { ...diff, changes: true } : diff;
        },

        async create(inputs) {
            const { domain, account } = inputs;
            const existing = await client(account).find(domain);
            if (existing) {
                refuseUnlessAdoptable(existing, inputs);
                const scheme = existing.secure ? "https" : "http";
                const wasInUse = existing.verified ? scheme : undefined;
                return { id: domain, outs: outputs(inputs, existing, { adopted: true, wasInUse }) };
            }
            return { id: domain, outs: await register(inputs) };
        },

        async read(id, props) {
            const state = await client(props.account).findInList(props.domain);
            if (!state) {
                return {};
            }
            const { adopted, wasInUse } = props;
            const inputs = inputsOf(props);
            return { id, props: outputs(inputs, state, { adopted, wasInUse }), inputs };
        },

        async update(_id, olds, news) {
            if (olds.unconfirmed) {
                const state = await client(news.account).find(news.domain);
                return { outs: state ? outputs(news, state, { adopted: false }) : await register(news) };
            }
            return { outs: { ...olds, ...news, secure: olds.secure } };
        },

        async delete(_id, { domain, account, adopted }) {
            if (adopted) {
                return;
            }
            try {
                await client(account).remove(domain);
            } catch (error) {
                if (error instanceof SparkPostError && error.status === 409) {
                    throw new OperationError(stillInUse(domain, error.said), "domain-in-use");
                }
                throw error;
            }
        },
    };

    /**
     * Registers a domain that a read has just shown to be absent. What SparkPost said isn't read back: the steps after
     * this one look before they change anything.
     *
     * Without a clear answer the domain may be registered all the same. Then the error has an id and properties, with which
     * the engine keeps the resource: the next `up` looks, and goes on.
     */
    async function register(inputs: TrackingDomainInputs): Promise<TrackingDomainOutputs> {
        const { domain, account, secure = true } = inputs;
        const registered: TrackingDomainState = { domain, secure, default: false, verified: false };
        try {
            await client(account).register(domain, secure);
        } catch (error) {
            if (!(error instanceof SparkPostError)) {
                throw error;
            }
            if (error.status === 409) {
                const existing = await client(account)
                    .find(domain)
                    .catch(() => undefined);
                throw existing ? alreadyRegistered(domain, account) : takenElsewhere(domain, account);
            }
            throw isClearRefusal(error) ? error : withDoubt(error, outputs(inputs, registered, { adopted: false }));
        }
        return outputs(inputs, registered, { adopted: false });
    }
}

/** SparkPost, or what stands before it, has answered that nothing was done. */
function isClearRefusal({ status, isUnsent }: SparkPostError): boolean {
    return isUnsent || (status >= 300 && status < 500 && status !== 408);
}

function withDoubt(error: SparkPostError, outs: TrackingDomainOutputs): Error {
    const { domain } = outs;
    const message = `${error.message}\n${domain} may be registered all the same. Run \`pulumi up\` again: it looks, and goes on from there.`;
    const properties = { ...outs, unconfirmed: true };
    const doubt = new OperationError(message, "registration-unconfirmed");
    return Object.assign(doubt, { id: domain, properties, reasons: [doubt.message] });
}

function outputs(
    inputs: TrackingDomainInputs,
    state: TrackingDomainState,
    memory: Pick<TrackingDomainOutputs, "adopted" | "wasInUse">,
): TrackingDomainOutputs {
    const { secure, verified, port, complianceStatus, tlsStatus, certificateIssuedAt, certificateExpiresAt } = state;
    return clean({
        ...inputs,
        ...memory,
        // Always there: in a preview the SDK takes an output that the state lacks for unknown.
        wasInUse: memory.wasInUse ?? "none",
        secure,
        default: state.default,
        verified,
        port,
        complianceStatus,
        tlsStatus,
        certificateIssuedAt,
        certificateExpiresAt,
    });
}

/** Without `secure`: a read can't tell the argument from the output, and nothing compares it. */
function inputsOf(outputs: TrackingDomainOutputs): TrackingDomainInputs {
    const { domain, account, adopt, managedCertificate, __provider } = outputs;
    return clean({ domain, account, adopt, managedCertificate, __provider });
}

function refuseUnlessAdoptable(
    existing: TrackingDomainState,
    { domain, account, adopt, managedCertificate }: TrackingDomainInputs,
): void {
    if (mayHaveCertificate(existing) && !managedCertificate) {
        throw new OperationError(
            `SparkPost holds the certificate of ${domain} itself (uses_managed_certificate, tls_status ${existing.tlsStatus}): it has HTTPS already, or soon.\n` +
                "An edge in front of it would end that, with a time without HTTPS in between. Leave this domain as it is, and use a sibling host (such as click2) for the edge. " +
                "To keep SparkPost's certificate under this stack, write `managed: { dns: … }` in HttpsTrackingDomain in the edge's place; with the resources alone, set `managedCertificate: true` and declare a `sparkpost.Certificate`.",
            "managed-certificate-exists",
        );
    }
    if (!adopt) {
        throw alreadyRegistered(domain, account);
    }
}

function alreadyRegistered(domain: string, account: ApiAccount): OperationError {
    return new OperationError(
        `${domain} is registered already in ${describeScope(account)}.\n` +
            "Set `adopt: true` to take it over unchanged and to leave it there on destroy. Do so too where a killed `pulumi up` of yours has registered it. " +
            "Or delete it in SparkPost's UI, if no mail has used it, and run `pulumi up` again.",
        "already-registered",
    );
}

function stillInUse(domain: string, said: string): string {
    return (
        `${domain} wasn't deleted: SparkPost says that it is in use (409): ${said}\n` +
        "Its DNS record and edge are gone by now, so its links don't work any more. To put them back: have its entry in the program, and run `pulumi up`. " +
        "To delete it: unlink it from its sending domains and make another domain the default, then run `pulumi destroy` again."
    );
}

/**
 * That a certificate was ordered once stays in the record, also of a domain that is behind a CDN since: only its status
 * says whether there is one. Without a status it may be there.
 */
function mayHaveCertificate(state: TrackingDomainState): boolean {
    return isManaged(state) && [undefined, "valid", "pending"].includes(state.tlsStatus);
}

function takenElsewhere(domain: string, account: ApiAccount): OperationError {
    return new OperationError(
        `${domain} is registered already, but not in ${describeScope(account)} (409, and this key can't see it).\n` +
            "It belongs to another subaccount or another account: give that one's `subaccount` and key and `adopt: true`, or choose another host.",
        "registered-elsewhere",
    );
}

function cannotMove(domain: string, from: ApiAccount, to: ApiAccount): string {
    return (
        `${domain} can't move from ${describeScope(from)} to ${describeScope(to)}: SparkPost keeps a domain where it was registered, ` +
        "and links in mail already sent stop working when it is deleted there. " +
        "Use a new host for the new account and keep this one; or, if no mail has used it, delete it in SparkPost's UI, run `pulumi refresh` and then `pulumi up`."
    );
}
