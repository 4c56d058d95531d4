// The probe in the sandbox's internet: what it proves of a click, whatever the tracker makes of an invented one.
import { describe, expect, it } from "vitest";
import { type ProbeRequest, probe } from "../../components/src/probe/index.ts";
import type { Assumed, Sandbox } from "../../sandbox/index.ts";
import { events, HOST, liveHost, world } from "./world.ts";

const request = (sandbox: Sandbox): ProbeRequest => ({
    ...sandbox.probe,
    hostname: HOST,
    endpoint: "spgo.io",
    fingerprint: "1",
    repeatAfter: 0,
    deadline: 0.001,
});

describe("the probe of a proxied host", () => {
    it.each<[Partial<Assumed>, string, RegExp[]]>([
        [{ clickTarget: "honoured" }, "strong", []],
        [{ clickTarget: "ignored" }, "strong", [/isn't proven/]],
        [{ inventedClick: "unknown" }, "weak", [/isn't proven/]],
    ])("by a tracker of which is assumed %j is %s", async (assumed, strength, warnings) => {
        const sandbox = await world({ assumed });
        liveHost(sandbox);
        const report = await probe(request(sandbox), () => undefined);
        expect(report.strength).toBe(strength);
        expect(report.warnings).toEqual(warnings.map((words) => expect.stringMatching(words)));
        expect(events(sandbox, "tracker-request").filter(({ event }) => event === "click")).toEqual([]);
    });
});
