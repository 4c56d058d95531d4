// Which versions belong together (CLI, npm wrapper and SDK have the same version), and which other CLI is good enough.
import fs from "node:fs";
import path from "node:path";
import { repository } from "./home.ts";

export interface Version {
    major: number;
    minor: number;
    patch: number;
}

/** Reads `v3.259.0`, `3.259.0` or `3.260.0-alpha.1+abc`; `undefined` for anything else. */
export function parseVersion(text: string): Version | undefined {
    const match = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text.trim());
    if (!match) {
        return undefined;
    }
    return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

/** Whether a CLI of version `found` can run programs of SDK `wanted`: the same major version, and not older. */
export function isUsable(found: string, wanted: string): boolean {
    const a = parseVersion(found);
    const b = parseVersion(wanted);
    if (!a || !b || a.major !== b.major) {
        return false;
    }
    return a.minor !== b.minor ? a.minor > b.minor : a.patch >= b.patch;
}

/** The version of an installed npm package, e.g. `@pulumi/cloudflare`. */
export function installedVersion(npmPackage: string): string {
    const file = path.join(repository, "node_modules", npmPackage, "package.json");
    return (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version;
}
