// A tracking domain's scheme and SparkPost's verification of it: one resource, so that half of it can't be undone alone.
//   create and update switchAndVerify (GET, PUT, POST …/verify until yes, GET), or GET while held; read the list
//   delete GET, GET /sending-domains: refuses for a domain in use; SparkPost has no un-verify
import { siblingOf } from "../../hostname";
import { plainText } from "../../othersWords";
import { type ApiAccount, describeScope } from "../account";
import type { Client } from "./client";
import { OperationError } from "./errors";
import { checkDomain, clean, compare, type Handler, inScope, isUnknown, type Services } from "./handler";
import { type HoldableInputs, holdable, isHeld } from "./hold";
import { notBeforeFailures } from "./notBefore";
import { type Switch, SwitchError, switchAndVerify } from "./switch";
import { type SeenDomain, seenOf, type TrackingDomainState } from "./trackingDomainApi";

interface VerificationInputs extends HoldableInputs {
    secure: boolean;
    /**
     * Always true in the program; what SparkPost says after a refresh, so that a lost verification shows as `false =>
     * true`.
     */
    verified: boolean;
    /** Of the edge's arguments. Another edge must be verified again. */
    fingerprint: string;
    /** In seconds. Default: the switch's own. */
    deadline?: number;
    /** The earliest time at which links in use may become https, RFC 3339. A change of it does nothing. */
    secureNotBefore?: string;
    /** The scheme of the domain when it was adopted, verified. A failed first switch goes back to it. */
    wasInUse?: "http" | "https" | "none";
    /** The edge's kind. Older states have none. */
    edge?: string;
}

export interface VerificationOutputs extends VerificationInputs {
    /** What SparkPost said last. Older states have none. */
    seen?: SeenDomain;
    /** The `edge` before the last move. */
    movedFrom?: string;
    /** When SparkPost had verified the last move, RFC 3339. */
    movedAt?: string;
}

/** The inputs that SparkPost is asked for. */
const acting: (keyof VerificationInputs & string)[] = ["secure", "verified", "fingerprint", "edge"];

