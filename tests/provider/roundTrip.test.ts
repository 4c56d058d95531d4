import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Sandbox, startSandbox } from "../../dev/sandbox/index.ts";
import { configure, type Kind, loadProvider, type Provider, serializeProviders } from "../support/builtProvider.ts";

const [domain, other] = ["track.example.com", "old.example.com"] as const;
let texts: Record<Kind, string>;
let sandbox: Sandbox;

beforeAll(async () => {
    texts = await serializeProviders();
});

beforeEach(async () => {
    vi.stubEnv("SPARKPOST_API_KEY", undefined);
    sandbox = await startSandbox();
    sandbox.cloudflare.seedRecord({ name: domain, type: "CNAME", content: "spgo.io", proxied: true });
});

afterEach(async () => {
    vi.unstubAllEnvs();
    await sandbox.close();
});

/** The provider of a kind in a process of its own, with the sandbox's key; the shared part of its resources' inputs. */
function start(kind: Kind): { provider: Provider; inputs: { domain: string; account: object; __provider: string } } {
    const { apiUrl, apiKey } = sandbox.sparkpost.us;
    const provider = configure(loadProvider(texts[kind]), { "sparkpost:apiKey": apiKey });
    return { provider, inputs: { domain, account: { apiUrl }, __provider: texts[kind] } };
}

const told = () => sandbox.sparkpost.us.calls.map(({ method, path }) => `${method} ${path.split("/v1")[1]}`);

describe("a registration", () => {
    it("is checked, made, read, updated and deleted", async () => {
        const { provider, inputs } = start("TrackingDomain");
        const checked = await provider.check({}, { ...inputs, domain: "TRACK.example.com", adopt: false });
        expect(checked).toEqual({ inputs: { ...inputs, adopt: false }, failures: [] });
        const { id, outs } = await provider.create(checked.inputs);
        expect(outs).toEqual({
            ...checked.inputs,
            adopted: false,
            wasInUse: "none",
            secure: true,
            default: false,
            verified: false,
        });
        expect((await provider.diff(id, outs, checked.inputs)).changes).toBe(false);
        const read = { ...outs, port: 443, complianceStatus: "pending" };
        expect(await provider.read(id, outs)).toEqual({ id, props: read, inputs: checked.inputs });
        expect((await provider.update(id, outs, { ...checked.inputs, adopt: true })).outs).toEqual({
            ...outs,
            adopt: true,
        });
        await provider.delete?.(id, outs);
        expect(sandbox.sparkpost.us.domains()).toEqual([]);
        expect(await provider.read(id, outs)).toEqual({});
    });

    it("of a host that exists takes adopt, and deleting it leaves the host", async () => {
        sandbox.sparkpost.us.seed({ domain, secure: false, verified: true });
        const { provider, inputs } = start("TrackingDomain");
        await expect(provider.create({ ...inputs, adopt: false })).rejects.toThrow("`adopt: true`");
        const { id, outs } = await provider.create({ ...inputs, adopt: true });
        expect(outs).toMatchObject({ adopted: true, secure: false, verified: true, port: 80 });
        await provider.delete?.(id, outs);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ domain, secure: false, verified: true }]);
    });

    it("without a key says which one, at the first call and not before", async () => {
        const { inputs } = start("TrackingDomain");
        const provider = configure(loadProvider(texts.TrackingDomain), {});
        expect((await provider.check({}, { ...inputs, adopt: false })).failures).toEqual([]);
        expect((await provider.diff("id", inputs, inputs)).changes).toBe(false);
        await expect(provider.create({ ...inputs, adopt: false })).rejects.toThrow("No SparkPost API key");
        expect(told()).toEqual([]);
    });

    it("with a wrong key says so, and never the key", async () => {
        const { inputs } = start("TrackingDomain");
        const key = "fedcba9876543210fedcba9876543210fedcba98";
        const provider = configure(loadProvider(texts.TrackingDomain), { "sparkpost:apiKey": key });
        const error = await provider.create({ ...inputs, adopt: false }).catch((thrown) => thrown);
        expect(error.message).toContain("401: Unauthorized.");
        expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(key);
    });
});

