import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { delegationSteps } from "../../components/src/cloudflare/delegation.ts";
import type { LookUpOptions } from "../../components/src/dns/lookUp.ts";
import { CloudflareZone, HttpsTrackingDomain } from "../../components/src/index.ts";
import { type RunOptions, resolved, run, zone } from "../support/program.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";
import { fromTable, startNameServer } from "../unit/probe/nameServer.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
const getZone = "cloudflare:index/getZone:getZone";
const nameServers = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];
const pending = { ...zone, status: "pending", nameServers };
const create = { accountId: "0123456789abcdef0123456789abcdef" };
const command = "`npx --no-install pulumi-sparkpost-tracking compare-zone example.com`";
const list = (...result: object[]): Reply => ({ body: { success: true, result, result_info: { total_pages: 1 } } });
const record = (type: string, name: string, content: string) => ({ type, name, content, proxied: false });
const old = {
    "MX example.com": [{ preference: 10, exchange: "mx.example.net" }],
    "TXT example.com": [["v=spf1 -all"]],
    "CNAME www.example.com": ["shop.example.net"],
};

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});

/** A server with these records. */
async function serve(table: object): Promise<string> {
    const server = await startNameServer(fromTable(table as Record<string, string[]>));
    onTestFinished(() => server.close());
    return server.address;
}

/** Runs a program that creates the zone, where Cloudflare answers so about its records; until something is told. */
async function update<T>(program: () => T, reply: Reply, options: RunOptions = {}) {
    const api = await startApi(byCall({ "GET /zones/example.com-id/dns_records?page=1&per_page=50": [reply] }));
    const outcome = await run(program, {
        config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
        secrets: ["cloudflare:apiToken"],
        answers: { [getZone]: pending },
        until: (_resources, errors, told) => errors.length + told().length > 0,
        ...options,
    });
    return { ...outcome, api };
}

const declare = (options: LookUpOptions) => () =>
    new CloudflareZone("example.com", { zone: "example.com", create, ...options });

const tooLong = expect.stringContaining(`it took longer than 20 s. Before you delegate it: ${command}`);

/** Ends a run when something is told; 20 seconds are over as soon as somebody was asked. */
function whenLimitIsOver(isAsked: () => boolean): RunOptions["until"] {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let isOver = false;
    return (_resources, _errors, told) => {
        if (isAsked() && !isOver) {
            isOver = true;
            vi.advanceTimersByTime(20_000);
        }
        return told().length > 0;
    };
}

