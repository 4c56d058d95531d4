// Imports point one way: a room knows those below it alone, vendors don't know each other, and no files import each other in
// a circle. Types count too: who reads a file has to read what it names.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { repository } from "../../dev/offline/home.ts";

/** From the lowest up; each knows those before it. Of those that stand together none knows another. */
const ROOMS = [
    ["othersWords", "readOn", "hostname", "process"],
    ["pulumi", "http"],
    ["appLinks", "dns"],
    ["probe", "sparkpost", "zoneComparison"],
    ["commands", "hsts", "hostToday"],
    ["hstsCheck", "nextSteps", "edge"],
    ["edgeTypes"],
    ["cloudflare"],
    ["fastly", "managed"],
    ["arguments"],
    ["declareEdge", "domainList"],
    ["httpsTrackingDomain", "doctor"],
    ["cli"],
    ["index"],
];
const VENDORS = ["cloudflare", "fastly", "managed"];
/** Who may know more than one vendor: the component, in its parts, and the command line. */
const KNOW_ALL = ["arguments", "declareEdge", "httpsTrackingDomain", "domainList", "doctor", "cli", "index"];
/** Its DNS service writes the records of other edges too. */
const SHARED = "cloudflare/dns.ts";

const root = path.join(repository, "components/src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.d)\.ts$/.test(file));
const roomOf = (file: string) => file.split("/")[0]?.replace(/\.ts$/, "") ?? "";

/** The files that a file imports, however it does. */
const imports = new Map(
    files.map((file) => {
        const text = readFileSync(path.join(root, file), "utf8");
        const paths = [...text.matchAll(/(?:from |import |import\(|require\()"(\.[^"]+)"/g)].map(([, each = ""]) =>
            path.join(path.dirname(file), each),
        );
        return [file, paths.map((to) => (files.includes(`${to}.ts`) ? `${to}.ts` : `${to}/index.ts`))] as const;
    }),
);
const arrows = [...imports].flatMap(([from, all]) => all.map((to) => ({ from, to })));

it("every file stands in a room that has its place", () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual(ROOMS.flat().sort());
    expect(arrows.filter(({ to }) => !files.includes(to))).toEqual([]);
});

it("no room knows one that is above it, or beside it", () => {
    const level = (file: string) => ROOMS.findIndex((rooms) => rooms.includes(roomOf(file)));
    const climbs = arrows.filter(({ from, to }) => roomOf(from) !== roomOf(to) && level(to) >= level(from));
    expect(climbs).toEqual([]);
});

it("only the component and the command line know more than one vendor", () => {
    const known = arrows.filter(
        ({ from, to }) =>
            VENDORS.includes(roomOf(to)) &&
            roomOf(from) !== roomOf(to) &&
            !KNOW_ALL.includes(roomOf(from)) &&
            to !== SHARED,
    );
    expect(known).toEqual([]);
});

it("no files import each other in a circle", () => {
    const done = new Set<string>();
    const visit = (file: string, way: string[]): string[][] => {
        if (way.includes(file)) {
            return [[...way.slice(way.indexOf(file)), file]];
        }
        if (done.has(file)) {
            return [];
        }
        const circles = (imports.get(file) ?? []).flatMap((next) => visit(next, [...way, file]));
        done.add(file);
        return circles;
    };
    expect(files.flatMap((file) => visit(file, []))).toEqual([]);
});
