// A SparkPost account in memory with the client's methods, and time that passes by sleeping only.
import type { Client } from "../../components/src/sparkpost/runtime/client.ts";
import type { Clock } from "../../components/src/sparkpost/runtime/clock.ts";
import { SparkPostError } from "../../components/src/sparkpost/runtime/errors.ts";
import type { Services } from "../../components/src/sparkpost/runtime/handler.ts";
import type {
    TrackingDomainState,
    VerificationAnswer,
} from "../../components/src/sparkpost/runtime/trackingDomainApi.ts";

export type Method = "find" | "list" | "findDefault" | "register" | "setSecure" | "makeDefault" | "verify" | "remove";

/** A call that goes wrong. */
export interface Fault {
    method: Method;
    /** The how-manieth call of this method, from 1; every one if left out. */
    at?: number;
    status: number;
    /** The call takes effect all the same. */
    applied?: boolean;
}

export interface FakeOptions {
    domains?: (Partial<TrackingDomainState> & { domain: string })[];
    /** SparkPost's answers to "verify" in turn, the last for ever; true and false are yes and no. Default yes. */
    answers?: (boolean | VerificationAnswer)[];
    faults?: Fault[];
    /** Whether a change of the scheme costs the verification, which isn't documented. Default true. */
    resetsVerified?: boolean;
    /** After which call, as `calls` has it, something happens behind our back. */
    meanwhile?: Record<string, (domains: Map<string, TrackingDomainState>) => void>;
}

/** The account, and what was asked of it: `setSecure track.example.com true`. */
export function fakeAccount(options: FakeOptions = {}) {
    const { domains: given = [], answers = [true], faults = [], resetsVerified = true, meanwhile = {} } = options;
    const domains = new Map(given.map((fields) => [fields.domain, { ...fresh, ...fields }]));
    const calls: string[] = [];
    const counts = new Map<Method, number>();
    let answer = 0;

    async function call<T>(method: Method, parameters: unknown[], effect: () => T): Promise<T> {
        const text = [method, ...parameters].join(" ");
        calls.push(text);
        const count = (counts.get(method) ?? 0) + 1;
        counts.set(method, count);
        const fault = faults.find(({ method: of, at = count }) => of === method && at === count);
        const result = fault && !fault.applied ? undefined : effect();
        meanwhile[text]?.(domains);
        if (fault) {
            throw new SparkPostError(text, fault.status, "as the test wants it");
        }
        return result as T;
    }

    const existing = (name: string, then: (domain: TrackingDomainState) => void) => {
        const domain = domains.get(name);
        if (!domain) {
            throw new SparkPostError(name, 404, "resource not found");
        }
        then(domain);
    };
    const ownDefault = () => copy([...domains.values()].find((domain) => domain.default));
    const client: Omit<Client, "findAnywhere"> = {
        find: (name) => call("find", [name], () => copy(domains.get(name))),
        findDefault: () => call("findDefault", [], ownDefault),
        findInList: (name) => call("list", [], () => copy(domains.get(name))),
        findDefaultInList: () => call("list", [], ownDefault),
        register: (name) =>
            call("register", [name], () => void domains.set(name, { ...fresh, domain: name, secure: true })),
        setSecure: (name, secure) =>
            call("setSecure", [name, secure], () =>
                existing(name, (domain) => {
                    domain.verified &&= domain.secure === secure || !resetsVerified;
                    domain.secure = secure;
                }),
            ),
        makeDefault: (name) =>
            call("makeDefault", [name], () => {
                existing(name, () => {});
                for (const domain of domains.values()) {
                    domain.default = domain.domain === name;
                }
            }),
        verify: (name) =>
            call("verify", [name], () => {
                const said = answers[Math.min(answer++, answers.length - 1)] ?? true;
                const full = typeof said === "boolean" ? { verified: said } : said;
                existing(name, (domain) => {
                    domain.verified ||= full.verified;
                });
                return full;
            }),
        remove: (name) => call("remove", [name], () => void domains.delete(name)),
    };
    return { client: client as Client, calls, domains };
}

/** What a handler needs, with a clock that only sleeping moves and progress that is kept. */
export function fakeServices(account: { client: Client }) {
    const lines: string[] = [];
    const { clock, pauses } = fakeClock();
    const services: Services = {
        client: () => account.client,
        clock,
        progress: { report: (line) => void lines.push(line) },
    };
    return { services, lines, pauses };
}

/** A clock that stands still but for sleeping; gives the pauses in ms. */
export function fakeClock(): { clock: Clock; pauses: number[] } {
    const pauses: number[] = [];
    let now = 0;
    const sleep = async (ms: number) => {
        pauses.push(ms);
        now += ms;
    };
    return { clock: { now: () => now, sleep }, pauses };
}

const fresh: Omit<TrackingDomainState, "domain"> = {
    secure: false,
    default: false,
    verified: false,
    usesManagedCertificate: false,
};

function copy(domain: TrackingDomainState | undefined): TrackingDomainState | undefined {
    return domain && { ...domain };
}
