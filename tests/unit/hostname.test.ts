import { describe, expect, it } from "vitest";
import { checkHostname, isWithin, registrableDomain } from "../../components/src/hostname.ts";

const mistakesOf = (value: unknown) => checkHostname(value).mistakes;

describe("a host name that can be used", () => {
    it.each([
        ["track.example.com", "track.example.com"],
        ["Track.EXAMPLE.com", "track.example.com"],
        ["a.b.example.co.uk", "a.b.example.co.uk"],
        ["1-2.example.com", "1-2.example.com"],
        ["klick.bücher.example", "klick.xn--bcher-kva.example"],
        ["KLICK.BÜCHER.example", "klick.xn--bcher-kva.example"],
        ["klick.xn--bcher-kva.example", "klick.xn--bcher-kva.example"],
        [`${"a".repeat(63)}.example.com`, `${"a".repeat(63)}.example.com`],
    ])("%s is kept as %s", (written, kept) => {
        expect(checkHostname(written)).toEqual({ hostname: kept, mistakes: [] });
    });
});

describe("a host name that can't be used", () => {
    it.each([
        ["a scheme", "https://track.example.com", "leave out the scheme: only the host name is wanted"],
        ["a path", "track.example.com/f/a", "leave out the path: only the host name is wanted"],
        ["a query", "track.example.com?x=1", "leave out the path: only the host name is wanted"],
        ["a port", "track.example.com:443", "leave out the port: SparkPost derives it from `secure` (80 or 443)"],
        ["a trailing dot", "track.example.com.", "leave out the trailing dot"],
        ["white space", " track.example.com\n", "leave out the white space around it"],
        ["a wildcard", "*.track.example.com", "a wildcard can't be a tracking domain; name one host"],
        ["a hyphen at the end", "track-.example.com", "a label can't begin or end with a hyphen"],
        ["a hyphen at the beginning", "-track.example.com", "a label can't begin or end with a hyphen"],
        ["an empty label", "track..example.com", "there is an empty label: two dots in a row, or one at the beginning"],
        [
            "a label of 64",
            `${"a".repeat(64)}.example.com`,
            "each label (the part between dots) has at most 63 characters",
        ],
        ["254 characters", `${"a.".repeat(121)}example.com.uk`.slice(-254), "a host name has at most 253 characters"],
        ["no dot", "localhost", "localhost is a public suffix; a tracking domain is a subdomain of your own"],
        ["a public suffix", "co.uk", "co.uk is a public suffix; a tracking domain is a subdomain of your own"],
        [
            "a registrable domain",
            "Example.co.uk",
            "example.co.uk is a registrable domain; SparkPost takes a subdomain, such as track.example.co.uk",
        ],
        ["an address", "192.0.2.1", "this is an address; links and certificates need a name"],
    ])("with %s has just that mistake", (_what, written, mistake) => {
        expect(mistakesOf(written)).toHaveLength(1);
        expect(mistakesOf(written)[0]).toContain(mistake);
    });

    it.each([
        ["an underscore", "my_track.example.com"],
        ["a space inside", "my track.example.com"],
        ["a tab inside an international name", "kli\tck.bücher.example"],
        ["an escape in an international name", "klick%41.bücher.example"],
        ["a backslash behind an international name", "klick.bücher.example\\other"],
    ])("with %s is told which characters can stand in it", (_what, written) => {
        expect(mistakesOf(written).join()).toContain("only letters, digits and hyphens");
    });

    it("is told all of its mistakes at once", () => {
        expect(mistakesOf(" https://*.Bad_Label.example.com:8080/path ")).toEqual([
            "leave out the white space around it",
            "leave out the scheme: only the host name is wanted",
            "leave out the path: only the host name is wanted",
            "leave out the port: SparkPost derives it from `secure` (80 or 443)",
            "a wildcard can't be a tracking domain; name one host",
            "only letters, digits and hyphens can stand in a host name that gets a certificate",
        ]);
    });

    it.each([[undefined], [null], [7], [""], [{}]])("%j: one is needed", (value) => {
        expect(mistakesOf(value)).toEqual(["a host name is needed, such as track.example.com"]);
    });

    it("is told that it is too long before anything else of it is looked at", () => {
        expect(mistakesOf(`track${" ".repeat(1_000_000)}.example.com`)).toEqual([
            "a host name has at most 253 characters",
        ]);
    });

    it("has no form in DNS when nothing is left of it", () => {
        expect(mistakesOf("https://").at(-1)).toContain("this isn't a name that DNS can hold");
    });
});

describe("a name and its zone", () => {
    it("finds the registrable domain by the public-suffix list", () => {
        expect(registrableDomain("a.track.example.co.uk")).toBe("example.co.uk");
        expect(registrableDomain("co.uk")).toBeUndefined();
    });

    it("takes a name as within itself and within what lies above it, label by label", () => {
        expect(isWithin("track.example.com", "example.com")).toBe(true);
        expect(isWithin("example.com", "example.com")).toBe(true);
        expect(isWithin("trackexample.com", "example.com")).toBe(false);
        expect(isWithin("example.com", "track.example.com")).toBe(false);
    });
});