describe("an update of a created zone that isn't active", () => {
    it("warns of what its servers of today answer and Cloudflare hasn't, in short lines, and goes on", async () => {
        const server = await serve(old);
        const program = declare({ nameServers: [server] });
        const { warnings, infos, errors, result } = await update(
            program,
            list(record("TXT", "example.com", '"v=spf1 ~all"'), record("A", "new.example.com", "192.0.2.1")),
        );
        expect({ infos, errors }).toEqual({ infos: [], errors: [] });
        expect(warnings.map((warning) => warning.split("\n"))).toEqual([
            [
                expect.stringMatching(
                    `^example.com isn't active yet, and Cloudflare hasn't all that ${server} answer for it today; \\d+ names were asked for:$`,
                ),
                "  missing    example.com MX 10 mx.example.net",
                "  missing    www.example.com CNAME shop.example.net",
                "  different  example.com TXT v=spf1 -all; at Cloudflare v=spf1 ~all",
                "  only at Cloudflare  new.example.com A 192.0.2.1",
                `Copy what is missing before you delegate it; ${command} tells all, and what it can't see.`,
            ],
        ]);
        expect(await resolved(result?.nextSteps)).toEqual(delegationSteps("example.com", nameServers));
    });

    it("tells twenty differences, and how many more there are", async () => {
        const many = Object.fromEntries(
            Array.from({ length: 25 }, (_, index) => [`TXT scph01${index + 14}._domainkey.example.com`, [["v=DKIM1"]]]),
        );
        const now = Array.from({ length: 25 }, (_, index) => record("TXT", `n${index}.example.com`, "x".repeat(500)));
        const { warnings } = await update(declare({ nameServers: [await serve(many)] }), list(...now));
        const lines = warnings[0]?.split("\n") ?? [];
        expect(lines).toHaveLength(23);
        expect(lines[21]).toMatch(/^ {2}… and \d+ more$/);
        expect(Math.max(...lines.slice(1, 21).map(({ length }) => length))).toBeLessThan(160);
    });

    it("says without warning that nothing differs", async () => {
        const program = declare({ nameServers: [await serve({ "TXT example.com": [["x"]] })] });
        const { warnings, infos } = await update(program, list(record("TXT", "example.com", "x")));
        expect(warnings).toEqual([]);
        expect(infos).toEqual([expect.stringMatching(/Cloudflare has what .* answer .* names were asked for\.\n/)]);
    });

    it("doesn't tell where hosts lead whose records it makes itself, by the resolver and servers of their probe", async () => {
        const server = await serve({
            "CNAME track.example.com": ["old.example.net"],
            "CNAME www.example.com": ["x.example"],
        });
        const program = () =>
            new HttpsTrackingDomain("track", {
                hostname: "track.example.com",
                cloudflare: { zone: "example.com", createZone: true, ...create },
                probe: { nameServers: [server] },
            });
        const { warnings } = await update(program, list(), { until: (_resources, _errors, told) => told().length > 0 });
        expect(warnings).toEqual([expect.stringContaining("\n  missing    www.example.com CNAME x.example\nCopy")]);
    });

    it("says that it is delegated already, where the resolver names Cloudflare's servers", async () => {
        const resolver = await serve({ "NS example.com": [...nameServers].reverse() });
        const { warnings, infos, api } = await update(declare({ resolver }), list());
        expect(warnings).toEqual([]);
        expect(infos).toEqual([expect.stringContaining("is delegated to Cloudflare's name servers already")]);
        expect(api.calls).toEqual([]);
    });

    it.each<[string, Reply, object, string]>([
        ["DNS knows no servers", list(), {}, "DNS knows no name servers for example.com. "],
        [
            "the token may not read records",
            { status: 403, body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] } },
            { nameServers: ["127.0.0.1:1"] },
            "lacks the permission DNS Read",
        ],
        ["the servers are silent", list(), { nameServers: ["127.0.0.1:1"] }, "gave no answer for CNAME example.com"],
    ])("names the command in one line where %s, and doesn't fail", async (_what, reply, given, reason) => {
        const options: LookUpOptions = { resolver: await serve({}), ...given };
        const { warnings, infos, errors } = await update(declare(options), reply);
        expect({ infos, errors }).toEqual({ infos: [], errors: [] });
        expect(warnings).toEqual([expect.stringContaining(reason)]);
        expect(warnings[0]).toContain(command);
        expect(warnings[0]).not.toContain("\n");
        expect(warnings[0]).not.toContain(token);
    });

    it("doesn't wait longer than 20 seconds for name servers that never answer", async () => {
        const server = await startNameServer(() => "silence");
        onTestFinished(() => server.close());
        const { warnings } = await update(declare({ nameServers: [server.address] }), list(), {
            until: whenLimitIsOver(() => server.questions.length > 0),
        });
        expect(warnings).toEqual([tooLong]);
    });

    it("doesn't wait longer than 20 seconds for an API that never answers, and leaves no call behind", async () => {
        const ended = vi.fn();
        let isAsked = false;
        const api = createServer((request) => {
            isAsked = true;
            request.socket.on("close", ended);
        });
        api.listen(0, "127.0.0.1");
        await once(api, "listening");
        onTestFinished(() => void api.close());
        const { port } = api.address() as AddressInfo;
        const { warnings } = await update(declare({ nameServers: ["127.0.0.1:1"] }), list(), {
            config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": `http://127.0.0.1:${port}` },
            until: whenLimitIsOver(() => isAsked),
        });
        expect(warnings).toEqual([tooLong]);
        vi.useRealTimers();
        await vi.waitFor(() => expect(ended).toHaveBeenCalled());
    });

    it("says nothing in a preview, and nothing once it is active", async () => {
        const server = await startNameServer(() => "silence");
        onTestFinished(() => server.close());
        const program = declare({ resolver: server.address, nameServers: [server.address] });
        const quiet = { until: undefined };
        const preview = await update(program, list(), { ...quiet, preview: true });
        const active = await update(program, list(), {
            ...quiet,
            answers: { [getZone]: { ...pending, status: "active" } },
        });
        for (const { warnings, infos, api } of [preview, active]) {
            expect({ warnings, infos, calls: api.calls }).toEqual({ warnings: [], infos: [], calls: [] });
        }
        expect(server.questions).toEqual([]);
    });
});
