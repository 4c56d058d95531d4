// What HttpsTrackingDomain hands to each edge, and what it makes of the edge: `managed`, `fastly`, and one of one's own.
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { probeOf, type Registration, resolved, run } from "../support/program.ts";

const hostname = "track.example.com";
const dns = { cloudflare: { zone: "example.com" } };
const nowhere = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };
const component = "HttpsTrackingDomain track";

type Args = ConstructorParameters<typeof HttpsTrackingDomain>[1];
const declare = (args: Partial<Args>, options?: Parameters<typeof run>[1]) =>
    run(() => new HttpsTrackingDomain("track", { hostname, default: true, ...args }), options);

/** `Kind name` of each, with what it waits for. */
const orderOf = (resources: Registration[]) =>
    Object.fromEntries(
        resources
            .filter(({ type }) => !type.startsWith("sparkpost-tracking:"))
            .map(({ type, name, dependsOn }) => [`${type.split(":").at(-1)} ${name}`, dependsOn]),
    );

describe("a tracking domain with SparkPost's own certificate", () => {
    it("is registered with http links, and each step waits for the one before it", async () => {
        const { resources, errors, one } = await declare({ managed: { dns } });
        expect(errors).toEqual([]);
        expect(one("TrackingDomain").inputs).toMatchObject({ secure: false, managedCertificate: true });
        expect(one("ManagedEdge").parent).toBe(component);
        const [registration, eligibility] = ["TrackingDomain track", "Eligibility track"];
        const [record, wait, certificate] = ["DnsRecord track", "Command track-dns", "Certificate track"];
        expect(orderOf(resources)).toEqual({
            [registration]: [],
            [eligibility]: [registration],
            [record]: [eligibility, registration],
            [wait]: [record, registration],
            [certificate]: [wait, record, eligibility, registration],
            "Command track-probe": [certificate, record, registration],
            "Verification track": ["Command track-probe"],
            "DefaultDomain track": ["Verification track"],
        });
        expect(one("DnsRecord").inputs.content).toBe("v2.spgo.io");
        expect(one("Verification").inputs.edge).toBe("managed");
        const probe = resources.find(({ name, type }) => name === "track-probe" && type.endsWith(":Command"));
        expect(probe && probeOf(probe)).toEqual({
            hostname,
            endpoint: "v2.spgo.io",
            edge: "managed",
            fingerprint: one("Certificate").inputs.fingerprint,
        });
    });

    it("hands on account, endpoint, deadlines and adjustments", async () => {
        const { one, errors } = await declare({
            account: { region: "eu", subaccount: 7 },
            managed: { dns, certificateDeadline: 60, acceptInterruption: true },
            verification: { deadline: 90 },
            transform: { certificate: { deadline: 61 }, record: { ttl: 60 } },
        });
        expect(errors).toEqual([]);
        const account = { apiUrl: "https://api.eu.sparkpost.com/api/v1", subaccount: 7 };
        expect(one("Eligibility").inputs).toMatchObject({ account, acceptInterruption: true });
        expect(one("Certificate").inputs).toMatchObject({ account, deadline: 61, verificationDeadline: 90 });
        expect(one("DnsRecord").inputs).toMatchObject({ content: "eu.v2.spgo.io", ttl: 60 });
        expect(one("Verification").inputs.deadline).toBe(90);
    });

    it("protects registration, record and default, and retains what was adopted", async () => {
        const kept = ["TrackingDomain", "DnsRecord", "DefaultDomain"];
        const nobody = { resolver: "127.0.0.1:1" };
        const { one, resources } = await declare(
            { managed: { dns }, adopt: true, probe: nobody },
            { until: (registered) => registered.some(({ type }) => type.endsWith(":DefaultDomain")) },
        );
        const isKept = resources.filter(({ protect }) => protect).map(({ type }) => type.split(":").at(-1) ?? "");
        expect(isKept.filter((kind) => kind !== "ManagedEdge").sort()).toEqual(kept.sort());
        expect(kept.filter((kind) => one(kind).retainOnDelete)).toEqual(kept);
    });

    it("is refused for an Enterprise account and for an API without a known endpoint, and nothing is declared", async () => {
        const enterprise = await declare({ account: { tenant: "acme" }, managed: { dns } });
        expect(enterprise.errors).toMatchSnapshot("Enterprise");
        const local = await declare({ account: { apiUrl: "https://sp.example.com/api/v1" }, managed: { dns } });
        expect(local.errors).toMatchSnapshot("another API");
        expect([...enterprise.resources, ...local.resources]).toEqual([]);
    });
});

