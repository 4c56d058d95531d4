// A Cloudflare zone as a component: looked up, or, where that is asked for, created. One that was created becomes active
// when a person delegates it, and until then nothing behind the edge can be proven.
import type { GetZoneResult } from "@pulumi/cloudflare/getZone";
import type { Zone } from "@pulumi/cloudflare/zone";
import * as pulumi from "@pulumi/pulumi";
import type { LookUpOptions } from "../dns/lookUp";
import { asciiName, isHostname } from "../hostname";
import { oncePerProgram } from "../pulumi/program";
import { refuse } from "../pulumi/userError";
import { delegationSteps } from "./delegation";
import { tellDifferences } from "./delegationCheck";
import { findZone, lookUpOnce, unpaused, usable } from "./zoneLookUp";

/**
 * What a {@link CloudflareZone} is made of. `resolver` and `nameServers` (of the zone, today) are asked for the
 * comparison that an update makes while a created zone isn't active.
 */
export interface CloudflareZoneArgs extends LookUpOptions {
    /** The zone's name, such as `example.com`; a tracking host can be a zone of its own. */
    zone: string;
    /** Narrows the look-up where several accounts hold a zone of that name. */
    accountId?: string;
    /** Creates the zone, in this account, instead of looking it up. Default: it is there already. */
    create?: { accountId: pulumi.Input<string> };
}

/**
 * A zone at Cloudflare. Looked up unless `create` says otherwise, and then refused in words when it isn't active.
 *
 * A zone that is created is protected and retained on destroy: it holds a domain's DNS. How it is at present is looked
 * up whenever the program runs, since the state only knows how it was when it was created: so the first `up` after it
 * became active goes on. Until then every `up` tells, as a warning, what its name servers of today answer and its records
 * at Cloudflare don't have; that needs DNS Read, and takes 20 seconds at most, beside everything else.
 *
 * Token permissions: Zone Read; to create one, Zone Write for the account.
 */
export class CloudflareZone extends pulumi.ComponentResource {
    readonly zoneId: pulumi.Output<string>;
    /** `active`, or `pending` until its name servers are delegated. */
    readonly status: pulumi.Output<string>;
    /** The name servers that Cloudflare has assigned to it. */
    readonly nameServers: pulumi.Output<string[]>;
    /** What has to be done, in this order, until it is active; empty when it is. */
    readonly nextSteps: pulumi.Output<string[]>;
    /** The zone as it was found when the program started; undefined before it is created. */
    readonly found: pulumi.Output<GetZoneResult | undefined>;
    /** With `create`, the zone. */
    readonly resource?: Zone;

    constructor(name: string, args: CloudflareZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        const { zone, accountId, create } = args;
        const zoneName = checkedName(`CloudflareZone ${name}`, zone);
        super("sparkpost-tracking:index:CloudflareZone", name, {}, opts);
        const provider = this.getProvider("cloudflare:index/getZone:getZone");

        if (create) {
            const resource = declareZone(name, zoneName, create.accountId, this);
            const found = pulumi.output(create.accountId).apply((id) => findCreated(zoneName, id, provider));
            // What was found is newer than what the state holds.
            const recorded = pulumi.output({ status: resource.status, nameServers: resource.nameServers });
            const present = found.apply(
                (zone): pulumi.Output<ZoneState> => (zone ? pulumi.output(stateOf(zone)) : recorded),
            );
            this.resource = resource;
            this.found = found;
            this.zoneId = resource.id;
            this.status = present.apply(({ status }) => status);
            this.nameServers = present.apply(({ nameServers }) => nameServers);
            this.nextSteps = found.apply((zone): pulumi.Output<string[]> => {
                // The first preview: not there, and its name servers aren't known.
                if (!zone && pulumi.runtime.isDryRun()) {
                    return pulumi.output(delegationSteps(zoneName, undefined));
                }
                return present.apply(({ status, nameServers }) =>
                    status === "active" ? [] : delegationSteps(zoneName, nameServers),
                );
            });
        } else {
            const zone = lookUpOnce(zoneName, accountId, provider);
            this.found = zone;
            this.zoneId = zone.id;
            this.status = zone.status;
            this.nameServers = zone.nameServers;
            this.nextSteps = zone.apply(() => []);
        }
        const { zoneId, status, nameServers, nextSteps } = this;
        // The program doesn't end before the differences are told, and nothing else waits for that.
        const told = create && !pulumi.runtime.isDryRun() ? this.tellDifferences(zoneName, args) : undefined;
        this.registerOutputs({
            zoneId,
            status,
            nameServers,
            nextSteps: pulumi.all([nextSteps, told]).apply(([steps]) => steps),
        });
    }

