// `npm run reference`: writes docs/reference.md from the doc comments. It has a table for each interface and class that a
// program can import, and for those that they mention. `npm run check` fails if the page isn't up to date.
import { writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repository } from "./offline/home.ts";

export const referencePage = path.join(repository, "docs/reference.md");

/** The first type of each section. The types that it mentions come right after it. */
const SECTIONS: Record<string, RegExp> = {
    "Arguments of a tracking domain": /^(HttpsTrackingDomainArgs|DomainEntry)$/,
    "The component": /^HttpsTrackingDomain$/,
    "Edges and zones by themselves": /^(Cloudflare|Fastly|Managed)(Edge|Zone)$/,
    "SparkPost's resources": /^sparkpost\..*(?<!Args)$/,
    Functions: /^(parseDomains|cloudflareRules\.[a-z].*|readHsts|hstsAdvice|compareZone)$/,
};

const INTRODUCTION = `# Reference

Written by \`npm run reference\` from the doc comments. Change those, not this page.

A stack's configuration takes the fields of [\`HttpsTrackingDomainArgs\`](#httpstrackingdomainargs) and
[\`DomainEntry\`](#domainentry). A program takes those of the former, and \`transform\`. A field with a question mark
can be left out. An \`Input<…>\` is a plain value, or an output of another resource.`;

const entry = path.join(repository, "components/src/index.ts");
const { ES2022 } = ts.ScriptTarget;
const options = { target: ES2022, module: ts.ModuleKind.Node16, strict: true, types: [], lib: ["lib.es2022.d.ts"] };
const host = ts.createCompilerHost(options);
// Types of other packages are only names here, because reading them would take most of the time.
host.fileExists = (file) => !file.includes("node_modules") && ts.sys.fileExists(file);
const program = ts.createProgram([entry], options, host);
const checker = program.getTypeChecker();
/** What a program can import, by name, and the types that only other types mention. */
const exported = new Map(exportsOf(entry));
const known = new Map(program.getSourceFiles().flatMap(({ fileName }) => exportsOf(fileName)));

const nameOf = (symbol: ts.Symbol) => [...exported].find(([, each]) => each === symbol)?.[0] ?? symbol.name;
const anchorOf = (symbol: ts.Symbol) => nameOf(symbol).toLowerCase().replaceAll(".", "");
const fieldsOf = (symbol: ts.Symbol) => checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
const commentOf = (symbol: ts.Symbol) =>
    ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\{@link (\w+)\}/g, "`$1`");
const tagsOf = (symbol: ts.Symbol, tag: string) =>
    symbol.getJsDocTags(checker).flatMap(({ name, text }) => (name === tag ? [ts.displayPartsToString(text)] : []));
const inOneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** The page by today's doc comments. */
export function reference(): string {
    const first = (pattern: RegExp) => [...exported].filter(([name]) => pattern.test(name)).map(([, symbol]) => symbol);
    const all = new Set(Object.values(SECTIONS).flatMap(first));
    const byAnchor = new Map([...known.values()].map((symbol) => [anchorOf(symbol), symbol]));
    const done = new Set<ts.Symbol>();
    const parts = [INTRODUCTION];
    for (const [title, pattern] of Object.entries(SECTIONS)) {
        parts.push(`## ${title}`);
        const queue = first(pattern);
        for (let symbol = queue.shift(); symbol; symbol = queue.shift()) {
            if (!done.has(symbol)) {
                done.add(symbol);
                const text = described(symbol);
                parts.push(`### ${nameOf(symbol)}`, text);
                const linked = [...text.matchAll(/\]\(#(\w+)\)/g)].flatMap(([, to = ""]) => byAnchor.get(to) ?? []);
                queue.unshift(...linked.filter((each) => !all.has(each)));
            }
        }
    }
    const missing = [...exported].filter(([, symbol]) => !done.has(symbol)).map(([name]) => name);
    if (missing.length > 0) {
        throw new Error(`dev/reference.ts: give these exports a place in SECTIONS: ${missing.join(", ")}`);
    }
    return `${parts.join("\n\n")}\n`;
}

/** What a file exports. Names in a namespace begin with the namespace's name. */
function exportsOf(file: string, prefix = ""): [string, ts.Symbol][] {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    return (module ? checker.getExportsOfModule(module) : []).flatMap((each) => {
        const symbol = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
        const [declaration] = symbol.declarations ?? [];
        return declaration && ts.isSourceFile(declaration)
            ? exportsOf(declaration.fileName, `${each.name}.`)
            : [[prefix + each.name, symbol]];
    });
}

/** The text below the heading of a type or a function. */
function described(symbol: ts.Symbol): string {
    const [declaration] = symbol.declarations ?? [];
    const parts = [commentOf(symbol), ...tagsOf(symbol, "throws").map((text) => `Throws ${text}`)];
    parts.push(...tagsOf(symbol, "example").map((text) => `\`\`\`ts no-check\n${text}\n\`\`\``));
    if (declaration && ts.isFunctionDeclaration(declaration)) {
        const parameters = declaration.parameters.map((each) => each.getText()).join(", ");
        parts.push(code(`${nameOf(symbol)}(${parameters}): ${declaration.type?.getText()}`));
    } else if (declaration && ts.isClassDeclaration(declaration)) {
        const args = declaration.members.find(ts.isConstructorDeclaration)?.parameters[1]?.type?.getText() ?? "";
        const outputs = declaration.members.filter(ts.isPropertyDeclaration).map(({ name }) => name);
        const symbols = outputs.filter(ts.isIdentifier).flatMap((name) => checker.getSymbolAtLocation(name) ?? []);
        parts.push(`Arguments: ${code(args)}`, table(["output", "type", "meaning"], symbols));
    } else if (declaration && ts.isInterfaceDeclaration(declaration)) {
        const bases = (declaration.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText()));
        const apart = bases.filter((base) => exported.has(base));
        const theirs = apart.flatMap((base) => fieldsOf(exported.get(base) as ts.Symbol));
        parts.push(...apart.map((base) => `It has the fields of ${code(base)} too.`));
        const own = fieldsOf(symbol).filter((field) => !theirs.includes(field));
        parts.push(table(["field", "type", "meaning", "default", "example"], own));
    } else {
        const type = checker.getDeclaredTypeOfSymbol(symbol);
        parts.push(code(checker.typeToString(type, undefined, ts.TypeFormatFlags.InTypeAlias)));
    }
    return parts.filter(Boolean).join("\n\n");
}

/** A table with one row for each field, without empty columns. */
function table(titles: string[], fields: ts.Symbol[]): string {
    const rows = fields.filter((field) => tagsOf(field, "internal").length === 0).map(cellsOf);
    const columns = titles.map((_, at) => at).filter((at) => rows.some((row) => row[at] !== ""));
    const line = (cells: string[]) => `| ${columns.map((at) => cells[at]?.replaceAll("|", "\\|")).join(" | ")} |`;
    return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

function cellsOf(field: ts.Symbol): string[] {
    const [declaration] = field.declarations ?? [];
    const isField = declaration && (ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration));
    const type = isField ? declaration.type?.getText() : declaration?.getText().replace(/^\w+\??|;$/g, "");
    const name = field.name + (field.flags & ts.SymbolFlags.Optional ? "?" : "");
    const examples = tagsOf(field, "example").map((example) => `\`${example}\``);
    const defaults = tagsOf(field, "default");
    return [`\`${name}\``, code(type ?? ""), commentOf(field), defaults.join(), examples.join(", ")].map(inOneLine);
}

/** A type as code. Types that are on this page are links. The parts of a plain union are separate. */
function code(type: string): string {
    const plain = inOneLine(type.replaceAll("pulumi.", ""));
    const parts = /[<({]/.test(plain) ? [plain] : plain.split(/ ?\| /).filter(Boolean);
    return parts
        .map((part) => {
            const names = [...new Set(part.match(/\b[A-Z]\w+/g))].filter((name) => known.has(name));
            const links = names.map((name) => `[${name}](#${anchorOf(known.get(name) as ts.Symbol)})`);
            const [only] = links;
            return links.length === 1 ? only?.replace(/\[.*\]/, `[\`${part}\`]`) : [`\`${part}\``, ...links].join(" ");
        })
        .join(" or ");
}

if (import.meta.main) {
    writeFileSync(referencePage, reference());
}
