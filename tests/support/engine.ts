// Hands the Pulumi engine to the tests that need it: `inject("engine")`. Runs once, before the first of them.
import type { TestProject } from "vitest/node";
import { type Engine, ensureEngine } from "../../dev/offline/engine.ts";

declare module "vitest" {
    interface ProvidedContext {
        engine: Engine;
    }
}

export default async function setup(project: TestProject): Promise<void> {
    project.provide("engine", await ensureEngine((line) => console.log(line)));
}
