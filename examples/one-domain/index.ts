// One domain behind Cloudflare.
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";

const track = new HttpsTrackingDomain("track", {
    hostname: "track.example.com",
    cloudflare: { zone: "example.com" },
    default: true,
});

export const { url, status, nextSteps } = track;
