import { describe, expect, it } from "vitest";
import { isTwin, ownershipOf, type WantedRule } from "../../../components/src/cloudflare/pageRuleCheck.ts";
import type { CloudflarePageRule } from "../../../components/src/cloudflare/reads.ts";

const hostname = "track.example.com";
const target = `${hostname}/*`;
const wanted: WantedRule = {
    resourceName: "track",
    hostname,
    target,
    forwardsTo: "https://spgo.io/$1",
    priority: 1,
    purpose: "redirect",
};
const forwarding = (url: string, status_code = 301) => [{ id: "forwarding_url", value: { url, status_code } }];
const rule = (pattern: string, settings: Partial<CloudflarePageRule> = {}): CloudflarePageRule => ({
    id: "r1",
    targets: [{ constraint: { value: pattern } }],
    actions: forwarding("https://spgo.io/$1"),
    priority: 2,
    status: "active",
    ...settings,
});
const urn = (chain: string, name: string) =>
    `urn:pulumi:dev::shop::${chain}cloudflare:index/pageRule:PageRule::${name}`;
const edge = "sparkpost-tracking:index:HttpsTrackingDomain$sparkpost-tracking:index:CloudflareEdge$";
const own = { urn: urn(edge, "track"), target };
const others = { urn: urn("", "mine"), target };
const elsewhere = { urn: urn(edge, "shop"), target: "shop.example.com/*" };
const imported = { ...wanted, importId: "z1/r1" };

describe("a page rule of the host that the stack doesn't have", () => {
    it("is refused with what it does", () => {
        const { problem, stranger } = ownershipOf(wanted, [rule(target)], [elsewhere]);
        expect(stranger).toEqual(rule(target));
        expect(problem).toMatchSnapshot();
    });

    it("is a twin of the wanted one where it does the same for the same requests", () => {
        expect(isTwin(wanted, rule(target))).toBe(true);
        expect(isTwin(wanted, rule(`https://${target}`))).toBe(false);
        expect(isTwin(wanted, rule(target, { actions: forwarding("https://old.example.com/$1") }))).toBe(false);
        expect(
            isTwin({ ...wanted, forwardsTo: undefined }, rule(target, { actions: [{ id: "ssl", value: "full" }] })),
        ).toBe(true);
    });

    it("is told by its settings where it doesn't redirect", () => {
        const actions = [{ id: "ssl", value: "full" }, { id: "disable_apps" }, { id: "minify", value: { js: "on" } }];
        expect(ownershipOf(wanted, [rule(target, { actions, status: "disabled" })], []).problem).toMatchSnapshot();
    });

    it.each([
        "https://track.example.com/*",
        "http*://track.example.com/*",
        "*://track.example.com/*",
        "track.example.com*",
        "track.example.com/**",
    ])("is refused by the spelling %s: the two would stand side by side", (pattern) => {
        expect(ownershipOf(wanted, [rule(pattern)], []).problem).toMatchSnapshot();
    });

    it("is the same by capital letters", () => {
        expect(ownershipOf(wanted, [rule("Track.Example.com/*")], []).problem).toMatchSnapshot();
    });

    it.each(["*track.example.com/*", "*.example.com/*", "track.example.com/f/*", "track.example.com", "example.com/*"])(
        "isn't one for %s, which is for other hosts or some paths",
        (pattern) => {
            expect(ownershipOf(wanted, [rule(pattern)], [])).toEqual({ isNew: true });
        },
    );

    it("is in nobody's way where it is disabled and of another spelling; of the same it is refused all the same", () => {
        const status = "disabled";
        expect(ownershipOf(wanted, [rule(`https://${target}`, { status })], [])).toEqual({
            own: undefined,
            isNew: true,
        });
        expect(ownershipOf(wanted, [rule(target, { status })], []).problem).toContain("disabled");
    });

    it("can be taken over, without need for room; another id doesn't help", () => {
        const rules = [rule(target)];
        expect(ownershipOf(imported, rules, [])).toEqual({ own: rules[0], isNew: false });
        expect(ownershipOf({ ...imported, importId: "z1/r2" }, rules, []).problem).toContain("(r1, ");
    });

    it("can be taken over by another spelling, but not beside the one of the very pattern", () => {
        const rules = [rule(`http://${target}`), rule(`https://${target}`, { id: "r2" })];
        expect(ownershipOf({ ...imported, importId: "z1/r2" }, rules, [])).toEqual({ own: rules[1], isNew: false });
        expect(ownershipOf(imported, [...rules, rule(target, { id: "r3" })], []).problem).toContain("(r3, ");
    });
});

describe("a page rule of the host that the stack has", () => {
    it("is known, whatever somebody has made of it, and needs no room", () => {
        for (const changed of [
            rule(target, { actions: [], status: "disabled" }),
            rule(`https://${target}`),
            rule(target.toUpperCase()),
        ]) {
            expect(ownershipOf(wanted, [rule("*/*"), changed], [elsewhere, own])).toEqual({
                own: changed,
                isNew: false,
            });
        }
        expect(ownershipOf(wanted, [rule("other.example.com/*")], [own])).toEqual({ own: undefined, isNew: false });
    });

    it("is known under another name too: it may be the same by an alias", () => {
        expect(ownershipOf(wanted, [rule(target)], [others]).problem).toBeUndefined();
    });

    it("isn't the same as another spelling beside it", () => {
        const rules = [rule(`https://${target}`, { id: "r2" }), rule(target)];
        expect(ownershipOf(wanted, rules, [own])).toEqual({ own: rules[1], isNew: false });
    });

    it("keeps its place when the host gets another name, unless that has a rule already", () => {
        const former = { ...own, target: "old.example.com/*" };
        expect(ownershipOf(wanted, [rule("old.example.com/*")], [former])).toEqual({ own: undefined, isNew: false });
        expect(ownershipOf(wanted, [rule(target)], [former])).toMatchObject({ stranger: rule(target) });
    });
});

describe("a page rule of the host, where nobody knows the state,", () => {
    it("is told where it doesn't do what ours shall do, and goes on", () => {
        const other = rule(target, { actions: forwarding("https://example.com/$1") });
        const { own: taken, problem, warning } = ownershipOf(wanted, [other], undefined);
        expect([taken, problem]).toEqual([other, undefined]);
        expect(warning).toMatchSnapshot();
        expect(ownershipOf({ ...wanted, forwardsTo: undefined }, [rule(target)], undefined).warning).toContain("(r1, ");
    });

    it("isn't told where it does, or is taken over, or there is none", () => {
        expect(ownershipOf(wanted, [rule(target)], undefined).warning).toBeUndefined();
        const settings = rule(target, { actions: [{ id: "ssl", value: "full" }] });
        expect(ownershipOf({ ...wanted, forwardsTo: undefined }, [settings], undefined).warning).toBeUndefined();
        expect(ownershipOf(imported, [settings], undefined)).toEqual({ own: settings, isNew: false });
        expect(ownershipOf(wanted, [rule("*/*")], undefined)).toEqual({ isNew: true });
    });
});
