import { describe, expect, it } from "vitest";
import { CloudflareError, type CloudflareMessage } from "../../../components/src/cloudflare/api.ts";
import { describeRefusal, pageRuleProblem, type WantedRule } from "../../../components/src/cloudflare/pageRuleCheck.ts";
import { isForHost } from "../../../components/src/cloudflare/zoneRules.ts";

const target = "track.example.com/*";
const wanted = (priority: number, purpose: WantedRule["purpose"] = "settings") => ({ target, priority, purpose });
const rule = (value: string, priority = 1, status = "active") => ({
    id: "r1",
    targets: [{ constraint: { value } }],
    actions: [],
    priority,
    status,
});

describe("a page rule for a host", () => {
    it("can be made in a zone without others", () => {
        expect(pageRuleProblem(wanted(1), [], 3)).toBeUndefined();
    });

    it.each([
        "*example.com/*",
        "*.example.com/*",
        "https://*.example.com/*",
        "http://track.example.com/*",
        "http*://track.example.com/*",
        "*://*.example.com/*",
        "TRACK.example.com/f/*",
        "*/*",
    ])("is outranked by %s, and told which number it takes", (pattern) => {
        const problem = pageRuleProblem(wanted(2), [rule(pattern, 5)], undefined);
        expect(problem).toContain("`priority: 6`");
        expect(problem).toMatchSnapshot();
    });

    it.each([
        ["another host", "www.example.com/*"],
        ["the apex", "example.com/*"],
        ["a name that is only alike", "trackxexample.com/*"],
        ["another path", "track.example.com/admin/*"],
        ["one URL", "track.example.com"],
    ])("isn't outranked by a rule for %s", (_what, pattern) => {
        expect(pageRuleProblem(wanted(1), [rule(pattern, 9)], undefined)).toBeUndefined();
    });

    it("isn't outranked by patterns that a search with steps back would never end on", () => {
        const hostile = [`${"*a".repeat(50_000)}*b`, `*${"f*".repeat(50_000)}x`, `${"*".repeat(100_000)}x`];
        for (const pattern of hostile) {
            expect(pageRuleProblem(wanted(1), [rule(pattern, 9)], undefined)).toBeUndefined();
            expect(isForHost(`${pattern}*`, "track.example.com")).toBe(false);
        }
        expect(pageRuleProblem(wanted(1), [rule("*".repeat(100_000), 9)], undefined)).toContain("`priority: 10`");
        expect(isForHost(`track.example.com/${"*".repeat(100_000)}`, "track.example.com")).toBe(true);
    });

    it("isn't outranked by a lower number, or by a rule that is off", () => {
        const rules = [rule("*.example.com/*", 1), rule("*.example.com/*", 9, "disabled")];
        expect(pageRuleProblem(wanted(2), rules, undefined)).toBeUndefined();
    });

    it("is outranked by a rule of the same number: which of the two fires isn't said anywhere", () => {
        expect(pageRuleProblem(wanted(2), [rule("*.example.com/*", 2)], undefined)).toContain("`priority: 3`");
    });

    it("is refused where the zone's rules are used up, with what to do", () => {
        expect(pageRuleProblem(wanted(1), [rule("a/*"), rule("b/*"), rule("c/*")], 3)).toMatchSnapshot();
    });

    it("for a redirect, where the zone's rules are used up, names mode proxy as the way without one", () => {
        expect(pageRuleProblem(wanted(1, "redirect"), [rule("a/*")], 1)).toMatchSnapshot();
    });

    it("finds room where there is some, or where the quota isn't known or doesn't matter", () => {
        expect(pageRuleProblem(wanted(1), [rule("a/*"), rule("b/*")], 3)).toBeUndefined();
        expect(pageRuleProblem(wanted(1), [rule("a/*"), rule("b/*"), rule("c/*")], undefined)).toBeUndefined();
    });

    it("isn't troubled by a rule without a target", () => {
        expect(pageRuleProblem(wanted(1), [{ ...rule(""), targets: [], priority: 9 }], 3)).toBeUndefined();
    });
});

describe("Cloudflare's refusal", () => {
    const refusal = (path: string, status: number, errors: CloudflareMessage[]) => {
        const said = errors.map(({ code, message }) => `${message} (${code})`).join("; ") || "no message";
        return new CloudflareError({ path, permission: "Page Rules Read" }, status, errors, said);
    };
    const accountOwned = [{ code: 1011, message: "Page Rules do not support account owned tokens" }];

    it("with error 1011 says that account-owned tokens can't use page rules", () => {
        expect(describeRefusal(refusal("zones/z/pagerules", 400, accountOwned), "settings")).toMatchSnapshot();
    });

    it("otherwise names the permissions", () => {
        const errors = [{ code: 9109, message: "Unauthorized" }];
        expect(describeRefusal(refusal("zones/z", 403, errors), "settings")).toMatchSnapshot();
    });

    it.each([accountOwned, [{ code: 9109, message: "Unauthorized" }]])(
        "of a redirect names mode proxy as the way without a rule: %j",
        (...errors) => {
            const text = describeRefusal(refusal("zones/z/pagerules", 403, errors), "redirect");
            expect(text).not.toContain("settings");
            expect(text).toMatchSnapshot();
        },
    );

    it("may come without a message", () => {
        expect(describeRefusal(refusal("zones/z", 502, []), "settings")).toMatchSnapshot();
    });
});
