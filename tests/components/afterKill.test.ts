// What an update made that was killed stands at the vendors and not in the state: it is found before anything is made, and
// the refusal has the command that takes it in.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HttpsTrackingDomainArgs } from "../../components/src/arguments.ts";
import { purposes } from "../../components/src/fastly/records.ts";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { run, stateToken } from "../support/program.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";

const hostname = "track.example.com";
const challengeName = `_acme-challenge.${hostname}`;
const zoneId = "1".repeat(32);
const recordId = "2".repeat(32);
const key = "0123456789abcdef0123456789abcdef01234567";
// Where nobody answers.
const probe = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };
const records = (name: string) => `GET /zones/${zoneId}/dns_records?name=${name}&page=1&per_page=50`;
const list = (...result: object[]): Reply => ({ body: { success: true, result, result_info: { total_pages: 1 } } });
const cname = { id: recordId, type: "CNAME", content: "j.sni.global.fastly.net", proxied: false };
const services = "GET /service/search?name=SparkPost%20tracking%20track.example.com";
const orders = `GET /tls/subscriptions?filter[tls_domains.id]=${hostname}`;
const order = (state: string, ...domains: string[]): Reply => ({
    body: {
        data: [
            {
                id: "order1",
                attributes: { state },
                relationships: { tls_domains: { data: domains.map((id) => ({ type: "tls_domain", id })) } },
            },
        ],
    },
});

const ordered = {
    state: "pending",
    managedDnsChallenges: [{ recordName: challengeName, recordType: "CNAME", recordValue: "x.validations.example" }],
    managedHttpChallenges: [{ recordName: hostname, recordType: "CNAME", recordValues: [cname.content] }],
};

const domainUrn = "urn:pulumi:dev::program::sparkpost-tracking:index:HttpsTrackingDomain::track";
const edgeUrn = (type: string) =>
    `urn:pulumi:dev::program::sparkpost-tracking:index:HttpsTrackingDomain$sparkpost-tracking:index:${type}::track`;
const registered = {
    [domainUrn]: { type: "sparkpost-tracking:index:HttpsTrackingDomain", outputs: {} },
    registration: { type: "pulumi-nodejs:dynamic:TrackingDomain", outputs: { domain: hostname } },
};
const edge = (type = "FastlyEdge") => ({ [edgeUrn(type)]: { type: `sparkpost-tracking:index:${type}`, outputs: {} } });
const command = (what: string, type = "FastlyEdge") =>
    `    pulumi import ${what} '--parent=edge=${edgeUrn(type)}' --protect=false --generate-code=false --yes`;

beforeEach(() => {
    for (const name of ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_BASE_URL", "FASTLY_API_KEY", "FASTLY_API_URL"]) {
        vi.stubEnv(name, undefined);
    }
});
afterEach(() => void vi.unstubAllEnvs());

const fastly = { fastly: { dns: { cloudflare: { zoneId } } } };

/** What the `up` is refused for where the vendors have this, and the state that. */
async function refusal(
    replies: Record<string, Reply[]>,
    state: object,
    args: Partial<HttpsTrackingDomainArgs> = fastly,
): Promise<string> {
    const nothing = {
        [records(hostname)]: [list()],
        [records(challengeName)]: [list()],
        [orders]: [{ body: { data: [] } }],
    };
    const api = await startApi(byCall({ ...nothing, ...replies }));
    const { errors } = await run(() => new HttpsTrackingDomain("track", { hostname, probe, ...args }), {
        config: {
            "cloudflare:apiToken": key,
            "cloudflare:baseUrl": api.url,
            "fastly:apiKey": key,
            "fastly:baseUrl": api.url,
        },
        secrets: ["cloudflare:apiToken", "fastly:apiKey"],
        outputs: { TlsSubscription: ordered },
        answers: { [stateToken]: { outputs: { ...registered, ...state } } },
        until: (resources, errors) =>
            errors.length > 0 || resources.some(({ type }) => type.endsWith("TlsSubscription")),
    });
    // What else the engine is told is that the rest is left out.
    return errors[0] ?? "";
}

describe("what an update made that was killed is refused with the command that takes it in:", () => {
    it("a service of that name", async () => {
        const there = { [services]: [{ body: { id: "service1" } }] };
        const refused = await refusal(there, edge());
        expect(refused).toContain(command("fastly:index/serviceVcl:ServiceVcl track service1"));
        expect(refused).toMatchSnapshot();
    });

    it("an order for the host's certificate", async () => {
        const refused = await refusal({ [orders]: [order("pending", hostname)] }, edge());
        expect(refused).toContain(command("fastly:index/tlsSubscription:TlsSubscription track order1"));
    });

    it("the challenge's record", async () => {
        const there = {
            [records(challengeName)]: [list({ ...cname, name: challengeName, comment: purposes.challenge })],
        };
        expect(await refusal(there, edge())).toContain(
            command(`cloudflare:index/dnsRecord:DnsRecord track-acme ${zoneId}/${recordId}`),
        );
    });

    it("the host's record, which leads to Fastly", async () => {
        const there = { [records(hostname)]: [list({ ...cname, name: hostname, comment: purposes.host })] };
        expect(await refusal(there, edge())).toContain(
            command(`cloudflare:index/dnsRecord:DnsRecord track ${zoneId}/${recordId}`),
        );
    });

    it("the host's page rule, where the stack has the record", async () => {
        const rule = {
            id: "rule1",
            targets: [{ constraint: { value: `${hostname}/*` } }],
            actions: [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 302 } }],
            priority: 1,
            status: "active",
        };
        const there = {
            [records(hostname)]: [list({ ...cname, name: hostname, content: "spgo.io", proxied: true })],
            [`GET /zones/${zoneId}/pagerules`]: [{ body: { success: true, result: [rule] } }],
            [`GET /zones/${zoneId}`]: [{ body: { success: true, result: {} } }],
        };
        const record = {
            record: { type: "cloudflare:index/dnsRecord:DnsRecord", outputs: { type: "CNAME", name: hostname } },
        };
        const args = { cloudflare: { zoneId, mode: "redirect" as const } };
        const refused = await refusal(there, { ...edge("CloudflareEdge"), ...record }, args);
        expect(refused).toContain(
            command(`cloudflare:index/pageRule:PageRule track ${zoneId}/rule1`, "CloudflareEdge"),
        );
    });
});

describe("what isn't of such an update", () => {
    it("is refused with what else to do, where no update has come to the edge", async () => {
        const service = await refusal({ [services]: [{ body: { id: "service1" } }] }, {});
        expect(service).toMatchSnapshot();
        const record = { [records(hostname)]: [list({ ...cname, name: hostname, comment: purposes.host })] };
        const refused = await refusal(record, {});
        expect(refused).toContain(`find ${hostname}`);
        expect(service + refused).not.toContain("pulumi import");
    });

    it.each([
        ["issued already", order("issued", hostname)],
        ["for more hosts", order("pending", hostname, "www.example.com")],
    ])("may be a certificate of somebody's own, %s", async (_what, reply) => {
        expect(await refusal({ [orders]: [reply] }, edge())).toBe("");
    });

    it("is known where the state has it, under whatever name", async () => {
        const there = { [services]: [{ body: { id: "service1" } }], [orders]: [order("pending", hostname)] };
        const known = {
            service: {
                type: "fastly:index/serviceVcl:ServiceVcl",
                outputs: { name: `SparkPost tracking ${hostname}` },
            },
            order: { type: "fastly:index/tlsSubscription:TlsSubscription", outputs: { domains: [hostname] } },
        };
        expect(await refusal(there, { ...edge(), ...known })).toBe("");
    });
});
