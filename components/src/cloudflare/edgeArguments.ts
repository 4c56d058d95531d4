// What both of Cloudflare's edges check before they declare anything.
import { edgeProblems } from "../edge";
import { checkHostname } from "../hostname";
import { refuse } from "../pulumi/userError";
import { type CloudflareArgs, cloudflareProblems } from "./arguments";

/** The host in the one form we keep; throws one error with everything that is wrong with the arguments. */
export function checkedEdgeHost(
    subject: string,
    args: CloudflareArgs & { hostname: string; endpoint: string },
): string {
    const { hostname, mistakes } = checkHostname(args.hostname);
    refuse(subject, [
        ...mistakes.map((message) => ({ field: "hostname", value: args.hostname, message })),
        ...edgeProblems(hostname, { endpoint: args.endpoint, dependsOn: [] }),
        ...cloudflareProblems(mistakes.length === 0 ? hostname : undefined, args),
    ]);
    return hostname;
}
