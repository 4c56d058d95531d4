// `doctor`: what is wrong with a tracking host.
import { writeFile } from "node:fs/promises";
import { type Examination, examine } from "../doctor";
import { type Check, HEADINGS } from "../doctor/check";
import { page } from "../doctor/page";
import { checkHostname } from "../hostname";
import { plainText } from "../othersWords";
import type { ProbeOptions } from "../probe/arguments";
import { describeProblems } from "../pulumi/problems";
import type { AccountArgs } from "../sparkpost/account";
import { asJsonText, type Command, exitCodes, Failure, parse, UsageError } from "./command";
import { accountOptions, givenAccount } from "./givenAccount";
import { resolverOption } from "./givenServers";

const usage = `Usage: pulumi-sparkpost-tracking doctor HOST... [options]

What is wrong with a tracking host: DNS, certificate, the way through, browsers, CDN and SparkPost. It needs no account.

  --json                 print it for programs; docs/doctor.md has the shape
  --html FILE            write a page to send to a colleague, too: one file that loads nothing
  --region us|eu         SparkPost's service; default: where the host leads, else us
  --tenant NAME          an Enterprise account's tenant, instead of a region
  --api-url URL          another API, instead of a region
  --endpoint HOST        the CNAME value that SparkPost's UI shows, where it isn't the account's own
  --subaccount NUMBER    the subaccount that owns the domain; default the primary account
  --resolver IP[:PORT]   the resolver to ask, or the URL of DNS over HTTPS; default: the system's

Exit code: 0 links work; 1 something is broken; 2 it couldn't be looked at, or wrong arguments.`;

export const doctorCommand: Command = {
    usage,
    async run(args, io) {
        const { hostnames, account, asJson, html, network } = argumentsOf(args);
        const { env, clock, dnsPort } = io;
        const options = { network: { ...io.network, ...network }, env, clock, dnsPort };
        const examinations = await Promise.all(hostnames.map((hostname) => examine({ hostname, account }, options)));
        io.out(asJson ? asJsonText({ version: 1, hosts: examinations }) : examinations.map(inWords).join("\n\n"));
        if (html !== undefined) {
            await writeFile(html, page(examinations)).catch(({ code }: NodeJS.ErrnoException) => {
                const problem = `the page can't be written to ${plainText(html)} (${code}). Give another file as --html.`;
                throw new Failure(problem, exitCodes.usage);
            });
        }
        return exitCodeOf(examinations);
    },
};

function inWords({ hostname, verdict, checks }: Examination): string {
    const headings = Object.entries(HEADINGS).flatMap(([heading, title]) => {
        const own = checks.filter((check) => check.heading === heading);
        return own.length > 0 ? ["", title, ...own.map(line)] : [];
    });
    return [`${hostname}: ${verdict}.`, ...headings].join("\n");
}

const SIGNS: Record<Check["state"], string> = { ok: "✓", warning: "!", broken: "✗", unseen: "–" };

function line({ state, seen, remedy }: Check): string {
    return [`  ${SIGNS[state]} ${seen}`, ...(remedy ? [`    ${remedy}`] : [])].join("\n");
}

function exitCodeOf(examinations: Examination[]): number {
    const has = (state: Check["state"]) => examinations.some((one) => one.state === state);
    return has("unseen") ? exitCodes.usage : has("broken") ? exitCodes.failed : exitCodes.fine;
}

interface Arguments {
    hostnames: string[];
    account: AccountArgs;
    asJson: boolean;
    /** The file that the page goes to. */
    html?: string;
    network: ProbeOptions;
}

function argumentsOf(args: string[]): Arguments {
    const { values, positionals } = parse({
        args,
        allowPositionals: true,
        options: {
            ...accountOptions,
            json: { type: "boolean" },
            html: { type: "string" },
            resolver: { type: "string" },
        },
    });
    if (positionals.length === 0) {
        throw new UsageError("needed: the tracking host, such as track.example.com");
    }
    const { account, problems: ofAccount } = givenAccount(values);
    const hosts = positionals.map((given) => ({ given, ...checkHostname(given) }));
    const resolver = resolverOption(values.resolver);
    const problems = [
        ...hosts.flatMap(({ given, mistakes }) =>
            mistakes.map((message) => ({ field: "HOST", value: given, message })),
        ),
        ...ofAccount,
    ];
    if (problems.length > 0) {
        throw new UsageError(describeProblems("doctor", problems));
    }
    return {
        hostnames: [...new Set(hosts.map(({ hostname }) => hostname))],
        account,
        asJson: values.json === true,
        html: values.html,
        network: resolver === undefined ? {} : { resolver },
    };
}
