// The command that finds what exists for a host, as messages name it: with the flags that ask the host's own account,
// where that is known.
import type { AccountArgs } from "./sparkpost/account";

/**
 * The command line for a shell, such as `npx pulumi-sparkpost-tracking find track.example.com --region eu`. No flag is
 * needed for the US service's primary account, and none names a key: those come from the environment.
 */
export function findCommandLine(hostname: string, account: AccountArgs = {}): string {
    const { region, tenant, apiUrl, subaccount } = account;
    const flags = [
        ...(region !== undefined && region !== "us" ? ["--region", region] : []),
        ...(tenant !== undefined ? ["--tenant", tenant] : []),
        ...(apiUrl !== undefined ? ["--api-url", quoted(apiUrl)] : []),
        ...(subaccount !== undefined ? ["--subaccount", String(subaccount)] : []),
    ];
    return ["npx pulumi-sparkpost-tracking find", hostname, ...flags].join(" ");
}

/** A shell takes brackets, as in an IPv6 address, for a pattern. */
function quoted(text: string): string {
    return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
