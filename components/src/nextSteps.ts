// What a person must do after an `up`, and what is good to know about a tracking domain.
import { findCommandLine } from "./commands";
import { siblingOf } from "./hostname";
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
    /** What terminates TLS, as in `Edge.kind`; `undefined` for the user's own edge. */
    kind?: string;
    /** Whether SparkPost has verified the domain as the program wants it. */
    isVerified: boolean;
    /** The manual steps for which the steps after the edge wait. */
    waitsFor: readonly string[];
    /** Other steps that the edge names. */
    stepsOfEdge: readonly string[];
    /** The probe's urgent warnings, and the edge's notes. */
    warnings: readonly string[];
    notesOfEdge: readonly string[];
    /** What terminated TLS before the last move, and when SparkPost had verified the new edge (RFC 3339). */
    movedFrom?: string;
    movedAt?: string;
}

/** How long resolvers keep answers of our records and of Cloudflare's proxy: their TTL is 300 s. */
const answersKept = "5 minutes";

/**
 * What a person must do, one step each, in order. Pulumi cuts an output at 150 characters. So a step has at most 140 for a host of
 * 30, and begins with the command or record.
 */
export function nextSteps({ hostname, isVerified, waitsFor, stepsOfEdge }: Situation): string[] {
    const steps = [...waitsFor, ...stepsOfEdge];
    return waitsFor.length > 0 || isVerified
        ? steps
        : [
              ...steps,
              `Run \`pulumi up\` again: the last one didn't finish ${hostname}. First mend what it reported, if anything.`,
          ];
}

/** What is good to know, one subject each. */
export function notes(situation: Situation): string[] {
    const { hostname, account, secure, protect, adopt, hasLinks, isVerified, waitsFor } = situation;
    const told = [...situation.warnings, ...situation.notesOfEdge];
    if (waitsFor.length === 0 && isVerified) {
        told.push(...(secure ? [secureNote(hostname)] : wayBackNotes(hostname)), ...moveNotes(situation));
    }
    if (adopt) {
        told.push(
            `\`pulumi destroy\` leaves the registration, edge, record and default of ${hostname} in place, because it was adopted. To adopt them again, run \`${findCommandLine(hostname, account)}\`.`,
        );
    }
    if (adopt && hasLinks) {
        told.push(
            `\`pulumi destroy\` unlinks the sending domains that this stack has linked to ${hostname}. Their new mail then has links of the default domain. Links in mail already sent go on working.`,
        );
    }
    if (!protect && !adopt) {
        told.push(
            `Nothing protects ${hostname} (\`protect: false\`). \`pulumi destroy\`, or removing it from the program, deletes it and breaks every link in mail already sent.`,
        );
    }
    if (protect) {
        told.push(
            `Deleting ${hostname}, its record or its edge breaks every link in mail already sent, so they are protected. To delete them anyway: set \`protect: false\`, run \`pulumi up\`, then \`pulumi destroy\`.`,
        );
    }
    return told;
}

function secureNote(hostname: string): string {
    return `Links in new mail through ${hostname} are https within about 5 minutes. Links in mail already sent keep the scheme they have, so the host must go on answering http too.`;
}

/** What http links mean. */
function wayBackNotes(hostname: string): string[] {
    return [
        `Links in new mail through ${hostname} are http within about 5 minutes. Links in mail already sent keep the scheme they have.`,
        `Keep the edge of ${hostname} and its certificate as long as mail with https links matters. Without them every https link in it is dead. Browsers that know HSTS of a domain above the host then refuse its http links too.`,
        `Chrome warns everybody before it opens an http link, since version 154 (October 2026). Expect fewer clicks while links of ${hostname} are http.`,
        "To go back to https, remove `secure: false`.",
    ];
}

/** What an adopted host leaves behind at its old edge. It is in the way if the host comes back. */
const leftBehind: Record<string, (hostname: string) => string> = {
    fastly: (hostname) =>
        `Fastly still has the service, the TLS subscription and the _acme-challenge record of ${hostname}, because it was adopted. They serve clicks that still go there. Delete them by hand once none do, and before ${hostname} moves back to fastly.`,
    cloudflare: (hostname) =>
        `The page rule of \`settings: pageRule\`, if there was one, is still there, because ${hostname} was adopted. Delete it by hand before ${hostname} moves back to cloudflare.`,
};

/** What the last move to another edge cost, and what another move would cost. */
function moveNotes({ hostname, adopt, kind, movedFrom, movedAt }: Situation): string[] {
    const told: string[] = [];
    if (movedFrom !== undefined) {
        // The certificate comes after the record has changed.
        const untilCertificate =
            kind === "managed" ? " Clicks over https may be lost until SparkPost had its certificate." : "";
        told.push(
            `${hostname} moved from ${movedFrom} to ${kind ?? "an edge of your own"} (verified there ${movedAt}). Resolvers kept the old answer for up to ${answersKept} after its record changed. ` +
                `Clicks that went to the old edge in that time may be lost, none before and none since.${untilCertificate}`,
        );
        const left = adopt ? leftBehind[movedFrom] : undefined;
        if (left) {
            told.push(left(hostname));
        }
    }
    if (kind !== undefined) {
        told.push(
            `Moving ${hostname} to another edge is one changed word, but it loses clicks: the old edge stops serving it, while resolvers keep the old answer for up to ${answersKept}. ` +
                `To lose none, set up a sibling hostname (such as ${siblingOf(hostname)}), and give it the default and the links. Leave ${hostname} as it is.`,
        );
    }
    return told;
}
