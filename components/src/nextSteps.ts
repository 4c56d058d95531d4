// What a person should know after an `up`, in sentences; the engine's own message about protected resources can't say
// it.
import { findCommandLine } from "./commands";
import type { AccountArgs } from "./sparkpost/account";

export interface Situation {
    hostname: string;
    account?: AccountArgs;
    /** Whether links are https. */
    secure: boolean;
    protect: boolean;
    adopt: boolean;
    /** Whether sending domains are linked to it. */
    hasLinks: boolean;
    /** What terminates TLS, as `Edge.kind`; undefined for an edge of the user's own. */
    kind?: string;
    /** Whether SparkPost has verified the domain as the program wants it. */
    isVerified: boolean;
    /** What a person has to do before the steps after the edge. */
    waitsFor: readonly string[];
    /** What the edge itself has to say. */
    ofEdge: readonly string[];
    /** What terminated TLS before the last move, and when SparkPost had verified the new edge (RFC 3339). */
    movedFrom?: string;
    movedAt?: string;
}

/** Seconds that resolvers keep the answers that our records and Cloudflare's proxy give. */
const answersKept = 300;

/** Sentences about a tracking domain: what is to be done first, then what is good to know. */
export function nextSteps(situation: Situation): string[] {
    const { hostname, account, secure, protect, adopt, hasLinks, isVerified, waitsFor, ofEdge } = situation;
    const steps = [...waitsFor, ...ofEdge];
    if (waitsFor.length === 0 && !isVerified) {
        steps.push(
            `This update didn't finish ${hostname}. Mend what it reports, if anything, and run \`pulumi up\` again.`,
        );
    } else if (waitsFor.length === 0) {
        steps.push(...(secure ? [secureStep(hostname)] : wayBackSteps(hostname)), ...moveSteps(situation));
    }
    if (adopt) {
        steps.push(
            `${hostname} was adopted: \`pulumi destroy\` leaves its registration, edge, record and default in place, and only forgets them. To have them again, take them over again: \`${findCommandLine(hostname, account)}\`.`,
        );
    }
    if (adopt && hasLinks) {
        steps.push(
            `\`pulumi destroy\` unlinks those sending domains of ${hostname} that this stack has linked, as taking them out of \`sendingDomains\` does: new mail of theirs then has the links of the default. Those in mail already sent go on working.`,
        );
    }
    if (!protect && !adopt) {
        steps.push(
            `Nothing protects ${hostname} (\`protect: false\`): \`pulumi destroy\`, or taking it out of the program, deletes it, and breaks every link in mail already sent.`,
        );
    }
    if (protect) {
        steps.push(
            `Deleting ${hostname}, its record or its edge breaks every link in mail already sent, so they are protected. To delete them all the same: set \`protect: false\`, run \`pulumi up\`, then \`pulumi destroy\`.`,
        );
    }
    return steps;
}

function secureStep(hostname: string): string {
    return `Links in new mail through ${hostname} are https within about 5 minutes; those in mail already sent keep the scheme they have, so the host must go on answering on http too.`;
}

/** What goes with http links: what breaks, and what may be done about the edge, which comes last. */
function wayBackSteps(hostname: string): string[] {
    return [
        `Links in new mail through ${hostname} are http within about 5 minutes; those in mail already sent keep the scheme they have, so the edge and its certificate must stay as long as mail with https links matters.`,
        `Only then change the edge of ${hostname}: without https at it every https link in mail already sent is dead, and browsers that had HSTS of a domain above it refuse its http links too. Leaving the edge as it is breaks nothing.`,
        `Chrome warns everybody before it opens an http link, since version 154 (October 2026): expect fewer clicks while links of ${hostname} are http.`,
        `The way to https again is to take \`secure: false\` out.`,
    ];
}

/** What stays of an adopted host at an edge that it has left, and is in the way when it comes back. */
const leftBehind: Record<string, string> = {
    fastly: "its service, TLS subscription and _acme-challenge record at Fastly are still there, and serve clicks that go there. Delete them by hand once nobody does, and before",
    cloudflare: "the page rule of `settings: pageRule`, if it had one, is still there. Delete it by hand before",
};

/** What a move to another edge has cost, and what the next one would. */
function moveSteps({ hostname, adopt, kind, movedFrom, movedAt }: Situation): string[] {
    const steps: string[] = [];
    if (movedFrom !== undefined) {
        // The certificate comes after the record has changed.
        const untilCertificate = kind === "managed" ? "and those over https until SparkPost had its certificate; " : "";
        steps.push(
            `${hostname} moved from ${movedFrom} to ${kind ?? "an edge of your own"} (verified there ${movedAt}). Resolvers kept the old answer for up to ${answersKept} s after its record changed: ` +
                `clicks that still went to the old edge in that time may be lost, ${untilCertificate}none before and none since.`,
        );
        const left = adopt ? leftBehind[movedFrom] : undefined;
        if (left) {
            steps.push(`${hostname} was adopted, so ${left} ${hostname} moves back to ${movedFrom}.`);
        }
    }
    if (kind !== undefined) {
        steps.push(
            `Moving ${hostname} to another edge is one changed word, but not without loss: resolvers keep the old answer for up to ${answersKept} s, and the old edge no longer serves the host then. ` +
                `The way without loss is a sibling host (such as click2): set it up, give it the default and the links, and leave ${hostname} as it is.`,
        );
    }
    return steps;
}
