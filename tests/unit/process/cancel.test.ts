import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { cancellableClock, cancelSignal } from "../../../components/src/process/cancel.ts";

/** Has a server of this process called by these names, as the engine calls a provider. */
async function call(...paths: string[]): Promise<void> {
    const server = http2.createServer().on("stream", (stream) => {
        stream.respond({ ":status": 200 });
        stream.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const path of paths) {
        const request = client.request({ ":method": "POST", ":path": path }).resume();
        await new Promise((resolve) => request.once("close", resolve));
    }
    client.close();
    await new Promise((resolve) => server.close(resolve));
}

it("the engine's Cancel aborts what is running, and not what begins then", async () => {
    const signal = cancelSignal();
    await call("/pulumirpc.ResourceProvider/Create");
    expect(signal.aborted).toBe(false);
    await call("/pulumirpc.ResourceProvider/Cancel");
    expect(signal.aborted).toBe(true);
    expect(cancelSignal().aborted).toBe(false);
});

it("a pause that Cancel ends throws, and the next one lasts", async () => {
    const clock = cancellableClock(() => new Error("stopped"));
    const pause = clock.sleep(3_600_000);
    await Promise.all([expect(pause).rejects.toThrow("stopped"), call("/pulumirpc.ResourceProvider/Cancel")]);
    await clock.sleep(1);
});
