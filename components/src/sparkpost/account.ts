// A SparkPost account: which API, which endpoint, which subaccount, and under which name its key is found.
import { isHostname } from "../hostname";
import type { Problem } from "../pulumi/problems";

/** How to reach a SparkPost account. At most one of `region`, `tenant` and `apiUrl`; none means the US service. */
export interface AccountArgs {
    /** The public service: `us` (default) or `eu`. The two are independent: a key of one is unknown to the other. */
    region?: "us" | "eu";
    /** The tenant of a SparkPost Enterprise account: the first label of its API host. */
    tenant?: string;
    /**
     * Base address of another API (PowerMTA + Signals, a local one), up to and with the version:
     * `https://sp.example.com/api/v1`.
     */
    apiUrl?: string;
    /**
     * The SparkPost host behind the tracking domains, to which their edge forwards. Default: what region or tenant
     * imply (`spgo.io`, `eu.spgo.io`, `<tenant>.et.e.sparkpost.com`). Needed with `apiUrl`, and for a v2 endpoint
     * (`v2.spgo.io`).
     */
    endpoint?: string;
    /** Number of the subaccount that owns the domains; left out for the primary account. A domain keeps it for life. */
    subaccount?: number;
    /**
     * Name of the configuration key that holds the API key. Default `sparkpost:apiKey`; without it the environment's
     * `SPARKPOST_API_KEY` is used.
     */
    apiKeyConfig?: string;
    /** Seconds that one API call may take. Default 30. */
    timeout?: number;
}

/** What a resource keeps of its account: enough to call the API, and nothing that is the default. */
export interface ApiAccount {
    apiUrl: string;
    subaccount?: number;
    apiKeyConfig?: string;
    timeout?: number;
}

/** An account with everything that its arguments imply. */
export interface Account {
    api: ApiAccount;
    /** Undefined where only `apiUrl` was given: then nobody can know it. */
    endpoint?: string;
    /** The endpoint at which SparkPost manages certificates itself; undefined where there is none, or nobody can know it. */
    managedEndpoint?: string;
}

export const defaultApiKeyConfig = "sparkpost:apiKey";
export const apiKeyVariable = "SPARKPOST_API_KEY";

interface Service {
    apiUrl: string;
    endpoint?: string;
    managedEndpoint?: string;
}

const regions: Record<"us" | "eu", Service> = {
    us: { apiUrl: "https://api.sparkpost.com/api/v1", endpoint: "spgo.io", managedEndpoint: "v2.spgo.io" },
    eu: { apiUrl: "https://api.eu.sparkpost.com/api/v1", endpoint: "eu.spgo.io", managedEndpoint: "eu.v2.spgo.io" },
};

/** Fills in what the arguments imply. They must be free of problems ({@link accountProblems}). */
export function resolveAccount(args: AccountArgs = {}): Account {
    const implied: Service = args.tenant
        ? { apiUrl: `https://${args.tenant}.api.e.sparkpost.com/api/v1`, endpoint: `${args.tenant}.et.e.sparkpost.com` }
        : args.apiUrl
          ? { apiUrl: args.apiUrl.replace(/\/+$/, "") }
          : regions[args.region ?? "us"];
    return {
        api: {
            apiUrl: implied.apiUrl,
            ...(args.subaccount !== undefined && { subaccount: args.subaccount }),
            ...(args.apiKeyConfig !== undefined && { apiKeyConfig: args.apiKeyConfig }),
            ...(args.timeout !== undefined && { timeout: args.timeout }),
        },
        endpoint: args.endpoint?.toLowerCase() ?? implied.endpoint,
        managedEndpoint: args.tenant ? undefined : (args.endpoint?.toLowerCase() ?? implied.managedEndpoint),
    };
}

/** What a default domain belongs to, and what a tracking domain can't leave: the account and the subaccount. */
export function scopeOf({ apiUrl, subaccount }: ApiAccount): string {
    return subaccount === undefined ? apiUrl : `${apiUrl}#${subaccount}`;
}

/** The scope in words, for messages. */
export function describeScope({ apiUrl, subaccount }: ApiAccount): string {
    const host = new URL(apiUrl).host;
    return subaccount === undefined ? `the primary account at ${host}` : `subaccount ${subaccount} at ${host}`;
}

/** Everything that is wrong with the arguments. */
export function accountProblems(args: AccountArgs = {}): Problem[] {
    const problems: Problem[] = [];
    for (const field of Object.keys(args).filter((name) => !fields.includes(name))) {
        problems.push({ field, message: `there is no such field; there are ${fields.join(", ")}` });
    }
    const given = (["region", "tenant", "apiUrl"] as const).filter((field) => args[field] !== undefined);
    if (given.length > 1) {
        problems.push({
            field: given.join(", "),
            message: "these exclude each other; keep the one that names your service",
        });
    }
    if (args.region !== undefined && !Object.hasOwn(regions, args.region)) {
        problems.push({
            field: "region",
            value: args.region,
            message: 'write "us" or "eu"; for another service give `tenant` or `apiUrl`',
        });
    }
    if (args.tenant !== undefined && !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(args.tenant)) {
        problems.push({
            field: "tenant",
            value: args.tenant,
            message: "write the first label of your API host: `acme` of acme.api.e.sparkpost.com",
        });
    }
    if (args.apiUrl !== undefined) {
        problems.push(...apiUrlProblems(args.apiUrl));
    }
    if (args.endpoint !== undefined && !isHostname(args.endpoint)) {
        problems.push({
            field: "endpoint",
            value: args.endpoint,
            message: "write the plain host name that SparkPost's UI shows as CNAME value, such as spgo.io",
        });
    }
    if (
        args.subaccount !== undefined &&
        !(Number.isInteger(args.subaccount) && args.subaccount > 0 && args.subaccount < 2 ** 31)
    ) {
        problems.push({
            field: "subaccount",
            value: args.subaccount,
            message: "write the subaccount's number; leave it out for the primary account",
        });
    }
    if (args.apiKeyConfig !== undefined && !isConfigKey(args.apiKeyConfig)) {
        problems.push({
            field: "apiKeyConfig",
            message: "write the name of a configuration key, such as sparkpost:apiKeyEu, never the API key itself",
        });
    }
    if (args.timeout !== undefined && !(args.timeout > 0 && args.timeout <= 600)) {
        problems.push({ field: "timeout", value: args.timeout, message: "write seconds, more than 0 and at most 600" });
    }
    return problems;
}

/** The name of a configuration key, and not a key of SparkPost's, which is 40 hexadecimal digits. */
function isConfigKey(name: string): boolean {
    return /^([\w.-]+:)?[\w.-]+$/.test(name) && !/[0-9a-f]{32}/i.test(name);
}

const fields = ["region", "tenant", "apiUrl", "endpoint", "subaccount", "apiKeyConfig", "timeout"];

function apiUrlProblems(apiUrl: string): Problem[] {
    const field = "apiUrl";
    if (!URL.canParse(apiUrl)) {
        return [{ field, value: apiUrl, message: "write the whole address, such as https://sp.example.com/api/v1" }];
    }
    const { protocol, hostname, username, password, search, hash } = new URL(apiUrl);
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    if (protocol !== "https:" && !(protocol === "http:" && isLocal)) {
        return [
            {
                field,
                value: apiUrl,
                message: "use https: the API key would travel in clear text (http is taken for this machine only)",
            },
        ];
    }
    if (username || password || search || hash) {
        return [{ field, message: "leave out user, query and fragment: only scheme, host and path belong here" }];
    }
    return [];
}
