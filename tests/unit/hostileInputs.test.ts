// Every field of the arguments with every kind of wrong value: refused by its name, by our own words, and by no other
// error than that.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentProblems } from "../../components/src/arguments.ts";
import { CloudflareEdge } from "../../components/src/cloudflare/edge.ts";
import { parseDomains } from "../../components/src/domainList.ts";
import { FastlyEdge } from "../../components/src/fastly/edge.ts";
import { ManagedEdge } from "../../components/src/managed/edge.ts";
import { describeProblems, type Problem } from "../../components/src/pulumi/problems.ts";
import { UserError } from "../../components/src/pulumi/userError.ts";

const hostname = "track.example.com";
const [zoneId, id] = ["1".repeat(32), `${"1".repeat(32)}/${"2".repeat(32)}`];
const circular: Record<string, unknown> = {};
circular.self = circular;

/** Nothing of this is right for any field but those that say so. */
const wrong: Record<string, unknown> = {
    null: null,
    "an empty list": [],
    "a nested list": [[[]]],
    "a list of nothing": [undefined],
    "an empty set": {},
    "a nested set": { a: { b: { c: 1 } } },
    "a circle": circular,
    "an empty text": "",
    "a control character": "a\u0000b",
    "an escape sequence": "\u001b[31mexample.com",
    "a line break": "example.com\nexample.org",
    "a huge text": "x".repeat(1_000_000),
    "a direction mark": "\u202eexample.com",
    NaN: Number.NaN,
    Infinity: Number.POSITIVE_INFINITY,
    "a negative number": -1,
    "a huge number": 1e300,
    "a bigint": 10n,
    "a symbol": Symbol("x"),
    "a function": () => 1,
    "the name of a method": "constructor",
};

interface Field {
    path: string[];
    /** What of the above is right here, or may be. */
    right?: string[];
}

const plain = ["an empty text", "the name of a method", "a direction mark"];
const field = (path: string, ...right: string[]): Field => ({ path: path.split("."), right });

const fields: Field[] = [
    ...["hostname", "cloudflare", "edge", "fastly", "managed"].map((path) => field(path)),
    field("account", "an empty set"),
    ...["default", "restorePreviousDefault", "adopt", "protect", "secure", "ignoreHsts"].map((path) => field(path)),
    field("sendingDomains", "an empty list"),
    field("probe", "an empty set", "a circle"),
    field("verification", "an empty set"),
    field("verification.deadline"),
    ...["appLinks", "appLinks.apple", "appLinks.android"].map((path) => field(path)),
    ...["region", "apiUrl", "endpoint", "subaccount", "timeout"].map((name) => field(`account.${name}`)),
    field("account.tenant", "the name of a method"),
    field("account.apiKeyConfig", "the name of a method"),
    ...["zone", "zoneId", "createZone", "mode", "statusCode", "settings", "priority", "certificateCoversHostname"].map(
        (name) => field(`cloudflare.${name}`),
    ),
    field("cloudflare.accountId", ...plain),
    field("cloudflare.apiTokenConfig", "the name of a method"),
    field("cloudflare.import", "an empty set"),
    field("cloudflare.import.record"),
    field("fastly.dns", "a function"),
    ...["cacheTtl", "certificateAuthority", "certificateDeadline"].map((name) => field(`fastly.${name}`)),
    ...["serviceId", "configurationId", "apiKeyConfig"].map((name) => field(`fastly.${name}`, "the name of a method")),
    field("fastly.description", ...plain),
    field("fastly.dns.cloudflare"),
    field("fastly.dns.cloudflare.zone"),
    field("fastly.dns.cloudflare.zoneId"),
    field("fastly.dns.cloudflare.import", "an empty set"),
    field("managed.dns.manual.recordsExist"),
    field("managed.certificateDeadline"),
    field("managed.acceptInterruption"),
    field("edge.endpoint"),
    field("edge.dependsOn", "an empty list"),
    field("edge.redirects"),
    field("edge.waitsFor", "an empty list"),
    field("edge.kind", ...plain),
    field("probe.deadline"),
    field("probe.repeatAfter"),
    field("probe.resolver"),
    field("probe.nameServers", "an empty list"),
    field("probe.caFile"),
    field("probe.connectTo", "an empty list"),
];

const dns = { cloudflare: { zone: "example.com", zoneId } };
const bases: Record<string, object> = {
    cloudflare: {
        cloudflare: { zone: "example.com", zoneId, settings: "pageRule", import: { record: id } },
        probe: {},
    },
    fastly: { fastly: { dns } },
    managed: { managed: { dns: { manual: {} } } },
    edge: { edge: { endpoint: "spgo.io", dependsOn: [] } },
};

/** Good arguments but for this field. */
function withField([first = "", ...rest]: string[], value: unknown): Record<string, unknown> {
    const base: Record<string, unknown> = { hostname, ...(bases[first] ?? bases.cloudflare) };
    const put = (at: Record<string, unknown>, [name = "", ...more]: string[]): object => ({
        ...at,
        [name]: more.length > 0 ? put((at[name] ?? {}) as Record<string, unknown>, more) : value,
    });
    return put(base, [first, ...rest]) as Record<string, unknown>;
}

