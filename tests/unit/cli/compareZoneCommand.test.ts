import { describe, expect, it, onTestFinished } from "vitest";
import { type Sandbox, startSandbox } from "../../../dev/sandbox/index.ts";
import { said } from "../../support/said.ts";
import { fromTable, type Lookup, referralTo, startNameServer } from "../probe/nameServer.ts";
import { runCli } from "./program.ts";

const ZONE = "example.com";

async function serve(lookup: Lookup) {
    const server = await startNameServer(lookup);
    onTestFinished(() => server.close());
    return server;
}

/** Records by type and name; MX, TXT, SRV and CAA as dns-packet has them. */
type Table = Record<string, unknown[]>;

function answering(table: Table): Lookup {
    return fromTable({ [`SOA ${ZONE}`]: [], ...(table as Record<string, string[]>) });
}

/** Runs the command against servers with these records. */
async function compare(old: Table, now: Table, { args = [] as string[], resolver = {} as Table } = {}) {
    const [before, after, recursive] = await Promise.all([old, now, resolver].map((table) => serve(answering(table))));
    const servers = { old: before?.address ?? "", new: after?.address ?? "", resolver: recursive?.address ?? "" };
    const outcome = await runCli(
        [
            ...["compare-zone", ZONE, "--resolver", servers.resolver],
            ...["--old-server", servers.old, "--new-server", servers.new, ...args],
        ],
        {},
    );
    return { ...outcome, servers, questions: { old: before?.questions ?? [], new: after?.questions ?? [] } };
}

const full: Table = {
    [`A ${ZONE}`]: ["192.0.2.1"],
    [`AAAA ${ZONE}`]: ["2001:db8::1"],
    [`MX ${ZONE}`]: [{ preference: 10, exchange: `MX.${ZONE}` }],
    [`TXT ${ZONE}`]: [["v=spf1 ", "-all"]],
    [`CAA ${ZONE}`]: [{ flags: 0, tag: "issue", value: "letsencrypt.org" }],
    [`CNAME www.${ZONE}`]: ["shop.example.net"],
    [`A mx.${ZONE}`]: ["192.0.2.2"],
    [`TXT *.${ZONE}`]: ["wild"],
    [`SRV _imaps._tcp.${ZONE}`]: [{ priority: 0, weight: 1, port: 993, target: `imap.${ZONE}` }],
    [`TXT scph0717._domainkey.${ZONE}`]: ["v=DKIM1; p=A"],
};

