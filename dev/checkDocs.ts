// Part of `npm run check`: checks the Markdown files. Links lead somewhere. Snippets compile, or are configuration that a stack
// accepts. Commands exist. The reference is up to date. Each message's `Read on` has its heading. A block whose fence says
// `no-check`, such as `sh no-check`, doesn't run.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseDomains } from "pulumi-sparkpost-tracking";
import ts from "typescript";
import { parseDocument } from "yaml";
import { compareZoneCommand } from "../components/dist/cli/compareZoneCommand.js";
import { doctorCommand } from "../components/dist/cli/doctor.js";
import { findCommand } from "../components/dist/cli/find.js";
import { ANCHORS } from "../components/dist/readOn.js";
import { choicesOf } from "./choices.ts";
import { repository } from "./offline/home.ts";
import {
    anchorsOf,
    blocksOf,
    commandsOf,
    linkFaults,
    type Pages,
    pagesOfRepository,
    partsOf,
    SHELLS,
} from "./pages.ts";
import { reference, referencePage } from "./reference.ts";

/** Packages that snippets use and that aren't installed here. What they export isn't checked. */
const NOT_INSTALLED = ["@pulumi/aws"];
const LONGEST_LINE = 119;
const README_LIMIT = 8_000;

/** Everything that is wrong, each with its place: `docs/edges.md:12: …`. */
export function docsFaults(pages: Pages): string[] {
    return [
        ...[...pages].flatMap(([page, text]) => [
            ...linkFaults(page, pages),
            ...blockFaults(page, text),
            ...yamlFaults(page, text),
            ...shellFaults(page, text),
        ]),
        ...snippetFaults(pages),
        ...lengthFaults(pages),
        ...sectionFaults(pages),
    ];
}

/** Whether the reference differs from the doc comments. */
export function referenceFaults(): string[] {
    const isNew = existsSync(referencePage) && readFileSync(referencePage, "utf8") === reference();
    return isNew ? [] : [`${path.relative(repository, referencePage)} is out of date: run \`npm run reference\``];
}

/** Sections that messages name (`Read on: …`), but that the page lacks. */
export function sectionFaults(pages: Pages, sections: readonly string[] = ANCHORS): string[] {
    const page = "docs/troubleshooting.md";
    const there = anchorsOf(pages.get(page) ?? "");
    return sections.filter((section) => !there.has(section)).map((section) => `${page} has no section ${section}`);
}

function yamlFaults(page: string, text: string): string[] {
    return blocksOf(text, "yaml").flatMap(({ code, number }) => {
        const { errors, contents } = parseDocument(code);
        if (errors[0]) {
            return [`${page}:${number}: ${errors[0].message}`];
        }
        const domains = contents?.toJSON()?.config?.["sparkpost-tracking:domains"];
        try {
            parseDomains(domains ?? []);
            return [];
        } catch (error) {
            return [`${page}:${number}: ${(error as Error).message}`];
        }
    });
}

/** A block of another kind could be a command or a program that nobody proves. */
function blockFaults(page: string, text: string): string[] {
    return partsOf(text).blocks.flatMap(({ language, code, number }) => {
        if (language === "json") {
            try {
                JSON.parse(code);
            } catch (error) {
                return [`${page}:${number}: ${(error as Error).message}`];
            }
        }
        const isProven = ["ts", "yaml", "json", "text"].includes(language) || language in SHELLS;
        return isProven || language.endsWith(" no-check")
            ? []
            : [`${page}:${number}: nothing proves a block of "${language}": mark it "text" or "${language} no-check"`];
    });
}

/** Programs of others, and of the shell. */
const OTHERS = ["cat", "cd", "curl", "dig", "export", "jq"];
const { scripts } = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
const { name, version } = JSON.parse(readFileSync(path.join(repository, "components/package.json"), "utf8"));
const COMMANDS: Record<string, { usage: string }> = {
    doctor: doctorCommand,
    find: findCommand,
    "compare-zone": compareZoneCommand,
};

function shellFaults(page: string, text: string): string[] {
    return commandsOf(text).flatMap(({ words, number }) => {
        const fault = commandFault(words);
        return fault === undefined ? [] : [`${page}:${number}: ${words.join(" ")}: ${fault}`];
    });
}

