// A website at example.com that sends HSTS for its subdomains, in a sandbox's internet.
import { appendFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Sandbox } from "../../sandbox/index.ts";
import { createAuthority } from "../../sandbox/internet/certificates.ts";

/** Starts the site, up to the end of the test, and gives the rule by which it is reached (`probe.connectTo`). */
export async function siteWithHsts(sandbox: Sandbox): Promise<string> {
    const authority = await createAuthority("Website CA");
    await appendFile(sandbox.probe.caFile, `\n${authority.certificate}`);
    const server = createServer(
        { SNICallback: (name, done) => void authority.secureContext([name]).then((context) => done(null, context)) },
        (_, response) => {
            response.writeHead(200, { "strict-transport-security": "max-age=31536000; includeSubDomains" }).end();
        },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });
    sandbox.cloudflare.seedRecord({ name: "example.com", type: "A", content: "192.0.2.99" });
    return `192.0.2.99:443:127.0.0.1:${(server.address() as AddressInfo).port}`;
}
