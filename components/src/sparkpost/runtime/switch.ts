// The switch: bring a domain to its scheme and have SparkPost verify it, or leave it as it was.

import { type Clock, describeSpan, type NotYet, poll } from "../../process/poll";
import type { Anchor } from "../../readOn";
import type { Client } from "./client";
import { anchorOf, isTransient, OperationError, SparkPostError } from "./errors";
import { untilSecureMayBe } from "./notBefore";
import type { Progress } from "./progress";
import type { TrackingDomainState } from "./trackingDomainApi";

export interface Switch {
    client: Client;
    domain: string;
    /** The scheme the domain's links shall have: https or http. */
    secure: boolean;
    /**
     * Milliseconds until SparkPost must have said yes. Default: an hour; 5 minutes where the scheme of a verified domain
     * changes, for nobody knows whether its links work meanwhile.
     */
    deadline?: number;
    /**
     * How the domain is known to have been, where what is read first may be a switch of ours that was interrupted. A failure
     * leads back to it.
     */
    was?: Pick<TrackingDomainState, "secure" | "verified">;
    /** When links in use may become https at the earliest, RFC 3339. */
    secureNotBefore?: string;
    clock: Clock;
    progress: Progress;
}

/** A switch that failed, with the domain as it was left, where that could be read. */
export class SwitchError extends OperationError {
    constructor(
        message: string,
        readonly left: Pick<TrackingDomainState, "secure" | "verified"> | undefined,
        anchor: Anchor,
    ) {
        super(message, anchor);
    }
}

/** Milliseconds until SparkPost must have said yes, where nothing else is said. */
const usualDeadline = 3_600_000;
const deadlineInUse = 300_000;

/** Milliseconds for getting back a verification that the failed switch has cost. */
const restoringTime = 60_000;

/**
 * Switches the domain to its scheme and asks SparkPost until it says yes; then the record must say so too.
 *
 * It begins with a read, so that a run that was killed is taken up where it stopped. When SparkPost doesn't say yes, a
 * changed scheme is changed back, and the old scheme verified again if that was lost: links in new mail follow the
 * scheme within minutes, so a domain in use must not stay between the two. Gives the record as it is after the yes.
 */
export async function switchAndVerify(request: Switch): Promise<TrackingDomainState> {
    const { client, domain, secure } = request;
    const before = await client.find(domain);
    if (!before) {
        throw notRegistered(domain, "verified");
    }
    refuseBlocked(before.complianceStatus, domain);
    const was = request.was && request.was.secure !== secure ? { ...before, ...request.was } : before;
    const isInUse = was.verified && was.secure !== secure;
    if (isInUse && secure && !before.secure) {
        await untilSecureMayBe(request);
    }
    try {
        if (before.secure !== secure) {
            await client.setSecure(domain, secure);
        }
        const { deadline = isInUse ? deadlineInUse : usualDeadline } = request;
        const state = await waitForYes({ ...request, deadline });
        request.progress.ended(`verified over ${secure ? "https" : "http"}`);
        return state;
    } catch (error) {
        throw was.secure === secure ? await unchanged(request, error) : await undo(request, was, error);
    }
}

/**
 * Asks until SparkPost says yes and its record agrees, for the last time at the deadline. Ends at once on what waiting
 * can't change.
 */
function waitForYes({
    client,
    domain,
    secure,
    deadline,
    clock,
    progress,
}: Switch & { deadline: number }): Promise<TrackingDomainState> {
    return poll<TrackingDomainState>({
        ask: () => ask(client, domain, secure),
        deadline,
        clock,
        late: ({ said }, attempts) =>
            new OperationError(neverVerified(domain, secure, attempts, deadline, said), "not-verified"),
        tell: progress.waiting,
    });
}

/** One question. Throws on what can't get better. */
async function ask(client: Client, domain: string, secure: boolean): Promise<{ value: TrackingDomainState } | NotYet> {
    try {
        const { verified, complianceStatus, cnameStatus } = await client.verify(domain);
        refuseBlocked(complianceStatus, domain);
        if (!verified) {
            const cname = cnameStatus ? ` (cname_status ${cnameStatus})` : "";
            const review = complianceStatus === "pending" ? ", compliance review pending" : "";
            return { said: `not verified${cname}${review}` };
        }
        const state = await client.find(domain);
        if (state?.verified && state.secure === secure) {
            return { value: state };
        }
        const record = `secure ${state?.secure}, verified ${state?.verified}`;
        return { said: `verified, but its record still says ${record}` };
    } catch (error) {
        if (error instanceof SparkPostError && (isTransient(error) || error.status === 400)) {
            return { said: firstLine(error.message), retryAfter: error.retryAfter };
        }
        throw error;
    }
}

