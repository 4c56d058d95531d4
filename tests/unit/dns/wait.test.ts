import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { afterEach, expect, it } from "vitest";
import { awaitRecord, RecordMissing } from "../../../components/src/dns/wait.ts";
import { fakeClock } from "../../support/fakeAccount.ts";
import { fromTable, type Lookup, startNameServer, type TestNameServer } from "../probe/nameServer.ts";

const name = "_acme-challenge.track.example.com";
const value = "x.validations.example";
const servers: TestNameServer[] = [];
afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Waits at a server with this look-up; gives the last words, the progress and the pauses. */
async function wait(lookup: Lookup, deadline = 60) {
    const server = await startNameServer(lookup);
    servers.push(server);
    const { clock, pauses } = fakeClock();
    const lines: string[] = [];
    const options = { resolver: server.address, nameServers: [server.address] };
    const failure = await awaitRecord({ name, value, deadline, ...options }, (line) => lines.push(line), clock).then(
        () => undefined,
        (error: unknown) => {
            expect(error).toBeInstanceOf(RecordMissing);
            return (error as Error).message;
        },
    );
    return { failure, lines, pauses };
}

it("ends once the record is there, in capitals or not, and tells what DNS had meanwhile once", async () => {
    let asked = 0;
    const { failure, lines, pauses } = await wait((name, type) => {
        if (type !== "CNAME") {
            return [];
        }
        asked += 1;
        return asked < 4 ? "no such name" : [{ name, type, ttl: 60, data: "X.validations.example" }];
    });
    expect(failure).toBeUndefined();
    expect(lines).toMatchSnapshot();
    expect(pauses).toHaveLength(3);
});

it("says at the deadline which record is missing and what DNS has", async () => {
    const { failure, pauses } = await wait(fromTable({ [`CNAME ${name}`]: ["old.validations.example"] }));
    expect(failure).toMatchSnapshot();
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(60_000);
});

it("tells what DNS has on one line, whatever that is", async () => {
    const { failure, lines } = await wait(
        fromTable({ [`CNAME ${name}`]: ["evil\u001b]0;title\u0007\n\nall is well.example"] }),
    );
    for (const text of [...lines, failure ?? ""]) {
        expect(text).toContain("evil\\u{1b}]0;title");
        expect(text.split("\n").length).toBeLessThan(4);
    }
});

it("is a program that has failed, however it ends, unless the record is there", async () => {
    const server = await startNameServer(fromTable({ [`CNAME ${name}`]: [value] }));
    servers.push(server);
    const module = createRequire(import.meta.url).resolve("pulumi-sparkpost-tracking/dns");
    const record = { name, value, deadline: 60, resolver: server.address, nameServers: [server.address] };
    const exitCode = (code: string) =>
        new Promise<number>((resolve) => {
            const env = { ...process.env, SPARKPOST_TRACKING_RECORD: JSON.stringify(record) };
            const program = `require(${JSON.stringify(module)}).waitForRecord(); ${code}`;
            execFile(process.execPath, ["--eval", program], { env }, (error) => resolve(Number(error?.code ?? 0)));
        });
    expect(await Promise.all([exitCode(""), exitCode("process.exit()")])).toEqual([0, 1]);
});
