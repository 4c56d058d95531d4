// What the commands read at Cloudflare. A refusal names the permission that the token lacks.
import { type CloudflareAccess, getList, getResult, isCloudflareError, remedyOf } from "../cloudflare/api";
import { Failure } from "./io";

/** A zone as the API lists it. */
export interface CloudflareZone {
    id: string;
    name: string;
    status: string;
    type: string;
    name_servers?: string[];
    account: { id: string; name?: string };
}

/** A DNS record as the API lists it. */
export interface CloudflareRecord {
    id: string;
    /** Full name. */
    name: string;
    type: string;
    content: string;
    proxied: boolean;
    comment?: string | null;
}

/** A page rule as the API lists it. */
export interface CloudflarePageRule {
    id: string;
    targets: { constraint: { value: string } }[];
    actions: { id: string; value?: unknown }[];
    priority: number;
    status: string;
}

/** The zones of this name that the token can see, of whatever account. */
export function readZones(access: CloudflareAccess, name: string): Promise<CloudflareZone[]> {
    return explained("Zone Read", getList(access, "zones", { name }));
}

/** A zone's records, or those of one name. */
export function readRecords(access: CloudflareAccess, zoneId: string, name?: string): Promise<CloudflareRecord[]> {
    return explained("DNS Read", getList(access, `zones/${zoneId}/dns_records`, name === undefined ? {} : { name }));
}

/** All page rules of a zone; the API gives them in one answer. */
export function readPageRules(access: CloudflareAccess, zoneId: string): Promise<CloudflarePageRule[]> {
    return explained("Page Rules Read", getResult(access, `zones/${zoneId}/pagerules`));
}

async function explained<Result>(permission: string, reading: Promise<Result>): Promise<Result> {
    try {
        return await reading;
    } catch (error) {
        if (!isCloudflareError(error)) {
            throw error;
        }
        throw new Failure(error.status === 0 ? error.message : `${error.message}\n${remedyOf(error, permission)}`);
    }
}
