// A list of tracking domains as a stack's configuration holds it: checked as a whole, with all mistakes in one message,
// before anything is declared.
import { argumentProblems, type HttpsTrackingDomainArgs } from "./arguments";
import { checkHostname } from "./hostname";
import { below, type Problem } from "./problems";
import { describeScope, resolveAccount, scopeOf } from "./sparkpost/account";
import { refuse } from "./userError";

/** One tracking domain of a stack: what the component takes, and its name in the stack. */
export interface DomainEntry extends HttpsTrackingDomainArgs {
    /**
     * Its name in the stack. Default: the host. A host that is renamed keeps its history, such as the default it took
     * over, only if it keeps its name: so write the old host here then.
     */
    name?: string;
}

/**
 * The entries of a configuration value, each with its name. Throws one error that holds every mistake: in an entry, or
 * between entries (a host or a name twice, two defaults of one account or subaccount).
 */
export function parseDomains(value: unknown, field = "domains"): (DomainEntry & { name: string })[] {
    const problems = listProblems(value, field);
    refuse("Configuration", problems);
    return (value as DomainEntry[]).map((entry) => ({ ...entry, name: nameOf(entry) }));
}

function listProblems(value: unknown, field: string): Problem[] {
    if (!Array.isArray(value)) {
        return [
            {
                field,
                value,
                message:
                    "write a list of tracking domains, each with a `hostname` and `cloudflare: { zone: example.com }`",
            },
        ];
    }
    const own = value.map(entryProblems);
    return value.flatMap((_entry, index) => [
        ...below(`${field}[${index}]`, own[index] ?? []),
        ...below(`${field}[${index}]`, between(value, own, index, field)),
    ]);
}

function entryProblems(entry: unknown): Problem[] {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
        return [
            {
                field: "",
                value: entry,
                message: "write a set of fields, with a `hostname` and `cloudflare: { zone: example.com }`",
            },
        ];
    }
    const { name, edge, ...args } = entry as { name?: unknown; edge?: unknown };
    const problems: Problem[] = [];
    if (name !== undefined && (typeof name !== "string" || name === "")) {
        problems.push({
            field: "name",
            value: name,
            message: "write a text, or leave it out: then the host is the name",
        });
    }
    if (edge !== undefined) {
        problems.push({
            field: "edge",
            message: "an edge of your own is made of resources: only a program can give it",
        });
    }
    return [...problems, ...argumentProblems(args)];
}

/**
 * Mistakes of this entry that only an earlier one makes mistakes. An entry whose host or account is wrong can't be
 * compared.
 */
function between(entries: readonly DomainEntry[], own: readonly Problem[][], index: number, field: string): Problem[] {
    const isComparable = (at: number) => !own[at]?.some((problem) => /^(hostname|account|name|$)/.test(problem.field));
    const entry = entries[index];
    if (!entry || !isComparable(index)) {
        return [];
    }
    const earlier = (matches: (other: DomainEntry) => boolean) =>
        entries.findIndex((other, at) => at < index && isComparable(at) && matches(other));
    const problems: Problem[] = [];
    const twin = earlier((other) => hostOf(other) === hostOf(entry));
    if (twin >= 0) {
        const rest =
            scopeAt(entries[twin]) === scopeAt(entry)
                ? "is the same host; remove one of the two"
                : "has the same host in another account; a host's links go to one endpoint, so give each account a host of its own";
        problems.push({ field: "hostname", value: entry.hostname, message: `${field}[${twin}] ${rest}` });
    }
    const namesake = earlier((other) => nameOf(other) === nameOf(entry));
    if (namesake >= 0 && namesake !== twin) {
        const message = `${field}[${namesake}] has this name; give each a name of its own`;
        problems.push({ field: "name", value: nameOf(entry), message });
    }
    const holder = entry.default ? earlier((other) => other.default === true && scopeAt(other) === scopeAt(entry)) : -1;
    if (holder >= 0) {
        const scope = describeScope(resolveAccount(entry.account).api);
        const message = `${field}[${holder}] is the default of ${scope} already, and there can be one`;
        problems.push({ field: "default", value: true, message });
    }
    return problems;
}

function hostOf({ hostname }: DomainEntry): string {
    return checkHostname(hostname).hostname;
}

function nameOf({ name, hostname }: DomainEntry): string {
    return name ?? checkHostname(hostname).hostname;
}

function scopeAt(entry: DomainEntry | undefined): string {
    return scopeOf(resolveAccount(entry?.account).api);
}
