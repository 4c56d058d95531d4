// Doctor: looks at a tracking host from outside, heading by heading. It asks and judges as the probe does. But it goes on where
// the probe stops: it tries every address, and http if https fails.
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
    /** One sentence without its full stop. */
    verdict: string;
    /** `unseen`: doctor can't tell whether links work. */
    state: Check["state"];
    /** In the order of the headings. */
    checks: Check[];
}

/** How long one host may take, in seconds, without the wait for repeated clicks. */
const LONGEST = 30;

/** Examines one host. */
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
        // Ends questions that are still open.
        end.abort(new Error("done"));
    }
}

/** What the APIs say of the host, if the environment has a key for them. A key goes only to its own API. */
const lookAtAccounts: Look = async (subject, world) => {
    const looks = [lookAtCloudflare, lookAtFastly, lookAtSparkPost];
    const found = await Promise.all(looks.map((look) => look(subject, world)));
    return found.flat().map((check): Check => ({ heading: "accounts", ...check }));
};

/** A look's checks. After the deadline, one check that says so. */
async function inTime(look: Promise<Check[]>, heading: Check["heading"], signal: AbortSignal): Promise<Check[]> {
    const late = new Promise<Check[]>((resolve) => {
        const tooLate: Check = {
            heading,
            kind: "too-late",
            state: "unseen",
            seen: `${HEADINGS[heading]} wasn't looked at to the end: it took longer than ${LONGEST} s`,
        };
        // A look that ends itself by the signal says more.
        const wait = () => setTimeout(() => resolve([tooLate]), 1_000).unref();
        signal.addEventListener("abort", wait);
    });
    look.catch(() => {});
    return Promise.race([look, late]);
}
