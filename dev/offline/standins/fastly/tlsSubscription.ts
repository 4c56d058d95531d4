// fastly:index/tlsSubscription:TlsSubscription: create POST, read GET, update PATCH, delete DELETE of tls/subscriptions.
// After the official plugin: a new authority replaces, and so does any other change while the subscription is neither
// pending nor issued; a refresh sees the state.
import type { ResourceType } from "../serve.ts";
import { defined, differs, holdsUnknown, type Properties, withoutSecrets } from "../values.ts";
import { call, callIfThere } from "./client.ts";

const AUTHORITIES = ["lets-encrypt", "globalsign", "certainly"];
/** What needs a subscription that is pending or issued. */
const CHANGEABLE = ["domains", "commonName", "configurationId"];
const FLAGS = ["forceDestroy", "forceUpdate"];
const INPUTS = ["certificateAuthority", ...CHANGEABLE, ...FLAGS];

export const tlsSubscription: ResourceType = {
    check(inputs) {
        const { certificateAuthority, domains, commonName, ...rest } = withoutSecrets(inputs);
        const hosts = [...(Array.isArray(domains) ? domains : []), commonName].filter((one) => typeof one === "string");
        const strange = Object.keys(rest).filter((key) => !INPUTS.includes(key));
        return [
            ...strange.map((property) => ({ property, reason: "isn't a property of a TLS subscription" })),
            ...(isAuthority(certificateAuthority)
                ? []
                : [{ property: "certificateAuthority", reason: `must be one of ${AUTHORITIES.join(", ")}` }]),
            ...hosts
                .filter((host) => host !== host.toLowerCase())
                .map((host) => ({ property: "domains", reason: `must not contain uppercase letters: ${host}` })),
        ];
    },

    complete: (inputs) => ({ forceDestroy: false, forceUpdate: false, ...inputs }),

    diff(state, inputs) {
        const changed = INPUTS.filter((key) => isChanged(key, inputs[key], state[key]));
        const isFixed = !["pending", "issued"].includes(state.state as string);
        const replaces = changed.filter(
            (key) => key === "certificateAuthority" || (isFixed && CHANGEABLE.includes(key)),
        );
        return { changes: changed.length > 0, replaces };
    },

    async create(inputs) {
        const { domains, commonName, certificateAuthority, configurationId } = withoutSecrets(inputs) as Properties &
            Inputs;
        if (commonName && !domains.includes(commonName)) {
            throw new Error(`domain specified as common_name (${commonName}) must also be in domains (${domains})`);
        }
        const attributes = { certificate_authority: certificateAuthority };
        const relationships = relations({ domains, commonName, configurationId });
        const json = { data: { type: "tls_subscription", attributes, relationships } };
        const { data } = (await call("POST", "/tls/subscriptions", { json })) as Answer;
        const state = await readSubscription(data.id, inputs);
        if (!state) {
            throw new Error(`GET /tls/subscriptions/${data.id}: 404 - gone right after it was made`);
        }
        return { id: data.id, state };
    },

    async read(id, state) {
        const now = await readSubscription(id, { forceDestroy: false, forceUpdate: false, ...state });
        return now && { id, state: now, inputs: defined(Object.fromEntries(INPUTS.map((key) => [key, now[key]]))) };
    },

    async update(id, state, inputs) {
        const wanted = withoutSecrets(inputs);
        const changed = CHANGEABLE.filter((key) => isChanged(key, wanted[key], state[key]));
        const relationships = relations(Object.fromEntries(changed.map((key) => [key, wanted[key]])));
        const json = { data: { type: "tls_subscription", id, relationships } };
        const query = wanted.forceUpdate ? { force: true } : {};
        await call("PATCH", `/tls/subscriptions/${id}`, { json, query });
        return (await readSubscription(id, inputs)) ?? { ...state, ...inputs };
    },

    async delete(id, state) {
        const query = withoutSecrets(state.forceDestroy) ? { force: true } : {};
        await call("DELETE", `/tls/subscriptions/${id}`, { query });
    },
};

interface Inputs {
    domains: string[];
    commonName?: string;
    certificateAuthority?: string;
    configurationId?: string;
}

