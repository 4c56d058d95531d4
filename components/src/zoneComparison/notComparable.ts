// Why a zone can't be compared. The caller adds the remedy.

/** What went wrong. */
export type Obstacle =
    | { kind: "no-servers" }
    | { kind: "no-address" }
    /** `code`: ETIMEOUT, EREFUSED, … */
    | { kind: "no-answer"; side: "old" | "new"; code: string };

/** The message is a whole sentence. */
export class NotComparable extends Error {
    override readonly name = "NotComparable";

    constructor(
        message: string,
        readonly obstacle: Obstacle,
    ) {
        super(message);
    }
}
