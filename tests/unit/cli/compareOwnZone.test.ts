import { describe, expect, it, onTestFinished } from "vitest";
import { type OtherRecord, startSandbox } from "../../../dev/sandbox/index.ts";
import { said } from "../../support/said.ts";
import { fromTable, startNameServer } from "../probe/nameServer.ts";
import { startLocalResolver } from "./localResolver.ts";
import { runCli } from "./program.ts";

const HOST = "track.example.org";
const alias: OtherRecord = { name: HOST, type: "CNAME", value: "spgo.io" };

/** A sandbox where the zone above the host is at another DNS vendor; Cloudflare's own name servers don't answer yet. */
async function world(...records: OtherRecord[]) {
    const sandbox = await startSandbox({
        zones: [{ name: HOST, status: "pending" }],
        otherZones: [{ name: "example.org", records }],
    });
    onTestFinished(() => sandbox.close());
    const [authoritative = ""] = sandbox.probe.nameServers;
    const resolver = await startLocalResolver(sandbox.probe.resolver, (host) => host.endsWith(".dns-vendor.example"));
    const { apiToken, baseUrl } = sandbox.cloudflare;
    const compare = () =>
        runCli(
            ["compare-zone", HOST, "--resolver", resolver],
            { CLOUDFLARE_API_TOKEN: apiToken, CLOUDFLARE_BASE_URL: baseUrl },
            Number(authoritative.split(":")[1]),
        );
    const resolverAsked = () => sandbox.timeline.filter(({ host, server }) => server === "resolver" && host === HOST);
    return { sandbox, compare, resolverAsked };
}

describe("compare-zone of a host that is to be a zone of its own", () => {
    it("asks the servers of the zone above, where the host is an alias now", async () => {
        const { sandbox, compare, resolverAsked } = await world(alias);
        const empty = await compare();
        expect(empty).toMatchObject({ code: 1, err: "" });
        expect(said(empty.out)).toMatchSnapshot();

        sandbox.cloudflare.seedRecord({ name: HOST, type: "CNAME", content: "spgo.io", proxied: true });
        expect(await compare()).toMatchObject({ code: 0, err: "" });
        expect(resolverAsked()).toEqual([]);
    });

    it("works for one that isn't there yet, and doesn't have the resolver remember that", async () => {
        const { compare, resolverAsked } = await world();
        expect(await compare()).toMatchObject({ code: 0, err: "" });
        expect(resolverAsked()).toEqual([]);
    });

    it("leads to the zone above, where the alias makes way, and not to a registrar", async () => {
        const { compare } = await world(alias);
        const { out } = await compare();
        expect(out).not.toContain("registrar");
        expect(out).not.toContain("two days");
        expect(said(out)).toMatchSnapshot();
    });

    it("asks its own servers where it is delegated, and for those of before where that is to Cloudflare", async () => {
        const { sandbox, compare } = await world();
        sandbox.cloudflare.delegate(HOST);
        const { code, err } = await compare();
        expect(code).toBe(2);
        expect(err.split("\n")[0]).toMatchSnapshot();
    });

    it("never takes the servers of what the host is an alias of", async () => {
        const own = await startNameServer(fromTable({ "SOA example.org": [], [`CNAME ${HOST}`]: ["spgo.io"] }));
        // As a resolver answers, which follows the alias.
        const resolver = await startNameServer(
            fromTable({
                "NS example.org": ["ns.example.org"],
                [`NS ${HOST}`]: ["ns.foreign.example"],
                "A ns.example.org": ["127.0.0.1"],
                "A ns.foreign.example": ["127.0.0.1"],
            }),
        );
        onTestFinished(async () => void (await Promise.all([own.close(), resolver.close()])));
        const args = ["--resolver", resolver.address, "--new-server", own.address];
        const { code, out } = await runCli(["compare-zone", HOST, ...args], {}, Number(own.address.split(":")[1]));
        expect(code).toBe(0);
        expect(out).toContain("old: ns.example.org (of the zone above");
    });

    it("can't go on where the servers of the zone above are silent", async () => {
        const gone = await startNameServer(() => "silence");
        await gone.close();
        const resolver = await startNameServer(
            fromTable({ "NS example.org": ["ns.example.org"], "A ns.example.org": ["127.0.0.1"] }),
        );
        onTestFinished(() => resolver.close());
        const args = ["--resolver", resolver.address, "--new-server", resolver.address];
        const { code, err } = await runCli(["compare-zone", HOST, ...args], {}, Number(gone.address.split(":")[1]));
        expect(code).toBe(3);
        expect(said(err)).toMatchSnapshot();
    });
});