describe("a verification", () => {
    const fields = { secure: true, verified: true, fingerprint: "one", deadline: 20 };

    it("takes its own URN for its progress, of which the state knows nothing", async () => {
        const { provider, inputs } = start("Verification");
        const { inputs: checked } = await provider.check({}, { ...inputs, ...fields, ownUrn: "urn:one" });
        expect(checked).toEqual({ ...inputs, ...fields });
    });

    it("switches a live domain, is read with drift, and repaired", async () => {
        sandbox.sparkpost.us.seed({ domain, secure: false, verified: true });
        const { provider, inputs } = start("Verification");
        const checked = await provider.check({}, { ...inputs, ...fields });
        const { id, outs } = await provider.create(checked.inputs);
        expect(outs).toEqual({ ...inputs, ...fields, seen: expect.objectContaining({ secure: true, verified: true }) });
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ domain, secure: true, verified: true }]);

        sandbox.sparkpost.us.change(domain, { verified: false });
        const seen = await provider.read(id, outs);
        expect(seen).toEqual({
            id,
            props: { ...outs, verified: false, seen: expect.objectContaining({ secure: true, verified: false }) },
            inputs: { ...checked.inputs, verified: false },
        });
        expect(await provider.diff(id, seen.props ?? {}, checked.inputs)).toMatchObject({
            changes: true,
            replaces: [],
        });
        expect((await provider.update(id, seen.props ?? {}, checked.inputs)).outs).toEqual(outs);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ domain, secure: true, verified: true }]);
    });

    it("that SparkPost refuses for good leaves a live domain as it was", async () => {
        sandbox.sparkpost.us.seed({ domain, secure: false, verified: true });
        sandbox.faults.sparkpost.push({ method: "POST", path: /verify$/, status: 403, times: 1 });
        const { provider, inputs } = start("Verification");
        await expect(provider.create({ ...inputs, ...fields })).rejects.toThrow("The switch was undone");
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ domain, secure: false, verified: true }]);
    });

    it("isn't deleted, and nothing after it, while its domain is the default or sending domains are linked to it", async () => {
        const { us } = sandbox.sparkpost;
        us.seed({ domain, secure: true, verified: true, default: true });
        const { provider, inputs } = start("Verification");
        const remove = () => provider.delete?.(domain, { ...inputs, ...fields });
        await expect(remove()).rejects.toThrow("it is the default of");
        us.change(domain, { default: false });
        await expect(remove()).resolves.toBeUndefined();
        expect([...new Set(told())].sort()).toEqual(["GET /sending-domains", `GET /tracking-domains/${domain}`]);
    });
});

describe("a default", () => {
    it("is made, seen taken, taken back, and given back at the end", async () => {
        const { us } = sandbox.sparkpost;
        us.seed({ domain, secure: true, verified: true });
        us.seed({ domain: other, verified: true, default: true });
        const { provider, inputs } = start("DefaultDomain");
        const { inputs: checked } = await provider.check({}, { ...inputs, restorePrevious: true });
        const { id, outs } = await provider.create(checked);
        expect({ id, outs }).toEqual({
            id: us.apiUrl,
            outs: { ...inputs, restorePrevious: true, ours: domain, previous: other, adopted: false },
        });

        us.change(other, { default: true });
        const seen = await provider.read(id, outs);
        expect(seen.inputs).toEqual({ ...checked, domain: other });
        expect(await provider.diff(id, seen.props ?? {}, checked)).toMatchObject({ changes: true, replaces: [] });
        const { outs: after } = await provider.update(id, seen.props ?? {}, checked);
        expect(after).toEqual(outs);
        expect(us.domains().find((one) => one.default)?.domain).toBe(domain);

        await provider.delete?.(id, after);
        expect(us.domains().find((one) => one.default)?.domain).toBe(other);
    });
});

