/**
 * SparkPost's API about tracking domains, for one region. Paths, replies and error texts are those of
 * "Calls" in the SparkPost reference.
 */
import { STATUS_CODES } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Names } from "../internet/names.ts";
import type { Timeline } from "../internet/timeline.ts";
import type { Assumed, Faults, Grant, KeyOptions, Region, SandboxOptions } from "../options.ts";
import { type ApiCall, ApiError, setUpApi, Unmodelled } from "./api.ts";
import { cnameStatus, shown, type TrackingDomain, type TrackingDomains } from "./domains.ts";
import { certificateRoutes } from "./managedCertificates.ts";
import { type SendingDomains, sendingDomainRoutes } from "./sendingDomains.ts";
import type { Check } from "./verification.ts";

export interface SparkPostOptions {
    keys: KeyOptions[];
    domains: TrackingDomains;
    sending: SendingDomains;
    region: Region;
    names: Names;
    calls: ApiCall[];
    sandbox: SandboxOptions;
    assumed: Assumed;
    faults: Faults;
    timeline: Timeline;
    /** SparkPost's look at a tracking host. */
    check(domain: TrackingDomain): Promise<Check>;
    unmodelled(what: string): void;
}

/** The API of one region, as a Fastify plug-in. */
export async function sparkpostApi(api: FastifyInstance, options: SparkPostOptions): Promise<void> {
    const { domains, calls, faults, timeline } = options;
    setUpApi(api, { ...options, faults: () => faults.sparkpost, errorBody: (message) => ({ errors: [{ message }] }) });
    const scopes = new WeakMap<FastifyRequest, number | undefined>();

    api.addHook("onRequest", async (request) => {
        // docs: "429: wait 1–5 s, back off further for heavier use; no documented header".
        const recent = calls.filter(({ at, status }) => at > timeline.now() - 1000 && status !== 429);
        if (recent.length > (faults.rateLimit ?? Number.POSITIVE_INFINITY)) {
            throw refused(429, { message: "Too many requests" });
        }
        // docs: header `Authorization: <key>`, bare; 401 "Unauthorized." (bad key), 403 "Forbidden." (missing grant).
        const key = options.keys.find((one) => one.key === request.headers.authorization);
        if (!key) {
            throw refused(401, { message: "Unauthorized." });
        }
        const needed = grantsFor(request, options.assumed);
        if (!needed.some((grant) => (key.grants ?? needed).includes(grant))) {
            throw refused(403, { message: "Forbidden." });
        }
        scopes.set(request, key.subaccount ?? subaccountOf(request));
    });

    /**
     * docs: "`X-MSYS-SUBACCOUNT: <number>` scopes a call": what is of another scope isn't there. assumed: whether a call
     * without that header reaches subaccounts' domains.
     */
    function reaches(request: FastifyRequest, subaccount: number | undefined): boolean {
        const scope = scopes.get(request);
        return (scope === undefined && options.assumed.primaryReach === "all") || subaccount === scope;
    }

    function find(request: FastifyRequest): TrackingDomain {
        const found = domains.find(nameIn(request));
        if (found && reaches(request, found.subaccount_id)) {
            return found;
        }
        throw refused(404, { message: "resource not found" });
    }

    api.post("/tracking-domains", async (request) => {
        const domain = create(bodyOf(request), scopes.get(request), options);
        return { results: { domain } };
    });

    /** Whether a list that a request asks for holds what belongs to a subaccount. */
    function lists(request: FastifyRequest, subaccount: number | undefined): boolean {
        const { subaccounts } = request.query as Record<string, string | undefined>;
        const scope = scopes.get(request);
        // inferred: the filter takes numbers with commas between, 0 for the primary account, which alone may use it.
        const asked = scope === undefined ? subaccounts?.split(",").map(Number) : undefined;
        const everybody = scope === undefined && options.assumed.primaryList === "all";
        return asked ? asked.includes(subaccount ?? 0) : everybody || subaccount === scope;
    }

    api.get("/tracking-domains", async (request) => {
        const query = request.query as Record<string, string | undefined>;
        const wanted = (domain: TrackingDomain) =>
            lists(request, domain.subaccount_id) &&
            (query.default === undefined || String(domain.default) === query.default);
        return { results: domains.all().filter(wanted).map(shown) };
    });

    api.get("/tracking-domains/:domain", async (request) => {
        // docs: 400 "domain must be valid" on a read, 422 on a create.
        if (!isValid(nameIn(request))) {
            throw refused(400, { message: "domain must be valid" });
        }
        return { results: shown(find(request)) };
    });

    api.put("/tracking-domains/:domain", async (request) => {
        const domain = find(request);
        update(domain, bodyOf(request), options);
        return { results: { domain: domain.domain } };
    });

    api.delete("/tracking-domains/:domain", async (request, reply) => {
        const { domain } = find(request);
        refuseInUse(domain, options);
        domains.remove(domain);
        timeline.add("sparkpost", "domain-deleted", `deleted ${domain}`, { host: domain });
        return reply.code(204).send();
    });

    api.post("/tracking-domains/:domain/verify", async (request) => ({
        results: await verify(find(request), options),
    }));

    certificateRoutes(api, options, find);
    sendingDomainRoutes(api, options, { reaches, lists });
}

/** docs: 409 is a conflict, "in use by one or more sending domains". assumed: whether a deletion gets it. */
function refuseInUse(domain: string, { sending, assumed }: SparkPostOptions): void {
    if (assumed.deletionInUse === "refused" && [...sending.links.values()].includes(domain)) {
        const description = "Tracking domain is in use by one or more sending domains";
        throw refused(409, { message: "resource conflict", description });
    }
}

