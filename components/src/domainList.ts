// A list of tracking domains as a stack's configuration holds it: checked as a whole, with all mistakes in one message,
// before anything is declared.
import { argumentProblems, claimProblems, type HttpsTrackingDomainArgs } from "./arguments";
import { checkHostname, checkSendingDomain } from "./hostname";
import { below, type Problem } from "./pulumi/problems";
import { type Claims, claimOnce } from "./pulumi/program";
import { refuse } from "./pulumi/userError";
import { describeScope, resolveAccount, scopeOf } from "./sparkpost/account";

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
 * between entries (a host or a name twice, two defaults of one account or subaccount, a sending domain at two hosts).
 */
export function parseDomains(value: unknown, field = "domains"): (DomainEntry & { name: string })[] {
    const problems = listProblems(value, field);
    refuse("Configuration", problems);
    return (value as DomainEntry[]).map((entry) => ({
        ...entry,
        name: entry.name ?? checkHostname(entry.hostname).hostname,
    }));
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
    const claims: Claims = new Map();
    return value.flatMap((entry, index) => {
        const path = `${field}[${index}]`;
        const problems = entryProblems(entry);
        // An entry whose name, host or account is wrong can't be compared.
        if (!problems.some((problem) => /^(hostname|account|name|$)/.test(problem.field))) {
            problems.push(...clashes(entry, path, claims));
        }
        return below(path, problems);
    });
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

/** Mistakes of this entry that only an earlier one makes mistakes. */
function clashes(entry: DomainEntry, path: string, claims: Claims): Problem[] {
    const { hostname, name = checkHostname(hostname).hostname, sendingDomains } = entry;
    const { api: account } = resolveAccount(entry.account);
    const scope = scopeOf(account);
    const problems = claimProblems(path, entry, claims);
    const isTwin = problems.some(({ field }) => field === "hostname");
    const namesake = claimOnce(`name ${name}`, path, claims);
    if (namesake !== undefined && !isTwin) {
        const message = `${namesake} has this name; give each a name of its own`;
        problems.push({ field: "name", value: name, message });
    }
    const holder = entry.default ? claimOnce(`default of ${scope}`, path, claims) : undefined;
    if (holder !== undefined) {
        const message = `${holder} is the default of ${describeScope(account)} already, and there can be one`;
        problems.push({ field: "default", value: true, message });
    }
    // Anything but a list is refused with the entry's other fields.
    for (const [index, given] of (Array.isArray(sendingDomains) ? sendingDomains : []).entries()) {
        const value = checkSendingDomain(given).name;
        const linked = claimOnce(`link of ${value} of ${scope}`, path, claims);
        if (linked !== undefined) {
            const message = `${linked} links it already, and a sending domain has one link; name it at one of the two`;
            problems.push({ field: `sendingDomains[${index}]`, value, message });
        }
    }
    return problems;
}
