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
        ["a scheme", "https://track.example.com"],
        ["a path", "track.example.com/f/a"],
        ["a query", "track.example.com?x=1"],
        ["a port", "track.example.com:443"],
        ["a trailing dot", "track.example.com."],
        ["white space", " track.example.com\n"],
        ["a wildcard", "*.track.example.com"],
        ["a hyphen at the end", "track-.example.com"],
        ["a hyphen at the beginning", "-track.example.com"],
        ["an empty label", "track..example.com"],
        ["a label of 64", `${"a".repeat(64)}.example.com`],
        ["254 characters", `${"a.".repeat(121)}example.com.uk`.slice(-254)],
        ["no dot", "localhost"],
        ["a public suffix", "co.uk"],
        ["a registrable domain", "Example.co.uk"],
        ["an address", "192.0.2.1"],
        ["the place of a domain, as in the shipped files", "track.<your-domain>"],
    ])("with %s has just that mistake", (_what, written) => {
        expect(mistakesOf(written)).toHaveLength(1);
        expect(mistakesOf(written)[0]).toMatchSnapshot();
    });

    it.each([
        ["an underscore", "my_track.example.com"],
        ["a space inside", "my track.example.com"],
        ["a tab inside an international name", "kli\tck.bücher.example"],
        ["an escape in an international name", "klick%41.bücher.example"],
        ["a backslash behind an international name", "klick.bücher.example\\other"],
    ])("with %s is told which characters can stand in it", (_what, written) => {
        expect(mistakesOf(written)).toMatchSnapshot();
    });

    it("is told all of its mistakes at once", () => {
        expect(mistakesOf(" https://*.Bad_Label.example.com:8080/path ")).toMatchSnapshot();
    });

    it.each([[undefined], [null], [7], [""], [{}]])("%j: one is needed", (value) => {
        expect(mistakesOf(value)).toMatchSnapshot();
    });

    it("is told that it is too long before anything else of it is looked at", () => {
        expect(mistakesOf(`track${" ".repeat(1_000_000)}.example.com`)).toMatchSnapshot();
    });

    it("has no form in DNS when nothing is left of it", () => {
        expect(mistakesOf("https://").at(-1)).toMatchSnapshot();
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
