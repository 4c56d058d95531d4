import { describe, expect, it } from "vitest";
import type { CloudflarePageRule, CloudflareRule } from "../../../components/src/cloudflare/reads.ts";
import { forwardingsFor } from "../../../components/src/cloudflare/zoneRules.ts";
import {
    classifyHost,
    hiddenProblem,
    hiddenRecordsOf,
    isReplaced,
    MARK,
    type SeenHost,
    type Stranger,
    strangerProblem,
} from "../../../components/src/hostToday/today.ts";

const hostname = "links.example.com";
const cname = (content: string) => ({ type: "CNAME", content, proxied: true });
const pageRule = (pattern: string, url: string, priority = 1, status = "active") => ({
    id: "r",
    targets: [{ constraint: { value: pattern } }],
    actions: [{ id: "forwarding_url", value: { url, status_code: 301 } }],
    priority,
    status,
});
const redirect = (expression: string, url: object, enabled = true): CloudflareRule => ({
    id: "d",
    expression,
    enabled,
    action_parameters: { from_value: { target_url: url } },
});
const website = cname("example.com");
const ofStack = (content: string) => ({ ...cname(content), comment: `sends the tracking host to Fastly; ${MARK}` });
type Seen = Partial<SeenHost> & { pageRules?: CloudflarePageRule[]; redirectRules?: CloudflareRule[] };
const today = ({ pageRules, redirectRules, ...seen }: Seen, own?: string[]) =>
    classifyHost(
        { hostname, records: [], forwardings: forwardingsFor(hostname, pageRules, redirectRules), ...seen },
        own,
    );

describe("a host today", () => {
    it.each<[string, Seen, string]>([
        ["without records", {}, "free"],
        ["with a text alone", { records: [{ type: "TXT", content: "x" }] }, "free"],
        ["a SparkPost endpoint", { records: [cname("spgo.io")] }, "endpoint"],
        ["an endpoint of another region, as DNS writes it", { records: [cname("EU.v2.spgo.io.")] }, "endpoint"],
        ["an endpoint of a tenant", { records: [cname("acme.et.e.sparkpost.com")] }, "endpoint"],
        ["a stack's record that leads to Fastly", { records: [ofStack("j.sni.global.fastly.net")] }, "endpoint"],
        ["somebody's record that leads to Fastly", { records: [cname("j.sni.global.fastly.net")] }, "stranger"],
        ["a stack's record that somebody has led elsewhere", { records: [ofStack("shop.example")] }, "stranger"],
        ["another vendor's host", { records: [cname("u1234567.ct.sendgrid.net")] }, "stranger"],
        ["a name that only looks like an endpoint", { records: [cname("notspgo.io")] }, "stranger"],
        ["a website's address", { records: [{ type: "A", content: "192.0.2.80" }] }, "stranger"],
        [
            "an endpoint beside an address",
            { records: [cname("spgo.io"), { type: "A", content: "192.0.2.80" }] },
            "stranger",
        ],
        [
            "the guide of 2020",
            { records: [website], pageRules: [pageRule(`${hostname}/*`, "https://spgo.io/$1")] },
            "forwarded",
        ],
        [
            "a rule that doesn't fire, as the record isn't proxied",
            {
                records: [{ ...website, proxied: false }],
                pageRules: [pageRule(`${hostname}/*`, "https://spgo.io/$1")],
            },
            "stranger",
        ],
        [
            "a rule that is off",
            { records: [website], pageRules: [pageRule(`${hostname}/*`, "https://spgo.io/$1", 1, "disabled")] },
            "stranger",
        ],
        [
            "a rule that forwards elsewhere",
            { records: [website], pageRules: [pageRule(`${hostname}/*`, "https://shop.example/$1")] },
            "stranger",
        ],
        [
            "a rule that another one outranks",
            {
                records: [website],
                pageRules: [
                    pageRule(`${hostname}/*`, "https://spgo.io/$1"),
                    pageRule("*.example.com/*", "https://shop.example/$1", 2),
                ],
            },
            "stranger",
        ],
        [
            "a rule of another host",
            { records: [website], pageRules: [pageRule("b.example.com/*", "https://spgo.io/$1")] },
            "stranger",
        ],
        [
            "a redirect rule",
            {
                records: [website],
                redirectRules: [
                    redirect(`(http.host eq "${hostname}")`, {
                        expression: 'concat("https://spgo.io", http.request.uri.path)',
                    }),
                ],
            },
            "forwarded",
        ],
        [
            "a redirect rule by a wildcard",
            {
                records: [website],
                redirectRules: [
                    redirect(`http.request.full_uri wildcard "https://${hostname}/*"`, { value: "https://spgo.io/f" }),
                ],
            },
            "forwarded",
        ],
        [
            "a redirect rule that is off",
            {
                records: [website],
                redirectRules: [redirect(`http.host eq "${hostname}"`, { value: "https://spgo.io" }, false)],
            },
            "stranger",
        ],
        [
            "a redirect rule of a host below and of this one",
            {
                records: [website],
                redirectRules: [redirect(`http.host in {"a.${hostname}" "${hostname}"}`, { value: "https://spgo.io" })],
            },
            "forwarded",
        ],
        [
            "a redirect rule of a host below",
            {
                records: [website],
                redirectRules: [redirect(`http.host eq "a.${hostname}"`, { value: "https://spgo.io" })],
            },
            "stranger",
        ],
        [
            "a CDN that answers as the endpoint does",
            { records: [cname("d1.cloudfront.net")], answers: "endpoint" },
            "answering",
        ],
        [
            "a server that redirects there",
            { records: [{ type: "A", content: "192.0.2.80" }], answers: "redirect" },
            "answering",
        ],
        ["a CDN that answers something else", { records: [cname("d1.cloudfront.net")], answers: "other" }, "stranger"],
        ["a name that doesn't answer", { records: [cname("bounces.example.net")], answers: "silent" }, "stranger"],
        [
            "the name that the zone's MX leads to",
            { records: [{ type: "A", content: "192.0.2.25" }], answers: "endpoint", takesMail: true },
            "stranger",
        ],
    ])("%s", (_what, seen, is) => {
        expect(today(seen).is).toBe(is);
    });

    it("is known where it leads to what its record is going to say", () => {
        expect(today({ records: [{ type: "A", content: "192.0.2.80" }] }, ["192.0.2.80"]).is).toBe("endpoint");
    });

    it("is known where it leads to the account's own endpoint", () => {
        expect(today({ records: [cname("links.acme.example")] }, ["links.acme.example"]).is).toBe("endpoint");
    });
});

