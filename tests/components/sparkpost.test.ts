import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import {
    Certificate,
    DefaultDomain,
    DomainLink,
    Eligibility,
    TrackingDomain,
    type TrackingDomainArgs,
    Verification,
} from "../../components/src/sparkpost/index.ts";
import { resolved, run } from "../support/program.ts";

const domain = "track.example.com";
const common = { domain, account: { apiUrl: "https://api.sparkpost.com/api/v1" }, __provider: "serialized provider" };
/** A kind that waits knows its own URN, for its progress. */
const own = (kind: string) => ({ ownUrn: `urn:pulumi:dev::program::pulumi-nodejs:dynamic:${kind}::track` });

describe("a registration alone", () => {
    it("has these inputs and no option that wasn't given", async () => {
        const { one } = await run(() => new TrackingDomain("track", { domain: "TRACK.example.com" }));
        expect(one("TrackingDomain")).toEqual({
            type: "pulumi-nodejs:dynamic:TrackingDomain",
            name: "track",
            inputs: { ...common, adopt: false },
            parent: undefined,
            dependsOn: [],
            protect: false,
            retainOnDelete: false,
            replacementTrigger: undefined,
            aliasTypes: [],
            provider: undefined,
        });
    });

    it("with http links says so", async () => {
        const { one } = await run(() => new TrackingDomain("track", { domain, secure: false }));
        expect(one("TrackingDomain").inputs).toEqual({ ...common, adopt: false, secure: false });
    });

    it("that may have a certificate of SparkPost's says so", async () => {
        const { one } = await run(() => new TrackingDomain("track", { domain, managedCertificate: true }));
        expect(one("TrackingDomain").inputs).toEqual({ ...common, adopt: false, managedCertificate: true });
    });

    it("that adopts is retained on destroy, whatever other options there are", async () => {
        const { one } = await run(() => new TrackingDomain("track", { domain, adopt: true }, { protect: true }));
        expect(one("TrackingDomain")).toMatchObject({ inputs: { adopt: true }, protect: true, retainOnDelete: true });
    });

    it("has the outputs that SparkPost tells", async () => {
        const told = { adopted: true, secure: false, verified: true, port: 80, tlsStatus: "valid" };
        const program = () => new TrackingDomain("track", { domain });
        const { result } = await run(program, { outputs: { TrackingDomain: told } });
        expect(await resolved(result?.adopted)).toBe(true);
        expect(await resolved(result?.secure)).toBe(false);
        expect(await resolved(result?.verified)).toBe(true);
        expect(await resolved(result?.port)).toBe(80);
        expect(await resolved(result?.tlsStatus)).toBe("valid");
    });
});

describe("a verification alone", () => {
    it("has these inputs", async () => {
        const { one } = await run(() => new Verification("track", { domain }));
        expect(one("Verification").inputs).toEqual({
            ...own("Verification"),
            ...common,
            secure: true,
            verified: true,
            fingerprint: "",
        });
    });

    it("has edge and hold where they are given", async () => {
        const args = { domain, edge: pulumi.output("fastly"), hold: pulumi.output(true) };
        const { one } = await run(() => new Verification("track", args));
        expect(one("Verification").inputs).toMatchObject({ edge: "fastly", hold: true });
    });

    it("tells where the host was before", async () => {
        const told = { movedFrom: "cloudflare", movedAt: "2026-01-01T00:00:00Z" };
        const program = () => new Verification("track", { domain });
        const { result } = await run(program, { outputs: { Verification: told } });
        expect(await resolved(result?.movedFrom)).toBe("cloudflare");
        expect(await resolved(result?.movedAt)).toBe("2026-01-01T00:00:00Z");
    });
});

describe("a default alone", () => {
    it("has these inputs", async () => {
        const { one } = await run(() => new DefaultDomain("track", { domain, restorePrevious: true }));
        expect(one("DefaultDomain").inputs).toEqual({ ...common, restorePrevious: true });
    });

    it("has hold where it is given", async () => {
        const { one } = await run(() => new DefaultDomain("track", { domain, hold: true }));
        expect(one("DefaultDomain").inputs).toEqual({ ...common, restorePrevious: false, hold: true });
    });
});

describe("the question for a certificate alone", () => {
    it("has these inputs", async () => {
        const { one } = await run(() => new Eligibility("track", { domain }));
        expect(one("Eligibility").inputs).toEqual({ ...common, acceptInterruption: false, ...own("Eligibility") });
    });
});

