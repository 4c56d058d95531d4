// `find`: shows what exists for a tracking hostname, and the configuration that takes it over.
import { CloudflareError } from "../cloudflare/api";
import { type FoundAtCloudflare, findAtCloudflare } from "../cloudflare/findHost";
import { cloudflareOf, cloudflareVariable } from "../cloudflare/reads";
import { forwardingsFor } from "../cloudflare/zoneRules";
import { checkHostname } from "../hostname";
import { ANY_ENDPOINT, classifyHost, type HostToday, isSparkPost } from "../hostToday/today";
import { answersToday } from "../probe/answersToday";
import { networkFields, type ProbeOptions } from "../probe/arguments";
import { describeProblems } from "../pulumi/problems";
import { fields, problemsBy } from "../pulumi/shape";
import { type AccountArgs, apiKeyVariable, resolveAccount } from "../sparkpost/account";
import { Client } from "../sparkpost/runtime/client";
import { SparkPostError } from "../sparkpost/runtime/errors";
import type { TrackingDomainState } from "../sparkpost/runtime/trackingDomainApi";
import { asJsonText, type Command, exitCodes, type Io, onlyArgument, parse, UsageError } from "./command";
import { endpointNote, leadOf, withEndpoint } from "./findEndpoint";
import { type Proposal, proposalFor } from "./findEntry";
import { describeAccount, describeCloudflare, describeProposal, describeSparkPost, otherAccounts } from "./findReport";
import { accountOptions, givenAccount } from "./givenAccount";

const usage = `Usage: npx --no-install pulumi-sparkpost-tracking find HOSTNAME [options]

Shows what exists for a tracking hostname at Cloudflare and SparkPost, and the configuration that takes it over.
Changes nothing. Run it in the stack's own folder.

  --json                 print JSON for programs
  --region us|eu         SparkPost's service; default: us
  --tenant NAME          the tenant of an Enterprise account, instead of a region
  --api-url URL          the API's address, instead of a region
  --endpoint HOST        the CNAME value that SparkPost's UI shows, if it isn't the account's usual one
  --subaccount NUMBER    the subaccount that owns the hostname; default: the primary account
  --resolver IP[:PORT]   the DNS resolver to ask, or the URL of DNS over HTTPS; default: the system's

Keys come from the environment. Give at least one:
  CLOUDFLARE_API_TOKEN   Cloudflare, with Zone Read and DNS Read; to find rules also Page Rules Read and
                         Dynamic URL Redirects Read (another API address: CLOUDFLARE_BASE_URL)
  SPARKPOST_API_KEY      SparkPost, with tracking_domains/view

Exit code: 0 found, or nothing exists; 1 failed; 2 wrong arguments.`;

export const findCommand: Command = {
    usage,
    async run(args, io) {
        const { hostname, account, asJson, network } = argumentsOf(args);
        const cloudflare = cloudflareOf(io);
        const key = io.env[apiKeyVariable]?.trim();
        if (!cloudflare && !key) {
            throw new UsageError(`no key is set: set ${cloudflareVariable}, ${apiKeyVariable} or both`);
        }
        const [edge, registration] = await Promise.all([
            attempt(cloudflare && (() => findAtCloudflare(hostname, cloudflare))),
            attempt(key ? () => findAtSparkPost(hostname, account, key, io) : undefined),
        ]);
        const today = edge.value && (await todayOf(hostname, account, edge.value, { ...io.network, ...network }));
        const findings = { hostname, account, edge, registration, today };
        io.out(asJson ? asJsonText(asData(findings)) : inWords(findings));
        const failures = [edge.failure, registration.failure].filter((failure) => failure !== undefined);
        for (const failure of failures) {
            io.err(`\n${failure}`);
        }
        return failures.length > 0 ? exitCodes.failed : exitCodes.fine;
    },
};

interface Findings {
    hostname: string;
    /** As the options name it. */
    account: AccountArgs;
    edge: Attempt<FoundAtCloudflare>;
    registration: Attempt<TrackingDomainState | undefined>;
    /** `undefined` if Cloudflare didn't answer. */
    today?: HostToday;
}

/** What the hostname is, by Cloudflare's records and rules. If they don't show SparkPost, it is asked what it answers to a click. */
async function todayOf(
    hostname: string,
    account: AccountArgs,
    found: FoundAtCloudflare,
    options: ProbeOptions,
): Promise<HostToday> {
    const own = [resolveAccount(account).endpoint].filter((endpoint) => endpoint !== undefined);
    const { records, pageRules, redirectRules, mailFor } = found;
    const forwardings = forwardingsFor(hostname, pageRules, redirectRules);
    const seen = { hostname, records, forwardings, takesMail: mailFor.length > 0 };
    const today = classifyHost(seen, own);
    if (today.is !== "stranger" || today.takesMail) {
        return today;
    }
    const [endpoint = ANY_ENDPOINT] = own;
    return classifyHost(
        { ...seen, answers: await answersToday({ hostname, endpoint, isEndpoint: isSparkPost, options }) },
        own,
    );
}

