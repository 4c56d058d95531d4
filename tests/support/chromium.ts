// Debian's Chromium without a window, spoken to over a pipe by its DevTools protocol: no package drives it, no port is open.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";

/** Where it is; undefined where it isn't installed (`apt-get install chromium`). */
export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((file) => existsSync(file));

interface Message {
    id?: number;
    method?: string;
    params?: Record<string, unknown>;
    result?: Record<string, unknown>;
    error?: unknown;
}

export interface Tab {
    /** A command of the protocol. */
    send(method: string, params?: object): Promise<Record<string, unknown>>;
    /** Opens a file, and waits until it is loaded. */
    open(file: string): Promise<void>;
    /** The value of an expression. */
    value(expression: string): Promise<unknown>;
    /** The URLs that it has asked for. */
    requests: string[];
    /** What its console shows, exceptions among it. */
    told: unknown[];
}

/** An empty tab of a browser that ends with the test. */
export async function openTab(): Promise<Tab> {
    const profile = mkdtempSync(path.join(tmpdir(), "chromium-"));
    const flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--remote-debugging-pipe",
        `--user-data-dir=${profile}`,
    ];
    const child = spawn(chromium ?? "", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    onTestFinished(async () => {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await ended;
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
    const waiting = new Map<number, (message: Message) => void>();
    const events: ((message: Message) => void)[] = [];
    let rest = "";
    output.setEncoding("utf8").on("data", (chunk: string) => {
        const messages = (rest + chunk).split("\0");
        rest = messages.pop() ?? "";
        for (const text of messages) {
            const message: Message = JSON.parse(text);
            waiting.get(message.id ?? 0)?.(message);
            for (const listen of events) {
                listen(message);
            }
        }
    });
    let last = 0;
    const send = (method: string, params: object = {}, sessionId?: unknown) => {
        const id = ++last;
        input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        return new Promise<Record<string, unknown>>((resolve, reject) =>
            waiting.set(id, ({ result, error }) =>
                error ? reject(new Error(`${method}: ${JSON.stringify(error)}`)) : resolve(result ?? {}),
            ),
        );
    };

    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const [requests, told]: [string[], unknown[]] = [[], []];
    events.push(({ method, params = {} }) => {
        if (method === "Network.requestWillBeSent") {
            requests.push((params.request as { url: string }).url);
        } else if (["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"].includes(method ?? "")) {
            told.push(params);
        }
    });
    const inTab = (method: string, params?: object) => send(method, params, sessionId);
    for (const domain of ["Page", "Network", "Log", "Runtime"]) {
        await inTab(`${domain}.enable`);
    }
    return {
        send: inTab,
        async open(file) {
            const loaded = new Promise<void>((resolve) =>
                events.push(({ method }) => method === "Page.loadEventFired" && resolve()),
            );
            await inTab("Page.navigate", { url: `file://${file}` });
            await loaded;
        },
        async value(expression) {
            const { result } = await inTab("Runtime.evaluate", { expression, returnByValue: true });
            return (result as { value?: unknown }).value;
        },
        requests,
        told,
    };
}
