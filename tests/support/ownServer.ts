// Servers that aren't the sandbox's: an edge of one's own for a host, a website at example.com that sends HSTS.
import { appendFile } from "node:fs/promises";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { authorityOf } from "../../dev/sandbox/internet/certificates.ts";

/**
 * Starts a server for both schemes, up to the end of the test, with a certificate for whichever name is asked for. Gives
 * the rules by which it is reached (`probe.connectTo`) at a name or an address.
 */
export async function startOwnServer(sandbox: Sandbox, at: string, answer: RequestListener): Promise<string[]> {
    const authority = await authorityOf(`CA of ${at}`);
    await appendFile(sandbox.probe.caFile, `\n${authority.certificate}`);
    const tls = createHttps(
        { SNICallback: (name, done) => void authority.secureContext([name]).then((context) => done(null, context)) },
        answer,
    );
    const ports = [
        [443, tls],
        [80, createHttp(answer)],
    ] as const;
    return Promise.all(
        ports.map(async ([port, server]) => {
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            onTestFinished(async () => {
                server.closeAllConnections();
                await new Promise((resolve) => server.close(resolve));
            });
            return `${at}:${port}:127.0.0.1:${(server.address() as AddressInfo).port}`;
        }),
    );
}

/** A website at example.com that sends HSTS for its subdomains, and the rules by which it is reached. */
export async function siteWithHsts(sandbox: Sandbox): Promise<string[]> {
    sandbox.cloudflare.seedRecord({ name: "example.com", type: "A", content: "192.0.2.99" });
    return startOwnServer(sandbox, "192.0.2.99", (_, response) => {
        response.writeHead(200, { "strict-transport-security": "max-age=31536000; includeSubDomains" }).end();
    });
}
