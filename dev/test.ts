// `npm test`: runs all tests, or those that vitest's arguments name (`npm test -- tests/unit -t "a name"`).
// The last line is exactly `N passed, N failed`. The exit code is 1 if a test failed or none ran.
import { parseCLI, startVitest } from "vitest/node";
import { compileCache, repository } from "./offline/home.ts";
import { Tally } from "./tally.ts";

const tally = new Tally();
// For the workers, and for all that they start.
process.env.NODE_COMPILE_CACHE ??= compileCache();
try {
    const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
    const vitest = await startVitest(filter, {
        ...options,
        root: repository,
        watch: false,
        reporters: [process.stdout.isTTY ? "default" : "tree", tally],
    });
    await vitest.close();
} catch (error) {
    // No test could run, for example because of a mistake in the configuration.
    console.error(error instanceof Error ? error.message : error);
}
tally.close();
console.log(`${tally}`);
process.exit(tally.failed === 0 ? 0 : 1);
