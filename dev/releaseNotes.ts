// Part of the release workflow: `node dev/bootstrap.mjs dev/releaseNotes.ts v0.1.0` prints what the changelog says of this
// version. Ends with 1 where tag, package and changelog don't agree, or npm couldn't prove where the package comes from.
import { readFileSync } from "node:fs";
import path from "node:path";
import { repository } from "./offline/home.ts";

export interface Release {
    tag: string;
    /** The package.json of the package. */
    manifest: { version: string; repository?: unknown };
    changelog: string;
}

/** The notes of a release, or everything that stands against it. */
export function releaseNotes({ tag, manifest, changelog }: Release): { notes: string; faults: string[] } {
    const { version } = manifest;
    const sections = changelog.split(/^## /m).slice(1);
    const notes = sections.find((section) => section.startsWith(`${version} - `));
    const faults = [
        ...(tag === `v${version}` ? [] : [`The tag is ${tag}, and components/package.json has version ${version}.`]),
        ...(notes === undefined ? [`CHANGELOG.md has no heading "## ${version} - YYYY-MM-DD".`] : []),
        ...(manifest.repository === undefined
            ? ["components/package.json has no repository, which npm compares with the workflow's for the provenance."]
            : []),
    ];
    return { notes: notes?.replace(/^.*\n+/, "") ?? "", faults };
}

if (import.meta.main) {
    const text = (file: string) => readFileSync(path.join(repository, file), "utf8");
    const manifest = JSON.parse(text("components/package.json"));
    const { notes, faults } = releaseNotes({
        tag: process.argv[2] ?? "",
        manifest,
        changelog: text("CHANGELOG.md"),
    });
    console.log(notes);
    for (const fault of faults) {
        console.error(fault);
    }
    process.exitCode = faults.length > 0 ? 1 : 0;
}
