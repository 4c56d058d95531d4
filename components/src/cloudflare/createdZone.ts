// A Cloudflare zone as a component: looked up, or created. A created zone becomes active when a person delegates it. Until
// then the probe can't succeed.
import type { Zone as ZoneResource } from "@pulumi/cloudflare/zone";
import * as pulumi from "@pulumi/pulumi";
import { asciiName } from "../hostname";
import { asksNobody } from "../pulumi/afterCheck";
import { oncePerProgram } from "../pulumi/program";
import { fields, flag, input, problemsBy } from "../pulumi/shape";
import { refuse } from "../pulumi/userError";
import { creationProblems, zoneName } from "./arguments";
import { delegationNotes, delegationSteps } from "./delegation";
import { checkNotPaused, findZone, lookUpZoneOnce, usable, type Zone } from "./zoneLookUp";

/** The arguments of a {@link CloudflareZone}, with the same names as in a tracking domain's `cloudflare`. */
export interface CloudflareZoneArgs {
    /**
     * The zone's name. A tracking hostname can be a zone of its own.
     *
     * @example "example.com"
     */
    zone: string;
    /**
     * The id of the Cloudflare account. It is needed if several accounts have a zone of that name. With `createZone`, this
     * account will own the zone.
     *
     * @default the one account that has the zone
     */
    accountId?: pulumi.Input<string>;
    /**
     * Creates the zone instead of looking it up.
     *
     * @default false: the zone already exists
     */
    createZone?: boolean;
}

const shape = fields({ zone: zoneName, accountId: input, createZone: flag });

/**
 * A zone at Cloudflare: looked up, and refused if it isn't active; or, with `createZone`, created.
 *
 * A created zone holds a domain's DNS. So it is protected, and `pulumi destroy` keeps it. The state knows the zone only as it
 * was created, so the program looks its status up in every run: the first `up` after the zone became active goes on. Until
 * then `nextSteps` say what to do. They name the command that shows what a delegation would lose:
 * `npx --no-install pulumi-sparkpost-tracking compare-zone`.
 *
 * The API token needs Zone Read; to create a zone, Zone Write for the account.
 */
export class CloudflareZone extends pulumi.ComponentResource {
    readonly zoneId: pulumi.Output<string>;
    /** `active`, or `pending` until its name servers are delegated. */
    readonly status: pulumi.Output<string>;
    /** The name servers that Cloudflare assigned to it. */
    readonly nameServers: pulumi.Output<string[]>;
    /** What has to be done, in this order, until it is active; empty when it is. */
    readonly nextSteps: pulumi.Output<string[]>;
    /** What is good to know before that is done. */
    readonly notes: pulumi.Output<string[]>;
    /** The zone as it was when the program started; `undefined` if it didn't exist. */
    readonly found: pulumi.Output<Zone | undefined>;
    /** With `createZone`, the zone's resource. */
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
                // In the first preview the zone doesn't exist, and its name servers aren't known.
                if (!zone && asksNobody()) {
                    return pulumi.output(delegationSteps(domain, undefined));
                }
                return present.apply(({ status, nameServers }) =>
                    status === "active" ? [] : delegationSteps(domain, nameServers),
                );
            });
        } else {
            const zone = account.apply((id) => lookUpZoneOnce(domain, id, provider));
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

/** The one created zone that all hostnames of a program share. It is a child of none of them. */
export function createZoneOnce(zone: string, accountId: string, component: pulumi.Resource): CloudflareZone {
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

/** The zone as it is now. Refuses one that couldn't serve a hostname even when active. */
async function findCreated(
    zone: string,
    accountId: string | undefined,
    provider: pulumi.ProviderResource | undefined,
): Promise<Zone | undefined> {
    const found = await findZone(zone, accountId, provider);
    if (found && !pulumi.isUnknown(found)) {
        usable({ ...checkNotPaused(found), status: "active" });
    }
    return found;
}
