// Environments of the one program, as the pages set them up.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseDomains } from "pulumi-sparkpost-tracking";
import { expect, inject, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { repository } from "../../dev/offline/home.ts";
import { commandsOf, pagesOfRepository } from "../../dev/pages.ts";
import { createWorkspace } from "../../dev/pulumi.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";

it("keeps two environments apart; the second is the shipped one, by the commands of the page", async () => {
    await using dev = await TestStack.start({
        stack: "dev",
        domains: [{ hostname: "track-dev.example.com", protect: false }],
    });
    // A workspace begins with `pulumi stack init`, too.
    expect(pulumiOf("docs/first-domain.md").slice(0, 2)).toEqual(["stack init prod", "up"]);
    await using prod = await TestStack.start({
        stack: "prod",
        within: dev.sandbox,
        domains: shipped("prod").map((domain) => ({ ...domain, protect: false })),
    });
    await Promise.all([dev.up(), prod.up()]);
    expect(dev.domain("track-dev.example.com")).toMatchObject({ verified: true, default: false });
    expect(dev.domain("track.example.com")).toMatchObject({ verified: true, default: true });

    await dev.destroy();
    expect(dev.domain("track-dev.example.com")).toBeUndefined();
    await prod.unchanged("--refresh");
});

it("adds an environment by the three commands of the page, and has every command and flag that the pages name", async () => {
    const workspace = await createWorkspace(inject("engine"), { program: repository });
    onTestFinished(() => workspace.close());
    const [init = "", ...settings] = pulumiOf("docs/team.md").slice(0, 3);
    // Which stack is selected is the user's own.
    for (const command of [`${init} --no-select`, ...settings]) {
        const { code, output } = await workspace.run(command.split(" "), { env: { PULUMI_STACK: "staging" } });
        expect(code, output).toBe(0);
    }
    const { config } = parse(await readFile(path.join(workspace.dir, "Pulumi.staging.yaml"), "utf8"));
    expect(parseDomains(config["sparkpost-tracking:domains"])).toEqual([
        expect.objectContaining({ hostname: "track.staging.example.com", cloudflare: { zone: "staging.example.com" } }),
    ]);

    const commands = [...new Set([...pagesOfRepository().keys()].flatMap(pulumiOf))];
    const unknown = commands.map(async (command) => {
        const { code, output } = await workspace.run([...command.split(" "), "--help"]);
        // Without such a command it is the help of the one above.
        const [, usage = "?"] = /Usage:\s+pulumi (.*?) [^a-z ]/.exec(output) ?? [];
        const aliases = /Aliases:\s+(.*)/.exec(output)?.[1]?.split(", ") ?? [];
        const names = [usage, ...aliases.map((alias) => usage.replace(/\S+$/, alias))];
        return code === 0 && names.some((name) => command.startsWith(name)) ? [] : [command];
    });
    expect((await Promise.all(unknown)).flat()).toEqual([]);
});

/** The commands of Pulumi's CLI on a page. */
function pulumiOf(page: string): string[] {
    const commands = commandsOf(readFileSync(path.join(repository, page), "utf8")).map(({ words }) => words);
    return commands.filter(([program]) => program === "pulumi").map(([, ...args]) => args.join(" "));
}

/** The domains of a stack's file as it is, with a domain in the place that is to be replaced. */
function shipped(stack: string): TestDomain[] {
    const file = readFileSync(path.join(repository, `Pulumi.${stack}.yaml`), "utf8");
    return parse(file.replaceAll("<your-domain>", "example.com")).config["sparkpost-tracking:domains"];
}
