import { HttpsTrackingDomain, sparkpost } from "pulumi-sparkpost-tracking";

const track = new HttpsTrackingDomain("track", {
    hostname: "track.example.com",
    cloudflare: { zone: "example.com", settings: "pageRule" },
});
new sparkpost.DefaultTrackingDomain("default", { domain: track.hostname }, { dependsOn: track });

export const url = track.url;