describe("compare-zone", () => {
    it("finds nothing where both sides answer alike, and tells what it can't see and what to do next", async () => {
        const { code, out, err } = await compare(full, { ...full, [`NS ${ZONE}`]: ["ns.cloudflare.example"] });
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(said(out)).toMatchSnapshot();
        expect(out).not.toContain("ns.cloudflare.example");
    });

    it("tells every kind of record that is missing, with its values", async () => {
        const { code, out } = await compare(full, { [`A ${ZONE}`]: ["192.0.2.1"] });
        expect(code).toBe(1);
        const [, missing] = /^Missing at the new servers, .*\n([\s\S]*?)\n\n/m.exec(out) ?? [];
        const blocks = missing?.split(/\n(?= {2}\S)/).map((block) => block.split("\n").map((line) => line.trim()));
        expect(blocks?.sort()).toEqual(
            [
                [`${ZONE}  AAAA`, "2001:db8::1"],
                [`${ZONE}  CAA`, "0 issue letsencrypt.org"],
                [`${ZONE}  MX`, `10 mx.${ZONE}`],
                [`${ZONE}  TXT`, "v=spf1 -all"],
                [`*.${ZONE}  TXT`, "wild"],
                [`www.${ZONE}  CNAME`, "shop.example.net"],
                [`_imaps._tcp.${ZONE}  SRV`, `0 1 993 imap.${ZONE}`],
                [`scph0717._domainkey.${ZONE}  TXT`, "v=DKIM1; p=A"],
                [`mx.${ZONE}  A`, "192.0.2.2"],
            ].sort(),
        );
    });

    it("tells what is different, and what is only there", async () => {
        const mx = (...hosts: string[]) => hosts.map((exchange) => ({ preference: 10, exchange }));
        const old = { [`MX ${ZONE}`]: mx("mx1.example.net", "both.example.net") };
        const now = { [`MX ${ZONE}`]: mx("both.example.net", "mx2.example.net"), [`TXT ${ZONE}`]: ["new"] };
        const { code, out } = await compare(old, now);
        expect(code).toBe(1);
        expect(said(out)).toMatchSnapshot();
    });

    it("asks for names that the user adds, and for hosts that records name in turn", async () => {
        const old = {
            [`MX ${ZONE}`]: [{ preference: 1, exchange: `in.${ZONE}` }],
            [`CNAME in.${ZONE}`]: [`real.${ZONE}`],
            [`A real.${ZONE}`]: ["192.0.2.3"],
            [`A shop.${ZONE}`]: ["192.0.2.4"],
            [`A hidden.${ZONE}`]: ["192.0.2.5"],
        };
        const { code, out } = await compare(old, {}, { args: ["--name", `Shop.${ZONE}.`] });
        expect(code).toBe(1);
        for (const name of ["in", "real", "shop"]) {
            expect(out).toContain(`${name}.${ZONE}  `);
        }
        expect(out).not.toContain("hidden");
    });

    it("asks no server for a name any further that isn't there, and none for the apex's NS", async () => {
        const { questions } = await compare(full, full);
        for (const asked of [questions.old, questions.new]) {
            expect(asked.filter((question) => question.endsWith(` ftp.${ZONE}`))).toEqual([`CNAME ftp.${ZONE}`]);
            expect(asked).not.toContain(`NS ${ZONE}`);
        }
    });

    it("finds a delegation that is missing or different, though servers only refer to it, and asks nothing below it", async () => {
        const dev = `dev.${ZONE}`;
        const referring =
            (...servers: string[]): Lookup =>
            (name, type) =>
                name === dev ? referralTo(dev, ...servers) : answering(full)(name, type);
        const compareReferrals = async (old: Lookup, now: Lookup) => {
            const [before, after] = [await serve(old), await serve(now)];
            const servers = ["--old-server", before.address, "--new-server", after.address];
            const outcome = await runCli(["compare-zone", ZONE, ...servers, "--name", dev], {});
            return { ...outcome, asked: before.questions.filter((question) => question.endsWith(dev)) };
        };
        const gone = await compareReferrals(referring("ns.dev.example"), answering(full));
        expect(gone.code).toBe(1);
        expect(gone.out).toContain(`  ${dev}  NS\n    ns.dev.example`);
        expect(gone.asked).toEqual([`CNAME ${dev}`]);
        const other = await compareReferrals(referring("ns.dev.example"), referring("ns.other.example"));
        expect(other.out).toContain(`  ${dev}  NS\n    old  ns.dev.example\n    new  ns.other.example`);
        expect(await compareReferrals(referring("ns.dev.example"), referring("ns.dev.example"))).toMatchObject({
            code: 0,
        });
    });

    it("ends where records name each other without end, says so, and never that all is well", async () => {
        let count = 0;
        const server = await serve((name, type) => {
            if (name !== ZONE && !name.startsWith("x")) {
                return "no such name";
            }
            return type === "MX" ? [{ name, type, data: { preference: 1, exchange: `x${count++}.${ZONE}` } }] : [];
        });
        const { code, out } = await runCli(
            ["compare-zone", ZONE, "--old-server", server.address, "--new-server", server.address],
            {},
        );
        expect([1, 3]).toContain(code);
        expect(out).toMatch(/Not compared: \d+ more names, such as x\d+\.example\.com/);
        expect(server.questions.length).toBeLessThan(5_000);
    });

    it("shows what others put into records without their control characters, and follows no name that none can be", async () => {
        const text = "evil\u001b[2J\nNothing differs among the names that were asked for.";
        const old: Lookup = (name, type) =>
            name !== ZONE
                ? "no such name"
                : type === "TXT"
                  ? [{ name, type, data: [text] }]
                  : type === "MX"
                    ? [{ name, type, data: { preference: 1, exchange: `a\u001b b.${ZONE}` } }]
                    : [];
        const [before, after] = [await serve(old), await serve(answering({ [`A ${ZONE}`]: [] }))];
        const { code, out } = await runCli(
            ["compare-zone", ZONE, "--old-server", before.address, "--new-server", after.address],
            {},
        );
        expect(code).toBe(1);
        expect(out).toContain("    evil\\u{1b}[2J Nothing differs");
        expect(out).not.toContain("\u001b");
        expect(out).not.toMatch(/^Nothing differs/m);
        expect(before.questions.join()).not.toContain("b.example.com");
    });

    it("says which side is silent, for which question", async () => {
        const { address } = await serve(answering(full));
        const gone = await startNameServer(() => "silence");
        await gone.close();
        const { code, err } = await runCli(
            ["compare-zone", ZONE, "--old-server", address, "--new-server", gone.address],
            {},
        );
        expect(code).toBe(3);
        expect(err).toContain(gone.address);
        expect(said(err)).toMatchSnapshot();
    });

    it("goes on with the next server where the first one is silent", async () => {
        const server = await serve(answering(full));
        const gone = await startNameServer(() => "silence");
        await gone.close();
        const servers = ["--old-server", gone.address, "--old-server", server.address, "--new-server", server.address];
        expect(await runCli(["compare-zone", ZONE, ...servers], {})).toMatchObject({ code: 0, err: "" });
    });

    it("says of servers that refuse that they don't serve the zone", async () => {
        const sandbox = await startSandbox();
        onTestFinished(() => sandbox.close());
        const [server = ""] = sandbox.probe.nameServers;
        const { code, err } = await runCli(
            ["compare-zone", "example.org", "--old-server", server, "--new-server", server],
            {},
        );
        expect(code).toBe(3);
        expect(said(err)).toMatchSnapshot();
    });

    it.each([
        [[]],
        [["https://example.com"]],
        [[ZONE, "--old-server", "ns1.example.net"]],
        [[ZONE, "--resolver", "x"]],
        [[ZONE, "--name", "example.org"]],
        [[ZONE, "--old-server", "192.0.2.1"]],
    ])("refuses %j with the usage", async (args) => {
        const { code, err } = await runCli(["compare-zone", ...args], {});
        expect(code).toBe(2);
        expect(err.split("\n")[0]).toMatchSnapshot();
        expect(err).toContain("Usage:");
    });
});

