// A domain behind Fastly, whose DNS zone is at Route 53, where you write the records by hand. The first `pulumi up` says
// which ones. The next one goes on once they are there.
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";

const go = new HttpsTrackingDomain("go", {
    hostname: "go.example.org",
    fastly: { dns: { manual: {} } },
});

export const { url, nextSteps } = go;

/**
 * The records as Route 53 takes them:
 * aws route53 change-resource-record-sets --hosted-zone-id … --change-batch "$(pulumi stack output changeBatch)"
 */
export const changeBatch = go.dnsRecords.apply((records) =>
    JSON.stringify({
        Changes: records.map(({ type, name, value, ttl }) => ({
            Action: "UPSERT",
            ResourceRecordSet: { Name: name, Type: type, TTL: ttl, ResourceRecords: [{ Value: value }] },
        })),
    }),
);