export function verificationHandler(services: Services): Handler<VerificationInputs, VerificationOutputs> {
    const { client, clock, progress, declared } = services;

    const handler = holdable<VerificationInputs, VerificationOutputs>(
        {
            async check(_olds, news) {
                const { inputs, failures } = checkDomain(news);
                if (news.deadline !== undefined && !isUnknown(news.deadline) && !(news.deadline > 0)) {
                    failures.push({
                        property: "deadline",
                        reason: `${news.deadline}: write a number of seconds, more than 0`,
                    });
                }
                declared.add(inScope(inputs));
                return { inputs, failures: [...failures, ...notBeforeFailures(news)] };
            },

            async diff(_id, olds, news) {
                return compare(olds, news, { replacing: ["domain"], updating: ["deadline", ...acting] });
            },

            async create(inputs) {
                return { id: inputs.domain, outs: await performFirst(inputs) };
            },

            async read(id, props) {
                const state = await client(props.account).findInList(props.domain);
                if (!state) {
                    return {};
                }
                const seen = asSeen(props, state);
                return { id, props: seen, inputs: inputsOf(seen) };
            },

            async update(id, olds, news) {
                try {
                    return { outs: olds.hold ? await performFirst(news) : await performAgain(olds, news) };
                } catch (error) {
                    throw withStateLeft(error, id, olds);
                }
            },

            async delete(_id, { domain, account }) {
                if (!declared.has(inScope({ domain, account }))) {
                    await refuseInUse(client(account), domain, account);
                }
            },
        },
        {
            acting,
            idOf: ({ domain }) => domain,
            /** The outputs of a domain that SparkPost isn't asked to verify yet. */
            async untouched(inputs) {
                const state = await client(inputs.account).find(inputs.domain);
                return asSeen(inputs, state ?? { secure: inputs.secure, verified: false });
            },
            inputsOf,
        },
    );

    return {
        ...handler,

        async diff(id, olds, news) {
            const diff = await handler.diff(id, olds, news);
            return isHeldMove(olds, news) ? { ...diff, changes: true } : diff;
        },

        async update(id, olds, news) {
            if (isHeldMove(olds, news)) {
                throw new OperationError(edgeChangeWaits(news.domain, String(olds.edge)), "edge-change-waits");
            }
            return handler.update(id, olds, news);
        },
    };

    async function performFirst(inputs: VerificationInputs): Promise<VerificationOutputs> {
        return asSeen(
            inputs,
            await perform(inputs, inputs.wasInUse === "http" ? { secure: false, verified: true } : undefined),
        );
    }

    async function performAgain(olds: VerificationOutputs, news: VerificationInputs): Promise<VerificationOutputs> {
        const { movedFrom, movedAt } = olds;
        const hasMoved = isMove(olds, news);
        const isDue = (["secure", "verified", "fingerprint"] as const).some((field) => olds[field] !== news[field]);
        const seen = isDue || hasMoved ? await perform(news, olds) : (olds.seen ?? olds);
        const memory = hasMoved ? { movedFrom: olds.edge, movedAt: clock.timestamp() } : { movedFrom, movedAt };
        return asSeen({ ...news, ...memory }, seen);
    }

    function perform(
        { domain, account, secure, deadline, secureNotBefore }: VerificationInputs,
        was: Switch["was"],
    ): Promise<TrackingDomainState> {
        return switchAndVerify({
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

function asSeen(props: VerificationInputs, state: SeenDomain): VerificationOutputs {
    const seen = seenOf(state);
    return clean({ ...props, secure: seen.secure, verified: seen.verified, seen });
}

/**
 * Refuses to delete a domain in use. Deleting begins here: record and edge go next, the registration last. So a domain in
 * use keeps all of them.
 */
async function refuseInUse(api: Client, domain: string, account: ApiAccount): Promise<void> {
    const state = await api.find(domain);
    if (!state) {
        return;
    }
    const linked = (await api.findLinkedTo(domain)).map((name) => plainText(name, 253));
    if (!state.default && linked.length === 0) {
        return;
    }
    const names =
        linked.length > 5 ? `${linked.slice(0, 5).join(", ")} and ${linked.length - 5} more` : linked.join(", ");
    const scope = describeScope(account);
    const uses = [
        ...(state.default ? [`it is the default of ${scope}`] : []),
        ...(linked.length > 0 ? [`its links are in the mail of ${names}`] : []),
    ];
    const remedies = [
        ...(state.default
            ? [
                  `Make another domain the default: in SparkPost's UI, or with \`default: true\` on another domain of this program. To give it back to the previous one, set \`restorePreviousDefault: true\` here.`,
              ]
            : []),
        ...(linked.length > 0 ? [`Link ${names} to another domain, or to none, in SparkPost's UI.`] : []),
    ];
    throw new OperationError(
        `${domain} is in use: ${uses.join(", and ")}. It wasn't deleted, and its DNS record and edge stay.\n` +
            `${remedies.join(" ")} Then run the command again. To keep the domain, put it back in the program and run \`pulumi up\`.`,
        "domain-in-use",
    );
}

function isMove(olds: VerificationInputs, news: VerificationInputs): boolean {
    return olds.edge !== undefined && news.edge !== undefined && olds.edge !== news.edge;
}

/**
 * A domain in use whose next edge waits for a manual step. An `up` that succeeds would delete the old edge at its end, so
 * this resource must fail before.
 */
function isHeldMove(olds: VerificationOutputs, news: VerificationInputs): boolean {
    return isHeld(news) && !olds.hold && !isUnknown(olds.edge) && !isUnknown(news.edge) && isMove(olds, news);
}

function edgeChangeWaits(domain: string, edge: string): string {
    return (
        `${domain} can't leave ${edge} yet, because the new edge waits for a manual step. Nothing was changed: its links work as before.\n` +
        "At its end this `up` would delete the DNS record of the old edge. " +
        `Keep the old edge until you can add the new records. Or use a sibling hostname for the new edge, such as ${siblingOf(domain)}.`
    );
}

function inputsOf({ seen: _seen, movedFrom: _from, movedAt: _at, ...inputs }: VerificationOutputs): VerificationInputs {
    return inputs;
}

/**
 * A failed update keeps the old values in the state. If SparkPost's differ now, the error carries them, and the engine
 * records them. The old fingerprint and a lost verification make the next `up` try again.
 */
function withStateLeft(error: unknown, id: string, olds: VerificationOutputs): unknown {
    if (!(error instanceof SwitchError) || !error.left) {
        return error;
    }
    const { secure, verified } = error.left;
    if (secure === olds.secure && verified === olds.verified) {
        return error;
    }
    return Object.assign(error, { id, properties: asSeen(olds, error.left), reasons: [error.message] });
}