describe("a certificate of SparkPost's", () => {
    const fields = { fingerprint: "one", deadline: 20, verificationDeadline: 20 };
    const constants = { verified: true, secure: true, tlsStatus: "valid" };
    const dates = { certificateIssuedAt: expect.any(String), certificateExpiresAt: expect.any(String) };
    const path = `/tracking-domains/${domain}`;

    beforeEach(() => {
        sandbox.cloudflare.changeRecord(domain, { content: "v2.spgo.io", proxied: false });
    });

    it("is asked about once", async () => {
        sandbox.sparkpost.us.seed({ domain, verified: true });
        const { provider, inputs } = start("Eligibility");
        const { inputs: checked } = await provider.check({}, { ...inputs, acceptInterruption: false });
        const { id, outs } = await provider.create(checked);
        expect(outs).toEqual(checked);
        expect(await provider.read(id, outs)).toEqual({ id, props: outs, inputs: checked });
        expect((await provider.diff(id, outs, checked)).changes).toBe(false);
        await provider.delete?.(id, outs);
        expect(told()).toEqual([`GET ${path}`, `POST ${path}/certificate/check`]);
    });

    it("is ordered for a new domain, read with drift, and repaired", async () => {
        sandbox.sparkpost.us.seed({ domain, secure: false });
        const { provider, inputs } = start("Certificate");
        const { inputs: checked } = await provider.check({}, { ...inputs, ...fields, ...constants });
        const { id, outs } = await provider.create(checked);
        expect(outs).toEqual({ ...checked, ...dates, seen: expect.objectContaining({ secure: true, verified: true }) });
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: true, verified: true, tls_status: "valid" }]);
        expect((await provider.diff(id, outs, checked)).changes).toBe(false);

        sandbox.sparkpost.us.change(domain, { tls_status: "failed" });
        const seen = await provider.read(id, outs);
        expect(seen.inputs).toEqual({ ...checked, tlsStatus: "failed" });
        expect(await provider.diff(id, seen.props ?? {}, checked)).toMatchObject({ changes: true, replaces: [] });
        expect((await provider.update(id, seen.props ?? {}, checked)).outs).toEqual({
            ...outs,
            ...dates,
        });
        expect((await sandbox.click(`https://${domain}/f/a`)).status).toBe(302);
        const before = told().length;
        await provider.delete?.(id, outs);
        expect(told()).toHaveLength(before);
    });

    it("that SparkPost doesn't get leaves a domain in use verified over http", async () => {
        sandbox.sparkpost.us.seed({ domain, secure: false, verified: true });
        sandbox.faults.managedCertificateFails = true;
        const { provider, inputs } = start("Certificate");
        await expect(provider.create({ ...inputs, ...fields, ...constants })).rejects.toThrow("tls_status failed");
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: false, verified: true }]);
        expect((await sandbox.click(`http://${domain}/f/a`)).status).toBe(302);
    });

    it("takes the place of a CDN's, with http links in between", async () => {
        sandbox.sparkpost.us.seed({ domain, secure: true, verified: true });
        const { provider, inputs } = start("Certificate");
        await provider.create({ ...inputs, ...fields, ...constants });
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: true, verified: true }]);
        const kinds = sandbox.timeline.map(({ kind }) => kind);
        const order = ["secure-changed", "verified", "certificate-ordered", "certificate-issued"];
        const places = order.map((kind) => kinds.indexOf(kind));
        expect(places).toEqual([...places].sort((a, b) => a - b));
        expect(places).not.toContain(-1);
    });
});

describe("a link", () => {
    const sendingDomain = "example.com";
    const linked = () => sandbox.sparkpost.us.links()[sendingDomain];

    it("is made, seen changed, put back, and given back at the end", async () => {
        const { us } = sandbox.sparkpost;
        us.seed({ domain, verified: true });
        us.seed({ domain: other, verified: true });
        const { provider, inputs } = start("DomainLink");
        await provider.create({ ...inputs, domain: other, sendingDomain, restorePrevious: false });
        const { inputs: checked } = await provider.check({}, { ...inputs, sendingDomain, restorePrevious: true });
        const { id, outs } = await provider.create(checked);
        expect({ id, outs }).toEqual({
            id: sendingDomain,
            outs: { ...checked, ours: domain, previous: other, adopted: false },
        });
        expect(linked()).toBe(domain);

        await provider.update(id, outs, { ...checked, domain: other });
        const seen = await provider.read(id, outs);
        expect(seen.inputs).toEqual({ ...checked, domain: other });
        expect(await provider.diff(id, seen.props ?? {}, checked)).toMatchObject({ changes: true, replaces: [] });
        expect((await provider.update(id, seen.props ?? {}, checked)).outs).toEqual(outs);
        expect(linked()).toBe(domain);

        await provider.delete?.(id, outs);
        expect(linked()).toBe(other);
        await provider.delete?.(id, { ...outs, domain: other, ours: other, previous: undefined });
        expect(linked()).toBe("");
    });

    it("to what isn't registered, or of what isn't there, says so", async () => {
        const { provider, inputs } = start("DomainLink");
        const fields = { ...inputs, sendingDomain, restorePrevious: false };
        await expect(provider.create(fields)).rejects.toThrow(`${domain} must be registered in the primary account`);
        await expect(provider.create({ ...fields, sendingDomain: "else.example" })).rejects.toThrow(
            "else.example isn't a sending domain of the primary account",
        );
    });
});

describe("a refresh", () => {
    it("of several resources of all kinds is one call, and one for each link", async () => {
        sandbox.sparkpost.us.seed({ domain, secure: true, verified: true, default: true });
        const reads = Object.keys(texts).map((kind) => {
            const { provider, inputs } = start(kind as Kind);
            return provider.read(domain, { ...inputs, sendingDomain: "example.com", adopted: false, ours: domain });
        });
        await Promise.all(reads);
        expect(told().sort()).toEqual(["GET /sending-domains/example.com", "GET /tracking-domains"]);
    });
});
