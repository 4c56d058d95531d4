// A list of tracking domains as a stack's configuration holds it: checked as a whole, with all mistakes in one message,
// before anything is declared.
import { argumentProblems, type HttpsTrackingDomainArgs, importsOf } from "./arguments";
import { checkHostname } from "./hostname";
import { below, type Problem } from "./pulumi/problems";
import { refuse } from "./pulumi/userError";
import { type ApiAccount, describeScope, resolveAccount, scopeOf } from "./sparkpost/account";
import { checkSendingDomain } from "./sparkpost/sendingDomain";

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
    const earlier: ComparableEntry[] = [];
    return value.flatMap((entry, index) => {
        const path = `${field}[${index}]`;
        const problems = entryProblems(entry);
        // An entry whose name, host or account is wrong can't be compared.
        if (!problems.some((problem) => /^(hostname|account|name|$)/.test(problem.field))) {
            const comparable = comparableEntry(entry, path);
            problems.push(...clashes(comparable, earlier));
            earlier.push(comparable);
        }
        return below(path, problems);
    });
}

/** What two entries are compared by. */
interface ComparableEntry {
    path: string;
    entry: DomainEntry;
    host: string;
    name: string;
    account: ApiAccount;
    scope: string;
    sendingDomains: string[];
}

function comparableEntry(entry: DomainEntry, path: string): ComparableEntry {
    const { api: account } = resolveAccount(entry.account);
    const host = checkHostname(entry.hostname).hostname;
    // What isn't a list of names is told as a mistake of the entry's own.
    const given = Array.isArray(entry.sendingDomains) ? entry.sendingDomains : [];
    const sendingDomains = given.map((one) => checkSendingDomain(one).name);
    return { path, entry, host, name: entry.name ?? host, account, scope: scopeOf(account), sendingDomains };
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
function clashes(
    { entry, host, name, account, scope, sendingDomains }: ComparableEntry,
    earlier: readonly ComparableEntry[],
): Problem[] {
    const problems: Problem[] = [];
    const twin = earlier.find((other) => other.host === host);
    if (twin) {
        const rest =
            twin.scope === scope
                ? "is the same host; remove one of the two"
                : "has the same host in another account; a host's links go to one endpoint, so give each account a host of its own";
        problems.push({ field: "hostname", value: entry.hostname, message: `${twin.path} ${rest}` });
    }
    const namesake = earlier.find((other) => other.name === name);
    if (namesake && namesake !== twin) {
        const message = `${namesake.path} has this name; give each a name of its own`;
        problems.push({ field: "name", value: name, message });
    }
    const holder = entry.default && earlier.find((other) => other.entry.default && other.scope === scope);
    if (holder) {
        const message = `${holder.path} is the default of ${describeScope(account)} already, and there can be one`;
        problems.push({ field: "default", value: true, message });
    }
    for (const [field, id] of Object.entries(importsOf(entry)).filter(([, id]) => id !== undefined)) {
        const owner = earlier.find((other) => Object.values(importsOf(other.entry)).includes(id));
        if (owner) {
            const message = `${owner.path} takes it over already; an id is of one host, so remove \`import\` here`;
            problems.push({
                field: `${entry.cloudflare ? "cloudflare" : "dns.cloudflare"}.import.${field}`,
                value: id,
                message,
            });
        }
    }
    sendingDomains.forEach((sendingDomain, index) => {
        const linked = earlier.find((other) => other.scope === scope && other.sendingDomains.includes(sendingDomain));
        if (linked) {
            const message = `${linked.path} links it already, and a sending domain has one link; name it at one of the two`;
            problems.push({ field: `sendingDomains[${index}]`, value: sendingDomain, message });
        }
    });
    return problems;
}
