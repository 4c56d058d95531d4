import { describe, expect, it } from "vitest";
import { delegationSteps, httpsLinksStep } from "../../components/src/cloudflare/delegation.ts";
import { manualSteps } from "../../components/src/dns/manual.ts";
import { beforeHostMoves } from "../../components/src/fastly/records.ts";
import { nextSteps, notes, type Situation } from "../../components/src/nextSteps.ts";

const hostname = "track.example.com";
const plain = { secure: true, protect: false, adopt: false, hasLinks: false, isVerified: true };
const nothing = { waitsFor: [], stepsOfEdge: [], notesOfEdge: [], warnings: [] };
const stepsOf = (situation: Partial<Situation>) => nextSteps({ hostname, ...plain, ...nothing, ...situation });
const notesOf = (situation: Partial<Situation>) => notes({ hostname, ...plain, ...nothing, ...situation });
/** What there is to know of these situations beyond a plain host. */
const more = (situation: Partial<Situation>) => notesOf(situation).filter((note) => !notesOf({}).includes(note));

const movedAt = "2026-11-24T23:00:00.000Z";
const adopted = { adopt: true };

describe("notes", () => {
    it.each<[string, Partial<Situation>]>([
        ["https links, unprotected", {}],
        ["http links: what breaks when the edge goes, which comes last", { secure: false }],
        ["a domain that an update didn't finish", { isVerified: false, protect: true }],
        ["a protected host", { protect: true }],
        ["an adopted host, which destroy leaves", adopted],
        ["an adopted host of another account", { ...adopted, account: { region: "eu", subaccount: 7 } }],
        ["an adopted host with sending domains, which destroy takes all the same", { ...adopted, hasLinks: true }],
        ["a host that may move: what it costs, and how it costs nothing", { kind: "cloudflare" }],
        ["a move from cloudflare", { kind: "fastly", movedFrom: "cloudflare", movedAt }],
        ["an adopted host's move from cloudflare", { ...adopted, kind: "fastly", movedFrom: "cloudflare", movedAt }],
        ["an adopted host's move from fastly", { ...adopted, kind: "cloudflare", movedFrom: "fastly", movedAt }],
        ["a move to SparkPost's own certificate", { kind: "managed", movedFrom: "cloudflare", movedAt }],
    ])("of %s", (_what, situation) => {
        expect({ steps: stepsOf(situation), notes: notesOf(situation) }).toMatchSnapshot();
    });

    it("begin with what the probe warns of and what the edge has to say, and promise nothing while a person has something to do", () => {
        const told = { warnings: ["Clicks are lost."], notesOfEdge: ["It is pending."] };
        const waiting = { ...told, waitsFor: ["Add the record."], kind: "fastly" };
        expect(notesOf(waiting)).toEqual(["Clicks are lost.", "It is pending.", ...notesOf({}).slice(1)]);
    });

    it("of a domain that isn't finished say nothing of links that it doesn't have yet", () => {
        expect(notesOf({ isVerified: false })).not.toContain(notesOf({})[0]);
    });

    it("name the command that takes an adopted host over again", () => {
        expect(more(adopted).join()).toContain("`npx --no-install pulumi-sparkpost-tracking find track.example.com`");
        expect(more({ ...adopted, account: { region: "eu", subaccount: 7 } }).join()).toContain(
            "find track.example.com --region eu --subaccount 7`",
        );
    });

    it("tell of sending domains only where an adopted host has some", () => {
        expect(more({ hasLinks: true })).toEqual([]);
        expect(more({ ...adopted, hasLinks: true })).toHaveLength(more(adopted).length + 1);
    });

    it("say nothing of a move from an edge that we know nothing of", () => {
        expect(more({ kind: undefined })).toEqual([]);
    });

    it("tell what is left at the old edge only of an adopted host, and of an edge that leaves something", () => {
        const moveOf = (movedFrom: string) => ({ kind: "cloudflare", movedFrom, movedAt });
        const count = (movedFrom: string) => more({ ...moveOf(movedFrom), ...adopted }).length;
        expect(count("fastly")).toBe(more(moveOf("fastly")).length + 2);
        expect(count("managed")).toBe(count("fastly") - 1);
    });
});

describe("next steps", () => {
    it.each<[string, Partial<Situation>]>([
        ["of a domain that works", {}],
        ["of one that has moved", { kind: "fastly", movedFrom: "cloudflare", movedAt }],
        ["of one that was adopted and has http links", { ...adopted, secure: false, hasLinks: true }],
    ])("%s are none", (_what, situation) => {
        expect(stepsOf(situation)).toEqual([]);
    });

    it("are what the edge waits for and has for a person, which says why the domain isn't finished", () => {
        const waiting = { waitsFor: ["Add the record."], stepsOfEdge: ["Order it."], isVerified: false };
        expect(stepsOf(waiting)).toEqual(["Add the record.", "Order it."]);
    });

    it("of a domain that an update didn't finish say to go on", () => {
        expect(stepsOf({ isVerified: false })).toEqual([expect.stringContaining("`pulumi up`")]);
    });

    it("have 140 characters at most for a host of 30, so that Pulumi shows them whole", () => {
        const [host, zone] = ["track.a-host-of-30.example.com", "our-zone-of-30-characters.info"];
        const servers = ["christopher.ns.cloudflare.com", "jacqueline.ns.cloudflare.com"];
        const value = "0123456789abcdef0123456.fastly-validations.com";
        const record = { type: "CNAME", name: host, value, ttl: 300, purpose: "" };
        const seen = { isThere: false, instead: ["d111111abcdef8.cloudfront.net"] };
        const challenge = { ...record, name: `_acme-challenge.${host}`, ...seen, instead: [], doubled: "example.com" };
        const before = beforeHostMoves(host, "processing");
        const steps = [
            ...stepsOf({ hostname: host, isVerified: false }),
            ...delegationSteps(host, servers),
            ...delegationSteps(zone, servers),
            ...delegationSteps(host, undefined),
            httpsLinksStep(host),
            ...manualSteps(host, [challenge, { ...record, ...seen }], 300),
            ...manualSteps(host, [challenge, { ...record, ...seen }], 300, before),
        ];
        expect([host.length, zone.length]).toEqual([30, 30]);
        expect(steps.filter((step) => step.length > 140)).toEqual([]);
    });
});
