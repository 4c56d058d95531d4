// What a person should know after an `up`, in sentences; the engine's own message about protected resources can't say
// it.

export interface Situation {
    hostname: string;
    protect: boolean;
    adopt: boolean;
}

/** Sentences about a tracking domain that stands. */
export function nextSteps({ hostname, protect, adopt }: Situation): string[] {
    const steps = [
        `Links in new mail through ${hostname} are https within about 5 minutes; those in mail already sent keep the scheme they have, so the host must go on answering on http too.`,
    ];
    if (adopt) {
        steps.push(
            `${hostname} was adopted: \`pulumi destroy\` leaves its registration, record and default in place, and only forgets them.`,
        );
    }
    if (protect) {
        steps.push(
            `Deleting ${hostname}, its record or its edge breaks every link in mail already sent, so they are protected. To delete them all the same: set \`protect: false\`, run \`pulumi up\`, then \`pulumi destroy\`.`,
        );
    }
    return steps;
}
