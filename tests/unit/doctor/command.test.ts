// The command: what it prints, by which exit code it ends, and what it refuses.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { run } from "../../../components/src/cli/main.ts";
import type { Sandbox } from "../../../dev/sandbox/index.ts";
import { runCli } from "../cli/program.ts";
import { HOST, proxied, world } from "./world.ts";

const doctor = (sandbox: Sandbox, args: string[] = [HOST], env: Record<string, string> = {}) =>
    runCli(["doctor", ...args], env, undefined, sandbox.probe);

/** Without what differs from run to run. */
const steady = (text: string) =>
    text.replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:53").replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, "2027-01-02 03:04");

describe("doctor HOSTNAME", () => {
    it("prints the verdict, and a line a check below its heading; exit code 0", async () => {
        const { code, out, err } = await doctor(await proxied());
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(steady(out)).toMatchSnapshot();
    });

    it("says what to do below what is broken; exit code 1", async () => {
        const { code, out } = await doctor(await proxied({ faults: { wrongCertificate: true } }));
        expect(code).toBe(1);
        expect(steady(out)).toMatchSnapshot();
    });

    it("prints JSON in a shape of its own, of several hosts in the order of the arguments", async () => {
        const { code, out } = await doctor(await proxied(), ["--json", "gone.example.com", HOST]);
        const { version, hosts } = JSON.parse(out);
        expect([code, version, hosts.map(({ hostname }: { hostname: string }) => hostname)]).toEqual([
            1,
            1,
            ["gone.example.com", HOST],
        ]);
        expect(hosts[0]).toEqual({
            hostname: "gone.example.com",
            time: expect.stringMatching(/^\d{4}-/),
            verdict: expect.stringContaining("Links don't work: "),
            state: "broken",
            checks: expect.any(Array),
        });
        for (const check of [...hosts[0].checks, ...hosts[1].checks]) {
            expect(Object.keys(check).join()).toMatch(/^heading,kind,state,seen(,means)?(,remedy)?$/);
        }
    });

    it("has colours at a terminal alone, breaks lines there, and shows what it is doing", async () => {
        const { probe } = await proxied({ faults: { wrongCertificate: true } });
        let written = "";
        const shown: string[] = [];
        const io = { env: {}, out: () => {}, err: () => {}, network: probe };
        const code = await run(["doctor", HOST], {
            ...io,
            terminal: { width: 60, isColoured: true, write: (text) => (written += text) },
            progress: (line) => shown.push(line),
        });
        expect(code).toBe(1);
        expect(written).toContain("\u001b[31m");
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away
        const lines = written.replace(/\u001b\[\d+m/g, "").split("\n");
        expect(lines.filter((line) => line.length > 60)).toEqual([]);
        expect(shown[0]).toBe(`${HOST}: asking DNS …`);
        expect(shown.at(-1)).toBe("");
    });

    it("repeats clicks only where it is told to", async () => {
        const sandbox = await proxied({ faults: { edgeKeeps: { seconds: 3_600, withoutQuery: true } } });
        expect((await doctor(sandbox)).out).not.toContain("cache");
        const { code, out } = await doctor(sandbox, [HOST, "--repeat", "--json"]);
        const kinds = JSON.parse(out).hosts[0].checks.map(({ kind }: { kind: string }) => kind);
        expect([code, kinds]).toEqual([0, expect.arrayContaining(["kept"])]);
    });

    it("takes the network's options, by which a sandbox is reached", async () => {
        const { probe } = await proxied();
        const of = (option: string, values: string[]) => values.flatMap((value) => [option, value]);
        const { code, err } = await runCli(
            [
                ...["doctor", HOST, "--resolver", probe.resolver, "--ca-file", probe.caFile],
                ...of("--name-server", probe.nameServers),
                ...of("--connect-to", probe.connectTo),
            ],
            {},
        );
        expect({ code, err }).toEqual({ code: 0, err: "" });
    });

    it("says in one sentence that there is no network; exit code 2", async () => {
        const { code, out, err } = await runCli(["doctor", HOST, "other.example.com"], {});
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err).toMatchSnapshot();
    });
});

describe("doctor refuses", () => {
    it.each([
        [[]],
        [["https://track.example.com/f/x?y=1"]],
        [["http://192.0.2.1/"]],
        [["192.0.2.1"]],
        [["2001:db8::1"]],
        [["track"]],
        [["track.internal"]],
        [["co.uk"]],
        [["track.example.com:443"]],
        [["*.example.com"]],
        [["\u001b[2J.example.com"]],
        [[HOST, "--htlm", "page.html"]],
        [[HOST, "--links", "ftp"]],
        [[HOST, "--region", "asia"]],
        [[HOST, "--resolver", "dns"]],
        [[HOST, "--name-server", "dns", "--connect-to", "x", "--ca-file", "/nonexistent"]],
    ])("%j, with the remedy and exit code 2", async (args) => {
        const { code, out, err } = await runCli(["doctor", ...args], {});
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err.split("\n\nUsage:")[0]).toMatchSnapshot();
    });

    it.each(["SPARKPOST_API_KEY", "CLOUDFLARE_API_TOKEN", "FASTLY_API_KEY"])(
        "a %s that no header can hold, without showing it",
        async (variable) => {
            const { code, err } = await runCli(["doctor", HOST], { [variable]: "se\ncret" });
            expect(code).toBe(2);
            expect(err).toContain(variable);
            expect(err).not.toContain("cret");
        },
    );
});

/** A Pulumi CLI that prints this, or fails so. */
async function stack(script: string): Promise<Record<string, string>> {
    const folder = await mkdtemp(join(tmpdir(), "doctor-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "pulumi"), 0o755);
    return { PATH: `${folder}:/usr/bin:/bin` };
}

describe("doctor --from-stack", () => {
    it.each([
        ["trackingDomains", { trackingDomains: { [HOST]: { url: `https://${HOST}` } } }],
        ["url", { url: `https://${HOST}`, site: "https://www.example.com", bucketUrl: "https://b.example.com" }],
        ["hostname", { domains: [{ hostname: HOST, endpoint: "spgo.io" }] }],
    ])("examines the hosts of the stack's outputs, by %s", async (_what, outputs) => {
        const env = await stack(`echo '${JSON.stringify(outputs)}'`);
        const { code, out } = await doctor(await proxied(), ["--from-stack", "--json"], env);
        const hosts = JSON.parse(out).hosts.map(({ hostname }: { hostname: string }) => hostname);
        expect([code, hosts]).toEqual([0, [HOST]]);
    });

    it("has nothing to examine where the stack's list of domains is empty", async () => {
        const env = await stack("echo '{ \"trackingDomains\": {} }'");
        const { code, out, err } = await doctor(await world(), ["--from-stack"], env);
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(out).toMatchSnapshot();
    });

    it.each([
        ["that names none", `echo '{ "bucket": "x" }'`],
        ["that isn't selected", `echo 'error: no stack selected; \u001b[2J' >&2; exit 255`],
        ["that is no JSON", "echo hello"],
    ])("says of a stack %s what to do", async (_what, script) => {
        const { code, out, err } = await doctor(await world(), ["--from-stack"], await stack(script));
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err).toMatchSnapshot();
    });

    it("says that there is no Pulumi", async () => {
        const { code, err } = await doctor(await world(), ["--from-stack"], { PATH: "/nonexistent" });
        expect(code).toBe(2);
        expect(err).toMatchSnapshot();
    });
});
