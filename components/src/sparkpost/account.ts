// A SparkPost account: its API, its endpoint, its subaccount, and the name of the configuration key with its API key.
import * as z from "zod/mini";
import { isHostname } from "../hostname";
import type { Problem } from "../pulumi/problems";
import { configKeyName, fields, numberThat, problemsBy, seconds, textThat } from "../pulumi/shape";

/** How to reach a SparkPost account. At most one of `region`, `tenant` and `apiUrl`; none means the US service. */
export interface AccountArgs {
    /**
     * The public service. The two are independent: a key of one doesn't work at the other.
     *
     * @default "us"
     */
    region?: "us" | "eu";
    /** The tenant of a SparkPost Enterprise account: the first label of its API host. */
    tenant?: string;
    /**
     * The base address of another API (PowerMTA + Signals, a local one), with the version.
     *
     * @example "https://sp.example.com/api/v1"
     */
    apiUrl?: string;
    /**
     * The SparkPost host to which the edge forwards. Needed with `apiUrl`, and for a v2 endpoint (`v2.spgo.io`).
     *
     * @default by region or tenant: `spgo.io`, `eu.spgo.io`, `<tenant>.et.e.sparkpost.com`
     */
    endpoint?: string;
    /**
     * The number of the subaccount that owns the domains. A domain can't move to another one.
     *
     * @default the primary account
     */
    subaccount?: number;
    /**
     * The name of the configuration key that holds the API key, never the key itself. For a name of your own, the environment
     * variable `SPARKPOST_API_KEY` isn't read: it would be another account's key.
     *
     * @default `sparkpost:apiKey`, then the environment variable `SPARKPOST_API_KEY`
     * @example "sparkpost:apiKeyEu"
     */
    apiKeyConfig?: string;
    /**
     * How long one API call may take with its whole answer, in seconds. Each repetition has this time again.
     *
     * @default 30
     */
    timeout?: number;
}

/** What a resource keeps of its account: enough to call the API, without defaults. */
export interface ApiAccount {
    apiUrl: string;
    subaccount?: number;
    apiKeyConfig?: string;
    timeout?: number;
}

/** An account with everything that its arguments imply. */
export interface Account {
    api: ApiAccount;
    /** Undefined where only `apiUrl` was given: then it isn't known. */
    endpoint?: string;
    /** The endpoint at which SparkPost manages certificates. Undefined where there is none, or it isn't known. */
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

/** Fills in what the arguments imply. The arguments must have no problems ({@link accountProblems}). */
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

/** The SparkPost service of an endpoint. */
export function serviceOf(name: string): AccountArgs | undefined {
    const [, tenant] = /^([a-z0-9-]+)\.et\.e\.sparkpost\.com$/.exec(name) ?? [];
    const services: AccountArgs[] = [{ region: "us" }, { region: "eu" }, ...(tenant ? [{ tenant }] : [])];
    return services.find((service) => {
        const { endpoint, managedEndpoint } = resolveAccount(service);
        return name === endpoint || name === managedEndpoint;
    });
}

/** The account and the subaccount. A default domain belongs to it, and a tracking domain can't leave it. */
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
        z.enum(["us", "eu"], { error: 'write "us" or "eu"; for another service set `tenant` or `apiUrl`' }),
    ),
    tenant: z.optional(
        textThat(
            (tenant) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(tenant),
            "write the first label of your API host: `acme` of acme.api.e.sparkpost.com",
        ),
    ),
    apiUrl: z.optional(z.string().check(checkApiUrl)),
    endpoint: z.optional(
        textThat(isHostname, "write the plain hostname that SparkPost's UI shows as CNAME value, such as spgo.io"),
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
                  message: "set only one of these: the one that names your service",
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
        refuse("leave out user, query and fragment: the address has only scheme, host and path", true);
    } else if (protocol !== "https:" && !(protocol === "http:" && isLocal)) {
        refuse("use https: with http the API key would travel in clear text (allowed for this machine only)");
    }
}
