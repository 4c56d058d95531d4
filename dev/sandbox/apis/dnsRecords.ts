/**
 * `zones/{zone}/dns_records` of Cloudflare's API.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isWithin } from "../internet/names.ts";
import { Unmodelled } from "./api.ts";
import { bodyOf, type CloudflareOptions, type Guard, page, queryOf, refused, success, zoneIn } from "./cloudflare.ts";
import { type DnsRecord, PROXIABLE, type RecordSettings, type Zone } from "./zones.ts";

const PATH = "/zones/:zone/dns_records";
const TYPES = ["A", "AAAA", "CNAME", "MX", "TXT"];
const MAIL = ["MX", "TXT"];

export function dnsRecordRoutes(api: FastifyInstance, { zones, assumed }: CloudflareOptions, onRequest: Guard): void {
    const refuseClash = (zone: Zone, settings: RecordSettings, id?: string) =>
        refuseClashing(zone, settings, assumed.cnameBesideMail === "accepted" ? MAIL : [], id);

    api.post(PATH, { onRequest }, async (request) => {
        const zone = zoneIn(request, zones);
        const settings = settingsIn(request, zone);
        refuseClash(zone, settings);
        return success(shown(zone.put(settings)));
    });

    api.get(PATH, { onRequest }, async (request) => {
        const exact = ["name.exact", "content.exact"];
        const query = queryOf(request, ["name", "type", "content", "match", "order", "direction", ...exact]);
        const wanted: Record<string, string | undefined> = {
            name: query.name ?? query["name.exact"],
            type: query.type,
            content: query.content ?? query["content.exact"],
        };
        const fits = (record: DnsRecord) =>
            (["name", "type", "content"] as const).every((field) => [undefined, record[field]].includes(wanted[field]));
        return page(request, [...zoneIn(request, zones).all.values()].filter(fits).map(shown));
    });

    api.get(`${PATH}/:record`, { onRequest }, async (request) => success(shown(recordIn(request, zones).record)));

    // docs: the provider updates by PUT, newer ones by PATCH. PUT replaces, PATCH merges.
    api.put(`${PATH}/:record`, { onRequest }, async (request) => {
        const { zone, record } = recordIn(request, zones);
        const blank = { proxied: false, ttl: 1, comment: null, tags: [] };
        const settings = { ...blank, ...settingsIn(request, zone) };
        refuseClash(zone, settings, record.id);
        return success(shown(zone.put(settings, record.id)));
    });
    api.patch(`${PATH}/:record`, { onRequest }, async (request) => {
        const { zone, record } = recordIn(request, zones);
        const settings = settingsIn(request, zone);
        refuseClash(zone, { ...record, ...settings }, record.id);
        return success(shown(zone.put(settings, record.id)));
    });

    api.delete(`${PATH}/:record`, { onRequest }, async (request) => {
        const { zone, record } = recordIn(request, zones);
        zone.delete(record.id);
        return success({ id: record.id });
    });
}

function recordIn(request: FastifyRequest, zones: Zone[]): { zone: Zone; record: DnsRecord } {
    const zone = zoneIn(request, zones);
    const record = zone.all.get((request.params as { record: string }).record);
    if (record) {
        return { zone, record };
    }
    // docs: "404 on read = gone". filler: the code.
    throw refused(404, 81044, "Record does not exist.");
}

/** docs: "Give `name` as the full host name". */
function settingsIn(request: FastifyRequest, { origin }: Zone): RecordSettings {
    const { settings, ...body } = bodyOf(request);
    const { name, type, content, priority, proxied, ttl, comment, tags } = body as RecordSettings;
    // seen: the plugin sends back what it has read, which says nothing here.
    if (Object.values(settings ?? {}).some(Boolean)) {
        throw new Unmodelled("settings of a record");
    }
    if (type !== undefined && !TYPES.includes(type)) {
        throw new Unmodelled(`a record of type ${type}`);
    }
    if (name !== undefined && (name.includes("*") || !isWithin(name.toLowerCase(), origin))) {
        throw new Unmodelled(`a record named ${name}`);
    }
    const given = Object.entries({ name: name?.toLowerCase(), type, content, priority, proxied, ttl, comment, tags });
    return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** `tolerated` are the types that may stand beside a CNAME. */
function refuseClashing(
    zone: Zone,
    { name, type, content, priority }: RecordSettings,
    tolerated: string[],
    id?: string,
): void {
    if (!name || !type || !content || (type === "MX" && priority === undefined)) {
        throw new Unmodelled("a record without name, type or content, or an MX record without priority");
    }
    const others = [...zone.all.values()].filter((record) => record.name === name && record.id !== id);
    // docs: "A name has one CNAME: creating a second is error 81053". A CNAME tolerates no other record, RFC 1034. assumed:
    // whether one of mail is an exception.
    const isTolerated = (other: DnsRecord) => tolerated.includes(other.type) || tolerated.includes(type);
    if (others.some((other) => (type === "CNAME" || other.type === "CNAME") && !isTolerated(other))) {
        throw refused(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
    }
    // filler: the code for one that is the same.
    if (others.some((other) => other.type === type && other.content === content)) {
        throw refused(400, 81057, "The record already exists.");
    }
}

function shown(record: DnsRecord) {
    return { ...record, proxiable: PROXIABLE.includes(record.type), settings: {}, meta: {} };
}
