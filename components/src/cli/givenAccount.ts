// The SparkPost account that a user names by options.

import type { Problem } from "../pulumi/problems";
import { type AccountArgs, accountProblems } from "../sparkpost/account";

/** For {@link parse}. */
export const accountOptions = {
    region: { type: "string" },
    tenant: { type: "string" },
    "api-url": { type: "string" },
    endpoint: { type: "string" },
    subaccount: { type: "string" },
} as const;

/** The account, and what is wrong with it. */
export function givenAccount(values: { [Option in keyof typeof accountOptions]?: string }): {
    account: AccountArgs;
    problems: Problem[];
} {
    const given: Record<keyof AccountArgs, unknown> = {
        region: values.region,
        tenant: values.tenant,
        apiUrl: values["api-url"],
        endpoint: values.endpoint,
        // The account's own check refuses what isn't a number.
        subaccount: /^\d+$/.test(values.subaccount ?? "") ? Number(values.subaccount) : values.subaccount,
        apiKeyConfig: undefined,
        timeout: undefined,
    };
    const account = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as AccountArgs;
    return { account, problems: accountProblems(account) };
}
