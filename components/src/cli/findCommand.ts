// `find`: what exists for a tracking host, and the configuration that takes it over.
import { checkHostname } from "../hostname";
import { describeProblems } from "../pulumi/problems";
import { type AccountArgs, accountProblems, apiKeyVariable, resolveAccount } from "../sparkpost/account";
import { Client } from "../sparkpost/runtime/client";
import { SparkPostError } from "../sparkpost/runtime/errors";
import type { TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";
import { type FoundAtCloudflare, findAtCloudflare } from "./cloudflareFinds";
import { endpointNote, leadOf, withEndpoint } from "./endpointToday";
import { describeAccount, describeCloudflare, describeSparkPost, otherAccounts } from "./findReport";
import { cloudflareOf, cloudflareVariable, exitCodes, Failure, type Io, onlyArgument, parse, UsageError } from "./io";
import { asTypeScript, asYaml, entryFor, placesOf, type SnippetEntry } from "./snippet";

export async function findCommand(args: string[], io: Io): Promise<number> {
    const { hostname, account, asCode } = argumentsOf(args);
    const cloudflare = cloudflareOf(io);
    const key = io.env[apiKeyVariable]?.trim();
    if (!cloudflare && !key) {
        throw new UsageError(`nobody can be asked: set ${cloudflareVariable}, ${apiKeyVariable} or both`);
    }
    const [edge, registration] = await Promise.all([
        attempt(cloudflare && (() => findAtCloudflare(hostname, cloudflare))),
        attempt(key ? () => findAtSparkPost(hostname, account, key, io) : undefined),
    ]);

    io.out(report("Cloudflare", edge, missing(cloudflareVariable), (found) => describeCloudflare(hostname, found)));
    io.out("");
    io.out(
        report(describeAccount(account), registration, missing(apiKeyVariable), (found) =>
            describeSparkPost(hostname, found, account.subaccount),
        ),
    );
    io.out(`  ${otherAccounts(account)}`);
    if (edge.value?.zone !== undefined || registration.value !== undefined) {
        io.out(configuration(hostname, { edge, registration, account, asCode }));
    }
    const failures = [edge.failure, registration.failure].filter((failure) => failure !== undefined);
    for (const failure of failures) {
        io.err(`\n${failure}`);
    }
    return failures.length > 0 ? exitCodes.failed : exitCodes.fine;
}

/** What takes over what was found, and what is to be known about it. */
function configuration(hostname: string, { edge, registration, account, asCode }: Findings): string {
    const lead = leadOf(hostname, edge.value);
    const subaccount = registration.value?.subaccount;
    const owner = subaccount === undefined ? account : { ...account, subaccount };
    const known = withEndpoint(owner, lead, edge.value?.zone?.name);
    const entry = entryFor(hostname, { edge: edge.value, registration: registration.value, account: known });
    const notes = [
        endpointNote(hostname, known, lead),
        isKnown(edge) ? undefined : "Cloudflare didn't answer, so `cloudflare` is left out.",
        isKnown(registration)
            ? undefined
            : "SparkPost didn't answer: add `adopt: true` if the host is registered there.",
    ];
    return [
        "",
        ...(entry.adopt || entry.cloudflare?.import ? [...intoOwn(hostname, entry), ""] : []),
        asCode ? `For your program:\n\n${asTypeScript(entry)}` : `For Pulumi.<stack>.yaml:\n\n${asYaml(entry)}`,
        ...notes.filter((note) => note !== undefined).map((note) => `\n${note}`),
    ].join("\n");
}

/** How the lines go into what the user has written already. */
function intoOwn(hostname: string, entry: SnippetEntry): string[] {
    return [
        `If ${hostname} has an entry already, keep that: only you know its \`name\`, \`createZone\` and the like. Put into it what it lacks:`,
        ...placesOf(entry),
        ...(entry.cloudflare?.import?.record
            ? [
                  "Where it has `fastly` or `managed`, only `import: { record }` belongs there, below `dns: { cloudflare }`.",
              ]
            : []),
    ];
}

function argumentsOf(args: string[]): { hostname: string; account: AccountArgs; asCode: boolean } {
    const { values, positionals } = parse({
        args,
        allowPositionals: true,
        options: {
            typescript: { type: "boolean" },
            region: { type: "string" },
            tenant: { type: "string" },
            "api-url": { type: "string" },
            subaccount: { type: "string" },
        },
    });
    const host = onlyArgument(positionals, "the tracking host, such as track.example.com");
    const { hostname, mistakes } = checkHostname(host);
    const given: Record<keyof AccountArgs, unknown> = {
        region: values.region,
        tenant: values.tenant,
        apiUrl: values["api-url"],
        // What isn't a number is told by the account's own check.
        subaccount: /^\d+$/.test(values.subaccount ?? "") ? Number(values.subaccount) : values.subaccount,
        endpoint: undefined,
        apiKeyConfig: undefined,
        timeout: undefined,
    };
    const account = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as AccountArgs;
    const problems = [
        ...mistakes.map((message) => ({ field: "HOST", value: host, message })),
        ...accountProblems(account),
    ];
    if (problems.length > 0) {
        throw new UsageError(describeProblems("find", problems));
    }
    return { hostname, account, asCode: values.typescript === true };
}

interface Findings {
    edge: Attempt<FoundAtCloudflare>;
    registration: Attempt<TrackingDomainState | undefined>;
    account: AccountArgs;
    asCode: boolean;
}

/** One half of the answer: not asked for want of a key, failed in words, or found (perhaps nothing). */
interface Attempt<Found> {
    wasAsked: boolean;
    value?: Found;
    failure?: string;
}

async function attempt<Found>(ask: (() => Promise<Found>) | undefined): Promise<Attempt<Found>> {
    try {
        return ask ? { wasAsked: true, value: await ask() } : { wasAsked: false };
    } catch (error) {
        // One half that fails doesn't hide what the other one found.
        if (error instanceof SparkPostError || error instanceof Failure) {
            return { wasAsked: true, failure: error.message };
        }
        throw error;
    }
}

function isKnown({ wasAsked, failure }: Attempt<unknown>): boolean {
    return wasAsked && failure === undefined;
}

function report<Found>(
    title: string,
    { wasAsked, value, failure }: Attempt<Found>,
    notAsked: string,
    describe: (found: Found | undefined) => string,
): string {
    const body = !wasAsked ? notAsked : failure !== undefined ? "couldn't be asked, see below" : describe(value);
    return `${title}\n${body.replace(/^/gm, "  ")}`;
}

function missing(variable: string): string {
    return `not asked: set ${variable}`;
}

/** A domain that a subaccount has is found too, where the key may see it. */
function findAtSparkPost(
    hostname: string,
    account: AccountArgs,
    key: string,
    { patience }: Io,
): Promise<TrackingDomainState | undefined> {
    return new Client({ account: resolveAccount(account).api, key, patience }).findAnywhere(hostname);
}
