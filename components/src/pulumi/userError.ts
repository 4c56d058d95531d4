// Errors for mistakes in a program's arguments. The engine prints the message without a stack.
import * as pulumi from "@pulumi/pulumi";
import { type Anchor, readOn } from "../readOn";
import { describeProblems, type Problem } from "./problems";

/** An error that a user can act on. Pulumi shows its message and no stack. */
export class UserError extends pulumi.RunError {
    constructor(said: string, anchor: Anchor) {
        const message = readOn(said, anchor);
        super(message);
        // The stack of an error is printed if the error comes after the program's last line.
        this.stack = "";
        // The SDK puts "error serializing property ..." before the message, once for each resource that waits for the value.
        // For the zone of a hundred hosts that is a hundred times.
        Object.defineProperty(this, "message", { get: () => message, set: () => {} });
    }
}

/** Throws one error with all problems, so that nothing is declared. */
export function refuse(subject: string, problems: readonly Problem[]): void {
    if (problems.length > 0) {
        throw new UserError(describeProblems(subject, problems), "mistakes");
    }
}
