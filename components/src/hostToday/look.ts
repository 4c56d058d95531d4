// The look at what a hostname is today, before anything is registered or changed. The registration waits for it. The edge
// begins it. It reads the hostname's zone at Cloudflare if that is possible, and otherwise public DNS: for manual records,
// the user's own edge or writer, and a zone that isn't active yet.
import * as pulumi from "@pulumi/pulumi";
import { dnsClient, LookUpFailed, type LookUpOptions } from "../dns/client";
import { domainsAbove } from "../hostname";
import { answersToday } from "../probe/answersToday";
import type { ProbeOptions } from "../probe/arguments";
import { asksNobody } from "../pulumi/afterCheck";
import { resourcesInState } from "../pulumi/state";
import { UserError } from "../pulumi/userError";
import {
    classifyHost,
    hiddenProblem,
    hiddenRecordsOf,
    isSparkPost,
    type RecordSummary,
    strangerProblem,
} from "./today";

/** How to ask the hostname and DNS. The probe has options with the same names. */
export type LookOptions = LookUpOptions & Pick<ProbeOptions, "caFile" | "connectTo">;

/** What a look saw of the hostname's record. Nothing if the records couldn't be read. */
export interface SeenRecord {
    /** When the record was last changed (RFC 3339); `undefined` if there was none. */
    changedOn?: string;
    /** The record points straight to SparkPost, where nothing has a certificate for the hostname, and this update changes that. */
    leaves?: boolean;
}

/** A hostname whose records only public DNS can show. */
export interface HostInDns {
    hostname: string;
    /** The SparkPost host behind it. */
    endpoint: string;
    /** Where its record will point, as far as that is known before anything is made. */
    targets?: readonly string[];
    /** Its record will be a visible CNAME, which hides other records of the name. */
    isAlias?: boolean;
    /** The hostname may be in use. */
    inUse?: boolean;
    /** This program writes the record. */
    isWritten?: boolean;
    /**
     * This program makes what serves the hostname. The look doesn't wait for that, and may see it unfinished. The probe
     * decides then.
     */
    isMade?: boolean;
    /** The user says that the record already exists and points to the endpoint. */
    isThere?: boolean;
    /** The content of the record today, if the user wants to take over a hostname that is used for something else. */
    replaces?: string;
    /** The path of these arguments in the program, for messages: `dns.manual`. */
    field: string;
    options: LookOptions;
}

/** The look at one hostname. It waits for no resource of the program. */
export class HostLook {
    /** In an update, known once the look has found no problem. */
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

    /** Begins the look. `look` may also ask in a preview, if it has to. */
    begin(look: (component: pulumi.Resource) => pulumi.Input<SeenRecord | undefined>): void {
        this.#resolve(pulumi.output(look(this.#component)));
    }

    /** Declares what waits for the look. An error before the look begins is the look's too, so that nothing waits for ever. */
    during<Declared>(declare: () => Declared): Declared {
        try {
            return declare();
        } catch (error) {
            this.#resolve(pulumi.output(Promise.reject(error)));
            throw error;
        }
    }

    /** Begins a look at public DNS alone. */
    beginInDns(host: HostInDns): void {
        this.begin((component) => (asksNobody() ? undefined : lookInDns(host, component).then(() => undefined)));
    }
}

/**
 * Refuses a hostname that public DNS shows to be used for something else, or to have records that its CNAME would hide. A
 * hostname that the stack has registered always passes.
 */
export async function lookInDns(host: HostInDns, component: pulumi.Resource): Promise<void> {
    const resources = await resourcesInState(component);
    const isRegistered = resources?.some(
        ({ type, outputs }) => type === "pulumi-nodejs:dynamic:TrackingDomain" && outputs.domain === host.hostname,
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
        if ((inUse || isWritten) && !isThere) {
            throw new UserError(noAnswerMessage(host, error.message, " Nothing was changed."), "look-up-failed");
        }
        pulumi.log.warn(noAnswerMessage(host, error.message), component);
    }
}

/** Why the hostname can't be taken over; `undefined` if it can. Throws {@link LookUpFailed}. */
export async function problemInDns(host: HostInDns): Promise<string | undefined> {
    const { hostname, endpoint, targets = [], isAlias = false, replaces, field, options } = host;
    const records = await recordsInDns(hostname, isAlias, options);
    const own = [endpoint, ...targets];
    const seen = { hostname, records };
    if (classifyHost(seen, own).is === "stranger") {
        const [takesMail, answers] = await Promise.all([
            takesMailInDns(hostname, options),
            answersToday({ hostname, endpoint, isEndpoint: isSparkPost, options }),
        ]);
        const today = classifyHost({ ...seen, takesMail, answers }, own);
        const problem =
            today.is === "stranger" ? strangerProblem(hostname, today, replaces, `${field}.replaces`) : undefined;
        if (problem !== undefined) {
            return problem;
        }
    }
    return isAlias ? hiddenProblem(hostname, hiddenRecordsOf(records)) : undefined;
}

/** The hostname's records in DNS. If it is an alias, DNS answers other questions for the alias's target: only the CNAME counts. */
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
        ...MX.map(({ exchange }) => ({ type: "MX", content: exchange })),
        ...TXT.map((content) => ({ type: "TXT", content })),
    ];
}

/** Zones above a hostname whose MX records are looked up. */
const MAX_ZONES = 4;

/** Whether an MX record of a domain above the hostname points to it. */
async function takesMailInDns(hostname: string, options: LookOptions): Promise<boolean> {
    const dns = dnsClient(options);
    const zones = domainsAbove(hostname).slice(0, MAX_ZONES);
    const servers = await Promise.all(zones.map((zone) => dns.look(zone, "MX")));
    return servers.some(({ MX }) => MX.some(({ exchange }) => exchange === hostname));
}

function noAnswerMessage({ hostname, field }: HostInDns, said: string, outcome = ""): string {
    return (
        `${hostname}: its DNS records can't be looked up, because ${said}. If something else uses it today, that would break.${outcome}\n` +
        "Check this machine's network, or name another server with the probe's options `resolver` or `nameServers`. `resolver` may be the URL of DNS over HTTPS." +
        (field === "dns.manual"
            ? " If you know that the records exist, set `dns: { manual: { recordsExist: true } }`."
            : "")
    );
}
