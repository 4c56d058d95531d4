// The wait until links may become https. Resolvers keep a host's old record for its TTL, and it leads to a server without
// a certificate for the host.
import { type Clock, poll } from "../../process/poll";
import { OperationError } from "./errors";
import { type CheckFailure, isUnknown } from "./handler";
import type { Progress } from "./progress";

interface NotBefore {
    domain: string;
    /** The earliest time for https links, RFC 3339. Without it there is nothing to wait for. */
    secureNotBefore?: string;
    clock: Clock;
    progress: Progress;
}

/** The longest wait in one run, in milliseconds. */
const limit = 3_600_000;
/** How much two clocks may differ, in milliseconds. */
const tolerance = 1_000;

/** What is wrong with a given time. */
export function notBeforeFailures({ secureNotBefore }: Pick<NotBefore, "secureNotBefore">): CheckFailure[] {
    const isTime =
        secureNotBefore === undefined || isUnknown(secureNotBefore) || !Number.isNaN(Date.parse(secureNotBefore));
    const reason = `${JSON.stringify(secureNotBefore)}: write a time in RFC 3339 format, such as 2026-01-31T12:00:00Z`;
    return isTime ? [] : [{ property: "secureNotBefore", reason }];
}

/** Waits until links may become https. Instead of more than an hour it throws an error that says when to continue. */
export async function waitUntilSecureAllowed({ domain, secureNotBefore, clock, progress }: NotBefore): Promise<void> {
    const left = () => (secureNotBefore ? Date.parse(secureNotBefore) - Date.parse(clock.timestamp()) : 0);
    if (left() > limit) {
        throw new OperationError(
            `${domain} can't have https links before ${secureNotBefore}. Until then resolvers may keep its old DNS record, which leads to a server without a certificate for it.\n` +
                "Its links stay http, and work. Run `pulumi up` again after that time.",
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
