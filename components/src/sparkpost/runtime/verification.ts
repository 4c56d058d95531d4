// A tracking domain's scheme and SparkPost's verification of it: one resource, so that nobody can undo half of it.
//   create and update switchAndVerify (GET, PUT, POST …/verify until yes, GET), or GET while held; read the list
//   delete nothing: SparkPost has no un-verify
import { siblingOf } from "../../hostname";
import { OperationError } from "./errors";
import { checkDomain, clean, type Handler, isUnknown, type Services } from "./handler";
import { compareHoldable, done, type HoldableInputs, heldOutputs, isHeld } from "./hold";
import { notBeforeFailures } from "./notBefore";
import { type Switch, SwitchError, switchAndVerify } from "./switch";

export interface VerificationInputs extends HoldableInputs {
    secure: boolean;
    /**
     * Always true in the program; what SparkPost says after a refresh, so that a lost verification shows as `false =>
     * true`.
     */
    verified: boolean;
    /** Of the edge's arguments: another edge has to be verified anew. */
    fingerprint: string;
    /** Seconds. Without it the switch chooses. */
    deadline?: number;
    /** When links in use may become https at the earliest, RFC 3339. Nothing is done because it changes. */
    secureNotBefore?: string;
    /** The registration was adopted with http links, verified: what a first switch that fails goes back to. */
    wasInsecure?: boolean;
    /** What terminates TLS, in a word. States made before there was this input have none. */
    edge?: string;
}

export interface VerificationOutputs extends VerificationInputs {
    /** The `edge` before the last move. */
    movedFrom?: string;
    /** When SparkPost had verified the last move, RFC 3339. */
    movedAt?: string;
}

/** The inputs that SparkPost is asked for. */
const acting: (keyof VerificationInputs & string)[] = ["secure", "verified", "fingerprint", "edge"];

export function verificationHandler({
    client,
    clock,
    progress,
}: Services): Handler<VerificationInputs, VerificationOutputs> {
    return {
        async check(_olds, news) {
            const { inputs, failures } = checkDomain(news);
            if (news.deadline !== undefined && !isUnknown(news.deadline) && !(news.deadline > 0)) {
                failures.push({ property: "deadline", reason: `${news.deadline}: write seconds, more than 0` });
            }
            return { inputs, failures: [...failures, ...notBeforeFailures(news)] };
        },

        async diff(_id, olds, news) {
            const diff = compareHoldable(olds, news, { replacing: ["domain"], updating: ["deadline"], acting });
            return isHeldMove(olds, news) ? { ...diff, changes: true } : diff;
        },

        async create(inputs) {
            return { id: inputs.domain, outs: isHeld(inputs) ? await look(inputs) : await performFirst(inputs) };
        },

        async read(id, props) {
            if (props.hold) {
                return { id, props, inputs: inputsOf(props) };
            }
            const state = await client(props.account).findInList(props.domain);
            if (!state) {
                return {};
            }
            const seen = clean({ ...props, secure: state.secure, verified: state.verified });
            return { id, props: seen, inputs: inputsOf(seen) };
        },

        async update(id, olds, news) {
            if (isHeldMove(olds, news)) {
                throw new OperationError(heldMove(news.domain, String(olds.edge)));
            }
            if (isHeld(news)) {
                return { outs: heldOutputs(olds, news, acting) };
            }
            try {
                return { outs: olds.hold ? await performFirst(news) : await performAgain(olds, news) };
            } catch (error) {
                throw withTruth(error, id, olds);
            }
        },
    };

    /** What there is to say of a domain that SparkPost isn't asked to verify yet. */
    async function look(inputs: VerificationInputs): Promise<VerificationOutputs> {
        const state = await client(inputs.account).find(inputs.domain);
        return { ...inputs, secure: state?.secure ?? inputs.secure, verified: state?.verified ?? false };
    }

    async function performFirst(inputs: VerificationInputs): Promise<VerificationOutputs> {
        await perform(inputs, inputs.wasInsecure ? { secure: false, verified: true } : undefined);
        return done(inputs);
    }

    async function performAgain(olds: VerificationOutputs, news: VerificationInputs): Promise<VerificationOutputs> {
        const { movedFrom, movedAt } = olds;
        const hasMoved = isMove(olds, news);
        const isDue = (["secure", "verified", "fingerprint"] as const).some((field) => olds[field] !== news[field]);
        if (isDue || hasMoved) {
            await perform(news, olds);
        }
        const memory = hasMoved ? { movedFrom: olds.edge, movedAt: clock.timestamp() } : { movedFrom, movedAt };
        return clean({ ...done(news), ...memory });
    }

    async function perform(
        { domain, account, secure, deadline, secureNotBefore }: VerificationInputs,
        was: Switch["was"],
    ): Promise<void> {
        await switchAndVerify({
            client: client(account),
            domain,
            secure,
            deadline: deadline === undefined ? undefined : deadline * 1_000,
            secureNotBefore,
            was,
            clock,
            progress,
        });
    }
}

function isMove(olds: VerificationInputs, news: VerificationInputs): boolean {
    return olds.edge !== undefined && news.edge !== undefined && olds.edge !== news.edge;
}

/**
 * A domain in use whose next edge waits for a person. An `up` that ended well would delete what the old edge consists of,
 * after everything else: so this resource has to fail before.
 */
function isHeldMove(olds: VerificationOutputs, news: VerificationInputs): boolean {
    return isHeld(news) && !olds.hold && !isUnknown(olds.edge) && !isUnknown(news.edge) && isMove(olds, news);
}

function heldMove(domain: string, edge: string): string {
    return (
        `${domain} is behind ${edge} today, and the new edge waits for a person: Pulumi would delete the DNS record of the old one at the end of this \`up\`.\n` +
        "Nothing was changed for this domain: its links go on as they were. " +
        `Keep the old edge until the new records can be added, or use a sibling host (such as ${siblingOf(domain)}) for the new edge.`
    );
}

function inputsOf({ movedFrom: _from, movedAt: _at, ...inputs }: VerificationOutputs): VerificationInputs {
    return inputs;
}

/**
 * A failed update keeps the old values in the state. Where SparkPost was left otherwise, the error carries what is
 * true, and the engine records that; the old fingerprint and a lost verification make the next `up` try again.
 */
function withTruth(error: unknown, id: string, olds: VerificationOutputs): unknown {
    if (!(error instanceof SwitchError) || !error.left) {
        return error;
    }
    const { secure, verified } = error.left;
    if (secure === olds.secure && verified === olds.verified) {
        return error;
    }
    return Object.assign(error, { id, properties: { ...olds, secure, verified }, reasons: [error.message] });
}
