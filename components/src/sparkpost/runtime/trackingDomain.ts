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
    /** It was adopted with http links, verified. */
    wasInsecure?: boolean;
    secure: boolean;
    default: boolean;
    verified: boolean;
    port?: number;
    complianceStatus?: string;
    tlsStatus?: string;
    certificateIssuedAt?: string;
    certificateExpiresAt?: string;
}

export function trackingDomainHandler({ client }: Services): Handler<TrackingDomainInputs, TrackingDomainOutputs> {
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
            return { inputs, failures };
        },

        async diff(_id, olds, news) {
            return compare(olds, news, { replacing: ["domain"], updating: ["adopt"] });
        },

        async create(inputs) {
            const { domain, account } = inputs;
            const api = client(account);
            const existing = await api.find(domain);
            if (existing) {
                refuseUnlessAdoptable(existing, inputs);
            } else {
                await register(inputs);
            }
            // It is registered now: a read that fails isn't a failure, or nobody would know that it is ours.
            const state = existing ?? (await api.find(domain).catch(() => undefined)) ?? unread(inputs);
            const wasInsecure = existing && !existing.secure && existing.verified ? true : undefined;
            return { id: domain, outs: outputs(inputs, state, { adopted: existing !== undefined, wasInsecure }) };
        },

        async read(id, props) {
            const state = await client(props.account).findInList(props.domain);
            if (!state) {
                return {};
            }
            const { adopted, wasInsecure } = props;
            const inputs = inputsOf(props);
            return { id, props: outputs(inputs, state, { adopted, wasInsecure }), inputs };
        },

        async update(_id, olds, news) {
            return { outs: { ...olds, ...news, secure: olds.secure } };
        },

        async delete(_id, props) {
            if (!props.adopted) {
                await client(props.account).remove(props.domain);
            }
        },
    };

    async function register({ domain, account, secure = true }: TrackingDomainInputs): Promise<void> {
        try {
            await client(account).register(domain, secure);
        } catch (error) {
            if (error instanceof SparkPostError && error.status === 409) {
                throw new OperationError(takenElsewhere(domain, account));
            }
            throw error;
        }
    }
}

/** A registration that was just made and can't be read yet: what is known of every new one. */
function unread({ domain, secure = true }: TrackingDomainInputs): TrackingDomainState {
    return { domain, secure, default: false, verified: false };
}

function outputs(
    inputs: TrackingDomainInputs,
    state: TrackingDomainState,
    memory: Pick<TrackingDomainOutputs, "adopted" | "wasInsecure">,
): TrackingDomainOutputs {
    const { secure, verified, port, complianceStatus, tlsStatus, certificateIssuedAt, certificateExpiresAt } = state;
    return clean({
        ...inputs,
        ...memory,
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
                "To keep SparkPost's certificate under this stack, write `managed: { dns: … }` in HttpsTrackingDomain in the edge's place; with the resources alone, set `managedCertificate: true` and declare a ManagedCertificate.",
        );
    }
    if (!adopt) {
        throw new OperationError(
            `${domain} is registered already in ${describeScope(account)}.\n` +
                "To take it over unchanged, and leave it there on destroy, set `adopt: true`. " +
                "It may also be yours from an interrupted run: then `adopt: true` takes it up, or delete it in SparkPost's UI, if no mail has used it, and run `pulumi up` again.",
        );
    }
}

/**
 * That a certificate was ordered once stays in the record, also of a domain that is behind a CDN since: only its status
 * says whether there is one. Without a status it may be there.
 */
function mayHaveCertificate(state: TrackingDomainState): boolean {
    return isManaged(state) && [undefined, "valid", "pending"].includes(state.tlsStatus);
}

function takenElsewhere(domain: string, account: ApiAccount): string {
    return (
        `${domain} is registered already, but not in ${describeScope(account)} (409, and this key can't see it).\n` +
        "It belongs to another subaccount or another account: give that one's `subaccount` and key and `adopt: true`, or choose another host."
    );
}

function cannotMove(domain: string, from: ApiAccount, to: ApiAccount): string {
    return (
        `${domain} can't move from ${describeScope(from)} to ${describeScope(to)}: SparkPost keeps a domain where it was registered, ` +
        "and links in mail already sent stop working when it is deleted there. " +
        "Use a new host for the new account and keep this one; or, if no mail has used it, delete it in SparkPost's UI, run `pulumi refresh` and then `pulumi up`."
    );
}
