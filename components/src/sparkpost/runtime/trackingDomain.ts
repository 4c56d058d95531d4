// The registration of a tracking domain.
//   check names and account; create GET, POST, GET; read the list; update nothing: all that can change is ours
//   delete DELETE, never of what was adopted
import { siblingOf } from "../../hostname";
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

interface TrackingDomainInputs extends CommonInputs {
    adopt: boolean;
    /** Whether a new registration has https links. Default true. The output of that name is what SparkPost says. */
    secure?: boolean;
    /** Allows taking over a domain whose certificate SparkPost holds. */
    managedCertificate?: boolean;
}

export interface TrackingDomainOutputs
    extends TrackingDomainInputs,
        Omit<TrackingDomainState, "secure" | "subaccount" | "usesManagedCertificate" | "certificateError"> {
    /** It existed before this stack, which never deletes it. */
    adopted: boolean;
    /** The scheme of its links when it was adopted, verified. */
    wasInUse?: "http" | "https" | "none";
    secure: boolean;
    /** SparkPost's answer was lost, so it isn't known yet whether the domain is registered. */
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
            // Only `create` reads `adopt`. As a change it would hide the outputs from previews, and what takes them would seem to
            // change too.
            const diff = compare<TrackingDomainInputs>(olds, news, { replacing: ["domain"], updating: [] });
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
     * Registers a domain that a read has just shown to be absent. It doesn't read the result back, because the steps after
     * it look before they change anything.
     *
     * Without a clear answer the domain may be registered all the same. The error then carries an id and properties, so
     * that the engine keeps the resource. The next `up` looks first.
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
            throw isClearRefusal(error)
                ? error
                : unconfirmedError(error, outputs(inputs, registered, { adopted: false }));
        }
        return outputs(inputs, registered, { adopted: false });
    }
}

/** SparkPost, or what is in front of it, has answered that nothing was done. */
function isClearRefusal({ status, isUnsent }: SparkPostError): boolean {
    return isUnsent || (status >= 300 && status < 500 && status !== 408);
}

function unconfirmedError(error: SparkPostError, outs: TrackingDomainOutputs): Error {
    const { domain } = outs;
    const message = `${error.message}\n${domain} may be registered all the same. Run \`pulumi up\` again: it looks first, then continues.`;
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
            `${domain} already has a certificate of SparkPost's, or will have one soon (uses_managed_certificate${existing.tlsStatus === undefined ? "" : `, tls_status ${existing.tlsStatus}`}).\n` +
                `An edge in front of it would interrupt HTTPS. Keep this domain as it is, and use a sibling hostname for the edge, such as ${siblingOf(domain)}. ` +
                "Or let this stack manage SparkPost's certificate: write `managed: { dns: … }` in place of the edge. " +
                "With the resources alone, set `managedCertificate: true` and declare a `sparkpost.Certificate`.",
            "managed-certificate-exists",
        );
    }
    if (!adopt) {
        throw alreadyRegistered(domain, account);
    }
}

function alreadyRegistered(domain: string, account: ApiAccount): OperationError {
    return new OperationError(
        `${domain} is already registered in ${describeScope(account)}.\n` +
            "To take it over unchanged, set `adopt: true`; `pulumi destroy` then leaves it there. Do that too if a killed `pulumi up` of yours registered it. " +
            "If no mail has used it, you can also delete it in SparkPost's UI and run `pulumi up` again.",
        "already-registered",
    );
}

function stillInUse(domain: string, said: string): string {
    return (
        `SparkPost didn't delete ${domain}, because it is in use (409): ${said}\n` +
        "Its DNS record and edge are already deleted, so its links are broken. To repair them, put its entry back in the program and run `pulumi up`. " +
        "To delete it, unlink its sending domains and make another domain the default. Then run `pulumi destroy` again."
    );
}

/**
 * The record keeps saying that a certificate was once ordered, even when a CDN has the host now. Only the status says
 * whether there is one. Without a status there may be one.
 */
function mayHaveCertificate(state: TrackingDomainState): boolean {
    return isManaged(state) && [undefined, "valid", "pending"].includes(state.tlsStatus);
}

function takenElsewhere(domain: string, account: ApiAccount): OperationError {
    return new OperationError(
        `${domain} is already registered, but not in ${describeScope(account)} (409, and this key can't see it).\n` +
            "It belongs to another subaccount or account. Use that one's `subaccount` and key with `adopt: true`, or choose another hostname.",
        "registered-elsewhere",
    );
}

function cannotMove(domain: string, from: ApiAccount, to: ApiAccount): string {
    return (
        `${domain} can't move from ${describeScope(from)} to ${describeScope(to)}. SparkPost keeps a domain where it was registered, ` +
        "and deleting it there breaks links in sent mail. Use a new hostname for the new account, and keep this one. " +
        "If no mail has used it, delete it in SparkPost's UI, run `pulumi refresh`, then `pulumi up`."
    );
}
