// Part of `npm run check`: actionlint reads the workflows of .github, where Go is there to build it.
import path from "node:path";
import { repository } from "./offline/home.ts";
import { run } from "./offline/run.ts";

const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const options = { cwd: path.join(repository, ".github"), timeout: 300_000 };

// Whether it can be run at all is asked first: without a network, Go can't fetch it.
const version = await run("go", ["run", ACTIONLINT, "-version"], options);
if (version.code === 0) {
    const { code, output } = await run("go", ["run", ACTIONLINT, "-color"], options);
    process.stdout.write(output);
    process.exitCode = code;
} else {
    console.log("The workflows aren't checked: actionlint needs Go, and its modules once from the network.");
}
