import { describe, expect, it } from "vitest";
import { below, describeProblem, describeProblems } from "../../../components/src/pulumi/problems.ts";

describe("a problem", () => {
    it("names the field, the value as JSON and the remedy", () => {
        expect(describeProblem({ field: "account.region", value: "uk", message: "write us or eu" })).toBe(
            'account.region ("uk"): write us or eu',
        );
    });

    it("leaves the value out where nothing was given", () => {
        expect(describeProblem({ field: "hostname", message: "this is needed" })).toBe("hostname: this is needed");
    });

    it("is put below a path, which stands alone where the problem has no field", () => {
        const problems = [
            { field: "zone", message: "a" },
            { field: "", message: "b" },
        ];
        expect(below("domains[1].cloudflare", problems).map(({ field }) => field)).toEqual([
            "domains[1].cloudflare.zone",
            "domains[1].cloudflare",
        ]);
    });
});

describe("several problems", () => {
    const one = { field: "hostname", value: "x", message: "first" };
    const two = { field: "adopt", value: 1, message: "second" };

    it("are one line when there is one", () => {
        expect(describeProblems("Configuration", [one])).toBe('Configuration: hostname ("x"): first');
    });

    it("begin with how many there are and that nothing was changed, and end with where to read on", () => {
        expect(describeProblems("Configuration", [one, two]).split("\n")).toEqual([
            "Configuration: 2 mistakes, nothing was changed.",
            '  - hostname ("x"): first',
            "  - adopt (1): second",
            "Read on: docs/troubleshooting.md#mistakes",
        ]);
    });
});
