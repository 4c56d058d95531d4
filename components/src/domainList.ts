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
    const own = value.flatMap((entry, index) => below(`${field}[${index}]`, entryProblems(entry)));
    return own.length > 0 ? own : between(value, field);
}

function entryProblems(entry: unknown): Problem[] {
    const { name, ...args } = (entry ?? {}) as { name?: unknown };
    const isName = name === undefined || (typeof name === "string" && name !== "");
    return [
        ...(isName
            ? []
            : [{ field: "name", value: name, message: "write a text, or leave it out: then the host is the name" }]),
        ...argumentProblems(args),
    ];
}

/** Mistakes that no entry makes by itself; each is told at the later of the two. */
function between(entries: readonly DomainEntry[], field: string): Problem[] {
    return entries.flatMap((entry, index) => {
        const problems: Problem[] = [];
        const { hostname } = checkHostname(entry.hostname);
        const twin = entries.slice(0, index).findIndex((other) => checkHostname(other.hostname).hostname === hostname);
        if (twin >= 0) {
            const message =
                scopeAt(entries[twin]) === scopeAt(entry)
                    ? `${field}[${twin}] is the same host; remove one of the two`
                    : `${field}[${twin}] has the same host in another account; a host's links go to one endpoint, so give each account a host of its own`;
            problems.push({ field: "hostname", value: entry.hostname, message });
        }
        const namesake = entries.slice(0, index).findIndex((other) => nameOf(other) === nameOf(entry));
        if (namesake >= 0 && namesake !== twin) {
            problems.push({
                field: "name",
                value: nameOf(entry),
                message: `${field}[${namesake}] has this name; give each a name of its own`,
            });
        }
        const holder = entries.slice(0, index).findIndex((other) => other.default && scopeAt(other) === scopeAt(entry));
        if (entry.default && holder >= 0) {
            const scope = describeScope(resolveAccount(entry.account).api);
            problems.push({
                field: "default",
                value: true,
                message: `${field}[${holder}] is the default of ${scope} already, and there can be one`,
            });
        }
        return below(`${field}[${index}]`, problems);
    });
}

function nameOf({ name, hostname }: DomainEntry): string {
    return name ?? checkHostname(hostname).hostname;
}

function scopeAt(entry: DomainEntry | undefined): string {
    return scopeOf(resolveAccount(entry?.account).api);
}
