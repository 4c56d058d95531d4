// The switch: bring a domain to its scheme and have SparkPost verify it, or leave it as it was.

import { type Clock, describeSpan, type NotYet, poll } from "../../process/poll";
import type { Anchor } from "../../readOn";
import type { Client } from "./client";
import { anchorOf, isTransient, OperationError, ofAnotherSubaccount, SparkPostError } from "./errors";
import { waitUntilSecureAllowed } from "./notBefore";
import type { Progress } from "./progress";
import type { TrackingDomainState } from "./trackingDomainApi";

export interface Switch {
    client: Client;
    domain: string;
    /** Whether the domain's links become https. */
    secure: boolean;
    /**
     * How long to wait for SparkPost to verify the domain, in milliseconds. Default: an hour; 5 minutes where the scheme of
     * a verified domain changes, because its links may not work meanwhile.
     */
    deadline?: number;
    /**
     * How the domain was before, if known: the first read may show an interrupted switch of ours. A failure leads back to
     * this state.
     */
    was?: Pick<TrackingDomainState, "secure" | "verified">;
    /** The earliest time at which links in use may become https, RFC 3339. */
    secureNotBefore?: string;
    clock: Clock;
    progress: Progress;
}

/** A failed switch, with the state in which it left the domain, if that could be read. */
export class SwitchError extends OperationError {
    constructor(
        message: string,
        readonly left: Pick<TrackingDomainState, "secure" | "verified"> | undefined,
        anchor: Anchor,
    ) {
        super(message, anchor);
    }
}

/** The default deadlines, in milliseconds. */
const usualDeadline = 3_600_000;
const deadlineInUse = 300_000;

/** How long to wait for a lost verification to come back, in milliseconds. */
const restoringTime = 60_000;

/**
 * Switches the domain to its scheme and asks SparkPost to verify it until it does. Gives the record after that.
 *
 * It begins with a read, so that it continues where a killed run stopped. If SparkPost doesn't verify the domain, the old
 * scheme comes back, and its verification too if that was lost. Links in new mail follow the scheme within minutes, so a
 * domain in use must not stay between the two.
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
        await waitUntilSecureAllowed(request);
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

/** Asks until SparkPost says yes and its record agrees, or the deadline ends. Throws at once what waiting can't change. */
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
            new OperationError(notVerifiedMessage(domain, secure, attempts, deadline, said), "not-verified"),
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

/** The error of a switch that hasn't changed the scheme. The verification may be lost all the same, so the record is read. */
async function unchanged({ client, domain }: Switch, cause: unknown): Promise<SwitchError> {
    return new SwitchError(messageOf(cause), await client.find(domain).catch(() => undefined), anchorOf(cause));
}

/** Restores the old scheme and its verification. Gives the error to throw. */
export async function undo(
    request: Switch,
    before: Pick<TrackingDomainState, "secure" | "verified">,
    cause: unknown,
): Promise<SwitchError> {
    const { client, domain } = request;
    const reason = messageOf(cause);
    const old = before.secure ? "https" : "http";
    let now: TrackingDomainState | undefined;
    let isChanged = false;
    try {
        now = await client.find(domain);
        if (now && now.secure !== before.secure) {
            isChanged = true;
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
            isChanged = true;
            await waitForYes({ ...request, secure: before.secure, deadline: restoringTime });
            now = { ...now, verified: true };
        }
        return new SwitchError(
            `${reason}\n${isChanged ? "The switch was undone" : "Nothing was switched"}: ${domain} is as it was before (${old}${before.verified ? ", verified" : ""}).`,
            now,
            anchorOf(cause),
        );
    } catch (error) {
        const state = now && `secure ${now.secure}, verified ${now.verified}`;
        return new SwitchError(
            `${reason}\nThe switch could NOT be undone: ${firstLine(messageOf(error))}\n` +
                `Its state was last ${state ?? "unknown"}; before the switch: secure ${before.secure}, verified ${before.verified}. ` +
                `Look at ${domain} in SparkPost's UI now, because links in new mail may be broken. \`pulumi up\` tries the switch again.`,
            // If nothing could be read, the state records the worst, so that the next run looks again.
            now ?? { ...before, secure: request.secure, verified: false },
            "switch-not-undone",
        );
    }
}

/** The error for a domain that isn't registered. */
export function notRegistered(domain: string, what: string): OperationError {
    return new OperationError(
        `${domain} isn't registered in this account and subaccount, so it can't be ${what}.\n` +
            `If this stack registers the domain, run \`pulumi up --refresh\` to register it again. ${ofAnotherSubaccount}`,
        "not-registered",
    );
}

export function refuseBlocked(complianceStatus: string | undefined, domain: string): void {
    if (complianceStatus === "blocked") {
        throw new OperationError(
            `SparkPost has blocked ${domain} (compliance_status blocked). That is final.\nAsk SparkPost's compliance team, or use another hostname.`,
            "domain-blocked",
        );
    }
}

function notVerifiedMessage(
    domain: string,
    secure: boolean,
    attempts: number,
    deadline: number,
    answer: string,
): string {
    const scheme = secure ? "https" : "http";
    return (
        `SparkPost didn't verify ${domain} over ${scheme} within ${describeSpan(deadline)} (${attempts === 1 ? "1 attempt" : `${attempts} attempts`}). It said last: ${answer}\n` +
        `SparkPost itself asks ${scheme}://${domain}. Common causes: its resolver still has the old record; the edge challenges or blocks its request; ` +
        "something rewrites the Host header; the certificate isn't trusted everywhere. " +
        "Correct the cause and run `pulumi up` again. To wait longer, set `verification: { deadline }`."
    );
}

export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

export function firstLine(text: string): string {
    return text.split("\n", 1)[0] ?? "";
}
