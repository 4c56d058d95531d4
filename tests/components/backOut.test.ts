import { describe, expect, it } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { probeOf, resolved, run } from "../support/program.ts";

const hostname = "track.example.com";
type Args = ConstructorParameters<typeof HttpsTrackingDomain>[1];
/** A resolver that nobody is at: HSTS can't be read, which is none. */
const probe = { resolver: "127.0.0.1:1" };
const declare = (args: Partial<Args>) =>
    run(() => new HttpsTrackingDomain("track", { hostname, cloudflare: { zone: "example.com" }, probe, ...args }), {
        until: (resources) => resources.some(({ type }) => type.endsWith("Verification")),
    });

describe("http links", () => {
    it("are what is registered, probed, verified and told", async () => {
        const { one, result, errors } = await declare({ secure: false });
        expect(errors).toEqual([]);
        expect(one("TrackingDomain").inputs).toMatchObject({ domain: hostname, secure: false });
        expect(probeOf(one("Command"))).toMatchObject({ hostname, secure: false });
        expect(one("Verification").inputs).toMatchObject({ domain: hostname, secure: false });
        expect(await resolved(result?.url)).toBe("http://track.example.com");
        expect(await resolved(result?.notes)).toMatchSnapshot();
    });

    it("are refused below a top-level domain that browsers ask by https only, in a preview too, unless that is wanted", async () => {
        const host = { hostname: "track.example.dev", cloudflare: { zone: "example.dev" }, secure: false };
        for (const preview of [true, false]) {
            const { errors, resources } = await run(() => new HttpsTrackingDomain("track", host), { preview });
            expect(errors).toMatchSnapshot();
            expect(resources).toEqual([]);
        }
        const args = { ...host, ignoreHsts: true };
        const { one } = await run(() => new HttpsTrackingDomain("track", args), { preview: true });
        expect(one("TrackingDomain").inputs).toMatchObject({ secure: false });
    });

    it("are asked for by nothing else: https links leave no trace of the choice", async () => {
        const { one } = await declare({ secure: true });
        expect(one("TrackingDomain").inputs).not.toHaveProperty("secure");
        expect(probeOf(one("Command"))).not.toHaveProperty("secure");
    });
});

describe("sending domains", () => {
    const sendingDomains = ["example.com", "Mail.Example.com"];

    it("are linked by a resource each, after the verification, neither protected nor retained", async () => {
        const { resources } = await declare({ sendingDomains, adopt: true });
        const links = resources.filter(({ type }) => type.endsWith("DomainLink"));
        expect(links).toMatchObject(
            ["example.com", "mail.example.com"].map((sendingDomain) => ({
                name: `track-${sendingDomain}`,
                parent: "HttpsTrackingDomain track",
                dependsOn: ["Verification track"],
                protect: false,
                retainOnDelete: false,
                inputs: { sendingDomain, domain: hostname, restorePrevious: false },
            })),
        );
        expect(links).toHaveLength(2);
    });

    it("can be adjusted, each by its name", async () => {
        const { one } = await declare({
            sendingDomains: ["example.com"],
            transform: {
                link: (args, _opts, name) => {
                    args.restorePrevious = name === "track-example.com";
                },
            },
        });
        expect(one("DomainLink").inputs).toMatchObject({ restorePrevious: true });
    });

    it("are refused at two hosts of one account", async () => {
        const { errors } = await run(() =>
            ["a", "b"].map(
                (label) =>
                    new HttpsTrackingDomain(label, {
                        hostname: `${label}.example.com`,
                        cloudflare: { zone: "example.com" },
                        sendingDomains: ["example.com"],
                    }),
            ),
        );
        expect(errors).toMatchSnapshot();
    });
});
