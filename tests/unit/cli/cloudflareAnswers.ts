// Cloudflare's API as a test wants it to answer, for what the sandbox never would.
import type { ProbeOptions } from "pulumi-sparkpost-tracking/probe";
import { type Reply, startApi } from "../../support/scriptedApi.ts";
import { HOST } from "./findWorld.ts";
import { type Outcome, runCli } from "./program.ts";

/** What the API answers, by what is asked for; everything else is an empty list. */
export interface Answers {
    zones?: Reply;
    /** The host's records. */
    records?: Reply;
    /** Those of the host's name with the zone's appended. */
    doubled?: Reply;
    /** The zone's MX records. */
    mail?: Reply;
    pageRules?: Reply;
    redirectRules?: Reply;
}

const zone = {
    id: "2".repeat(32),
    name: "example.com",
    status: "active",
    type: "full",
    account: { id: "3".repeat(32) },
};

/** A whole answer around a result. */
export function result(value: unknown, others: object = {}): Reply {
    return {
        body: { success: true, errors: [], messages: [], result: value, result_info: { total_pages: 1 }, ...others },
    };
}

export function record(fields: object): object {
    return {
        id: "4".repeat(32),
        name: HOST,
        type: "CNAME",
        content: "spgo.io",
        proxied: true,
        comment: null,
        ...fields,
    };
}

export function redirectRule(fields: object): object {
    return { id: "5".repeat(32), action: "redirect", enabled: true, description: "", expression: "true", ...fields };
}

/** What `find` says when Cloudflare answers like this, and how often it was asked. */
export async function findWith(
    answers: Answers,
    args: string[] = [],
    network?: ProbeOptions,
): Promise<Outcome & { calls: number }> {
    const api = await startApi((what) => {
        const kind = kindOf(what);
        const none = kind === "redirectRules" ? { rules: [] } : [];
        return answers[kind] ?? result(kind === "zones" && what.includes("name=example.com&") ? [zone] : none);
    });
    const env = { CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_BASE_URL: api.url };
    return { ...(await runCli(["find", HOST, ...args], env, undefined, network)), calls: api.calls.length };
}

function kindOf(what: string): keyof Answers {
    if (what.includes("/rulesets/")) {
        return "redirectRules";
    }
    if (what.includes("/pagerules")) {
        return "pageRules";
    }
    if (!what.includes("/dns_records")) {
        return "zones";
    }
    return what.includes("type=MX") ? "mail" : what.includes(`name=${HOST}.example.com`) ? "doubled" : "records";
}