/**
 * The error of a switch that hasn't changed the scheme, with what SparkPost's record says now: the verification may be
 * lost all the same.
 */
async function unchanged({ client, domain }: Switch, cause: unknown): Promise<SwitchError> {
    return new SwitchError(messageOf(cause), await client.find(domain).catch(() => undefined), anchorOf(cause));
}

/** Puts the old scheme back, and the verification with it; gives the error to throw. */
export async function undo(
    request: Switch,
    before: Pick<TrackingDomainState, "secure" | "verified">,
    cause: unknown,
): Promise<SwitchError> {
    const { client, domain } = request;
    const reason = messageOf(cause);
    const old = before.secure ? "https" : "http";
    let now: TrackingDomainState | undefined;
    try {
        now = await client.find(domain);
        if (now && now.secure !== before.secure) {
            await client.setSecure(domain, before.secure);
            now = await client.find(domain);
        }
        if (!now) {
            return new SwitchError(
                `${reason}\n${domain} isn't registered any more, so there was nothing to undo.`,
                now,
                anchorOf(cause),
            );
        }
        if (now.secure !== before.secure) {
            throw new OperationError(`its record still says secure ${now.secure}`, "switch-not-undone");
        }
        if (before.verified && !now.verified) {
            await waitForYes({ ...request, secure: before.secure, deadline: restoringTime });
            now = { ...now, verified: true };
        }
        return new SwitchError(
            `${reason}\nThe switch was undone: ${domain} is as it was before (${old}${before.verified ? ", verified" : ""}).`,
            now,
            anchorOf(cause),
        );
    } catch (error) {
        const state = now && `secure ${now.secure}, verified ${now.verified}`;
        return new SwitchError(
            `${reason}\nThe switch could NOT be undone: ${firstLine(messageOf(error))}\n` +
                `${domain} was last seen with ${state ?? "an unknown state"}; before, it had secure ${before.secure}, verified ${before.verified}. ` +
                "Look at it in SparkPost's UI now: new mail may carry links that don't work. `pulumi up` tries the switch again.",
            // Where nothing could be read, the worst is recorded: then the next run looks again, whatever the program says.
            now ?? { ...before, secure: request.secure, verified: false },
            "switch-not-undone",
        );
    }
}

/** The error for a domain that isn't there to be verified, or whatever shall be done with it. */
export function notRegistered(domain: string, what: string): OperationError {
    return new OperationError(
        `${domain} isn't registered in this account and subaccount, so it can't be ${what}.\n` +
            "Run `pulumi up --refresh`: if this stack registers the domain, it does so again, first. One of another subaccount is reached by that one's `account: { subaccount }`, and its key.",
        "not-registered",
    );
}

export function refuseBlocked(complianceStatus: string | undefined, domain: string): void {
    if (complianceStatus === "blocked") {
        throw new OperationError(
            `SparkPost has blocked ${domain} (compliance_status blocked); that is final.\nAsk SparkPost's compliance team, or use another host.`,
            "domain-blocked",
        );
    }
}

function neverVerified(domain: string, secure: boolean, attempts: number, deadline: number, answer: string): string {
    const scheme = secure ? "https" : "http";
    return (
        `SparkPost didn't verify ${domain} over ${scheme} within ${describeSpan(deadline)} (${attempts} attempts). It said last: ${answer}\n` +
        `SparkPost asks ${scheme}://${domain} itself. The usual causes: a resolver of SparkPost's still has the old name, the edge challenges or blocks its request, ` +
        "the Host header is rewritten on the way, or the certificate isn't trusted everywhere. Mend it and run `pulumi up` again; `verification: { deadline }` waits longer."
    );
}

export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

export function firstLine(text: string): string {
    return text.split("\n", 1)[0] ?? "";
}
