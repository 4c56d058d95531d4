// Errors for mistakes in a program's arguments: the engine prints the message, without a stack.
import * as pulumi from "@pulumi/pulumi";
import { describeProblems, type Problem } from "./problems";

/** An error that a user can act on: Pulumi shows its message and no stack. */
export class UserError extends pulumi.RunError {}

/** Throws one error with all the problems; nothing is declared then. */
export function refuse(subject: string, problems: readonly Problem[]): void {
    if (problems.length > 0) {
        throw new UserError(describeProblems(subject, problems));
    }
}
