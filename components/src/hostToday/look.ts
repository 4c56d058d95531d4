// The look at what a host is today, before anything is registered or changed: the step that the registration waits for. An
// edge begins it, by what the host's zone says where that can be read, and by public DNS where it can't: records by hand or
// elsewhere, an edge or a writer of one's own, a zone that isn't active yet.
import * as pulumi from "@pulumi/pulumi";
import { dnsClient, LookUpFailed, type LookUpOptions } from "../dns/client";
import { registrableDomain } from "../hostname";
import { answersToday } from "../probe/answersToday";
import type { ProbeOptions } from "../probe/arguments";
import { asksNobody } from "../pulumi/afterCheck";
import { resourcesInState } from "../pulumi/state";
import { UserError } from "../pulumi/userError";
import { besideOf, besideProblem, isSparkPost, type RecordSummary, strangerProblem, whatIsThere } from "./today";

/** How the host and DNS are asked: the probe's options of the same names. */
export type LookOptions = LookUpOptions & Pick<ProbeOptions, "caFile" | "connectTo">;

/** What a look has seen of the host's record; nothing where nobody was asked, or the records couldn't be read. */
export interface SeenRecord {
    /** When it was changed last, RFC 3339; `undefined` where there was none. */
    changedOn?: string;
    /** This update takes an answer away that leads straight to SparkPost, where nothing has a certificate for the host. */
    leaves?: boolean;
}

/** A host whose records public DNS alone can tell. */
export interface HostInDns {
    hostname: string;
    /** The SparkPost host behind it. */
    endpoint: string;
    /** Where its record is going to lead, as far as that is known before anything is made. */
    targets?: readonly string[];
    /** Its record is going to be a CNAME that DNS shows, which hides what else stands at the name. */
    isAlias?: boolean;
    /** The host may have links in use. */
    inUse?: boolean;
    /** This program writes the record. */
    isWritten?: boolean;
    /**
     * This program makes what serves the host, and the look doesn't wait for that: what is seen may be it already, unfinished.
     * The probe decides.
     */
    isMade?: boolean;
    /** Somebody says that the record exists already, and leads to the endpoint. */
    isThere?: boolean;
    /** The content of a live name of somebody else's that is to be taken over all the same. */
    replaces?: string;
    /** Where these arguments stand in the program, for messages: `dns.manual`. */
    field: string;
    options: LookOptions;
}

/** The look at one host. It waits for no resource of the program. */
export class HostLook {
    /** In an update known once nothing speaks against the host. */
    readonly passed: pulumi.Output<SeenRecord | undefined>;
    readonly #component: pulumi.Resource;
    #resolve: (look: pulumi.Output<SeenRecord | undefined>) => void = () => {};

    /** @param component Whose steps wait for the look. */
    constructor(component: pulumi.Resource) {
        this.#component = component;
        const begun = new Promise<pulumi.Output<SeenRecord | undefined>>((resolve) => {
            this.#resolve = resolve;
        });
        this.passed = pulumi.output(begun) as pulumi.Output<SeenRecord | undefined>;
    }

    /** Begins it; `look` may ask in a preview too, if it has to. */
    begin(look: (component: pulumi.Resource) => pulumi.Input<SeenRecord | undefined>): void {
        this.#resolve(pulumi.output(look(this.#component)));
    }

    /** Begins a look at public DNS alone. */
    beginInDns(host: HostInDns): void {
        this.begin((component) => (asksNobody() ? undefined : lookInDns(host, component).then(() => undefined)));
    }
}

/**
 * Refuses a host that by public DNS is a live name of somebody else's, or has records that its CNAME would hide. One that
 * the stack has registered is the stack's, whatever it is by now.
 */
export async function lookInDns(host: HostInDns, component: pulumi.Resource): Promise<void> {
    const resources = await resourcesInState(component);
    const isRegistered = resources?.some(
        ({ type, outputs }) => type.endsWith("/sparkpost:TrackingDomain") && outputs.domain === host.hostname,
    );
    if (isRegistered) {
        return;
    }
    try {
        const problem = await problemInDns(host);
        if (problem !== undefined && !host.isMade) {
            throw new UserError(problem, "host-in-use");
        }
    } catch (error) {
        if (!(error instanceof LookUpFailed)) {
            throw error;
        }
        const { inUse, isWritten, isThere } = host;
        const silence = silenceWords(host, error.message);
        if ((inUse || isWritten) && !isThere) {
            throw new UserError(`${silence} Nothing was changed.`, "look-up-failed");
        }
        pulumi.log.warn(silence, component);
    }
}

/** Why the host isn't to be taken over; `undefined` where nothing speaks against it. Throws {@link LookUpFailed}. */
export async function problemInDns(host: HostInDns): Promise<string | undefined> {
    const { hostname, endpoint, targets = [], isAlias = false, replaces, field, options } = host;
    const records = await recordsInDns(hostname, isAlias, options);
    const own = [endpoint, ...targets];
    const seen = { hostname, records };
    if (whatIsThere(seen, own).is === "stranger") {
        const [takesMail, answers] = await Promise.all([
            takesMailInDns(hostname, options),
            answersToday({ hostname, endpoint, isEndpoint: isSparkPost, options }),
        ]);
        const today = whatIsThere({ ...seen, takesMail, answers }, own);
        const problem =
            today.is === "stranger" ? strangerProblem(hostname, today, replaces, `${field}.replaces`) : undefined;
        if (problem !== undefined) {
            return problem;
        }
    }
    return isAlias ? besideProblem(hostname, besideOf(records)) : undefined;
}

/** What DNS has of a host. An alias hides all else, and what is asked of it is answered for the name it leads to. */
async function recordsInDns(hostname: string, withOthers: boolean, options: LookOptions): Promise<RecordSummary[]> {
    const dns = dnsClient(options);
    const { CNAME: targets } = await dns.look(hostname, "CNAME");
    if (targets.length > 0) {
        return targets.map((content) => ({ type: "CNAME", content }));
    }
    const { A, AAAA } = await dns.look(hostname, "A", "AAAA");
    const { MX = [], TXT = [] } = withOthers ? await dns.look(hostname, "MX", "TXT") : {};
    return [
        ...A.map((content) => ({ type: "A", content })),
        ...AAAA.map((content) => ({ type: "AAAA", content })),
        ...MX.map(({ priority, exchange }) => ({ type: "MX", content: exchange, priority })),
        ...TXT.map((content) => ({ type: "TXT", content })),
    ];
}

/** Zones above a host whose mail servers are asked for. */
const MOST_ZONES = 4;

/** Whether mail of a domain above the host is delivered to it. */
async function takesMailInDns(hostname: string, options: LookOptions): Promise<boolean> {
    const dns = dnsClient(options);
    const top = registrableDomain(hostname) ?? hostname;
    const zones: string[] = [];
    for (let zone = hostname; zone !== top && zones.length < MOST_ZONES; zones.push(zone)) {
        zone = zone.slice(zone.indexOf(".") + 1);
    }
    const servers = await Promise.all(zones.map((zone) => dns.look(zone, "MX")));
    return servers.some(({ MX }) => MX.some(({ exchange }) => exchange === hostname));
}

function silenceWords({ hostname, field }: HostInDns, said: string): string {
    return (
        `${hostname}: its DNS records can't be looked up, because ${said}. If something else uses it today, that would break.\n` +
        "Check this machine's network, or name another server with the probe's options `resolver` or `nameServers`. `resolver` may be the URL of DNS over HTTPS." +
        (field === "dns.manual"
            ? " If you know that the records exist, set `dns: { manual: { recordsExist: true } }`."
            : "")
    );
}
