// What each of doctor's looks gets: the host, and how to reach the network.
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

/** What the user asks about. */
export interface Request {
    hostname: string;
    /** As the options name it. If they don't, the host's answers show its endpoint. */
    account: AccountArgs;
    /** The scheme of links in mail, if the user says it. Default: both must work. */
    links?: "https" | "http";
}

/** A host, with what is known before the looks begin. */
export interface Subject extends ProbeSubject {
    account: AccountArgs;
    /** The names of the host's alias chain, in order. */
    aliases: string[];
    /** Every address that the resolver has. */
    addresses: string[];
    /** What every address answered to a test click; `undefined` without an address. */
    answers?: Answers;
}

/** What every address answered. */
export interface Answers {
    https: Looks;
    http: Looks;
    /** Whether the edge redirects to the endpoint, as in SparkPost's guide of 2020, instead of relaying. */
    redirects: boolean;
}

/** How to reach the network. */
export interface World {
    /** The user's options, for what takes them itself. */
    options: ProbeOptions;
    dns: DnsClient;
    names: Names;
    network: Network;
    clock: Clock;
    /** Keys come only from here. */
    env: Record<string, string | undefined>;
    /** Ends every question. What has no answer then is `unseen`. */
    signal: AbortSignal;
    /** Seconds after which clicks are repeated; 0 for never. */
    repeatAfter: number;
    /** Shows what doctor is doing, in a few words. */
    tell(what: string): void;
}

/** Makes the checks of one heading. */
export type Look = (subject: Subject, world: World) => Promise<Check[]>;

/** Makes the checks of one API. */
export type AccountLook = (subject: Subject, world: World) => Promise<Found[]>;

/** The parts of a world that a caller chooses. */
export interface WorldOptions {
    network?: ProbeOptions;
    env?: World["env"];
    clock?: Clock;
    /** The port of name servers that are found by name. Default 53. */
    dnsPort?: number;
    repeatAfter?: number;
    /**
     * How long a host may take, in seconds, without the wait for repeated clicks.
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

/** The probe's way to ask a host. */
export function askingOf(
    { hostname, endpoint, edge, secure = true }: ProbeSubject,
    redirects: boolean,
    { names, network, clock }: World,
): Asking {
    return { hostname, endpoint, edge, secure, redirects, names, network, clock };
}