/** The part of a JSON:API document that is used. */
interface Answer {
    data: Item & { relationships: Record<string, { data: Reference | Reference[] | null } | undefined> };
    included?: Item[];
}
interface Reference {
    type: string;
    id: string;
}
interface Item extends Reference {
    attributes: Properties;
}
interface Challenge {
    type: string;
    record_type: string;
    record_name: string;
    values: string[];
}

function isAuthority(value: unknown): boolean {
    return holdsUnknown(value) || AUTHORITIES.includes(value as string);
}

/** The common name and the configuration are the API's choice where the program names none; domains are a set. */
function isChanged(key: string, wanted: unknown, present: unknown): boolean {
    if (wanted === undefined && CHANGEABLE.includes(key)) {
        return false;
    }
    return key === "domains" ? differs(sorted(wanted), sorted(present)) : differs(wanted, present);
}

function sorted(value: unknown): unknown {
    const plain = withoutSecrets(value);
    return Array.isArray(plain) ? plain.toSorted() : plain;
}

function relations({ domains, commonName, configurationId }: Partial<Inputs>): Properties {
    const domain = (id: string) => ({ type: "tls_domain", id });
    return {
        ...(domains && { tls_domains: { data: domains.map(domain) } }),
        ...(commonName && { common_name: { data: domain(commonName) } }),
        ...(configurationId && { tls_configuration: { data: { type: "tls_configuration", id: configurationId } } }),
    };
}

async function readSubscription(id: string, before: Properties): Promise<Properties | undefined> {
    const query = { include: "tls_authorizations" };
    const answer = (await callIfThere("GET", `/tls/subscriptions/${id}`, { query })) as Answer | undefined;
    if (!answer) {
        return undefined;
    }
    const { attributes } = answer.data;
    const known = (withoutSecrets(before.domains) ?? []) as string[];
    const rank = (host: string) => known.indexOf(host) >>> 0; // -1 last
    const { first, managedDnsChallenges, managedHttpChallenges } = challengesOf(answer);
    return defined({
        forceDestroy: before.forceDestroy,
        forceUpdate: before.forceUpdate,
        certificateAuthority: attributes.certificate_authority,
        certificateId: idsOf(answer, "tls_certificates")[0] ?? "",
        commonName: idsOf(answer, "common_name")[0],
        configurationId: idsOf(answer, "tls_configuration")[0],
        createdAt: attributes.created_at,
        domains: idsOf(answer, "tls_domains").toSorted((a, b) => rank(a) - rank(b)),
        managedDnsChallenge: first,
        managedDnsChallenges,
        managedHttpChallenges,
        state: attributes.state,
        updatedAt: attributes.updated_at,
    });
}

/** What proves the domains. The single one, deprecated, is a map and so keeps the API's names. */
function challengesOf(answer: Answer) {
    const authorizations = idsOf(answer, "tls_authorizations").map((id) =>
        answer.included?.find((item) => item.type === "tls_authorization" && item.id === id),
    );
    const lists = authorizations.map((one) => (one?.attributes.challenges ?? []) as Challenge[]);
    if (lists.length === 0) {
        throw new Error(
            `GET /tls/subscriptions/${answer.data.id}: no tls_authorizations; the official plugin crashes here`,
        );
    }
    const managed = (list: Challenge[]) => list.filter(({ type }) => type === "managed-dns");
    const [first] = managed(lists[0] ?? []);
    return {
        first: first
            ? { record_type: first.record_type, record_name: first.record_name, record_value: first.values[0] }
            : {},
        managedDnsChallenges: managed(lists.flat()).map((one) => ({
            recordType: one.record_type,
            recordName: one.record_name,
            recordValue: one.values[0],
        })),
        managedHttpChallenges: lists
            .flat()
            .filter(({ type }) => type !== "managed-dns")
            .map((one) => ({ recordType: one.record_type, recordName: one.record_name, recordValues: one.values })),
    };
}

function idsOf({ data }: Answer, relation: string): string[] {
    const there = data.relationships[relation]?.data ?? [];
    return (Array.isArray(there) ? there : [there]).map(({ id }) => id);
}
