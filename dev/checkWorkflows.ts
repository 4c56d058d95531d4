// Part of `npm run check`: actionlint checks the workflows of .github and those on pages, if Go is installed to build it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { repository } from "./offline/home.ts";
import { run } from "./offline/run.ts";
import { blocksOf, pagesOfRepository } from "./pages.ts";

const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const options = { cwd: path.join(repository, ".github"), timeout: 300_000 };

// Without a network, Go can't fetch it. So this first tries whether it runs.
const version = await run("go", ["run", ACTIONLINT, "-version"], options);
if (version.code === 0) {
    const folder = await mkdtemp(path.join(tmpdir(), "workflows-"));
    const onPages = await Promise.all(
        [...pagesOfRepository()]
            .flatMap(([page, text]) => blocksOf(text, "yaml").map((block) => ({ page, ...block })))
            .filter(({ code }) => /^jobs:/m.test(code))
            .map(async ({ page, code, number }) => {
                const file = path.join(folder, `${page.replaceAll("/", "_")}_${number}.yml`);
                await writeFile(file, code);
                return file;
            }),
    );
    for (const files of [[], onPages]) {
        const { code, output } = await run("go", ["run", ACTIONLINT, "-color", ...files], options);
        process.stdout.write(output);
        process.exitCode ||= code;
    }
    await rm(folder, { recursive: true });
} else {
    console.log("The workflows aren't checked: actionlint needs Go, and its modules once from the network.");
}
