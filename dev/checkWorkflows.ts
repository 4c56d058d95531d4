// Part of `npm run check`: actionlint checks the workflows of .github, if Go is installed to build it.
import path from "node:path";
import { repository } from "./offline/home.ts";
import { run } from "./offline/run.ts";

const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const options = { cwd: path.join(repository, ".github"), timeout: 300_000 };

// Without a network, Go can't fetch it. So this first tries whether it runs.
const version = await run("go", ["run", ACTIONLINT, "-version"], options);
if (version.code === 0) {
    const { code, output } = await run("go", ["run", ACTIONLINT, "-color"], options);
    process.stdout.write(output);
    process.exitCode = code;
} else {
    console.log("The workflows aren't checked: actionlint needs Go, and its modules once from the network.");
}
