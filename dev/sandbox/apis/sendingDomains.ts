/**
 * Sending domains of one region, as far as tracking goes: which tracking domain each is linked to, read and changed.
 * Bodies are those of the sending domains API in the vendor's reference.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Unmodelled } from "./api.ts";
import { bodyOf, nameIn, refused, type SparkPostOptions } from "./sparkpost.ts";

/** A name for a domain of the primary account. */
export type SendingDomainOptions = string | { domain: string; subaccount: number };

export class SendingDomains {
    /** Sending domain → its tracking domain, "" for none. */
    readonly links = new Map<string, string>();
    readonly #owners = new Map<string, number>();

    constructor(given: SendingDomainOptions[]) {
        for (const one of given) {
            const { domain, subaccount } = typeof one === "string" ? { domain: one, subaccount: undefined } : one;
            this.links.set(domain.toLowerCase(), "");
            if (subaccount !== undefined) {
                this.#owners.set(domain.toLowerCase(), subaccount);
            }
        }
    }

    /** Undefined for the primary account's. */
    ownerOf(domain: string): number | undefined {
        return this.#owners.get(domain);
    }
}

/** Which domains a request sees, by the subaccount that they belong to: by name, or in a list. */
interface Scope {
    reaches(request: FastifyRequest, subaccount: number | undefined): boolean;
    lists(request: FastifyRequest, subaccount: number | undefined): boolean;
}

/** Adds the calls. */
export function sendingDomainRoutes(
    api: FastifyInstance,
    { domains, sending, timeline }: SparkPostOptions,
    { reaches, lists }: Scope,
): void {
    function find(request: FastifyRequest): string {
        const name = nameIn(request);
        if (sending.links.has(name) && reaches(request, sending.ownerOf(name))) {
            return name;
        }
        // docs: 404 with code "1600", of the call that deletes; inferred for these.
        const description = `Domain '${name}' does not exist`;
        throw refused(404, { message: "resource not found", description, code: "1600" });
    }

    /** docs: `tracking_domain` for one that is linked; the vendor's list leaves it out for others. filler: the status. */
    function shown(name: string) {
        const linked = sending.links.get(name);
        const subaccount_id = sending.ownerOf(name);
        return {
            ...(linked && { tracking_domain: linked }),
            status: { ownership_verified: true, dkim_status: "valid", compliance_status: "valid" },
            ...(subaccount_id !== undefined && { subaccount_id }),
        };
    }

    // docs: the list has the names, the reply for one hasn't.
    api.get("/sending-domains", async (request) => {
        const strange = Object.keys(request.query as object).find((name) => name !== "subaccounts");
        if (strange) {
            throw new Unmodelled(`filter ${strange}`);
        }
        const names = [...sending.links.keys()].filter((name) => lists(request, sending.ownerOf(name)));
        return { results: names.map((domain) => ({ domain, ...shown(domain) })) };
    });

    api.get("/sending-domains/:domain", async (request) => ({ results: shown(find(request)) }));

    api.put("/sending-domains/:domain", async (request) => {
        const name = find(request);
        const { tracking_domain: tracking } = bodyOf(request);
        if (typeof tracking !== "string") {
            throw new Unmodelled("a sending domain without tracking_domain");
        }
        // docs: 400 code "1200" not a registered tracking domain; `""` unlinks. inferred: of the same subaccount.
        const target = domains.find(tracking);
        if (tracking && (!target || target.subaccount_id !== sending.ownerOf(name))) {
            const description = `Tracking domain '${tracking}' is not a registered tracking domain`;
            throw refused(400, { message: "invalid params", description, code: "1200" });
        }
        const host = tracking.toLowerCase();
        sending.links.set(name, host);
        timeline.add("sparkpost", "link-changed", host ? `linked ${name} to ${host}` : `unlinked ${name}`, {
            host,
            sending: name,
        });
        return { results: { message: "Successfully Updated Domain.", domain: name } };
    });
}