function create(body: Body, scope: number | undefined, options: SparkPostOptions): string {
    const { domains, sandbox, timeline } = options;
    const { domain, secure = false } = body;
    if (typeof domain !== "string" || !isValid(domain)) {
        throw refused(422, { message: "domain must be valid", param: "domain", value: domain });
    }
    const name = domain.toLowerCase();
    if (sandbox.blacklisted?.includes(name)) {
        throw refused(400, { message: "domain is on a DNS blacklist", param: "domain", value: domain });
    }
    if (domains.find(name)) {
        throw refused(409, { message: "The tracking domain already exists" });
    }
    // filler: the answer for a full plan isn't documented, so this one is like no other.
    if (domains.all().length >= (sandbox.planLimit ?? Number.POSITIVE_INFINITY)) {
        throw new ApiError(403, JSON.stringify("Plan limit for tracking domains reached"));
    }
    const compliance_status = sandbox.blocked?.includes(name) ? "blocked" : "pending";
    const added = domains.add(name, { secure: flag(secure), subaccount_id: scope, compliance_status });
    const what = `registered ${name} (${added.secure ? "secure" : "insecure"}, unverified)`;
    timeline.add("sparkpost", "registered", what, { host: name, secure: added.secure, subaccount: scope });
    return name;
}

function update(domain: TrackingDomain, body: Body, { domains, assumed, timeline }: SparkPostOptions): void {
    const host = domain.domain;
    // docs: "`default` needs a verified domain".
    if (body.default === true && !domain.verified) {
        throw refused(422, { message: `Tracking domain '${host}' unverified.` });
    }
    if (body.secure !== undefined && flag(body.secure) !== domain.secure) {
        domain.secure = flag(body.secure);
        if (assumed.putSecureResetsVerified) {
            domain.verified = false;
        }
        const what = `${host} is ${domain.secure ? "secure" : "insecure"} now`;
        timeline.add("sparkpost", "secure-changed", what, { host, secure: domain.secure, verified: domain.verified });
    }
    if (body.default !== undefined && flag(body.default) !== domain.default) {
        if (flag(body.default)) {
            domains.makeDefault(domain);
        } else {
            domain.default = false;
        }
        const what = `${host} is ${domain.default ? "" : "no longer "}the default`;
        timeline.add("sparkpost", "default-changed", what, { host, default: domain.default });
    }
}

async function verify(domain: TrackingDomain, { check, assumed, faults, timeline }: SparkPostOptions) {
    const host = domain.domain;
    timeline.add("sparkpost", "verify-asked", `asked to verify ${host}`, { host, secure: domain.secure });
    if (faults.verifyStatus) {
        throw refused(faults.verifyStatus, { message: `${STATUS_CODES[faults.verifyStatus]}.` });
    }
    const outcome = await look();
    if (outcome.verified) {
        domain.compliance_status = "valid";
        domain.verified = true;
    } else if (!assumed.failedVerifyKeepsVerified) {
        domain.verified = false;
    }
    const { verified, found } = outcome;
    timeline.add(
        "sparkpost",
        verified ? "verified" : "not-verified",
        `${verified ? "verified" : "did not verify"} ${host}: ${found}`,
        { host, verified },
    );
    if (outcome.failure) {
        throw refused(400, { message: outcome.failure });
    }
    return { verified, cname_status: cnameStatus(domain), compliance_status: domain.compliance_status };

    async function look(): Promise<Check> {
        // docs: "`compliance_status: blocked` is final".
        if (domain.compliance_status === "blocked") {
            return { verified: false, found: "blocked" };
        }
        if (faults.verifyNever) {
            return { verified: false, found: "never verified, as told" };
        }
        if (faults.verifyNo > 0) {
            faults.verifyNo -= 1;
            return { verified: false, found: "not verified yet, as told" };
        }
        return check(domain);
    }
}

export type Body = Record<string, unknown>;

/** docs: unknown body fields are ignored. */
export function bodyOf(request: FastifyRequest): Body {
    return (request.body ?? {}) as Body;
}

export function nameIn(request: FastifyRequest): string {
    return (request.params as { domain: string }).domain.toLowerCase();
}

function flag(value: unknown): boolean {
    if (typeof value === "boolean") {
        return value;
    }
    throw new Unmodelled("a flag that isn't true or false");
}

/** docs: "a subdomain, never the apex". Here a name with three labels is a subdomain. */
function isValid(domain: string): boolean {
    const labels = domain.split(".");
    return labels.length >= 3 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
}

/** The grants of which a call needs one. docs: linking needs `sending_domains/manage`; the vendor lists `…/view` beside it. */
function grantsFor({ method, url }: FastifyRequest, { manageIncludesView }: Assumed): Grant[] {
    const of = /\/sending-domains\b/.test(url) ? "sending_domains" : "tracking_domains";
    if (method !== "GET") {
        return [`${of}/manage`];
    }
    return manageIncludesView ? [`${of}/view`, `${of}/manage`] : [`${of}/view`];
}

function subaccountOf(request: FastifyRequest): number | undefined {
    return Number(request.headers["x-msys-subaccount"] ?? 0) || undefined;
}

/** docs: `{errors:[{message,param?,value?}]}`, or with `description` and `code`. */
export function refused(status: number, error: Record<string, unknown>): ApiError {
    return new ApiError(status, { errors: [error] });
}