    private tellDifferences(name: string, options: LookUpOptions): pulumi.Output<void> {
        const { zoneId, status, nameServers } = this;
        return pulumi.all([zoneId, status, nameServers]).apply(async ([id, status, nameServers]) => {
            if (status !== "active") {
                await tellDifferences({ name, id, nameServers, hosts: hostsOf(name) }, options, this);
            }
        });
    }
}

/** The hosts of the zone whose records this program makes, as far as they had it created. */
function hostsOf(zone: string): Set<string> {
    return oncePerProgram(`hosts of ${zone}`, () => new Set<string>());
}

/** The zone's name in its one form. */
function checkedName(subject: string, zone: string): string {
    const name = asciiName(zone) ?? "";
    const message = "write the zone's plain name, such as example.com";
    refuse(subject, isHostname(name) ? [] : [{ field: "zone", value: zone, message }]);
    return name;
}

/** What changes about a zone when it is delegated. */
interface ZoneState {
    status: string;
    nameServers: string[];
}

function stateOf({ status, nameServers }: ZoneState): ZoneState {
    return { status, nameServers };
}

/** The zone that hosts of a program share which all ask for it to be created; a resource of its own, of no host's. */
export function createOnce(
    zone: string,
    accountId: string,
    { hostname, resolver, nameServers }: LookUpOptions & { hostname: string },
    component: pulumi.Resource,
): CloudflareZone {
    hostsOf(zone).add(hostname);
    const provider = component.getProvider("cloudflare:index/zone:Zone");
    const created = oncePerProgram("created zones", () => new Map<string, Created>());
    const known = created.get(zone);
    if (known && (known.accountId !== accountId || known.provider !== provider)) {
        const message = "another host has this zone created in another account, or by another provider; say the same";
        refuse(`Cloudflare zone ${zone}`, [{ field: "accountId", value: accountId, message }]);
    }
    const one = known ?? {
        accountId,
        provider,
        zone: new CloudflareZone(zone, { zone, create: { accountId }, resolver, nameServers }, { provider }),
    };
    created.set(zone, one);
    return one.zone;
}

interface Created {
    accountId: string;
    provider: pulumi.ProviderResource | undefined;
    zone: CloudflareZone;
}

function declareZone(name: string, zone: string, accountId: pulumi.Input<string>, parent: pulumi.Resource): Zone {
    // Loaded here: most programs create no zone, and each class of this SDK costs time at every preview.
    const { Zone } = require("@pulumi/cloudflare/zone") as typeof import("@pulumi/cloudflare/zone");
    const args = { account: { id: accountId }, name: zone, type: "full" };
    return new Zone(name, args, { parent, protect: true, retainOnDelete: true });
}

/** The zone as it is now, refused when no host in it could be served even once it is active. */
async function findCreated(
    zone: string,
    accountId: string,
    provider: pulumi.ProviderResource | undefined,
): Promise<GetZoneResult | undefined> {
    const found = await findZone(zone, accountId, provider);
    if (found) {
        usable({ ...unpaused(found), status: "active" });
    }
    return found;
}