function inWords(findings: Findings): string {
    const { hostname, account, edge, registration, today } = findings;
    const proposed = propose(findings);
    return [
        section("Cloudflare", edge, cloudflareVariable, (found) =>
            found && today ? describeCloudflare(hostname, found, today) : "nothing exists",
        ),
        "",
        section(describeAccount(account), registration, apiKeyVariable, (found) =>
            describeSparkPost(hostname, found, account.subaccount),
        ),
        `  ${otherAccounts(account)}`,
        ...(proposed ? ["", describeProposal(hostname, proposed.proposal, account, proposed.notes)] : []),
    ].join("\n");
}

/** The findings for programs. docs/commands.md describes them. */
function asData(findings: Findings): unknown {
    const { hostname, edge, registration, today } = findings;
    const proposed = propose(findings);
    return {
        hostname,
        today: today ?? null,
        cloudflare: dataOf(edge),
        sparkpost: dataOf(registration),
        entry: proposed?.proposal.entry ?? null,
        madeByStack: proposed?.proposal.madeByStack ?? null,
        notes: proposed?.notes ?? [],
    };
}

function dataOf({ wasAsked, value, failure }: Attempt<unknown>): unknown {
    return failure !== undefined ? { failure } : wasAsked ? { found: value ?? null } : { failure: "not asked" };
}

/** The entry that takes over what was found, with notes; `undefined` if nothing was found. */
function propose(findings: Findings): { proposal: Proposal; notes: string[] } | undefined {
    const { hostname, account, edge, registration, today } = findings;
    if (edge.value?.zone === undefined && registration.value === undefined) {
        return undefined;
    }
    const lead = leadOf(hostname, edge.value, today);
    const subaccount = registration.value?.subaccount;
    const owner = subaccount === undefined ? account : { ...account, subaccount };
    const known = withEndpoint(owner, lead);
    const found = { edge: edge.value, registration: registration.value, account: known, today };
    const notes = [
        endpointNote(hostname, known, account, lead),
        isKnown(edge)
            ? undefined
            : `Cloudflare ${edge.wasAsked ? "didn't answer" : "wasn't asked"}, so \`cloudflare\` is left out.`,
        isKnown(registration)
            ? undefined
            : `SparkPost ${registration.wasAsked ? "didn't answer" : "wasn't asked"}. Add \`adopt: true\` if the hostname is registered there.`,
    ];
    return { proposal: proposalFor(hostname, found), notes: notes.filter((note) => note !== undefined) };
}

interface Arguments {
    hostname: string;
    account: AccountArgs;
    asJson: boolean;
    network: ProbeOptions;
}

function argumentsOf(args: string[]): Arguments {
    const { values, positionals } = parse({
        args,
        allowPositionals: true,
        options: {
            ...accountOptions,
            json: { type: "boolean" },
            resolver: { type: "string" },
        },
    });
    const host = onlyArgument(positionals, "the tracking hostname, such as track.example.com");
    const { hostname, mistakes } = checkHostname(host);
    const { account, problems: ofAccount } = givenAccount(values);
    const network = values.resolver === undefined ? {} : { resolver: values.resolver };
    const problems = [
        ...mistakes.map((message) => ({ field: "HOSTNAME", value: host, message })),
        ...ofAccount,
        ...problemsBy(fields(networkFields), network, () => []),
    ];
    if (problems.length > 0) {
        throw new UsageError(describeProblems("find", problems));
    }
    return { hostname, account, asJson: values.json === true, network };
}

/** What one API answered: not asked without a key, a failure, or what was found (perhaps nothing). */
interface Attempt<Found> {
    wasAsked: boolean;
    value?: Found;
    failure?: string;
}

async function attempt<Found>(ask: (() => Promise<Found>) | undefined): Promise<Attempt<Found>> {
    try {
        return ask ? { wasAsked: true, value: await ask() } : { wasAsked: false };
    } catch (error) {
        // A failure of one API must not hide what the other one has.
        if (error instanceof SparkPostError || error instanceof CloudflareError) {
            return { wasAsked: true, failure: error instanceof CloudflareError ? error.explanation : error.message };
        }
        throw error;
    }
}

function isKnown({ wasAsked, failure }: Attempt<unknown>): boolean {
    return wasAsked && failure === undefined;
}

function section<Found>(
    title: string,
    { wasAsked, value, failure }: Attempt<Found>,
    variable: string,
    describe: (found: Found | undefined) => string,
): string {
    const body = !wasAsked
        ? `not asked: set ${variable}`
        : failure !== undefined
          ? "failed, see the end"
          : describe(value);
    return `${title}\n${body.replace(/^/gm, "  ")}`;
}

/** Also finds a subaccount's domain, if the key may see it. */
function findAtSparkPost(
    hostname: string,
    account: AccountArgs,
    key: string,
    { clock }: Io,
): Promise<TrackingDomainState | undefined> {
    return new Client({ account: resolveAccount(account).api, key, clock }).findAnywhere(hostname);
}
