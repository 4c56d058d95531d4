// What every look of doctor's is given: what is examined, and how the world is reached.
import { type DnsClient, dnsClient } from "../dns/client";
import type { ProbeOptions } from "../probe/arguments";
import type { Asking, Looks } from "../probe/ask";
import type { Subject as ProbeSubject } from "../probe/findings";
import type { Network } from "../probe/get";
import { type Names, namesOf } from "../probe/names";
import { networkOf } from "../probe/network";
import { type Clock, systemClock } from "../process/poll";
import type { AccountArgs } from "../sparkpost/account";
import type { Check, Found } from "./check";

/** What a user wants to know about. */
export interface Request {
    hostname: string;
    /** As the options name it. Where they say nothing, its endpoint is found by where the host leads. */
    account: AccountArgs;
    /** What links in mail start with, where the user says so. Default: both have to work. */
    links?: "https" | "http";
}

/** A host, with all that was found out before the looks begin. */
export interface Subject extends ProbeSubject {
    account: AccountArgs;
    /** The names that the host is an alias of, one after the other. */
    aliases: string[];
    /** Every address that the resolver gives; empty where there is none. */
    addresses: string[];
    /** A click of nobody at every address; `undefined` where there is no address to ask. */
    answers?: Answers;
}

/** What every address answered, and what it was held against. */
export interface Answers {
    https: Looks;
    http: Looks;
    /** The edge redirects to the endpoint, as by SparkPost's guide of 2020, instead of relaying. */
    redirects: boolean;
}

/** How the world is reached. */
export interface World {
    /** The network as the user's options say, for what takes them itself. */
    options: ProbeOptions;
    dns: DnsClient;
    names: Names;
    network: Network;
    clock: Clock;
    /** Keys come from here alone. */
    env: Record<string, string | undefined>;
    /** Ends everything that is asked; what has no answer by then is `unseen`. */
    signal: AbortSignal;
    /** Seconds after which clicks are repeated; 0 for never. */
    repeatAfter: number;
    /** Takes what is being done, a few words. */
    tell(what: string): void;
}

/** One heading's checks. */
export type Look = (subject: Subject, world: World) => Promise<Check[]>;

/** What one API says of the host. */
export type AccountLook = (subject: Subject, world: World) => Promise<Found[]>;

/** What can be said of a world; all else is this machine's. */
export interface WorldOptions {
    network?: ProbeOptions;
    env?: World["env"];
    clock?: Clock;
    /** The port of name servers that are found by name. Default 53. */
    dnsPort?: number;
    repeatAfter?: number;
    /**
     * Seconds that a host may take; what is repeated later comes on top.
     *
     * @default 30
     */
    deadline?: number;
    tell?: World["tell"];
}

/** @throws `BadProbeRequest` if `caFile` can't be read. */
export function worldOf(given: WorldOptions, signal: AbortSignal): World {
    const { network: options = {}, env = {}, clock = systemClock, dnsPort, repeatAfter = 0, tell = () => {} } = given;
    const dns = dnsClient({ ...options, port: dnsPort, signal });
    const network = { ...networkOf(options), signal };
    return { options, dns, names: namesOf(options, dns), network, clock, env, signal, repeatAfter, tell };
}

/** How the probe's questions are asked about a host. */
export function askingOf(
    { hostname, endpoint, edge, secure = true }: ProbeSubject,
    redirects: boolean,
    { names, network, clock }: World,
): Asking {
    return { hostname, endpoint, edge, secure, redirects, names, network, clock };
}
