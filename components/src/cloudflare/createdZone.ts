// A Cloudflare zone as a component: looked up, or, where that is asked for, created. One that was created becomes active
// when a person delegates it, and until then nothing behind the edge can be proven.
import type { Zone as ZoneResource } from "@pulumi/cloudflare/zone";
import * as pulumi from "@pulumi/pulumi";
import { asciiName } from "../hostname";
import { asksNobody } from "../pulumi/afterCheck";
import { oncePerProgram } from "../pulumi/program";
import { fields, flag, input, problemsBy } from "../pulumi/shape";
import { refuse } from "../pulumi/userError";
import { creationProblems, zoneName } from "./arguments";
import { delegationNotes, delegationSteps } from "./delegation";
import { findZone, lookUpOnce, unpaused, usable, type Zone } from "./zoneLookUp";

/** What a {@link CloudflareZone} is made of: the same words as in a tracking domain's `cloudflare`. */
export interface CloudflareZoneArgs {
    /** The zone's name, such as `example.com`; a tracking host can be a zone of its own. */
    zone: string;
    /**
     * Narrows the look-up where several accounts have a zone of that name; with `createZone` the account that the zone
     * is to belong to.
     */
    accountId?: pulumi.Input<string>;
    /** Creates the zone instead of looking it up. Default false: it is there already. */
    createZone?: boolean;
}

const shape = fields({ zone: zoneName, accountId: input, createZone: flag });

/**
 * A zone at Cloudflare. Looked up unless `createZone` says otherwise, and then refused in words when it isn't active.
 *
 * A zone that is created is protected and retained on destroy: it holds a domain's DNS. How it is at present is looked
 * up whenever the program runs, since the state only knows how it was when it was created: so the first `up` after it
 * became active goes on. Until then `nextSteps` say what to do, and name the command that tells what a delegation would
 * lose: `npx pulumi-sparkpost-tracking compare-zone`.
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
    /** What is good to know before that is done. */
    readonly notes: pulumi.Output<string[]>;
    /** The zone as it was found when the program started; undefined before it is created. */
    readonly found: pulumi.Output<Zone | undefined>;
    /** With `createZone`, the zone. */
    readonly resource?: ZoneResource;

    constructor(name: string, args: CloudflareZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        refuse(`CloudflareZone ${name}`, problemsBy<CloudflareZoneArgs>(shape, args, creationProblems));
        const { accountId, createZone = false } = args;
        const domain = asciiName(args.zone) ?? "";
        super("sparkpost-tracking:index:CloudflareZone", name, {}, opts);
        const provider = this.getProvider("cloudflare:index/getZones:getZones");
        const account = pulumi.output(accountId);

        if (createZone) {
            const resource = declareZone(name, domain, accountId ?? "", this);
            const found = account.apply((id) => findCreated(domain, id, provider));
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
                if (!zone && asksNobody()) {
                    return pulumi.output(delegationSteps(domain, undefined));
                }
                return present.apply(({ status, nameServers }) =>
                    status === "active" ? [] : delegationSteps(domain, nameServers),
                );
            });
        } else {
            const zone = account.apply((id) => lookUpOnce(domain, id, provider));
            this.found = zone;
            this.zoneId = zone.id;
            this.status = zone.status;
            this.nameServers = zone.nameServers;
            this.nextSteps = zone.apply(() => []);
        }
        this.notes = this.nextSteps.apply((steps) => (steps.length > 0 ? delegationNotes(domain) : []));
        const { zoneId, status, nameServers, nextSteps, notes } = this;
        this.registerOutputs({ zoneId, status, nameServers, nextSteps, notes });
    }
}

/** What changes about a zone when it is delegated. */
type ZoneState = Pick<Zone, "status" | "nameServers">;

function stateOf({ status, nameServers }: ZoneState): ZoneState {
    return { status, nameServers };
}

/** The zone that hosts of a program share which all ask for it to be created; a resource of its own, of no host's. */
export function createOnce(zone: string, accountId: string, component: pulumi.Resource): CloudflareZone {
    const provider = component.getProvider("cloudflare:index/zone:Zone");
    const created = oncePerProgram("created zones", () => new Map<string, Created>());
    const known = created.get(zone);
    if (known && (known.accountId !== accountId || known.provider !== provider)) {
        const message = "another hostname creates this zone in another account or with another provider; use the same";
        refuse(`Cloudflare zone ${zone}`, [{ field: "accountId", value: accountId, message }]);
    }
    const one = known ?? {
        accountId,
        provider,
        zone: new CloudflareZone(zone, { zone, accountId, createZone: true }, { provider }),
    };
    created.set(zone, one);
    return one.zone;
}

interface Created {
    accountId: string;
    provider: pulumi.ProviderResource | undefined;
    zone: CloudflareZone;
}

function declareZone(
    name: string,
    zone: string,
    accountId: pulumi.Input<string>,
    parent: pulumi.Resource,
): ZoneResource {
    // Loaded here: most programs create no zone, and each class of this SDK costs time at every preview.
    const { Zone } = require("@pulumi/cloudflare/zone") as typeof import("@pulumi/cloudflare/zone");
    const args = { account: { id: accountId }, name: zone, type: "full" };
    return new Zone(name, args, { parent, protect: true, retainOnDelete: true });
}

/** The zone as it is now, refused when no host in it could be served even once it is active. */
async function findCreated(
    zone: string,
    accountId: string | undefined,
    provider: pulumi.ProviderResource | undefined,
): Promise<Zone | undefined> {
    const found = await findZone(zone, accountId, provider);
    if (found && !pulumi.isUnknown(found)) {
        usable({ ...unpaused(found), status: "active" });
    }
    return found;
}
