// A SparkPost account in memory with the client's methods, and time that passes by sleeping only.

import { type Clock, progressLine } from "../../components/src/process/poll.ts";
import type { Client } from "../../components/src/sparkpost/runtime/client.ts";
import { SparkPostError } from "../../components/src/sparkpost/runtime/errors.ts";
import type { Services } from "../../components/src/sparkpost/runtime/handler.ts";
import type {
    SendingDomainLink,
    TrackingDomainState,
    VerificationAnswer,
} from "../../components/src/sparkpost/runtime/trackingDomainApi.ts";

export type Method =
    | "find"
    | "list"
    | "findDefault"
    | "register"
    | "setSecure"
    | "makeDefault"
    | "verify"
    | "supportsCertificate"
    | "enableCertificate"
    | "findLink"
    | "findLinkedTo"
    | "link"
    | "remove";

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
    /** Whether SparkPost would hold certificates. Default true. */
    isEligible?: boolean;
    /**
     * What a read shows after the order of a certificate, in turn, the last for ever. Default: pending, then a valid
     * certificate with https links.
     */
    certificates?: Partial<TrackingDomainState>[];
    /** Sending domains and their links. */
    links?: Record<string, SendingDomainLink>;
    /** After which call, as `calls` has it, something happens behind our back. */
    meanwhile?: Record<string, (domains: Map<string, TrackingDomainState>) => void>;
}

/** The account, and what was asked of it: `setSecure track.example.com true`. */
export function fakeAccount(options: FakeOptions = {}) {
    const { domains: given = [], answers = [true], faults = [], resetsVerified = true, meanwhile = {} } = options;
    const { isEligible = true, certificates = [{ tlsStatus: "pending" }, issued] } = options;
    const links = new Map(Object.entries(options.links ?? {}));
    const ordered = new Map<string, number>();
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
    /** The domain as the next read shows it. */
    const look = (name: string) => {
        const domain = domains.get(name);
        const reads = ordered.get(name);
        if (domain && reads !== undefined) {
            Object.assign(domain, certificates[Math.min(reads, certificates.length - 1)]);
            ordered.set(name, reads + 1);
        }
        return copy(domain);
    };
    const ownDefault = () => copy([...domains.values()].find((domain) => domain.default));
    const client: Omit<Client, "findAnywhere"> = {
        find: (name) => call("find", [name], () => look(name)),
        findDefault: () => call("findDefault", [], ownDefault),
        findInList: (name) => call("list", [], () => copy(domains.get(name))),
        findDefaultInList: () => call("list", [], ownDefault),
        register: (name, secure = true) =>
            call(
                "register",
                secure ? [name] : [name, "insecure"],
                () => void domains.set(name, { ...fresh, domain: name, secure }),
            ),
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
        supportsCertificate: (name) => call("supportsCertificate", [name], () => isEligible),
        enableCertificate: (name) =>
            call("enableCertificate", [name], () => existing(name, () => void ordered.set(name, 0))),
        findLink: (sending) => call("findLink", [sending], () => links.get(sending)),
        findLinkedTo: (name) =>
            call("findLinkedTo", [name], () =>
                [...links].flatMap(([sending, { domain }]) => (domain === name ? [sending] : [])),
            ),
        link: (sending, name) =>
            call(
                "link",
                [sending, name],
                () => void links.set(sending, { ...links.get(sending), domain: name || undefined }),
            ),
        remove: (name) => call("remove", [name], () => void domains.delete(name)),
    };
    return { client: client as Client, calls, domains, links };
}

/** What a handler needs, with a clock that only sleeping moves and progress that is kept. */
export function fakeServices(account: { client: Client }) {
    const lines: string[] = [];
    const { clock, pauses } = fakeClock();
    const services: Services = {
        client: () => account.client,
        clock,
        progress: {
            waiting: (waiting) => void lines.push(progressLine(waiting)),
            ended: (how) => void (lines.length > 0 && lines.push(how)),
        },
        declared: new Set(),
    };
    return { services, lines, pauses };
}

/** A clock that stands still but for sleeping, from the first second of 2026; gives the pauses in ms. */
export function fakeClock(): { clock: Clock; pauses: number[] } {
    const pauses: number[] = [];
    let now = 0;
    const sleep = async (ms: number) => {
        pauses.push(ms);
        now += ms;
    };
    const timestamp = () => new Date(Date.UTC(2026, 0) + now).toISOString();
    return { clock: { now: () => now, timestamp, sleep, random: () => 0.5 }, pauses };
}

const fresh: Omit<TrackingDomainState, "domain"> = {
    secure: false,
    default: false,
    verified: false,
    usesManagedCertificate: false,
};

const issued: Partial<TrackingDomainState> = {
    secure: true,
    usesManagedCertificate: true,
    tlsStatus: "valid",
    certificateIssuedAt: "2026-01-01T00:00:00Z",
    certificateExpiresAt: "2026-04-01T00:00:00Z",
};

function copy(domain: TrackingDomainState | undefined): TrackingDomainState | undefined {
    return domain && { ...domain };
}
