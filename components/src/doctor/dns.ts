// "DNS": which servers the host's zone has, what they answer about the host, and what the resolver answers.
import { randomBytes } from "node:crypto";
import { type Answer, addressesTogether, type DnsClient, type ServerAnswers, together } from "../dns/client";
import { isWithin, registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { Unmet } from "../probe/findings";
import { addressesIn, isPresent, obstacleIn } from "../probe/names";
import { type Check, checkOf } from "./check";
import type { Request, World } from "./world";

/** What DNS says about the host. */
interface SeenInDns {
    checks: Check[];
    /** The names of its alias chain, in order. */
    aliases: string[];
    /** Every address to ask. */
    addresses: string[];
    /** The client for later questions. If the zone's servers don't answer (some networks close port 53), it asks only the resolver. */
    dns: DnsClient;
}

/** Asks the zone's own servers first. Asks the resolver only for a host that they know. */
export async function lookAtDns({ hostname, account }: Request, world: World): Promise<SeenInDns> {
    const { options } = world;
    const subject = { asker: "doctor", hostname, endpoint: account.endpoint ?? "" } as const;
    const asked = await atServers(hostname, world.dns);
    const presence = "answers" in asked ? together(asked) : asked;
    const dns = "code" in presence ? byResolver(world.dns) : world.dns;
    const checks = "answers" in asked ? ofServers(hostname, asked) : [];
    const obstacle = obstacleIn(presence, options);
    if (obstacle) {
        checks.push(checkOf(obstacle.finding, "dns", subject, "Links can't be opened."));
    }
    // Some servers may know the host while others don't.
    if (obstacle && !("answers" in asked && asked.answers.some(({ answer }) => isPresent(answer)))) {
        return { checks, aliases: [], addresses: [], dns };
    }
    const [resolved, ...others] = await Promise.all([
        atResolver(hostname, isPresent(presence), world),
        ofApex(hostname, asked, dns),
        ofWildcard(hostname, presence, dns),
    ]);
    const outdated = ofAge(hostname, presence, resolved);
    return { ...resolved, dns, checks: [...checks, ...resolved.checks, ...outdated, ...others.flat()] };
}

type Seen = Omit<SeenInDns, "dns">;

/** The same client, but it asks the resolver everything. */
function byResolver(dns: DnsClient): DnsClient {
    return { ...dns, authoritative: (name, type) => dns.recursive(name, type) };
}

/** What each server of the zone answers for the host's IPv4 addresses, or else for its IPv6 addresses. */
async function atServers(hostname: string, dns: DnsClient): Promise<ServerAnswers<string> | Answer<never>> {
    const ipv4 = await dns.servers(hostname, "A");
    const { kind, aliases } = "answers" in ipv4 ? together(ipv4) : ipv4;
    return kind === "empty" && aliases.length === 0 ? dns.servers(hostname, "AAAA") : ipv4;
}

/** The servers of the delegation, those that don't answer, and those that answer differently. */
function ofServers(hostname: string, { zone, answers }: ServerAnswers<string>): Check[] {
    const silent = answers.filter(({ answer }) => "code" in answer);
    const speaking = answers.filter(({ answer }) => !("code" in answer));
    const one = (kind: string, state: Check["state"], seen: string, more: Partial<Check> = {}): Check => ({
        heading: "dns",
        kind,
        state,
        seen,
        ...more,
    });
    const checks: Check[] = [];
    if (silent.length > 0) {
        const all = speaking.length === 0;
        const codes = [...new Set(silent.flatMap(({ answer }) => ("code" in answer ? [answer.code] : [])))];
        checks.push(
            one(
                "servers-silent",
                all ? "unseen" : "warning",
                `${all ? "none" : `${silent.length} of the ${answers.length}`} of the name servers of ${zone || hostname} answer${all || silent.length === 1 ? "s" : ""} (${namesOf(silent)}: ${codes.join(", ")})`,
                all
                    ? { remedy: "This network may block port 53. The other checks use the resolver's answer." }
                    : {
                          means: "Resolvers that ask them first take seconds longer, or give up.",
                          remedy: "Repair them at the DNS service, or remove them from the delegation at the registrar.",
                      },
            ),
        );
    } else {
        checks.push(
            one(
                "delegation",
                "ok",
                `${zone || "the zone"} is served by ${namesOf(answers)}, which ${answers.length > 1 ? "all answer" : "answers"}`,
            ),
        );
    }
    const said = Map.groupBy(speaking, ({ answer }) => keyOf(answer));
    if (said.size > 1) {
        const each = [...said.values()].map(
            (servers) => `${namesOf(servers)}: ${servers.map(({ answer }) => inWords(answer))[0]}`,
        );
        checks.push(
            one("servers-differ", "warning", `the name servers don't agree about ${hostname} (${each.join("; ")})`, {
                means: "Recipients get the one or the other answer.",
                remedy: "If the record was just changed, wait some minutes. Otherwise a server has an old copy of the zone: ask the DNS service.",
            }),
        );
    }
    return checks;
}

/** The resolver's answers. If it refuses them because of DNSSEC, it is asked not to check that, so that doctor can go on. */
async function atResolver(hostname: string, isKnown: boolean, { dns }: World): Promise<Seen> {
    const ask = (isUnchecked: boolean) =>
        Promise.all([dns.recursive(hostname, "A", isUnchecked), dns.recursive(hostname, "AAAA", isUnchecked)]);
    const [ipv4, ipv6] = await ask(false);
    const answer = addressesTogether([ipv4, ipv6]);
    const subject = { asker: "doctor", hostname, endpoint: "" } as const;
    try {
        const addresses = addressesIn(answer, isKnown);
        return { checks: [...resolvedChecks(hostname, answer), ...ofIpv6(hostname, ipv6)], ...answer, addresses };
    } catch (error) {
        if (!(error instanceof Unmet)) {
            throw error;
        }
        const checks = [
            checkOf(error.finding, "dns", subject, "Recipients whose resolver answers like this can't open links."),
        ];
        if (answer.kind !== "failed" || answer.code !== "ESERVFAIL") {
            return { checks, aliases: answer.aliases, addresses: [] };
        }
        const unchecked = addressesTogether(await ask(true));
        if (unchecked.kind !== "records") {
            return { checks, aliases: unchecked.aliases, addresses: [] };
        }
        const zone = registrableDomain(hostname) ?? hostname;
        checks.push({
            heading: "dns",
            kind: "dnssec",
            state: "broken",
            seen: `the zone's signatures (DNSSEC) don't fit: asked not to check them, the same resolver knows ${hostname}`,
            means: "Many resolvers check signatures, such as Google's and Cloudflare's. Their users can't open links.",
            remedy: `Compare the DS record at the registrar of ${zone} with what the DNS service shows. Where the service doesn't sign the zone, delete the DS record.`,
        });
        return { checks, aliases: unchecked.aliases, addresses: unchecked.records };
    }
}

function resolvedChecks(hostname: string, answer: Answer<string>): Check[] {
    if (answer.kind !== "records") {
        return [];
    }
    const { aliases, records, ttl, servers } = answer;
    const seen = `the resolver ${namesOf(servers.map((server) => ({ server })))} gives ${some(records)} for ${hostname}, for another ${ttl} s`;
    const chain: Check = {
        heading: "dns",
        kind: "aliases",
        state: "ok",
        seen: `${[hostname, ...aliases.map(name)].join(" → ")}`,
    };
    return [...(aliases.length > 0 ? [chain] : []), { heading: "dns", kind: "resolver", state: "ok", seen }];
}

/** If only the question for IPv6 addresses fails, programs that ask both questions wait or give up. */
function ofIpv6(hostname: string, ipv6: Answer<string>): Check[] {
    return "code" in ipv6
        ? [
              {
                  heading: "dns",
                  kind: "ipv6-question",
                  state: "warning",
                  seen: `the resolver doesn't answer about IPv6 addresses of ${hostname} (${ipv6.code})`,
                  means: "Programs that ask for both kinds open links seconds later, or not at all.",
                  remedy: "Ask the DNS service why its servers don't answer AAAA questions. An empty answer is enough.",
              },
          ]
        : [];
}

/** Whether the resolver still has an older answer. */
function ofAge(hostname: string, presence: Answer<string>, { aliases, addresses }: Seen): Check[] {
    const [now] = presence.aliases;
    const [before] = aliases;
    const hasOthers =
        now === undefined &&
        presence.kind === "records" &&
        !isByPlace(presence) &&
        presence.records.some((one) => !one.includes(":")) &&
        !presence.records.some((one) => addresses.includes(one));
    if (addresses.length === 0 || isAbsentOrUnknown(presence) || (now === before && !hasOthers)) {
        return [];
    }
    const what = (alias: string | undefined, records: string[]) => (alias === undefined ? some(records) : name(alias));
    const known = presence.kind === "records" ? presence.records : [];
    return [
        {
            heading: "dns",
            kind: "resolver-outdated",
            state: "warning",
            seen: `the resolver gives ${what(before, addresses)} for ${hostname}, and the zone's own servers ${what(now, known)}`,
            means: "The other checks use the resolver's answer.",
            remedy: "The resolver may keep an older answer. Wait until it forgets that, or ask another one: `--resolver`.",
        },
    ];
}

function isAbsentOrUnknown(presence: Answer<string>): boolean {
    return "code" in presence || !isPresent(presence);
}

/** A host that is the top of a zone can't have a CNAME. */
async function ofApex(
    hostname: string,
    asked: ServerAnswers<string> | Answer<never>,
    dns: DnsClient,
): Promise<Check[]> {
    const servers = await dns.authoritative(hostname, "NS");
    const isZone = "answers" in asked && asked.zone === hostname;
    if (servers.kind !== "records" && !isZone) {
        return [];
    }
    const isOwn = registrableDomain(hostname) === hostname;
    // Cloudflare's servers answer with the addresses of its own edge, which are always right.
    const isAtCloudflare =
        servers.kind === "records" && servers.records.every((one) => isWithin(one, "ns.cloudflare.com"));
    return [
        {
            heading: "dns",
            kind: "apex",
            state: isOwn ? "broken" : isAtCloudflare ? "ok" : "warning",
            seen: `${hostname} is the top of a zone (its apex)`,
            ...(isOwn
                ? {
                      means: "SparkPost takes no such name as a tracking domain.",
                      remedy: `Use a subdomain, such as track.${hostname}.`,
                  }
                : !isAtCloudflare && {
                      means: "It can't have a CNAME, so it doesn't follow the edge when the edge's addresses change.",
                      remedy: "Use a name below it. Or use a DNS service that follows a name there (CNAME flattening, ALIAS).",
                  }),
        },
    ];
}

/** If a wildcard gives the same answer, the host may have no record of its own. */
async function ofWildcard(hostname: string, presence: Answer<string>, dns: DnsClient): Promise<Check[]> {
    const parent = hostname.slice(hostname.indexOf(".") + 1);
    const top = registrableDomain(hostname);
    if (top === undefined || !isWithin(parent, top) || isAbsentOrUnknown(presence)) {
        return [];
    }
    const invented = await dns.authoritative(`doctor-${randomBytes(4).toString("hex")}.${parent}`, "A");
    if (!isPresent(invented) || keyOf(invented) !== keyOf(presence)) {
        return [];
    }
    return [
        {
            heading: "dns",
            kind: "wildcard",
            state: "warning",
            seen: `an invented name below ${parent} leads where ${hostname} does: a wildcard answers (*.${parent})`,
            means: `If ${hostname} has no record of its own, any record that is made there hides the wildcard, and links break.`,
            remedy: `Give ${hostname} a record of its own.`,
        },
    ];
}

/** A text that is the same for two answers that mean the same. */
function keyOf(answer: Answer<string>): string {
    const [alias] = answer.aliases;
    const records = answer.kind === "records" && !isByPlace(answer) ? answer.records : [];
    return [answer.kind === "absent", alias ?? [...records].sort()].join();
}

/** Whether it may be a CDN's answer, which differs from place to place and from question to question. */
function isByPlace(answer: Extract<Answer<string>, { kind: "records" }>): boolean {
    return answer.ttl < 300;
}

function inWords(answer: Answer<string>): string {
    const [alias] = answer.aliases;
    switch (answer.kind) {
        case "records":
            return alias === undefined ? some(answer.records) : name(alias);
        case "empty":
            return alias === undefined ? "no address" : name(alias);
        default:
            return "no such name";
    }
}

function some(records: string[]): string {
    const sorted = [...records].sort().map(name);
    return sorted.length > 4 ? `${sorted.slice(0, 4).join(", ")} and ${sorted.length - 4} more` : sorted.join(", ");
}

function namesOf(servers: { server: string }[]): string {
    return some(servers.map(({ server }) => server));
}

function name(text: string): string {
    return plainText(text, 253);
}