describe("a managed certificate alone", () => {
    const defaults = { fingerprint: "", deadline: 3600, verificationDeadline: 3600 };
    const constants = { verified: true, secure: true, tlsStatus: "valid" };

    it("has these inputs", async () => {
        const { one } = await run(() => new Certificate("track", { domain }));
        expect(one("Certificate").inputs).toEqual({ ...common, ...defaults, ...constants, ...own("Certificate") });
    });

    it("has what is given", async () => {
        const given = { fingerprint: "one", deadline: 60, verificationDeadline: 30, hold: true };
        const { one } = await run(() => new Certificate("track", { domain, ...given }));
        expect(one("Certificate").inputs).toEqual({ ...common, ...constants, ...given, ...own("Certificate") });
    });

    it("has the outputs that SparkPost tells", async () => {
        const told = { certificateIssuedAt: "2026-01-01T00:00:00Z", certificateExpiresAt: "2026-04-01T00:00:00Z" };
        const program = () => new Certificate("track", { domain });
        const { result } = await run(program, { outputs: { Certificate: { ...told, tlsStatus: "failed" } } });
        expect(await resolved(result?.certificateIssuedAt)).toBe(told.certificateIssuedAt);
        expect(await resolved(result?.certificateExpiresAt)).toBe(told.certificateExpiresAt);
        expect(await resolved(result?.tlsStatus)).toBe("failed");
    });
});

describe("a link alone", () => {
    const link = (name: string, sendingDomain: pulumi.Input<string>, account = {}) =>
        new DomainLink(name, { domain, sendingDomain, account });

    it("has these inputs, and takes an apex", async () => {
        const { one } = await run(() => link("track", "Example.com"));
        expect(one("DomainLink").inputs).toEqual({
            ...common,
            sendingDomain: "example.com",
            restorePrevious: false,
        });
    });

    it("has what is given", async () => {
        const given = { sendingDomain: pulumi.output("example.com"), restorePrevious: true, hold: true };
        const { one } = await run(() => new DomainLink("track", { domain, ...given }));
        const inputs = { sendingDomain: "example.com", restorePrevious: true, hold: true };
        expect(one("DomainLink").inputs).toEqual({ ...common, ...inputs });
    });

    it("tells what was linked before", async () => {
        const outputs = { DomainLink: { previous: "old.example.com" } };
        const { result } = await run(() => link("track", "example.com"), { outputs });
        expect(await resolved(result?.previous)).toBe("old.example.com");
    });

    it("refuses mistakes in both names at once", async () => {
        const program = () => new DomainLink("track", { domain: "example.com", sendingDomain: "a@example.com" });
        const { errors, resources } = await run(program);
        expect(errors).toMatchSnapshot();
        expect(resources).toEqual([]);
    });

    it("is the only one of its sending domain in an account", async () => {
        const { errors } = await run(() => {
            link("one", "example.com");
            link("sub", "example.com", { subaccount: 7 });
            link("two", "EXAMPLE.com");
        });
        expect(errors).toMatchSnapshot();
    });
});

const classes = {
    TrackingDomain,
    Verification,
    DefaultDomain,
    Eligibility,
    Certificate,
    DomainLink: class extends DomainLink {
        constructor(name: string, args: TrackingDomainArgs) {
            super(name, { ...args, sendingDomain: "example.com" });
        }
    },
};

describe.each(Object.entries(classes))("%s", (kind, Resource) => {
    const declare = (args: TrackingDomainArgs) => run(() => new Resource("track", args));

    it("refuses mistakes at once, all in one message that names it", async () => {
        const { errors, resources } = await declare({ domain: "track.example.com:80", account: { timeout: 0 } });
        expect(errors).toMatchSnapshot();
        expect(resources).toEqual([]);
    });

    it("takes a domain that is an output, for the provider to check when it is known", async () => {
        const { one, errors } = await declare({ domain: pulumi.output("TRACK.example.com") });
        expect(errors).toEqual([]);
        expect(one(kind).inputs.domain).toBe("TRACK.example.com");
    });

    it("takes a domain that is a promise", async () => {
        expect((await declare({ domain: Promise.resolve(domain) })).one(kind).inputs.domain).toBe(domain);
    });

    it("refuses an API key in plain configuration", async () => {
        const { errors } = await run(() => new Resource("track", { domain }), {
            config: { "sparkpost:apiKey": "key" },
        });
        expect(errors).toEqual([expect.stringContaining("pulumi config set --secret sparkpost:apiKey")]);
    });
});
