// `find`: what exists for a tracking host, and the configuration that takes it over.
import { checkHostname } from "../hostname";
import { describeProblems } from "../problems";
import { type AccountArgs, accountProblems, apiKeyVariable, describeScope, resolveAccount } from "../sparkpost/account";
import { Client } from "../sparkpost/runtime/client";
import { SparkPostError } from "../sparkpost/runtime/errors";
import type { TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";
import { findAtCloudflare } from "./cloudflareFinds";
import { describeCloudflare, describeSparkPost } from "./findReport";
import { cloudflareOf, cloudflareVariable, exitCodes, Failure, type Io, onlyArgument, parse, UsageError } from "./io";
import { asTypeScript, asYaml, entryFor } from "./snippet";

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
    const scope = describeScope(resolveAccount(account).api);
    io.out("");
    io.out(
        report(`SparkPost, ${scope}`, registration, missing(apiKeyVariable), (found) =>
            describeSparkPost(hostname, found, account.subaccount),
        ),
    );

    if (edge.value?.zone !== undefined || registration.value !== undefined) {
        const entry = entryFor(hostname, { edge: edge.value, registration: registration.value, account });
        io.out(
            asCode ? `\nFor your program:\n\n${asTypeScript(entry)}` : `\nFor Pulumi.<stack>.yaml:\n\n${asYaml(entry)}`,
        );
        if (!isKnown(edge)) {
            io.out("\nCloudflare didn't answer, so `cloudflare` is left out.");
        }
        if (!isKnown(registration)) {
            io.out("\nSparkPost didn't answer: add `adopt: true` if the host is registered there.");
        }
    }
    const failures = [edge.failure, registration.failure].filter((failure) => failure !== undefined);
    for (const failure of failures) {
        io.err(`\n${failure}`);
    }
    return failures.length > 0 ? exitCodes.failed : exitCodes.fine;
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
