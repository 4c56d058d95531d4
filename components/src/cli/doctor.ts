// `doctor`: what is wrong with tracking hosts, for people and for programs.
import { writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { cloudflareVariable } from "../cloudflare/reads";
import { type Examination, examine } from "../doctor";
import type { Check } from "../doctor/check";
import { page } from "../doctor/page";
import { inLines } from "../doctor/terminal";
import type { WorldOptions } from "../doctor/world";
import { checkHostname, hasPublicSuffix, isHostname, registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { DEFAULT_REPEAT_AFTER, networkFields, type ProbeOptions } from "../probe/arguments";
import { describeProblems, type Problem } from "../pulumi/problems";
import { fields, problemsBy } from "../pulumi/shape";
import { type AccountArgs, apiKeyVariable } from "../sparkpost/account";
import { asJsonText, type Command, exitCodes, Failure, type Io, parse, UsageError } from "./command";
import { accountOptions, givenAccount } from "./givenAccount";
import { hostsOfStack } from "./stackHosts";

const usage = `Usage: npx --no-install pulumi-sparkpost-tracking doctor HOSTNAME... [options]

Shows what is wrong with a tracking hostname: DNS, certificate, the way through, browsers, CDN and SparkPost.
Needs no account and no stack. Changes nothing.

  --from-stack           the hostnames that the outputs of the selected Pulumi stack name
  --json                 print JSON for programs; docs/doctor.md has its shape
  --html FILE            write a page to send to a colleague, too: one file that loads nothing
  --repeat               repeat clicks after ${DEFAULT_REPEAT_AFTER} s, to see whether a cache answers them
  --links https|http     what links start with; default: both have to work
  --region us|eu         SparkPost's service; default: where the hostname leads, else us
  --tenant NAME          the tenant of an Enterprise account, instead of a region
  --api-url URL          the API's address, instead of a region
  --endpoint HOST        the CNAME value that SparkPost's UI shows, if it isn't the account's usual one
  --subaccount NUMBER    the subaccount that owns the hostname; default: the primary account
  --resolver IP[:PORT]   the DNS resolver to ask, or the URL of DNS over HTTPS; default: the system's
  --name-server IP[:PORT]  a name server of the zone, instead of those that DNS names. Repeatable
  --connect-to RULE      connect elsewhere, by HOST:PORT:TO_HOST:TO_PORT as in curl. Repeatable
  --ca-file FILE         certificate authorities to trust too, PEM

Keys come from the environment. None is needed; each adds what its service says:
  SPARKPOST_API_KEY      SparkPost, with tracking_domains/view
  CLOUDFLARE_API_TOKEN   Cloudflare, with Zone Read, DNS Read, Zone Settings Read, SSL and Certificates Read
  FASTLY_API_KEY         Fastly

Exit code: 0 links work; 1 something is broken; 2 it couldn't be looked at, or wrong arguments.`;

export const doctorCommand: Command = {
    usage,
    async run(args, io) {
        const { hostnames, isFromStack, asJson, html, request, network, repeatAfter } = argumentsOf(args, io);
        const all = [...new Set([...hostnames, ...(isFromStack ? await hostsOfStack(io) : [])])];
        const { env, clock, dnsPort } = io;
        const options = { network: { ...io.network, ...network }, env, clock, dnsPort, repeatAfter };
        const examinations = await examineAll(all, request, options, io);
        if (asJson) {
            io.out(asJsonText({ version: 1, hosts: examinations }));
        } else {
            refuseWithoutNetwork(examinations);
            print(examinations, io);
        }
        if (html !== undefined) {
            await writeFile(html, page(examinations)).catch(({ code }: NodeJS.ErrnoException) => {
                const problem = `the page can't be written to ${plainText(html)} (${code}). Give another file as --html.`;
                throw new Failure(problem, exitCodes.usage);
            });
        }
        return exitCodeOf(examinations);
    },
};

/** Hosts that are examined side by side. */
const AT_ONCE = 4;

async function examineAll(
    hostnames: string[],
    request: { account: AccountArgs; links?: "https" | "http" },
    options: WorldOptions,
    { progress = () => {} }: Io,
): Promise<Examination[]> {
    const examinations: Examination[] = [];
    const left = [...hostnames.entries()];
    const of = hostnames.length > 1 ? ` (${hostnames.length} hosts)` : "";
    const work = async () => {
        for (let next = left.shift(); next; next = left.shift()) {
            const [index, hostname] = next;
            const tell = (what: string) => progress(`${hostname}: ${what} …${of}`);
            examinations[index] = await examine({ hostname, ...request }, { ...options, tell });
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    progress("");
    return examinations;
}

/** Where no resolver answers at all, there is one thing to say. */
function refuseWithoutNetwork(examinations: Examination[]): void {
    const silence = examinations.map(({ state, checks }) =>
        state === "unseen" ? checks.find(({ kind }) => kind === "resolver-silent") : undefined,
    );
    const [first] = silence;
    if (first && silence.every((check) => check !== undefined)) {
        throw new Failure(
            `Nothing could be looked at: ${first.seen}. Check this machine's network, or name another resolver with --resolver.`,
            exitCodes.usage,
        );
    }
}

function print(examinations: Examination[], { out, terminal }: Io): void {
    const paper = { isColoured: false, ...terminal };
    const text = examinations.map((examination) => inLines(examination, paper)).join("\n\n\n");
    // Colours don't get through where texts are made harmless: these lines are already.
    (terminal?.write ?? out)(text || "The stack has no tracking host yet.");
}

function exitCodeOf(examinations: Examination[]): number {
    const has = (state: Check["state"]) => examinations.some((one) => one.state === state);
    return has("broken") ? exitCodes.failed : has("unseen") ? exitCodes.usage : exitCodes.fine;
}

interface Arguments {
    hostnames: string[];
    isFromStack: boolean;
    asJson: boolean;
    /** The file that the page goes to. */
    html?: string;
    request: { account: AccountArgs; links?: "https" | "http" };
    network: ProbeOptions;
    repeatAfter: number;
}

function argumentsOf(args: string[], { env }: Io): Arguments {
    const { values, positionals } = parse({
        args,
        allowPositionals: true,
        options: {
            ...accountOptions,
            "from-stack": { type: "boolean" },
            json: { type: "boolean" },
            html: { type: "string" },
            repeat: { type: "boolean" },
            links: { type: "string" },
            resolver: { type: "string" },
            "name-server": { type: "string", multiple: true },
            "connect-to": { type: "string", multiple: true },
            "ca-file": { type: "string" },
        },
    });
    const isFromStack = values["from-stack"] === true;
    if (positionals.length === 0 && !isFromStack) {
        throw new UsageError("give a tracking hostname, such as track.example.com, or --from-stack");
    }
    const { links } = values;
    const { account, problems: ofAccount } = givenAccount(values);
    const given: ProbeOptions = {
        resolver: values.resolver,
        nameServers: values["name-server"],
        connectTo: values["connect-to"],
        caFile: values["ca-file"],
    };
    const network = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const problems: Problem[] = [
        ...positionals.flatMap(hostProblems),
        ...(links === undefined || links === "https" || links === "http"
            ? []
            : [{ field: "--links", value: links, message: 'write "https" or "http"' }]),
        ...ofAccount,
        ...problemsBy(fields(networkFields), network, () => []),
        ...KEYS.flatMap((variable) => keyProblems(variable, env[variable])),
    ];
    if (problems.length > 0) {
        throw new UsageError(describeProblems("doctor", problems));
    }
    return {
        hostnames: positionals.map((given) => checkHostname(given).hostname),
        isFromStack,
        asJson: values.json === true,
        html: values.html,
        request: { account, ...(links && { links: links as "https" | "http" }) },
        network,
        repeatAfter: values.repeat === true ? DEFAULT_REPEAT_AFTER : 0,
    };
}

/** What is wrong with a host, as one thing. The top of a zone may be looked at: why it can't be one is a check. */
function hostProblems(given: string): Problem[] {
    const { hostname, mistakes } = checkHostname(given);
    const problem = (message: string) => [{ field: "HOSTNAME", value: given, message }];
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) {
        const name = URL.canParse(given) ? checkHostname(new URL(given).hostname) : undefined;
        return problem(
            name?.mistakes.length === 0
                ? `this is a URL; give the hostname alone: doctor ${name.hostname}`
                : "this is a URL; give the hostname alone, such as track.example.com",
        );
    }
    const isName = isHostname(hostname) || /^[a-z0-9-]+$/.test(hostname);
    if (isName && !hasPublicSuffix(hostname)) {
        const top = hostname.slice(hostname.lastIndexOf(".") + 1);
        return problem(`the internet has no top-level domain ${top}; give the hostname as it stands in links`);
    }
    const isTop = registrableDomain(hostname) === hostname && mistakes.length === 1;
    const [first] = isIP(given) ? ["this is an address; give the hostname, as it stands in links"] : mistakes;
    return first === undefined || isTop ? [] : problem(first);
}

const KEYS = [apiKeyVariable, cloudflareVariable, "FASTLY_API_KEY"];

/** A key that no header can hold isn't sent, and isn't shown. */
function keyProblems(field: string, key = ""): Problem[] {
    return /^[\x21-\x7e]*$/.test(key.trim())
        ? []
        : [{ field, message: "this isn't a key: it has blanks, line breaks or other characters in it. Copy it again" }];
}
