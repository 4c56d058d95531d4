// Whether SparkPost would hold a domain's certificate, asked before its DNS changes.
//   create GET, POST …/certificate/check; read and update nothing: what was eligible once isn't asked again
//   delete nothing
import { siblingOf } from "../../hostname";
import { poll } from "../../process/poll";
import { certificateRefused, isTransient, notEligible, OperationError, SparkPostError } from "./errors";
import { type CommonInputs, checkDomain, compare, type Handler, type Services } from "./handler";
import { firstLine, notRegistered } from "./switch";
import { isManaged, type TrackingDomainState } from "./trackingDomainApi";

interface EligibilityInputs extends CommonInputs {
    /** The user accepts a time without HTTPS for a domain in use. */
    acceptInterruption: boolean;
}

/** How often to ask when SparkPost's check of the domain times out. */
const tries = 4;

export function eligibilityHandler({
    client,
    clock,
    progress,
}: Services): Handler<EligibilityInputs, EligibilityInputs> {
    return {
        async check(_olds, news) {
            return checkDomain(news);
        },

        async diff(_id, olds, news) {
            return compare(olds, news, { replacing: ["domain"], updating: ["acceptInterruption"] });
        },

        async create(inputs) {
            const { domain, account, acceptInterruption } = inputs;
            const state = await client(account).find(domain);
            if (!state) {
                throw notRegistered(domain, "given a certificate");
            }
            if (!needsNoAnswer(state)) {
                if (!(await ask(inputs))) {
                    throw notEligible(domain);
                }
                if (state.verified && state.secure && !acceptInterruption) {
                    throw new OperationError(interruption(domain), "managed-certificate-interruption");
                }
            }
            return { id: domain, outs: inputs };
        },

        async read(id, props) {
            return { id, props, inputs: props };
        },

        async update(_id, _olds, news) {
            return { outs: news };
        },
    };

    /** SparkPost's answer. A check that timed out is repeated. */
    function ask({ domain, account }: EligibilityInputs): Promise<boolean> {
        return poll<boolean>({
            async ask(attempt) {
                try {
                    return { value: await client(account).supportsCertificate(domain) };
                } catch (error) {
                    if (error instanceof SparkPostError && isTransient(error) && attempt < tries) {
                        return { said: firstLine(error.message), retryAfter: error.retryAfter };
                    }
                    throw certificateRefused(error, domain, account);
                }
            },
            // The number of tries ends it.
            deadline: Number.POSITIVE_INFINITY,
            clock,
            late: ({ said }) => new OperationError(said, "sparkpost-fault"),
            tell: progress.waiting,
        });
    }
}

/**
 * SparkPost has the domain's certificate, or is getting one while links are http. An earlier order isn't enough, because
 * the domain may be behind a CDN since then.
 */
function needsNoAnswer(state: TrackingDomainState): boolean {
    const { tlsStatus, secure } = state;
    return isManaged(state) && (tlsStatus === "valid" || (tlsStatus === "pending" && !secure));
}

function interruption(domain: string): string {
    return (
        `${domain} has HTTPS today. A move to a certificate of SparkPost's would interrupt it.\n` +
        "SparkPost gets a certificate only after the DNS leads to SparkPost, and that takes about 15 minutes. Meanwhile every https link in sent mail is broken. " +
        `To avoid this, use a new hostname, such as ${siblingOf(domain)}, and keep ${domain} as it is for the mail already sent. ` +
        "To accept the interruption, set `acceptInterruption: true`."
    );
}
