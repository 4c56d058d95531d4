import { afterEach, expect, it } from "vitest";
import { awaitRecord } from "../../../components/src/dns/wait.ts";
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
    const failure = await awaitRecord({ name, value, deadline, ...options }, (line) => lines.push(line), clock);
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
    expect(lines).toEqual([`waiting for ${name} CNAME ${value}: DNS has no such record`]);
    expect(pauses).toHaveLength(3);
});

it("says at the deadline which record is missing and what DNS has", async () => {
    const { failure, pauses } = await wait(fromTable({ [`CNAME ${name}`]: ["old.validations.example"] }));
    expect(failure).toMatch(
        /^The record _acme-challenge.track.example.com CNAME x.validations.example isn't in DNS after 60 s: DNS has old.validations.example\.\n.*at every renewal/,
    );
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(60_000);
});
