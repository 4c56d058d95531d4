// Hosts of several SparkPost accounts. Each account has its own key, which a host names and never holds:
//   pulumi config set --secret sparkpost:apiKey
//   pulumi config set --secret sparkpost:apiKeyEu
//   pulumi config set --secret sparkpost:apiKeyTeam
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";

const cloudflare = { zone: "example.com" };

const us = new HttpsTrackingDomain("us", {
    hostname: "track-us.example.com",
    cloudflare,
});

const eu = new HttpsTrackingDomain("eu", {
    hostname: "track-eu.example.com",
    account: { region: "eu", apiKeyConfig: "sparkpost:apiKeyEu" },
    cloudflare,
    default: true, // of the EU account: the US account keeps its own
});

const team = new HttpsTrackingDomain("team", {
    hostname: "track-team.example.com",
    // In the US. The primary account's key works too, and needs no name.
    account: { subaccount: 123, apiKeyConfig: "sparkpost:apiKeyTeam" },
    cloudflare,
    default: true, // of the subaccount
});

export const urls = [us.url, eu.url, team.url];
