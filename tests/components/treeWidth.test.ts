// Where the column of messages begins in Pulumi's tree: after the longest type, the longest name and the status. What a
// long wait says can be read at 140 columns only if these are short.
import { expect, it } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { type Registration, run } from "../support/program.ts";

const hostname = "track.example.com";
const dns = { cloudflare: { zone: "example.com" } };
/** ` ++  `, and the longest status: `**creating failed**`; two blanks after each column. */
const [operation, status, gap] = [5, "**creating failed**".length, 2];
/** The stack's own row. */
const stack = "sparkpost-tracking-prod";

it.each([dns, { fastly: { dns } }, { managed: { dns } }])(
    "the tree of %o shows a status whole at 100 columns, and try and time left at 140",
    async (edge) => {
        const { resources } = await run(
            () => new HttpsTrackingDomain(hostname, { hostname, default: true, ...edge, probe: {} }),
            { preview: true },
        );
        expect(resources.length).toBeGreaterThan(5);
        const types = resources.map((one) => 3 * depthOf(one, resources) + shown(one.type).length);
        const names = [stack, ...resources.map(({ name }) => name)].map(({ length }) => length);
        const info = operation + Math.max(...types) + gap + Math.max(...names) + gap + status + gap;
        expect(info).toBeLessThanOrEqual(100);
        expect(info + "33rd try, 29 min left: no certificate".length).toBeLessThanOrEqual(140);
    },
);

/** How deep it stands below the stack. */
function depthOf({ parent }: Registration, all: Registration[]): number {
    const above = all.find(({ type, name }) => `${type.split(":").at(-1)} ${name}` === parent);
    return above ? 1 + depthOf(above, all) : 1;
}

/** As the CLI shows a type: `cloudflare:index/dnsRecord:DnsRecord` is `cloudflare:index:DnsRecord`. */
function shown(type: string): string {
    const [vendor, module = "", name = ""] = type.split(":");
    const file = name.charAt(0).toLowerCase() + name.slice(1);
    return module.endsWith(`/${file}`) ? `${vendor}:${module.slice(0, -file.length - 1)}:${name}` : type;
}