describe("a tracking domain behind Fastly", () => {
    const subscription = {
        state: "pending",
        managedDnsChallenges: [
            {
                recordName: `_acme-challenge.${hostname}`,
                recordType: "CNAME",
                recordValue: "x.validations.example",
            },
        ],
        managedHttpChallenges: [{ recordName: hostname, recordType: "CNAME", recordValues: ["t.sni.example"] }],
    };
    // A preview: an update would look DNS up for CAA records first.
    const fastly = (args: Partial<Args> = {}) =>
        declare(
            { fastly: { dns }, probe: nowhere, ...args },
            { preview: true, outputs: { TlsSubscription: subscription } },
        );

    it("has service, certificate and records after its registration, and the host's record before the probe", async () => {
        const { resources, errors, one } = await fastly();
        expect(errors).toEqual([]);
        expect(one("FastlyEdge").parent).toBe(component);
        const order = orderOf(resources);
        const registration = "TrackingDomain track";
        const chain = [
            "ServiceVcl track",
            "TlsSubscription track",
            "DnsRecord track-acme",
            "Command track-acme",
            "TlsSubscriptionValidation track",
            "DnsRecord track",
            "Command track-probe",
            "Verification track",
            "DefaultDomain track",
        ];
        expect(Object.keys(order).sort()).toEqual([registration, ...chain].sort());
        expect(order[chain[0] ?? ""]).toEqual([registration]);
        for (const [index, step] of chain.slice(1).entries()) {
            expect(order[step], step).toContain(chain[index]);
        }
    });

    it("hands on endpoint, resolver and name servers, and is told apart by its kind", async () => {
        const { resources, one, errors } = await fastly({ account: { region: "eu" } });
        expect(errors).toEqual([]);
        expect(JSON.stringify(one("ServiceVcl").inputs.backends)).toContain('"address":"eu.spgo.io"');
        const commands = resources.filter(({ type }) => type.endsWith(":Command"));
        const environment = (name: string) =>
            commands.find((command) => command.name === name)?.inputs.environment as Record<string, string>;
        expect(JSON.parse(environment("track-acme").SPARKPOST_TRACKING_RECORD ?? "")).toMatchObject(nowhere);
        expect(JSON.parse(environment("track-probe").SPARKPOST_TRACKING_PROBE ?? "")).toEqual({
            ...nowhere,
            hostname,
            endpoint: "eu.spgo.io",
            asks: expect.any(Number),
            edge: "fastly",
            fingerprint: one("Verification").inputs.fingerprint,
        });
        expect(one("Verification").inputs).toMatchObject({ edge: "fastly" });
        expect(one("Verification").inputs).not.toHaveProperty("hold");
    });

    it("is registered as any domain, with https links", async () => {
        const { one } = await fastly();
        expect(one("TrackingDomain").inputs).not.toHaveProperty("secure");
        expect(one("TrackingDomain").inputs).not.toHaveProperty("managedCertificate");
    });

    it("with records by hand that exist holds nothing back", async () => {
        const { one, errors } = await fastly({ fastly: { dns: { manual: { recordsExist: true } } } });
        expect(errors).toEqual([]);
        expect(one("Verification").inputs.hold).toBe(false);
        expect(one("DefaultDomain").inputs.hold).toBe(false);
        expect(probeOf(one("Command"))).not.toHaveProperty("postponed");
    });
});

describe("a tracking domain behind an edge of one's own", () => {
    class Distribution extends pulumi.CustomResource {}
    const withEdge = (waitsFor?: pulumi.Input<string[]>) =>
        run(() => {
            const dependsOn = [new Distribution("my:cdn:Distribution", "cdn")];
            const edge = { endpoint: "spgo.io", fingerprint: "own", dependsOn, waitsFor };
            return new HttpsTrackingDomain("track", { hostname, default: true, edge });
        });
    const held = ["Verification", "DefaultDomain"];

    it("that waits for a person has all that follows held back, and says what the person has to do", async () => {
        const { one, result, errors, infos } = await withEdge(pulumi.output(["Delegate the zone.", "Wait."]));
        expect(errors).toEqual([]);
        expect(held.map((kind) => one(kind).inputs.hold)).toEqual([true, true]);
        expect(probeOf(one("Command")).postponed).toBe(true);
        expect(await resolved(result?.nextSteps)).toEqual(["Delegate the zone.", "Wait."]);
        expect(await resolved(result?.notes)).toMatchSnapshot();
        // Whole, since an output may be cut.
        expect(infos).toMatchSnapshot();
        expect(await resolved(result?.status)).toMatchObject({ default: false });
    });

    it("that waits for a person no more holds nothing back, and its probe's request is as if it never had", async () => {
        const [after, never] = [await withEdge([]), await withEdge()];
        expect(held.map((kind) => after.one(kind).inputs.hold)).toEqual([false, false]);
        expect(after.one("Command").inputs).toEqual(never.one("Command").inputs);
        expect(await resolved(after.result?.notes)).toEqual(await resolved(never.result?.notes));
        expect(await resolved(after.result?.notes)).toMatchSnapshot();
        expect([await resolved(after.result?.nextSteps), after.infos]).toEqual([[], []]);
    });

    it("that waits for nobody has no word of holding back anywhere", async () => {
        const { one, result } = await withEdge();
        expect(held.filter((kind) => "hold" in one(kind).inputs)).toEqual([]);
        expect(probeOf(one("Command"))).toEqual({ hostname, endpoint: "spgo.io", fingerprint: "own" });
        expect(one("Verification").inputs.edge).toBe("own");
        expect(await resolved(result?.status)).toMatchObject({ default: true });
    });
});

describe("a tracking domain whose links open an app", () => {
    const appLinks = { apple: [{ appId: "ABCDE12345.com.example.app", paths: ["/f/open-in-app/*"] }] };

    it.each<[string, Partial<Args>, served: string]>([
        ["Cloudflare", { cloudflare: { zone: "example.com" } }, "WorkersRoute track-app-links-apple"],
        ["Fastly", { fastly: { dns } }, "ServiceVcl track"],
    ])("has %s serve the file, and the probe ask for it then", async (_edge, way, served) => {
        const { resources, errors } = await declare({ ...way, appLinks, probe: nowhere }, { preview: true });
        expect(errors).toEqual([]);
        const probe = resources.find(({ name }) => name === "track-probe");
        expect(probe?.dependsOn).toContain(served);
        expect(probe && probeOf(probe)).toMatchObject({
            appLinks: { apple: ["ABCDE12345.com.example.app", "/f/open-in-app/*"] },
        });
    });
});
