// The commands for a shell that messages name. They run from the stack's own folder, and install nothing: `--no-install`
// keeps npx from fetching a stranger's package of this name where ours isn't installed.
import type { AccountArgs } from "./sparkpost/account";

const PROGRAM = "npx --no-install pulumi-sparkpost-tracking";

/**
 * What finds what exists for a host, such as `npx --no-install pulumi-sparkpost-tracking find track.example.com --region eu`:
 * with the flags that ask the host's own account, where that is known. No flag is needed for the US service's primary
 * account, and none names a key: those come from the environment.
 */
export function findCommandLine(hostname: string, account: AccountArgs = {}): string {
    const { region, tenant, apiUrl, endpoint, subaccount } = account;
    const flags = [
        ...(region !== undefined && region !== "us" ? ["--region", region] : []),
        ...(tenant !== undefined ? ["--tenant", tenant] : []),
        ...(apiUrl !== undefined ? ["--api-url", quoted(apiUrl)] : []),
        ...(endpoint !== undefined ? ["--endpoint", endpoint] : []),
        ...(subaccount !== undefined ? ["--subaccount", String(subaccount)] : []),
    ];
    return [PROGRAM, "find", hostname, ...flags].join(" ");
}

/** Something that exists, and the resource that it is to be. */
export interface ToImport {
    /** The resource's type: `fastly:index/serviceVcl:ServiceVcl`. */
    type: string;
    name: string;
    /** As the provider imports it. */
    id: string;
}

/** What takes something into a stack's state as a child of this URN, made by this provider or the default one. */
export function importCommandLine({ type, name, id }: ToImport, parent: string, provider: string | undefined): string {
    const options = [`--parent=edge=${parent}`, ...(provider === undefined ? [] : [`--provider=own=${provider}`])];
    const words = ["pulumi", "import", type, name, id, ...options];
    return `${words.map(quoted).join(" ")} --protect=false --generate-code=false --yes`;
}

/** What compares a zone's name servers of today with those at Cloudflare. */
export function compareCommand(zone: string): string {
    return `${PROGRAM} compare-zone ${zone}`;
}

/** A shell takes brackets, as in an IPv6 address, for a pattern, and `$` in a URN for a variable. */
function quoted(text: string): string {
    return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