describe("a stranger", () => {
    const stranger = today({ records: [cname("u1.ct.sendgrid.net")] }) as Stranger;

    it("is replaced only by its content of today", () => {
        expect(isReplaced(stranger, "U1.ct.sendgrid.net.")).toBe(true);
        expect(isReplaced(stranger, "u2.ct.sendgrid.net")).toBe(false);
        expect(isReplaced(stranger, undefined)).toBe(false);
        const two = today({
            records: [
                { type: "A", content: "192.0.2.2" },
                { type: "A", content: "192.0.2.1" },
            ],
        });
        expect(isReplaced(two as Stranger, "192.0.2.1, 192.0.2.2")).toBe(true);
        expect(isReplaced(two as Stranger, "192.0.2.1")).toBe(false);
    });

    it("is refused with a sibling, and with the words that take it over all the same", () => {
        expect(strangerProblem(hostname, stranger, undefined)).toMatchSnapshot("not replaced");
        expect(strangerProblem(hostname, stranger, "old.example")).toMatchSnapshot("another replaced");
        expect(strangerProblem(hostname, stranger, "u1.ct.sendgrid.net")).toBeUndefined();
    });
});

describe("beside a CNAME that isn't proxied", () => {
    const mx = { type: "MX", content: "smtp.sparkpostmail.com", priority: 10 };

    it.each([
        [mx, "mail"],
        [{ type: "TXT", content: '"v=spf1 include:sparkpostmail.com ~all"' }, "mail"],
        [{ type: "TXT", content: "verification=1" }, "others"],
        [{ type: "CAA", content: '0 issue "letsencrypt.org"' }, "others"],
    ])("%j is refused", (record, kind) => {
        expect(hiddenRecordsOf([cname("spgo.io"), record])).toEqual({ mail: [], others: [], [kind]: [record] });
        expect(hiddenProblem(hostname, hiddenRecordsOf([record]))).toContain(record.content.slice(0, 20));
    });

    it.each([
        { type: "MX", content: ".", priority: 0 },
        { type: "MX", content: "0 ." },
        { type: "TXT", content: '"v=spf1 -all"' },
        { type: "TXT", content: "v=spf1  -ALL" },
    ])("%j says that there is no mail, and may stay", (record) => {
        expect(hiddenProblem(hostname, hiddenRecordsOf([record]))).toBeUndefined();
    });

    it("mail has a sibling as its remedy, and is never to be deleted", () => {
        const problem = hiddenProblem(hostname, hiddenRecordsOf([mx]));
        expect(problem).not.toMatch(/delete/i);
        expect(problem).toMatchSnapshot();
    });
});
