// Many brands in one stack. Above some hundred domains, split them over several stacks: see ../fleet.
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";

const brands = {
    acme: { zone: "acme.example", subaccount: 101 },
    shop: { zone: "shop.example", subaccount: 102 },
};

/** By brand: the address that its links begin with, and what is left for you to do. */
export const tracking = Object.fromEntries(
    Object.entries(brands).map(([brand, { zone, subaccount }]) => {
        // Named by the brand and not by its place in the list, so that adding one leaves the others as they are.
        const { url, nextSteps } = new HttpsTrackingDomain(brand, {
            hostname: `click.${zone}`,
            account: { subaccount },
            cloudflare: { zone },
            default: true, // of the brand's subaccount
        });
        return [brand, { url, nextSteps }];
    }),
);
