import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { authorityOf } from "../../dev/sandbox/internet/certificates.ts";
import { type Registration, run } from "../support/program.ts";
import { fromTable, startNameServer, type TestNameServer } from "../unit/probe/nameServer.ts";

const hostname = "track.example.com";
let site: Server;
let answer: (() => void) | undefined;
let resolver: TestNameServer;
let folder: string;

/** A website at example.com with HSTS for its subdomains, which answers when the test lets it. */
beforeAll(async () => {
    const authority = await authorityOf();
    folder = await mkdtemp(join(tmpdir(), "hsts-first-"));
    await writeFile(join(folder, "ca.pem"), authority.certificate);
    site = createServer(
        { SNICallback: (name, done) => void authority.secureContext([name]).then((it) => done(null, it)) },
        (_, response) => {
            answer = () =>
                response.writeHead(200, { "strict-transport-security": "max-age=86400; includeSubDomains" }).end();
        },
    );
    await once(site.listen(0, "127.0.0.1"), "listening");
    resolver = await startNameServer(fromTable({ "A example.com": ["192.0.2.1"] }));
});
afterAll(async () => {
    site.closeAllConnections();
    await Promise.all([once(site.close(), "close"), resolver.close(), rm(folder, { recursive: true })]);
});

const isOfVendor = ({ type }: Registration) => !type.startsWith("sparkpost-tracking:");

it("tells the HSTS of an adopted host's parent before anything is registered or changed", async () => {
    const { port } = site.address() as AddressInfo;
    const probe = {
        resolver: resolver.address,
        caFile: join(folder, "ca.pem"),
        connectTo: [`:443:127.0.0.1:${port}`],
    };
    const args = { hostname, adopt: true, cloudflare: { zone: "example.com" }, probe };
    let before: Registration[] | undefined;
    const { resources, warnings, errors } = await run(() => new HttpsTrackingDomain("track", args), {
        until(resources) {
            if (answer && !before) {
                before = resources.filter(isOfVendor);
                answer();
            }
            return resources.some(({ type }) => type.endsWith("Verification"));
        },
    });
    expect(errors).toEqual([]);
    expect(before).toEqual([]);
    expect(resources.filter(isOfVendor).length).toBeGreaterThan(3);
    expect(warnings).toContainEqual(expect.stringMatching(/^example\.com sends Strict-Transport-Security/));
});
