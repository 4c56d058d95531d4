import { describe, expect, it } from "vitest";
import { type DeadlineEnded, type ProbeRequest, probe } from "../../components/src/probe/index.ts";
import { systemClock } from "../../components/src/process/poll.ts";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { cloudflare, events, HOST, liveHost, world } from "./world.ts";

const clock = { ...systemClock, sleep: async () => undefined };
const request = (sandbox: Sandbox): ProbeRequest => ({
    ...sandbox.probe,
    repeatAfter: 0,
    hostname: HOST,
    endpoint: "spgo.io",
    redirects: true,
    fingerprint: "1",
    deadline: 0.001,
});

const invented = expect.stringMatching(/^\/f\/a\/b\/c\/[0-9a-f]{16}\?target=/);

/** A page rule by SparkPost's guide of 2020. */
function addRule(
    sandbox: Sandbox,
    url = "https://spgo.io/$1",
    status: "active" | "disabled" = "active",
    pattern = `${HOST}/*`,
) {
    return cloudflare(sandbox).pageRules.create({
        zone_id: sandbox.cloudflare.zoneId("example.com"),
        targets: [{ target: "url", constraint: { operator: "matches", value: pattern } }],
        actions: [{ id: "forwarding_url", value: { url, status_code: 302 } }],
        priority: pattern.startsWith("*") ? 2 : 1,
        status,
    });
}

async function findingIn(sandbox: Sandbox): Promise<unknown> {
    const error = await probe(request(sandbox), () => undefined, clock).catch((caught) => caught);
    return (error as DeadlineEnded).finding;
}

describe("the guide of 2020, probed", () => {
    it("passes: the page rule fires on both schemes, and the tracker answers behind it", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await addRule(sandbox);
        const report = await probe(request(sandbox), () => undefined, clock);
        expect(report).toMatchObject({ redirects: true, edge: { https: { status: 302 }, http: { status: 302 } } });
        expect(events(sandbox, "edge-request").map(({ outcome }) => outcome)).toEqual(Array(3).fill("page rule"));
        expect(events(sandbox, "tracker-request")).toMatchObject(
            Array(3).fill({ host: "spgo.io", scheme: "https", via: "direct", path: invented }),
        );
    });

    it("is told when the rule is off: the host is a proxy then, and a click arrives", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await addRule(sandbox, undefined, "disabled");
        expect(await findingIn(sandbox)).toMatchObject({ kind: "not-redirected" });
        expect(await sandbox.click(`https://${HOST}/f/a?target=https%3A%2F%2Fshop.example%2F`)).toMatchObject({
            location: "https://shop.example/",
        });
    });

    it("is told when the rule keeps no query, and when one of a higher number leads elsewhere", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await addRule(sandbox, "https://spgo.io/$1", "active", `${HOST}/*?*`);
        expect(await findingIn(sandbox)).toMatchObject({ kind: "query-lost" });
        await addRule(sandbox, "https://eu.spgo.io/$2", "active", "*.example.com/*");
        expect(await findingIn(sandbox)).toMatchObject({
            kind: "wrong-redirect",
            location: expect.stringMatching(/^https:\/\/eu\.spgo\.io\/f\/a\/b\/c\//),
        });
    });
});
