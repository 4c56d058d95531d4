// The program of each stack: the brand that has the stack's name. fleet.mts runs it for all of them.
import * as pulumi from "@pulumi/pulumi";
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";
import brands from "./brands.json";

const { zone, subaccount } = brands[pulumi.getStack() as keyof typeof brands];

export const { url, nextSteps } = new HttpsTrackingDomain("track", {
    hostname: `click.${zone}`,
    account: { subaccount },
    cloudflare: { zone },
    default: true, // of the brand's subaccount
});
