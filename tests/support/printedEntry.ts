// What `find` prints to be pasted, read back as Pulumi reads it.
import { createRequire } from "node:module";
import type { DomainEntry } from "pulumi-sparkpost-tracking";

/** The parser that Pulumi's SDK brings. */
const yaml = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"))("js-yaml");

/** The printed configuration alone: what stands between its title and the next empty line. */
export function printedYaml(out: string): string {
    return out.split("For Pulumi.<stack>.yaml:\n\n")[1]?.split("\n\n")[0]?.trimEnd() ?? "";
}

/** The one entry of the printed list of domains. */
export function printedEntry(out: string): DomainEntry {
    const [entry] = yaml.load(printedYaml(out)).config["sparkpost-tracking:domains"];
    return entry;
}
