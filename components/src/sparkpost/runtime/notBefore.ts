// The wait until links may become https: resolvers keep the answer that a host had before its record was changed, and it
// leads to where nothing has a certificate for the host.
import { type Clock, poll } from "../../process/poll";
import { OperationError } from "./errors";
import { type CheckFailure, isUnknown } from "./handler";
import type { Progress } from "./progress";

export interface NotBefore {
    domain: string;
    /** The earliest moment for https links, RFC 3339. Without one there is nothing to wait for. */
    secureNotBefore?: string;
    clock: Clock;
    progress: Progress;
}

/** What is waited for in one go, in ms. */
const limit = 3_600_000;
/** Milliseconds by which two clocks may differ at the end. */
const tolerance = 1_000;

/** What is wrong with a moment that somebody has given. */
export function notBeforeFailures({ secureNotBefore }: Pick<NotBefore, "secureNotBefore">): CheckFailure[] {
    const isTime =
        secureNotBefore === undefined || isUnknown(secureNotBefore) || !Number.isNaN(Date.parse(secureNotBefore));
    const reason = `${JSON.stringify(secureNotBefore)}: write a time by RFC 3339, such as 2026-01-31T12:00:00Z`;
    return isTime ? [] : [{ property: "secureNotBefore", reason }];
}

/** Waits until links may become https. A wait of more than an hour is an error instead, which says when to go on. */
export async function untilSecureMayBe({ domain, secureNotBefore, clock, progress }: NotBefore): Promise<void> {
    const left = () => (secureNotBefore ? Date.parse(secureNotBefore) - Date.parse(clock.timestamp()) : 0);
    if (left() > limit) {
        throw new OperationError(
            `${domain} can't have https links before ${secureNotBefore}: until then resolvers may keep the answer of its old DNS record, which leads to where nothing has a certificate for it.\n` +
                "Its links stay http and go on working. Run `pulumi up` again after that.",
            "https-not-yet",
        );
    }
    const said = "resolvers may still have the old DNS record";
    await poll({
        ask: async () => (left() > 0 ? { said } : { value: undefined }),
        deadline: left() + tolerance,
        clock,
        late: () =>
            new OperationError(
                `${domain} can't have https links before ${secureNotBefore}. Run \`pulumi up\` again.`,
                "https-not-yet",
            ),
        tell: () => progress.waiting({ said, left: left() }),
    });
}
