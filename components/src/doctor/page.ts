// The examinations as one HTML file, to send to a colleague. It loads and runs nothing. Shapes and words say the same as colours.
// Pure.
import { createHash } from "node:crypto";
import { printable } from "../othersWords";
import type { Finding } from "../probe/findings";
import { type Check, HEADINGS } from "./check";
import type { Examination } from "./index";
import { sentence } from "./terminal";

type State = Check["state"];

/** The file's text. */
export function page(examinations: readonly Examination[]): string {
    const [first] = examinations;
    const title = examinations.length === 1 && first ? first.hostname : `${examinations.length} tracking hosts`;
    const style = STYLE.trim();
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${html(title)}: doctor</title>
<style>${style}</style>
</head>
<body>
<main>
${examinations.length > 1 ? overview(examinations) : ""}
${examinations.map((one, index) => article(one, index, examinations.length > 1 ? "h2" : "h1")).join("\n")}
</main>
<footer>Written by <code>pulumi-sparkpost-tracking doctor</code>. This page loads nothing and sends nothing.</footer>
</body>
</html>
`;
}

/** The list of several hosts with their verdicts. */
function overview(examinations: readonly Examination[]): string {
    const rows = examinations.map(
        ({ hostname, state, verdict }, index) =>
            `<li class="${state}">${sign(state)}<p><a href="#host-${index + 1}">${name(hostname)}</a><br>${whole(verdict)}</p></li>`,
    );
    return `<nav><h1>${examinations.length} tracking hosts</h1><ul class="hosts">${rows.join("")}</ul></nav>`;
}

function article({ hostname, time, verdict, state, checks }: Examination, index: number, heading: "h1" | "h2"): string {
    return `<article id="host-${index + 1}">
<header class="${state}">
<p class="state">${sign(state)} ${VERDICTS[state]}</p>
<${heading} class="host">${name(hostname)}</${heading}>
<p class="verdict">${whole(verdict)}</p>
<p class="time">Looked at <time>${html(time.replace(/^([\d-]+)T([\d:]{5}).*Z$/, "$1 $2 UTC"))}</time></p>
</header>
<ol class="way" aria-label="The way of a click">${hopsOf(checks).map(hop).join("")}</ol>
${Object.entries(HEADINGS)
    .map(([own, title]) =>
        section(
            title,
            checks.filter((check) => check.heading === own),
        ),
    )
    .join("\n")}
</article>`;
}

const VERDICTS: Record<State, string> = {
    ok: "Works",
    warning: "Works, with warnings",
    broken: "Broken",
    unseen: "Not known",
};

const STATES: Record<State, string> = { ok: "fine", warning: "warning", broken: "broken", unseen: "not looked at" };

/** The states, the most important first. */
const WORST: readonly State[] = ["broken", "warning", "ok", "unseen"];

function worstOf(checks: readonly Check[]): State | undefined {
    return WORST.find((state) => checks.some((check) => check.state === state));
}

/** A station on a click's way. */
interface Hop {
    title: string;
    does: string;
    state: State;
}

const HOPS = {
    recipient: ["Recipient", "opens the link"],
    dns: ["DNS", "finds the host"],
    edge: ["Edge", "has the certificate"],
    endpoint: ["SparkPost", "counts the click"],
    target: ["Target", "is your page"],
} as const;

/** Findings about the endpoint behind the edge. Below: findings about the click's target. */
const OF_ENDPOINT: readonly Finding["kind"][] = [
    "endpoint-unreachable",
    "endpoint-failing",
    "origin-unreachable",
    "cdn-error",
    "rate-limited",
];
const OF_TARGET: readonly Finding["kind"][] = [
    "query-dropped",
    "query-changed",
    "query-lost",
    "answer-rewritten",
    "wrong-redirect",
];

/** The hop that a check is about. */
function hopOf({ heading, kind }: Check): keyof typeof HOPS {
    switch (heading) {
        case "dns":
            return "dns";
        case "certificate":
            return "edge";
        case "browser":
            return "recipient";
        case "way":
            return includes(OF_ENDPOINT, kind) ? "endpoint" : includes(OF_TARGET, kind) ? "target" : "edge";
        case "accounts":
            return kind.startsWith("sparkpost") ? "endpoint" : "edge";
    }
}

function includes(kinds: readonly string[], kind: string): boolean {
    return kinds.includes(kind);
}

/** The hops, each by its own checks. A click that comes back was at the endpoint, and leads to its target. */
function hopsOf(checks: readonly Check[]): Hop[] {
    const comesBack = checks.some(({ heading, state }) => heading === "way" && state === "ok");
    return Object.entries(HOPS).map(([hop, [title, does]]) => {
        const state = worstOf(checks.filter((check) => hopOf(check) === hop));
        const isBehind = hop === "endpoint" || hop === "target";
        const known = state === "unseen" ? undefined : state;
        return { title, does, state: known ?? (isBehind && comesBack ? "ok" : "unseen") };
    });
}

function hop({ title, does, state }: Hop): string {
    return `<li class="${state}">${sign(state)}<strong>${title}</strong><span>${does}</span><em>${STATES[state]}</em></li>`;
}

function section(title: string, checks: readonly Check[]): string {
    if (checks.length === 0) {
        return "";
    }
    return `<section><h3>${title}</h3><ul class="checks">${checks.map(item).join("")}</ul></section>`;
}

function item({ state, kind, seen, means, remedy }: Check): string {
    return `<li class="${state}">${sign(state)}<div>
<p class="seen">${whole(seen)}</p>
${means ? `<p>${words(means)}</p>` : ""}
${remedy ? `<p class="remedy"><b>What to do</b> ${words(remedy)}</p>` : ""}
<p class="kind">${STATES[state]}, <code>${html(kind)}</code></p>
</div></li>`;
}

/** Circle, triangle, octagon, dashed circle: they differ without colours too. */
const SHAPES: Record<State, string> = {
    ok: `<circle cx="12" cy="12" r="10"/><path class="mark" d="M7.5 12.5l3 3 6-6.5"/>`,
    warning: `<path d="M12 2.5L22.5 21h-21z"/><path class="mark" d="M12 9.5v5M12 17.4v.2"/>`,
    broken: `<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path class="mark" d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>`,
    unseen: `<circle class="open" cx="12" cy="12" r="9.5"/><path class="faint" d="M8 12h8"/>`,
};

function sign(state: State): string {
    return `<svg class="sign" width="22" height="22" viewBox="0 0 24 24" role="img" aria-label="${STATES[state]}">${SHAPES[state]}</svg>`;
}

/** A sentence, with the full stop that checks leave out. */
function whole(text: string): string {
    return words(/[.!?]$/.test(text) ? sentence(text) : `${sentence(text)}.`);
}

/** Text with its `code`. */
function words(text: string): string {
    return html(text)
        .replace(/`([^`]+)`/g, "<code>$1</code>")
        .replace(/\n/g, "<br>");
}

/** A name, which may break only after its dots. */
function name(hostname: string): string {
    return html(hostname).replaceAll(".", ".<wbr>");
}

const ESCAPED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Any text, escaped. */
function html(text: string): string {
    return printable(text).replace(/[&<>"']/g, (character) => ESCAPED[character] ?? "");
}

const STYLE = `
:root {
    color-scheme: light dark;
    --paper: #fbfbfa; --card: #fff; --ink: #1f2328; --soft: #59636e; --line: #d9dee3; --tint: #f3f4f5;
    --ok: #1a7f37; --warning: #8f5f00; --broken: #c4232d; --unseen: #6a737c; --mark: #fff;
}
@media screen and (prefers-color-scheme: dark) {
    :root {
        --paper: #101418; --card: #171c21; --ink: #e4e8ec; --soft: #9aa5b1; --line: #2d353d; --tint: #1f262c;
        --ok: #46b366; --warning: #d9a22b; --broken: #f47067; --unseen: #8b96a1; --mark: #101418;
    }
}
* { box-sizing: border-box; }
body {
    margin: 0; background: var(--paper); color: var(--ink);
    font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere;
}
main, footer { max-width: 54rem; margin: 0 auto; padding: 0 1.25rem; }
main { padding-top: 2.5rem; }
h1, h2, h3, p, ul, ol { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: inherit; text-underline-offset: .2em; }
code { font: .875em ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; background: var(--tint); border-radius: 4px; padding: .1em .35em; }
.ok { --c: var(--ok); } .warning { --c: var(--warning); } .broken { --c: var(--broken); } .unseen { --c: var(--unseen); }
.sign { width: 1.35rem; height: 1.35rem; fill: var(--c); flex: none; }
.sign .mark { fill: none; stroke: var(--mark); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.sign .open { fill: none; stroke: var(--c); stroke-width: 2; stroke-dasharray: 3.2 3.2; }
.sign .faint { fill: none; stroke: var(--c); stroke-width: 2; stroke-linecap: round; }
nav > h1 { font-size: 1.35rem; margin-bottom: 1rem; }
.hosts li { display: flex; gap: .75rem; padding: .65rem 0; border-top: 1px solid var(--line); }
.hosts a { font-weight: 600; }
article { margin-bottom: 4rem; }
nav + article { margin-top: 3.5rem; }
article + article { border-top: 1px solid var(--line); padding-top: 2.5rem; }
header { border-left: 4px solid var(--c); padding-left: 1.1rem; }
.state { display: flex; align-items: center; gap: .5rem; color: var(--c); font-weight: 600; }
.host { font-size: clamp(1.45rem, 5vw, 2rem); line-height: 1.2; letter-spacing: -.015em; margin: .35rem 0 .5rem; }
.verdict { font-size: 1.1rem; }
.time { color: var(--soft); font-size: .85rem; margin-top: .5rem; }
.way { display: grid; grid-template-columns: repeat(5, 1fr); margin: 2.25rem 0 2.5rem; padding: 1.5rem .5rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.way li { position: relative; display: flex; flex-direction: column; align-items: center; text-align: center; padding: 0 .35rem; }
.way .sign { width: 2.4rem; height: 2.4rem; margin-bottom: .6rem; }
.way li + li::before { content: ""; position: absolute; top: 1.2rem; right: calc(50% + 1.75rem); width: calc(100% - 3.5rem); border-top: 3px solid var(--c); }
.way li.broken::before { border-top-style: dotted; }
.way li.unseen::before { border-top-style: dashed; border-top-width: 2px; }
.way strong { line-height: 1.3; }
.way span { color: var(--soft); font-size: .82rem; line-height: 1.35; }
.way em { color: var(--c); font-size: .82rem; font-style: normal; font-weight: 600; margin-top: .3rem; }
h3 { font-size: .8rem; letter-spacing: .07em; text-transform: uppercase; color: var(--soft); margin: 2rem 0 .25rem; }
.checks li { display: flex; gap: .8rem; padding: .8rem 0; border-top: 1px solid var(--line); }
.checks .sign { margin-top: .1rem; }
.checks div { min-width: 0; flex: 1; }
.checks .warning .seen, .checks .broken .seen { font-weight: 600; }
.checks p + p { margin-top: .35rem; }
.remedy { background: var(--tint); border-radius: 8px; padding: .6rem .8rem; }
.remedy b { display: block; color: var(--c); font-size: .8rem; }
.remedy code { background: none; padding: 0; font-weight: 600; }
.kind { color: var(--soft); font-size: .78rem; }
.kind code { background: none; padding: 0; }
.ok .kind { display: none; }
footer { color: var(--soft); font-size: .8rem; padding-bottom: 2.5rem; }
@media (max-width: 38rem) {
    main { padding-top: 1.5rem; }
    .way { grid-template-columns: 1fr; padding: 1rem 1.1rem; }
    .way li { display: grid; grid-template-columns: 2.4rem 1fr auto; column-gap: .8rem; text-align: left; padding: .5rem 0; align-items: center; }
    .way .sign { grid-row: span 2; margin: 0; }
    .way strong { align-self: end; } .way span { grid-column: 2; align-self: start; }
    .way em { grid-column: 3; grid-row: 1 / span 2; margin: 0; }
    .way li + li::before { top: -.65rem; right: auto; left: calc(1.2rem - 1.5px); width: 0; height: 1.3rem; border-top: 0; border-left: 3px solid var(--c); }
    .way li.broken::before { border-left-style: dotted; }
    .way li.unseen::before { border-left: 2px dashed var(--c); }
}
@media print {
    @page { margin: 16mm; }
    :root { --paper: #fff; --tint: #fff; }
    body { font-size: 10.5pt; }
    main, footer { max-width: none; padding: 0; }
    .sign { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    .remedy { border: 1px solid var(--line); }
    .checks li, .way, header { break-inside: avoid; }
    h3 { break-after: avoid; }
    article + article { break-before: page; border-top: 0; padding-top: 0; }
}
`;
