// The comparison of a zone in lines for a person, with what to do next. Pure.
import { delegationOrders, delegationPlace, isBelowAnother, whyOneChange } from "../cloudflare/delegation";
import { plainText } from "../othersWords";
import type { Difference, ZoneComparison } from "../zoneComparison/compareZone";

export interface ReportContext {
    zone: string;
    /** The servers that were asked, by name or address. */
    old: string[];
    /** The zone is delegated to the old servers, and isn't a part of another zone yet. */
    isOwn: boolean;
    new: string[];
    /** How many names were asked for. */
    asked: number;
    /** Whether Cloudflare's own list of records was at hand. */
    knowsCloudflare: boolean;
    /** What couldn't be read, and why. */
    notes: string[];
}

export function describeComparison(comparison: ZoneComparison, context: ReportContext): string {
    const { zone, old, isOwn, new: now, asked, notes } = context;
    const { differences, proxied } = comparison;
    const of = (kind: Difference["kind"]) => differences.filter((each) => each.kind === kind).map(differenceLines);
    const sections = [
        `${zone}: ${asked} names asked.\n  old: ${old.join(", ")}${isOwn ? "" : `, of the zone above, which has ${zone} now`}\n  new: ${now.join(", ")}`,
        ...notes,
        section("Missing at the new servers: delegated like this, these stop working", of("missing")),
        section("Different", of("different")),
        section("Only at the new servers", of("added")),
        section(
            "Proxied by Cloudflare, so their addresses differ by design; behind the proxy is what the old servers have",
            proxied.map((name) => `  ${plainText(name, 253)}`),
        ),
        differences.length === 0 ? "Nothing differs among the names that were asked for." : undefined,
        section("What this can't see", blindSpots(context)),
        section("What to do next", numbered(nextSteps(comparison, context))),
    ];
    return sections.filter((each) => each !== undefined).join("\n\n");
}

function section(title: string, lines: string[]): string | undefined {
    return lines.length === 0 ? undefined : [`${title}:`, ...lines].join("\n");
}

/** Of a set that is different, the records that both sides have are left out. */
function differenceLines({ name, type, kind, old, new: now }: Difference): string {
    const values = (records: string[], label = "") => records.map((record) => `    ${label}${plainText(record, 500)}`);
    const lines =
        kind === "different"
            ? [...values(without(old, now), "old  "), ...values(without(now, old), "new  ")]
            : values(kind === "missing" ? old : now);
    return [`  ${plainText(name, 253)}  ${type}`, ...lines].join("\n");
}

function without(records: string[], others: string[]): string[] {
    return records.filter((record) => !others.includes(record));
}

function blindSpots({ zone, knowsCloudflare }: ReportContext): string[] {
    const names = knowsCloudflare
        ? "DNS can't be asked which names there are: besides the usual ones, and those that Cloudflare has, only names given with --name were asked for."
        : "DNS can't be asked which names there are: besides the usual ones only names given with --name were asked for.";
    return [
        `  ${names}\n  The old DNS vendor's dashboard or zone file shows them all: look for DKIM selectors and hosts that are missing here.`,
        "  Compared are A, AAAA, CAA, CNAME, MX, NS, SRV and TXT; other types (HTTPS, TLSA, …) are not.",
        `  The DS record of ${zone} at its parent: Node.js can't ask for that type. See \`dig +short DS ${zone}\`.`,
    ];
}

function nextSteps({ differences }: ZoneComparison, { zone, new: now }: ReportContext): string[] {
    const steps: string[] = [];
    if (differences.some(({ kind }) => kind !== "added")) {
        steps.push("Make at Cloudflare what is missing, correct what is different by mistake, and run this again.");
    }
    if (differences.some(({ kind }) => kind === "added")) {
        steps.push(
            "What is only at the new servers does no harm if you put it there (Cloudflare adds CAA records of its own authorities); delete the rest.",
        );
    }
    const orders = delegationOrders(zone, now);
    return [
        ...steps,
        `Run \`dig +short DS ${zone}\`. If it prints a record, remove the old DS record first, ${delegationPlace(zone)}, and wait as long as its TTL says: with it, resolvers that validate refuse every answer of the new servers.`,
        ...orders.map((order, index) => (index > 0 ? `${order} ${whyOneChange(zone)}` : order)),
        isBelowAnother(zone)
            ? "Run `pulumi up` once Cloudflare's dashboard says Active."
            : "Leave the old zone as it is for two days, for resolvers remember the old servers; then run `pulumi up`, once Cloudflare's dashboard says Active.",
    ];
}

function numbered(steps: string[]): string[] {
    return steps.map((step, index) => `  ${index + 1}. ${step}`);
}
