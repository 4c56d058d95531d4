// A SparkPost account: which API, which endpoint, which subaccount, and under which name its key is found.
import * as z from "zod/mini";
import { isHostname } from "../hostname";
import type { Problem } from "../pulumi/problems";
import { configKeyName, fields, numberThat, problemsBy, seconds, textThat } from "../pulumi/shape";

/** How to reach a SparkPost account. At most one of `region`, `tenant` and `apiUrl`; none means the US service. */
export interface AccountArgs {
    /**
     * The public service. The two are independent: a key of one is unknown to the other.
     *
     * @default "us"
     */
    region?: "us" | "eu";
    /** The tenant of a SparkPost Enterprise account: the first label of its API host. */
    tenant?: string;
    /**
     * Base address of another API (PowerMTA + Signals, a local one), up to and with the version:
     * `https://sp.example.com/api/v1`.
     */
    apiUrl?: string;
    /**
     * The SparkPost host behind the tracking domains, to which their edge forwards. Needed with `apiUrl`, and for a v2
     * endpoint (`v2.spgo.io`).
     *
     * @default what region or tenant imply (`spgo.io`, `eu.spgo.io`, `<tenant>.et.e.sparkpost.com`)
     */
    endpoint?: string;
    /** Number of the subaccount that owns the domains; left out for the primary account. A domain keeps it for life. */
    subaccount?: number;
    /**
     * Name of the configuration key that holds the API key, never the key itself.
     *
     * @default `sparkpost:apiKey`; without it the environment's `SPARKPOST_API_KEY` is used
     * @example "sparkpost:apiKeyEu"
     */
    apiKeyConfig?: string;
    /**
     * Seconds that one API call may take, its whole answer included. A repetition has them anew.
     *
     * @default 30
     */
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

/** The fields of an account, each checked by itself. */
export const accountFields = fields({
    region: z.optional(
        z.enum(["us", "eu"], { error: 'write "us" or "eu"; for another service give `tenant` or `apiUrl`' }),
    ),
    tenant: z.optional(
        textThat(
            (tenant) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(tenant),
            "write the first label of your API host: `acme` of acme.api.e.sparkpost.com",
        ),
    ),
    apiUrl: z.optional(z.string().check(checkApiUrl)),
    endpoint: z.optional(
        textThat(isHostname, "write the plain host name that SparkPost's UI shows as CNAME value, such as spgo.io"),
    ),
    subaccount: z.optional(
        numberThat(
            (number) => Number.isInteger(number) && number > 0 && number < 2 ** 31,
            "write the subaccount's number; leave it out for the primary account",
        ),
    ),
    apiKeyConfig: configKeyName("sparkpost:apiKeyEu"),
    timeout: z.optional(seconds(600)),
});

/** What is wrong between the fields of an account. */
export function accountClashes(args: AccountArgs = {}): Problem[] {
    const given = (["region", "tenant", "apiUrl"] as const).filter((field) => args[field] !== undefined);
    return given.length > 1
        ? [
              {
                  field: given.join(", "),
                  message: "these exclude each other; keep the one that names your service",
              },
          ]
        : [];
}

/** Everything that is wrong with the arguments. */
export function accountProblems(args: AccountArgs = {}): Problem[] {
    return problemsBy<AccountArgs>(accountFields, args, accountClashes);
}

function checkApiUrl({ value, issues }: z.core.ParsePayload<string>): void {
    const refuse = (message: string, isHidden = false) =>
        issues.push({ code: "custom", message, input: value, params: { isHidden } });
    if (!URL.canParse(value) || value.length > 1_000) {
        refuse("write the whole address, such as https://sp.example.com/api/v1", /@/.test(value));
        return;
    }
    const { protocol, hostname, username, password, search, hash } = new URL(value);
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    if (username || password || search || hash) {
        refuse("leave out user, query and fragment: only scheme, host and path belong here", true);
    } else if (protocol !== "https:" && !(protocol === "http:" && isLocal)) {
        refuse("use https: the API key would travel in clear text (http is taken for this machine only)");
    }
}
