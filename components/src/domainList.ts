// The list of tracking domains in a stack's configuration. One message lists all its mistakes, before anything is
// declared.
import { argumentProblems, claimProblems, type HttpsTrackingDomainArgs } from "./arguments";
import { checkHostname, checkSendingDomain } from "./hostname";
import { below, type Problem } from "./pulumi/problems";
import { type Claims, claimOnce } from "./pulumi/program";
import { refuse } from "./pulumi/userError";
import { describeScope, resolveAccount, scopeOf } from "./sparkpost/account";

/** One tracking domain of a stack: the component's arguments, and a name. */
export interface DomainEntry extends HttpsTrackingDomainArgs {
    /**
     * Its name in the stack. When you change the hostname, write the old one here. Then the entry keeps its history, such as
     * the default that it took over.
     *
     * @default the hostname
     */
    name?: string;
}

/**
 * The entries of a configuration value, each with its name.
 *
 * @throws One error with all mistakes, also those between entries: a hostname or a name twice, two defaults of one account
 * or subaccount, a sending domain at two hosts.
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
                    "write a list of tracking domains, each with `hostname` and `cloudflare: { zone: example.com }`",
            },
        ];
    }
    const claims: Claims = new Map();
    return value.flatMap((entry, index) => {
        const path = `${field}[${index}]`;
        const problems = entryProblems(entry);
        // An entry with a wrong name, hostname or account can't be compared.
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
                message: "write a set of fields, with `hostname` and `cloudflare: { zone: example.com }`",
            },
        ];
    }
    const { name, edge, ...args } = entry as { name?: unknown; edge?: unknown };
    const problems: Problem[] = [];
    if (name !== undefined && (typeof name !== "string" || name === "")) {
        problems.push({
            field: "name",
            value: name,
            message: "write a text, or remove it: then the hostname is the name",
        });
    }
    if (edge !== undefined) {
        problems.push({
            field: "edge",
            message: "only a program can give an edge of your own, because it consists of resources",
        });
    }
    return [...problems, ...argumentProblems(args)];
}

/** The clashes of this entry with earlier ones. */
function clashes(entry: DomainEntry, path: string, claims: Claims): Problem[] {
    const { hostname, name = checkHostname(hostname).hostname, sendingDomains } = entry;
    const { api: account } = resolveAccount(entry.account);
    const scope = scopeOf(account);
    const problems = claimProblems(path, entry, claims);
    const isTwin = problems.some(({ field }) => field === "hostname");
    const namesake = claimOnce(`name ${name}`, path, claims);
    if (namesake !== undefined && !isTwin) {
        const message = `${namesake} already has this name; give each a name of its own`;
        problems.push({ field: "name", value: name, message });
    }
    const holder = entry.default ? claimOnce(`default of ${scope}`, path, claims) : undefined;
    if (holder !== undefined) {
        const message = `${holder} is already the default of ${describeScope(account)}; keep \`default: true\` on one of the two`;
        problems.push({ field: "default", value: true, message });
    }
    // What isn't a list is refused with the entry's other fields.
    for (const [index, given] of (Array.isArray(sendingDomains) ? sendingDomains : []).entries()) {
        const value = checkSendingDomain(given).name;
        const linked = claimOnce(`link of ${value} of ${scope}`, path, claims);
        // Twice in one entry is refused with the entry's other fields.
        if (linked !== undefined && linked !== path) {
            const message = `${linked} already links it; name a sending domain at one tracking domain only`;
            problems.push({ field: `sendingDomains[${index}]`, value, message });
        }
    }
    return problems;
}
