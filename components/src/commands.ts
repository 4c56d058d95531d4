// The shell commands in messages. They run from the stack's own folder and install nothing: `--no-install` keeps npx from
// fetching a stranger's package of this name.
import type { AccountArgs } from "./sparkpost/account";

const PROGRAM = "npx --no-install pulumi-sparkpost-tracking";

/**
 * The command that finds what exists for a host, with flags for the host's account, such as
 * `npx --no-install pulumi-sparkpost-tracking find track.example.com --region eu`. The US service's primary account needs no
 * flag. No flag names a key, because keys come from the environment.
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

/** Something that exists, and the resource that it becomes. */
export interface ToImport {
    /** The resource's type: `fastly:index/serviceVcl:ServiceVcl`. */
    type: string;
    name: string;
    /** The provider's id for imports. */
    id: string;
}

/** The command that imports something into a stack's state as a child of this URN, with this provider or the default one. */
export function importCommandLine({ type, name, id }: ToImport, parent: string, provider: string | undefined): string {
    const options = [`--parent=edge=${parent}`, ...(provider === undefined ? [] : [`--provider=own=${provider}`])];
    const words = ["pulumi", "import", type, name, id, ...options];
    return `${words.map(quoted).join(" ")} --protect=false --generate-code=false --yes`;
}

/** The command that compares a zone's name servers of today with those at Cloudflare. */
export function compareCommand(zone: string): string {
    return `${PROGRAM} compare-zone ${zone}`;
}

/** Quotes what a shell would read otherwise: brackets in an IPv6 address are a pattern, `$` in a URN is a variable. */
function quoted(text: string): string {
    return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
