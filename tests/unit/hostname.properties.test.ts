import fc from "fast-check";
import { parse } from "tldts";
import { describe, expect, it } from "vitest";
import { checkHostname } from "../../components/src/hostname.ts";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/).filter((text) => !text.startsWith("xn--"));
const suffix = fc.constantFrom("com", "co.uk", "de", "example", "github.io");
/** Host names that are fine. */
const host = fc
    .tuple(fc.array(label, { minLength: 2, maxLength: 4 }), suffix)
    .map(([labels, end]) => `${labels.join(".")}.${end}`);
/** Anything that looks a little like a host name. */
const nearlyHost = fc.oneof(
    host,
    fc.stringMatching(/^[\w.:/*% ü\\-]{1,40}$/),
    fc
        .tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), host)
        .map(([text, name]) => `${text}.${name}`),
    fc.string(),
);

const mixCase = (name: string, upper: boolean[]) =>
    [...name].map((letter, index) => (upper[index % upper.length] ? letter.toUpperCase() : letter)).join("");

describe("every host name", () => {
    it("that is fine is taken as it stands", () => {
        fc.assert(
            fc.property(host, (name) => void expect(checkHostname(name)).toEqual({ hostname: name, mistakes: [] })),
        );
    });

    it("means the same in any case", () => {
        const cases = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 });
        fc.assert(
            fc.property(host, cases, (name, upper) => {
                expect(checkHostname(mixCase(name, upper))).toEqual(checkHostname(name));
            }),
        );
    });

    it("that is accepted stays what it became", () => {
        fc.assert(
            fc.property(nearlyHost, (written) => {
                const { hostname, mistakes } = checkHostname(written);
                if (mistakes.length === 0) {
                    expect(checkHostname(hostname)).toEqual({ hostname, mistakes: [] });
                }
            }),
        );
    });

    it("that is accepted is a subdomain with labels that DNS and certificates take", () => {
        fc.assert(
            fc.property(nearlyHost, (written) => {
                const { hostname, mistakes } = checkHostname(written);
                if (mistakes.length === 0) {
                    expect(parse(hostname).subdomain).toBeTruthy();
                    expect(hostname.length).toBeLessThanOrEqual(253);
                    for (const part of hostname.split(".")) {
                        expect(part).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
                    }
                }
            }),
        );
    });

    it("never makes the check throw", () => {
        fc.assert(fc.property(fc.anything(), (value) => void checkHostname(value)));
    });
});

describe("what people paste around a host name", () => {
    const scheme = fc.option(fc.constantFrom("http://", "https://", "HTTPS://"), { nil: "" });
    const path = fc.option(fc.constantFrom("/", "/f/a?b=c", "?x", "#top"), { nil: "" });
    const port = fc.option(
        fc.integer({ min: 1, max: 65_535 }).map((number) => `:${number}`),
        { nil: "" },
    );
    const dot = fc.constantFrom("", ".", "..");
    const wildcard = fc.constantFrom("", "*.");
    const space = fc.constantFrom("", " ", "\t", "\n");

    it("is told piece by piece, and nothing else is", () => {
        fc.assert(
            fc.property(host, space, scheme, wildcard, dot, port, path, (name, ...pieces) => {
                const [around, before, star, end, number, behind] = pieces;
                const { hostname, mistakes } = checkHostname(
                    `${around}${before}${star}${name}${end}${number}${behind}${around}`,
                );
                const expected = [
                    around && "white space",
                    before && "scheme",
                    behind && "path",
                    number && "port",
                    end && "trailing dot",
                    star && "wildcard",
                ].filter(Boolean) as string[];
                expect(hostname).toBe(name);
                expect(mistakes).toHaveLength(expected.length);
                expected.forEach((word, index) => void expect(mistakes[index]).toContain(word));
            }),
        );
    });

    it("becomes punycode where it isn't ASCII", () => {
        const word = fc.stringMatching(/^[äöüßéñ]{1,10}$/);
        fc.assert(
            fc.property(word, (text) => {
                const { hostname, mistakes } = checkHostname(`track.${text}.example`);
                expect(mistakes).toEqual([]);
                expect(hostname).toMatch(/^track\.xn--[a-z0-9-]+\.example$/);
            }),
        );
    });
});