function commandFault([program = "", ...args]: string[]): string | undefined {
    // The engine's own CLI is asked in tests/e2e/environments.test.ts.
    if (OTHERS.includes(program) || program === "pulumi") {
        return undefined;
    }
    if (program === "npx") {
        const [noInstall, itsName, command = "", ...options] = args;
        if (noInstall !== "--no-install" || itsName !== name) {
            return `npx could fetch a stranger's package: begin with npx --no-install ${name}`;
        }
        const unknown = options.find(
            (option) => /^--/.test(option) && !COMMANDS[command]?.usage.includes(` ${option} `),
        );
        return !COMMANDS[command] ? `there is no command ${command}` : unknown && `${command} has no ${unknown}`;
    }
    return program === "npm" ? npmFault(args) : `nothing proves it: mark the block "sh no-check"`;
}

function npmFault([command = "", ...args]: string[]): string | undefined {
    const stale = args.find((arg) => arg.endsWith(".tgz") && !arg.endsWith(`/${name}-${version}.tgz`));
    if (stale !== undefined) {
        return `the package's version is ${version}`;
    }
    if (["ci", "install", "pack"].includes(command)) {
        return undefined;
    }
    const [script = "", ...rest] = command === "run" ? args : [command, ...args];
    const given = rest.filter((arg) => arg !== "--");
    if (scripts[script] === undefined) {
        return `package.json has no script ${script}`;
    }
    if (script === "demo" || script === "sandbox") {
        const choices = choicesOf(script, given);
        return typeof choices === "string" ? choices : undefined;
    }
    const missing = given.find((arg) => arg.startsWith("tests/") && !existsSync(path.join(repository, arg)));
    return missing && `there is no ${missing}`;
}

/** Each block of TypeScript is a module by itself, in the folder of its page. */
function snippetFaults(pages: Pages): string[] {
    const modules = new Map<string, { code: string; page: string; number: number }>();
    for (const [page, text] of pages) {
        for (const block of blocksOf(text, "ts")) {
            modules.set(path.join(repository, `${page}.${block.number}.ts`), { page, ...block });
        }
    }
    const ambient = path.join(repository, "notInstalled.d.ts");
    const texts = new Map([...modules].map(([file, { code }]) => [file, code]));
    texts.set(ambient, NOT_INSTALLED.map((name) => `declare module "${name}";`).join("\n"));
    const options: ts.CompilerOptions = {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.Node16,
        moduleDetection: ts.ModuleDetectionKind.Force,
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: ["node"],
        lib: ["lib.es2022.d.ts"],
    };
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (file) => texts.has(file) || fileExists(file);
    host.readFile = (file) => texts.get(file) ?? readFile(file);
    host.getSourceFile = (file, target, ...rest) => {
        const code = texts.get(file);
        return code === undefined ? getSourceFile(file, target, ...rest) : ts.createSourceFile(file, code, target);
    };
    const program = ts.createProgram([...texts.keys()], options, host);
    return [...modules].flatMap(([file, { page, number }]) => {
        const source = program.getSourceFile(file);
        const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
        return diagnostics.map(({ start = 0, messageText }) => {
            const line = source?.getLineAndCharacterOfPosition(start).line ?? 0;
            return `${page}:${number + line + 1}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
        });
    });
}

/** Pages are also read as plain text, so lines are short. The README is two screens. */
function lengthFaults(pages: Pages): string[] {
    const isLong = (pages.get("README.md") ?? "").length >= README_LIMIT;
    const read = [...pages].filter(([page]) => /^(README|components\/README|docs\/(?!reference).*)\.md$/.test(page));
    const lines = read.flatMap(([page, text]) =>
        text.split("\n").flatMap((line, at) => {
            const isFault = line.length > LONGEST_LINE && !line.trimStart().startsWith("|");
            return isFault ? [`${page}:${at + 1}: a line of ${line.length} characters, over ${LONGEST_LINE}`] : [];
        }),
    );
    return [...(isLong ? [`README.md has ${README_LIMIT} characters or more`] : []), ...lines];
}

if (import.meta.main) {
    const pages = pagesOfRepository();
    const faults = [...referenceFaults(), ...docsFaults(pages)];
    for (const fault of faults) {
        console.error(fault);
    }
    process.exitCode = faults.length > 0 ? 1 : 0;
}
