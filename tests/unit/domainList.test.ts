import { describe, expect, it } from "vitest";
import { parseDomains } from "../../components/src/domainList.ts";

const entry = (hostname: string, rest = {}) => ({ hostname, cloudflare: { zone: "example.com" }, ...rest });

/** The message's lines without the first, which says how many there are. */
function mistakesIn(value: unknown): string[] {
    try {
        parseDomains(value);
    } catch (error) {
        const lines = (error as Error).message.split("\n");
        return lines.length === 1 ? lines : lines.filter((line) => line.startsWith("  - "));
    }
    return [];
}

describe("a list of tracking domains", () => {
    it("gives each entry its name: its own, or the host in the form it is kept", () => {
        const domains = parseDomains([entry("Track.example.com"), entry("click.example.com", { name: "old" })]);
        expect(domains.map(({ name }) => name)).toEqual(["track.example.com", "old"]);
        expect(domains[1]).toEqual({ ...entry("click.example.com"), name: "old" });
    });

    it("may be empty", () => {
        expect(parseDomains([])).toEqual([]);
    });

    it.each([[undefined], ["track.example.com"], [{ hostname: "track.example.com" }], [7]])("isn't %j", (value) => {
        expect(mistakesIn(value)).toMatchSnapshot();
    });

    it("is refused with all mistakes of all entries in one message, each with its path", () => {
        const mistakes = mistakesIn([
            entry("track.example.com:443", { account: { region: "uk" } }),
            entry("click.example.com"),
            { ...entry("open.example.com", { adopt: "yes" }), name: 3, hostName: "x" },
            null,
        ]);
        expect(mistakes.map((line) => line.trim().split(/:? \(|: /, 1)[0])).toEqual([
            "- domains[0].hostname",
            "- domains[0].account.region",
            "- domains[2].name",
            "- domains[2].adopt",
            "- domains[2].hostName",
            "- domains[3]",
        ]);
    });

    it("is refused with mistakes between entries too, where those can be compared", () => {
        const mistakes = mistakesIn([
            entry("track.example.com", { default: true, adopt: "yes" }),
            entry("TRACK.example.com", { default: true }),
            entry("*.open.example.com", { default: true }),
        ]);
        expect(mistakes.map((line) => line.trim().split(/:? \(|: /, 1)[0])).toEqual([
            "- domains[0].adopt",
            "- domains[1].hostname",
            "- domains[1].default",
            "- domains[2].hostname",
        ]);
    });

    it("takes no edge of one's own, which is made of resources, and no text for an entry", () => {
        const mistakes = mistakesIn([
            entry("track.example.com", { edge: { endpoint: "spgo.io" } }),
            "click.example.com",
        ]);
        expect(mistakes).toMatchSnapshot();
    });

    it("begins its message with how many mistakes there are", () => {
        expect(() => parseDomains([entry("x"), entry("y")])).toThrowErrorMatchingSnapshot();
    });

    it("names the field as the configuration does", () => {
        expect(() => parseDomains([entry("x")], "mail:domains")).toThrow("mail:domains[0].hostname");
    });
});

describe("entries that don't go together", () => {
    it("have the same host, in whatever case", () => {
        expect(mistakesIn([entry("track.example.com"), entry("TRACK.example.com")])).toMatchSnapshot();
    });

    it("have the same host in two accounts", () => {
        const eu = entry("track.example.com", { account: { region: "eu" } });
        expect(mistakesIn([entry("track.example.com"), eu])).toMatchSnapshot();
    });

    it("have the same name", () => {
        expect(
            mistakesIn([entry("a.example.com", { name: "b.example.com" }), entry("b.example.com")]),
        ).toMatchSnapshot();
    });

    it("are both the default of one account", () => {
        const mistakes = mistakesIn([
            entry("a.example.com", { default: true }),
            entry("b.example.com", { default: true, account: { region: "us" } }),
        ]);
        expect(mistakes).toMatchSnapshot();
    });

    it("or one entry, link the same sending domain twice", () => {
        expect(
            mistakesIn([entry("a.example.com", { sendingDomains: ["example.com", "EXAMPLE.com"] })]),
        ).toMatchSnapshot();
    });

    it("link the same sending domain of one account", () => {
        const [sendingDomains, other] = [
            ["example.com", "a.example.com"],
            ["b.example.com", "EXAMPLE.com"],
        ];
        expect(
            mistakesIn([entry("a.example.com", { sendingDomains }), entry("b.example.com", { sendingDomains: other })]),
        ).toMatchSnapshot();
        const elsewhere = { sendingDomains, account: { subaccount: 2 } };
        expect(mistakesIn([entry("a.example.com", { sendingDomains }), entry("b.example.com", elsewhere)])).toEqual([]);
    });

    it("aren't defaults of different accounts or subaccounts", () => {
        const defaults = [undefined, { region: "eu" }, { subaccount: 1 }, { subaccount: 2 }].map((account, index) =>
            entry(`t${index}.example.com`, { account, default: true }),
        );
        expect(mistakesIn(defaults)).toEqual([]);
    });
});