const told = (problems: readonly Problem[]) => describeProblems("It", problems);

describe.each(fields.map(({ path, right = [] }) => [path.join("."), path, right] as const))(
    "%s",
    (name, path, right) => {
        it("is refused by its name, whatever it is, in lines that show as they are", () => {
            for (const [kind, value] of Object.entries(wrong)) {
                const problems = argumentProblems(withField(path, value));
                const text = told(problems);
                if (right.includes(kind)) {
                    continue;
                }
                expect([kind, problems.some((problem) => isAbout(problem, name))]).toEqual([kind, true]);
                expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
                expect(text.length).toBeLessThan(3_000);
            }
        });
    },
);

type Constructor = new (name: string, args: never) => unknown;

/** Edges that are used alone, and where the component has their fields. */
const edges: [Constructor, path: string][] = [
    [CloudflareEdge, "cloudflare"],
    [FastlyEdge, "fastly"],
    [ManagedEdge, "managed"],
];
const ofEveryEdge = [
    ...["hostname", "endpoint", "inUse", "resolver", "caFile"].map((path) => field(path)),
    ...["nameServers", "connectTo"].map((path) => field(path, "an empty list")),
    field("transform", "an empty set", "a nested set", "a circle"),
];

describe.each(edges)("%o alone", (Edge, kind) => {
    const own = kind === "managed" ? [field("account", "an empty set"), field("verificationDeadline")] : [];
    const inside = fields.filter(({ path }) => path[0] === kind && path.length > 1);
    const each = [...inside.map(({ path, right }) => ({ path: path.slice(1), right })), ...ofEveryEdge, ...own];

    it.each(each.map(({ path, right = [] }) => [path.join("."), path, right] as const))(
        "%s is refused by its name",
        (name, path, right) => {
            for (const [what, value] of Object.entries(wrong).filter(([what]) => !right.includes(what))) {
                const { [kind]: args } = withField([kind, ...path], value);
                const refused = refusalOf(() => new Edge("it", { hostname, ...(args as object) } as never));
                expect([what, refused]).toEqual([what, expect.stringContaining(name.split(".")[0] ?? "")]);
                expect(refused).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
            }
        },
    );

    it("an unknown field is told with the nearest one", () => {
        const { [kind]: args } = withField([kind, "endpont"], "spgo.io");
        const refused = refusalOf(() => new Edge("it", { hostname, ...(args as object) } as never));
        expect(refused).toMatchSnapshot();
    });

    it.each([[null], [undefined], ["x"], [[]], [7]])("%j in place of all of them is refused", (value) => {
        expect(refusalOf(() => new Edge("it", value as never))).toMatchSnapshot();
    });
});

/** The words of a refusal. */
function refusalOf(declare: () => unknown): string {
    try {
        declare();
    } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return (error as Error).message;
    }
    return "nothing was refused";
}

/** It is about the field, one in it, or one that it is in. */
function isAbout({ field }: Problem, name: string): boolean {
    const named = field.replace(/\[\d+\]/g, "").split(/, */);
    return named.some((one) => one.startsWith(name) || name.startsWith(one) || name.endsWith(`.${one}`));
}

const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true, withSet: true });

it("anything at all is taken or refused, and never an exception", () => {
    fc.assert(fc.property(anything, (args) => void told(argumentProblems(args))));
    fc.assert(
        fc.property(fc.constantFrom(...fields), anything, ({ path }, value) => {
            told(argumentProblems(withField(path, value)));
        }),
    );
});

it("an unknown field below `import` is told, whatever stands in it", () => {
    const odd = Object.create(null);
    const [problem] = argumentProblems(withField(["cloudflare", "import"], { odd }));
    expect(problem?.field).toBe("cloudflare.import.odd");
});

it("a list of anything is refused by a user error, or parsed", () => {
    const entries = fc.oneof(
        anything,
        anything.map((value) => [value]),
        anything.map((account) => [{ hostname, account }]),
    );
    fc.assert(
        fc.property(entries, (value) => {
            try {
                parseDomains(value);
            } catch (error) {
                expect(error).toBeInstanceOf(UserError);
            }
        }),
    );
});

it("an unknown field is told with the nearest one, at every depth", () => {
    const near = (args: object) => argumentProblems({ hostname, ...args }).map(({ message }) => message);
    const cloudflare = { zone: "example.com" };
    expect([
        near({ cloudflare, protct: true }),
        near({ cloudflare: { ...cloudflare, zoneID: zoneId } }),
        near({ fastly: { dns: { cloudflare: { zones: "example.com" } } } }),
        near({ cloudflare, probe: { deadlin: 3 } }),
        near({ cloudflare, account: { apiKey: "x" } }),
        near({ cloudflare, unheardOf: 1 }),
    ]).toMatchSnapshot();
});
