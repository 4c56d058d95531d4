// The Markdown files of the repository, or of the packed package: their prose and links, blocks and shell commands.
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { repository } from "./offline/home.ts";

/** The texts of all pages, by their path in the repository. */
export type Pages = ReadonlyMap<string, string>;

export function pagesOfRepository(): Pages {
    const files = globSync("**/*.md", {
        cwd: repository,
        exclude: (name) => /node_modules|^\.|dist$|components\/docs$/.test(name),
    });
    return new Map(files.sort().map((file) => [file, readFileSync(path.join(repository, file), "utf8")]));
}

/** Links of a page that lead to no page or heading, nor to another file that exists. */
export function linkFaults(
    page: string,
    pages: Pages,
    exists = (file: string) => existsSync(path.join(repository, file)),
): string[] {
    return partsOf(pages.get(page) ?? "").prose.flatMap(([line, number]) =>
        [...line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
            .map(([, target = ""]) => target)
            .filter((target) => !/^[a-z]+:/.test(target))
            .flatMap((target) => {
                const [file, anchor] = target.split("#") as [string, string?];
                const to = file === "" ? page : path.join(path.dirname(page), file);
                if (!pages.has(to) && !exists(to)) {
                    return [`${page}:${number}: ${target} leads nowhere`];
                }
                const isThere = anchor === undefined || anchorsOf(pages.get(to) ?? "").has(anchor);
                return isThere ? [] : [`${page}:${number}: ${to} has no heading #${anchor}`];
            }),
    );
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
    const anchors = new Set<string>();
    for (const [line] of partsOf(text).prose) {
        const [, heading] = /^#+ (.+)/.exec(line) ?? [];
        const words = heading?.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
        const anchor = words?.replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
        for (let count = 0; anchor !== undefined; count += 1) {
            const own = count === 0 ? anchor : `${anchor}-${count}`;
            if (!anchors.has(own)) {
                anchors.add(own);
                break;
            }
        }
    }
    return anchors;
}

/** Where commands begin in a line: everywhere, after a prompt, after the five fields of a time. */
export const SHELLS: Record<string, RegExp> = { sh: /^/, console: /^\$ /, cron: /^(\S+ ){5}/ };
/** A quoted word, what ends a command, a comment, any other word. */
const WORDS = /'[^']*'|"[^"]*"|&&|\|\|?|;|(?<!\S)#.*|[^\s;|]+/g;

interface ShellCommand {
    words: string[];
    /** The line of its block's fence. */
    number: number;
}

/** The commands of a page's blocks, without comments. */
export function commandsOf(text: string): ShellCommand[] {
    return partsOf(text).blocks.flatMap(({ language, code, number }) => {
        const start = SHELLS[language];
        const lines = code.replaceAll(/\\\n|(?<=\|)\n/g, " ").split("\n");
        const shown = start === undefined ? [] : lines.filter((line) => start.test(line));
        return shown.flatMap((line) => {
            const commands: string[][] = [[]];
            for (const [word] of line.replace(start ?? "", "").matchAll(WORDS)) {
                if (/^(&&|\|\|?|;)$/.test(word)) {
                    commands.push([]);
                } else if (!/^[#>]/.test(word)) {
                    commands.at(-1)?.push(word.replaceAll(/^['"]|['"]$/g, ""));
                }
            }
            return commands.filter((words) => words.length > 0).map((words) => ({ words, number }));
        });
    });
}

export interface Block {
    language: string;
    code: string;
    /** The line of its fence. */
    number: number;
}

export function blocksOf(text: string, wanted: string): Block[] {
    return partsOf(text).blocks.filter(({ language }) => language === wanted);
}

/** The lines of prose with their numbers, and the fenced blocks. */
export function partsOf(text: string): { prose: [line: string, number: number][]; blocks: Block[] } {
    const prose: [string, number][] = [];
    const blocks: Block[] = [];
    let open: Block | undefined;
    for (const [at, line] of text.split("\n").entries()) {
        const [, fence] = /^\s*```(.*)/.exec(line) ?? [];
        if (fence !== undefined) {
            open = open ? undefined : { language: fence.trim(), code: "", number: at + 1 };
            blocks.push(...(open ? [open] : []));
        } else if (open) {
            open.code += `${line}\n`;
        } else {
            prose.push([line, at + 1]);
        }
    }
    return { prose, blocks };
}