describe("compare-zone with Cloudflare's token", () => {
    async function cloudflare(): Promise<{ sandbox: Sandbox; env: Record<string, string> }> {
        const sandbox = await startSandbox({ zones: [{ name: ZONE, status: "pending" }] });
        onTestFinished(() => sandbox.close());
        const { apiToken, baseUrl } = sandbox.cloudflare;
        return { sandbox, env: { CLOUDFLARE_API_TOKEN: apiToken, CLOUDFLARE_BASE_URL: baseUrl } };
    }

    it("finds the servers of both sides, compares all that Cloudflare has, and what lies behind its proxy", async () => {
        const { sandbox, env } = await cloudflare();
        sandbox.cloudflare.seedRecord({ name: `www.${ZONE}`, type: "A", content: "192.0.2.1", proxied: true });
        sandbox.cloudflare.seedRecord({ name: `shop.${ZONE}`, type: "A", content: "192.0.2.66", proxied: true });
        sandbox.cloudflare.seedRecord({ name: `odd.${ZONE}`, type: "TXT", content: "new" });
        const table = { [`A www.${ZONE}`]: ["192.0.2.1"], [`A shop.${ZONE}`]: ["192.0.2.2"] };
        const old = await serve(answering(table));
        const now = await serve(
            answering({
                [`A www.${ZONE}`]: ["198.51.100.1"],
                [`A shop.${ZONE}`]: ["198.51.100.1"],
                [`TXT odd.${ZONE}`]: ["new"],
            }),
        );
        const servers = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];
        const resolver = await serve(
            fromTable(Object.fromEntries(servers.map((name) => [`A ${name}`, ["127.0.0.1"]]))),
        );
        const port = Number(now.address.split(":")[1]);
        const args = ["compare-zone", ZONE, "--old-server", old.address, "--resolver", resolver.address];
        const { code, out } = await runCli(args, env, port);
        expect(code).toBe(1);
        expect(out).toContain(servers.join(", "));
        expect(said(out)).toMatchSnapshot();
    });

    it("finds the old servers by DNS", async () => {
        const { env } = await cloudflare();
        const old = await serve(answering({ [`A ${ZONE}`]: ["192.0.2.1"] }));
        const now = await serve(answering({}));
        const resolver = await serve(
            fromTable({ [`NS ${ZONE}`]: ["NS1.old.example"], "A ns1.old.example": ["127.0.0.1"] }),
        );
        const args = ["compare-zone", ZONE, "--new-server", now.address, "--resolver", resolver.address];
        const { code, out } = await runCli(args, env, Number(old.address.split(":")[1]));
        expect(code).toBe(1);
        expect(said(out)).toMatchSnapshot();
    });

    it("asks for the servers of before where the zone is delegated already", async () => {
        const { env } = await cloudflare();
        const servers = ["peyton.ns.cloudflare.com", "aron.ns.cloudflare.com"];
        const resolver = await serve(fromTable({ [`NS ${ZONE}`]: servers }));
        const { code, err } = await runCli(["compare-zone", ZONE, "--resolver", resolver.address], env);
        expect(code).toBe(2);
        expect(err.split("\n")[0]).toMatchSnapshot();
    });

    it("can't go on where DNS knows no servers, or no address of them", async () => {
        const { env } = await cloudflare();
        const resolver = await serve(fromTable({ "NS example.org": ["ns.example.net"] }));
        const options = ["--resolver", resolver.address, "--new-server", resolver.address];
        const unknown = await runCli(["compare-zone", ZONE, ...options], env);
        expect(unknown.code).toBe(3);
        expect(said(unknown.err)).toMatchSnapshot("no servers");
        const nowhere = await runCli(["compare-zone", "example.org", ...options], {});
        expect(nowhere.code).toBe(3);
        expect(said(nowhere.err)).toMatchSnapshot("no address");
    });

    it("takes Cloudflare's records where its name servers don't answer yet", async () => {
        const { sandbox, env } = await cloudflare();
        sandbox.cloudflare.seedRecord({ name: `www.${ZONE}`, type: "CNAME", content: "spgo.io", proxied: true });
        const old = await serve(answering({ [`CNAME www.${ZONE}`]: ["spgo.io"], [`TXT ${ZONE}`]: ["old"] }));
        const resolver = await serve(fromTable({ "A aron.ns.cloudflare.com": ["127.0.0.1"] }));
        const gone = await startNameServer(() => "silence");
        await gone.close();
        const args = ["compare-zone", ZONE, "--resolver", resolver.address, "--old-server", old.address];
        const { code, out } = await runCli(args, env, Number(gone.address.split(":")[1]));
        expect(code).toBe(1);
        expect(out).not.toContain(`www.${ZONE}`);
        expect(said(out)).toMatchSnapshot();
    });

    it("can't go on where the old name servers are silent, whatever Cloudflare has", async () => {
        const { env } = await cloudflare();
        const resolver = await serve(fromTable({ "A aron.ns.cloudflare.com": ["127.0.0.1"] }));
        const gone = await startNameServer(() => "silence");
        await gone.close();
        const args = ["compare-zone", ZONE, "--resolver", resolver.address, "--old-server", gone.address];
        const { code, err } = await runCli(args, env, Number(gone.address.split(":")[1]));
        expect(code).toBe(3);
        expect(err).toContain(gone.address);
        expect(said(err)).toMatchSnapshot();
    });

    it("goes on with a note where Cloudflare refuses, if the new servers are given; else it can't", async () => {
        const { env } = await cloudflare();
        const wrong = { ...env, CLOUDFLARE_API_TOKEN: "wrong" };
        const server = await serve(answering(full));
        const args = ["compare-zone", ZONE, "--old-server", server.address];
        const given = await runCli([...args, "--new-server", server.address], wrong);
        expect(given.code).toBe(0);
        expect(said(given.out)).toMatchSnapshot("given");
        const unknown = await runCli(args, wrong);
        expect(unknown.code).toBe(3);
        expect(said(unknown.err)).toMatchSnapshot("not given");
    });
});
