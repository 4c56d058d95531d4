// Why a zone can't be compared: nobody could be asked. Whoever asked says what to do about it.

/** What stood in the way. */
export type Obstacle =
    | { kind: "no-servers" }
    | { kind: "no-address" }
    /** `code` is of Node's resolver: ETIMEOUT, EREFUSED, … */
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
