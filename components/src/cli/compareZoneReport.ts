// The report of a comparison: the differences, and what to do next. Pure.
import { delegationOrders, delegationPlace, isBelowAnother, whyOneChange } from "../cloudflare/delegation";
import { plainText } from "../othersWords";
import type { Difference, ZoneComparison } from "../zoneComparison/compareZone";

interface ReportContext {
    zone: string;
    /** The servers that were asked, by name or address. */
    old: string[];
    /** Whether the zone is delegated to the old servers. Otherwise they serve the zone above. */
    isOwn: boolean;
    new: string[];
    /** How many names were compared. */
    asked: number;
    /** Whether Cloudflare's records could be read. */
    knowsCloudflare: boolean;
    /** What couldn't be read, and why. */
    notes: string[];
}

export function describeComparison(comparison: ZoneComparison, context: ReportContext): string {
    const { zone, old, isOwn, new: now, asked, notes } = context;
    const { differences, proxied } = comparison;
    const of = (kind: Difference["kind"]) => differences.filter((each) => each.kind === kind).map(differenceLines);
    const sections = [
        `${zone}: ${asked} names compared.\n  old: ${old.join(", ")}${isOwn ? "" : ` (of the zone above, which answers for ${zone} today)`}\n  new: ${now.join(", ")}`,
        ...notes,
        section("Missing at the new servers, so they would stop working", of("missing")),
        section("Different", of("different")),
        section("Only at the new servers", of("added")),
        section(
            "Proxied by Cloudflare, so their addresses differ by design; the records behind the proxy are the same",
            proxied.map((name) => `  ${plainText(name, 253)}`),
        ),
        differences.length === 0 ? "Nothing differs among the names that were compared." : undefined,
        section("What this can't see", blindSpots(context)),
        section("What to do next", numbered(nextSteps(comparison, context))),
    ];
    return sections.filter((each) => each !== undefined).join("\n\n");
}

function section(title: string, lines: string[]): string | undefined {
    return lines.length === 0 ? undefined : [`${title}:`, ...lines].join("\n");
}

/** The lines of one difference, without the records that both sides have. */
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
        ? "Other names: DNS can't list a zone's names. Only the usual names, those at Cloudflare and those of --name were compared."
        : "Other names: DNS can't list a zone's names. Only the usual names and those of --name were compared.";
    return [
        `  ${names}\n  The old DNS vendor's dashboard or zone file shows all names. Look there for DKIM selectors and hostnames that are missing here.`,
        "  Other types (HTTPS, TLSA, …): only A, AAAA, CAA, CNAME, MX, NS, SRV and TXT were compared.",
        `  The DS record of ${zone}: Node.js can't ask for it. Run \`dig +short DS ${zone}\`.`,
    ];
}

function nextSteps({ differences }: ZoneComparison, { zone, new: now }: ReportContext): string[] {
    const steps: string[] = [];
    if (differences.some(({ kind }) => kind !== "added")) {
        steps.push("At Cloudflare, add what is missing and correct what differs by mistake. Then run this again.");
    }
    if (differences.some(({ kind }) => kind === "added")) {
        steps.push(
            "Delete what is only at the new servers, unless you put it there. Cloudflare adds CAA records for its own certificate authorities; keep those.",
        );
    }
    const orders = delegationOrders(zone, now);
    return [
        ...steps,
        `Run \`dig +short DS ${zone}\`. If it prints a record, remove that old DS record ${delegationPlace(zone)}, and wait until its TTL has passed. Otherwise validating resolvers refuse every answer of the new servers.`,
        ...orders.map((order, index) => (index > 0 ? `${order} ${whyOneChange(zone)}` : order)),
        isBelowAnother(zone)
            ? "Run `pulumi up` once Cloudflare's dashboard says Active."
            : "Run `pulumi up` once Cloudflare's dashboard says Active. Keep the old zone as it is for two days, because resolvers remember the old servers.",
    ];
}

function numbered(steps: string[]): string[] {
    return steps.map((step, index) => `  ${index + 1}. ${step}`);
}
