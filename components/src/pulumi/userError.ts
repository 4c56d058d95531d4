// Errors for mistakes in a program's arguments: the engine prints the message, without a stack.
import * as pulumi from "@pulumi/pulumi";
import { type Anchor, readOn } from "../readOn";
import { describeProblems, type Problem } from "./problems";

/** An error that a user can act on: Pulumi shows its message and no stack. */
export class UserError extends pulumi.RunError {
    constructor(said: string, anchor: Anchor) {
        const message = readOn(said, anchor);
        super(message);
        // An error that arrives after the program's last line is printed by its stack, where it has one.
        this.stack = "";
        // Where such an error stands for a value that isn't there, the SDK writes "error serializing property ..."
        // before its message, once more for each resource that waits for the value: a hundred times for the zone of a
        // hundred hosts.
        Object.defineProperty(this, "message", { get: () => message, set: () => {} });
    }
}

/** Throws one error with all the problems; nothing is declared then. */
export function refuse(subject: string, problems: readonly Problem[]): void {
    if (problems.length > 0) {
        throw new UserError(describeProblems(subject, problems), "mistakes");
    }
}
