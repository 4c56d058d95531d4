// A domain that is in use: links in mail already sent go on working, and `pulumi destroy` leaves everything in place.
// `npx --no-install pulumi-sparkpost-tracking find click.example.com` prints the ids of what it has.
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";

const click = new HttpsTrackingDomain("click", {
    hostname: "click.example.com",
    adopt: true,
    cloudflare: {
        zone: "example.com",
        // For the first `pulumi up` alone: remove it afterwards.
        import: { record: "023e105f4ecef8ad9ca31a8372d0c353/372e67954025e0ba6aaa6d586b9e0b59" },
    },
});

export const { url, status, nextSteps } = click;
