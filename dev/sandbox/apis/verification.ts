/**
 * SparkPost's own check of a tracking host: a real request through the sandbox's internet.
 * docs (inferred from the error text): "Verify is an HTTP(S) request to the tracking host, through whatever answers".
 */
import { randomUUID } from "node:crypto";
import type { Network } from "../internet/network.ts";
import type { Timeline, TimelineEvent } from "../internet/timeline.ts";
import { ENDPOINTS } from "../internet/tracker.ts";
import type { Assumed, Region } from "../options.ts";
import type { TrackingDomain } from "./domains.ts";

export interface Check {
    verified: boolean;
    /** What was found, for the timeline. */
    found: string;
    /** The message of the 400 that the API answers if the request itself failed. */
    failure?: string;
}

/** Looks at a host as SparkPost of one region does. */
export async function check(domain: TrackingDomain, region: Region, world: World): Promise<Check> {
    const { network, timeline, assumed } = world;
    const host = domain.domain;
    const [scheme, port] = domain.secure ? ["https", 443] : ["http", 80];
    const path = `/f/verify/${randomUUID()}`;
    // docs: the message, with its two spaces. inferred: over http it says http and 80.
    const failure =
        `HTTP request to ${scheme}://${host}:${port} failed.  ` +
        "Please verify that your redirect is functioning and that your SSL certificate is valid.";
    try {
        const { status, location } = await network.visit(`${scheme}://${host}${path}`, { "user-agent": "SparkPost" });
        // inferred: success means that this region's tracker saw this host. Path and "success criterion are not documented". A
        // status alone can't decide, because the tracker's answer for an unverified host isn't known.
        const isOurs = ({ kind, path: asked, region: where }: TimelineEvent) =>
            kind === "tracker-request" && asked === path && where === region;
        if (timeline.events.some(isOurs)) {
            return { verified: true, found: "the tracker answered" };
        }
        // docs: "verify that your redirect is functioning": the 2020 guide's recipe redirects to the endpoint.
        const to = location && URL.canParse(location) ? new URL(location).hostname : "";
        if (ENDPOINTS[region].names.includes(to)) {
            return { verified: true, found: `it redirects to ${to}` };
        }
        const found = `something else answered, with ${status}`;
        return { verified: false, found, failure: assumed.strangerAnswer === "failure" ? failure : undefined };
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return { verified: false, found: `the request failed (${code ?? message})`, failure };
    }
}

interface World {
    network: Network;
    timeline: Timeline;
    assumed: Assumed;
}
