// Doctor: all that can be seen of a tracking host from outside, heading by heading. It asks as the probe asks and finds what
// the probe finds, but goes on where the probe stops: at the other addresses, by http where https fails.
import { answersOf } from "./answers";
import { lookAtBrowser } from "./browser";
import { lookAtCertificate } from "./certificate";
import { type Check, HEADINGS } from "./check";
import { lookAtCloudflare } from "./cloudflare";
import { lookAtDns } from "./dns";
import { lookAtFastly } from "./fastly";
import { lookAtSparkPost } from "./sparkpost";
import { stateOf, verdictOf } from "./verdict";
import { lookAtWay } from "./way";
import { type Look, type Request, type WorldOptions, worldOf } from "./world";

/** All that was seen of one host. */
export interface Examination {
    hostname: string;
    /** When it was looked at, RFC 3339. */
    time: string;
    /** All of it in one sentence, without its full stop. */
    verdict: string;
    /** `unseen`: it couldn't be found out whether links work. */
    state: Check["state"];
    /** By headings, in their order. */
    checks: Check[];
}

/** Seconds that one host may take; what is repeated later comes on top. */
const LONGEST = 30;

/** Examines one host. Throws only what is a mistake of ours. */
export async function examine(request: Request, options: WorldOptions = {}): Promise<Examination> {
    const end = new AbortController();
    const { repeatAfter = 0, deadline = LONGEST } = options;
    const timer = setTimeout(() => end.abort(new Error("deadline")), (deadline + repeatAfter) * 1000);
    const world = worldOf(options, end.signal);
    const { hostname } = request;
    try {
        world.tell("asking DNS");
        const { checks: ofDns, aliases, addresses, dns } = await lookAtDns(request, world);
        world.tell(addresses.length > 1 ? `asking ${addresses.length} addresses` : "asking the host");
        const subject = await answersOf(request, aliases, addresses, world);
        world.tell("looking at certificate, way, browser and accounts");
        const looks = Object.entries({
            certificate: lookAtCertificate,
            way: lookAtWay,
            browser: lookAtBrowser,
            accounts: lookAtAccounts,
        } satisfies Record<Exclude<Check["heading"], "dns">, Look>) as [Check["heading"], Look][];
        const checks = await Promise.all(
            looks.map(([heading, look]) => inTime(look(subject, { ...world, dns }), heading, end.signal)),
        );
        const all = [...ofDns, ...checks.flat()];
        const time = world.clock.timestamp();
        return { hostname, time, verdict: verdictOf(subject, all), state: stateOf(subject, all), checks: all };
    } finally {
        clearTimeout(timer);
        // What is still being asked ends with this.
        end.abort(new Error("done"));
    }
}

/** What the APIs say of the host, if the environment has a key for them. A key goes only to its own API. */
const lookAtAccounts: Look = async (subject, world) => {
    const looks = [lookAtCloudflare, lookAtFastly, lookAtSparkPost];
    const found = await Promise.all(looks.map((look) => look(subject, world)));
    return found.flat().map((check): Check => ({ heading: "accounts", ...check }));
};

/** A look's checks; after the end one that says that it took too long. */
async function inTime(look: Promise<Check[]>, heading: Check["heading"], signal: AbortSignal): Promise<Check[]> {
    const late = new Promise<Check[]>((resolve) => {
        const tooLate: Check = {
            heading,
            kind: "too-late",
            state: "unseen",
            seen: `${HEADINGS[heading]} wasn't looked at to the end: it took longer than ${LONGEST} s`,
        };
        // Those that end by the signal themselves tell more.
        const wait = () => setTimeout(() => resolve([tooLate]), 1_000).unref();
        signal.addEventListener("abort", wait);
    });
    look.catch(() => {});
    return Promise.race([look, late]);
}
