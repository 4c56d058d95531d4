// The files of app links at Cloudflare: a Worker that answers with them, and a route to it for each. No other request of the
// hostname runs it, so a click never depends on it, nor on what the account's plan lets Workers do.
//
// A Worker's route comes before the page rule of mode redirect (Cloudflare, "Workers with Page Rules": Forwarding URL, from
// client to Worker: "Rule Ignored"). Redirect rules come before Workers (its traffic sequence); the probe finds such a rule.
import type { WorkersRoute, WorkersRouteArgs } from "@pulumi/cloudflare/workersRoute";
import type { WorkersScript, WorkersScriptArgs } from "@pulumi/cloudflare/workersScript";
import * as pulumi from "@pulumi/pulumi";
import { type AppFile, type AppLinks, type AppMaker, appFilesOf } from "../appLinks";
import { fingerprint } from "../edge";
import type { EdgeComponent } from "../edgeTypes";
import { plainText } from "../othersWords";
import { resourcesInState } from "../pulumi/state";
import { type Transform, transformed } from "../pulumi/transform";
import { UserError } from "../pulumi/userError";
import { type CloudflareAccess, CloudflareError } from "./api";
import { readRoutes, readWorker } from "./reads";

/** What serves the files of a hostname. */
export interface AppLinksWorker {
    hostname: string;
    appLinks: AppLinks;
    zoneId: pulumi.Input<string>;
    accountId: pulumi.Input<string>;
    transform?: AppLinksTransforms;
}

/** Adjusts what serves the files of app links. */
export interface AppLinksTransforms {
    worker?: Transform<WorkersScriptArgs>;
    /** For each of the files. */
    route?: Transform<WorkersRouteArgs>;
}

/**
 * Declares Worker and routes. They are neither protected nor retained: clicks don't need them, and a route that is retained
 * would go on serving files that the program doesn't have any more.
 */
export function declareAppLinks(
    name: string,
    { hostname, appLinks, zoneId, accountId, transform = {} }: AppLinksWorker,
    opts: pulumi.CustomResourceOptions,
): [WorkersScript, ...WorkersRoute[]] {
    // Loaded here: most hostnames have no app links, and each class of this SDK costs time in every preview.
    const { WorkersScript } =
        require("@pulumi/cloudflare/workersScript") as typeof import("@pulumi/cloudflare/workersScript");
    const { WorkersRoute } =
        require("@pulumi/cloudflare/workersRoute") as typeof import("@pulumi/cloudflare/workersRoute");
    // For another hostname they are others, made before the old ones are deleted.
    const own = { ...opts, protect: false, retainOnDelete: undefined, replacementTrigger: hostname };
    const files = appFilesOf(appLinks);
    const script = new WorkersScript(
        ...transformed<WorkersScriptArgs>(
            transform.worker,
            `${name}-app-links`,
            {
                accountId,
                scriptName: scriptNameOf(hostname),
                content: scriptOf(hostname, files),
                mainModule: "worker.js",
                compatibilityDate: "2026-01-01",
            },
            own,
        ),
    );
    const routes = files.map(({ maker, path }) => {
        const args = { zoneId, pattern: hostname + path, script: script.scriptName };
        return new WorkersRoute(...transformed<WorkersRouteArgs>(transform.route, routeNameOf(name, maker), args, own));
    });
    return [script, ...routes];
}

function routeNameOf(name: string, maker: AppMaker): string {
    return `${name}-app-links-${maker}`;
}

/** Characters of the hostname in the script's name. Cloudflare allows 63 in all. */
const LONGEST_HOST = 30;

/**
 * The script's name. An upload replaces whatever script of that name the account has: only the fingerprint makes it this
 * hostname's own. It is the stack's own too: where a hostname goes from one stack to another, the first one's `pulumi
 * destroy` would otherwise delete what serves the files by then.
 */
export function scriptNameOf(hostname: string, stack = `${pulumi.getProject()}/${pulumi.getStack()}`): string {
    const readable = hostname.replaceAll(".", "-").slice(0, LONGEST_HOST).replace(/-+$/, "");
    return `app-links-${readable}-${fingerprint([stack, hostname])}`;
}

/** The script. It is a module without bindings, and asks nobody. */
function scriptOf(hostname: string, files: readonly AppFile[]): string {
    const entries = files.map(({ path, content }) => `    ${JSON.stringify(path)}: ${JSON.stringify(content)},\n`);
    return `// The files by which phones let apps open links of ${hostname}.
const files = {
${entries.join("")}};

export default {
    fetch(request) {
        const file = files[new URL(request.url).pathname];
        return file === undefined
            ? new Response("Not Found", { status: 404 })
            : new Response(file, { headers: { "content-type": "application/json" } });
    },
};
`;
}

/** What the look before an update has to know of Worker and routes. */
export interface WantedWorker {
    resourceName: string;
    hostname: string;
    appLinks: AppLinks;
    accountId: string;
}

const ROUTE_TYPE = "cloudflare:index/workersRoute:WorkersRoute";

/** Refuses app links that can't be served: the API token may not, or somebody else has a route of the same pattern. For updates. */
export async function checkWorker(
    worker: WantedWorker | undefined,
    access: CloudflareAccess | undefined,
    { zoneId, edge, component }: { zoneId: string | undefined; edge: EdgeComponent; component: pulumi.Resource },
): Promise<void> {
    if (!worker || !access || zoneId === undefined) {
        return;
    }
    const { hostname, accountId, appLinks, resourceName } = worker;
    const [routes = []] = await Promise.all([
        workerCall(readRoutes(access, zoneId)),
        workerCall(readWorker(access, accountId, scriptNameOf(hostname))),
    ]);
    const state = await resourcesInState(component);
    const known = state?.filter(({ type }) => type === ROUTE_TYPE).map(({ outputs }) => outputs.pattern);
    for (const { maker, path } of appFilesOf(appLinks)) {
        const pattern = hostname + path;
        // Cloudflare allows only one route of a pattern.
        const there = routes.find((route) => route.pattern.replace(/^https?:\/\//, "") === pattern);
        if (there && known && !known.includes(pattern)) {
            const to = there.script ? `to the Worker ${plainText(there.script, 64)}` : "without a Worker";
            const child = { type: ROUTE_TYPE, name: routeNameOf(resourceName, maker) };
            const importAdvice = await edge.importAdvice(child, component);
            const way = importAdvice ? `${importAdvice(`${zoneId}/${there.id}`)}\nOtherwise delete it` : "Delete it";
            throw new UserError(
                `${pattern} already has a Worker route at Cloudflare that this stack doesn't manage (${to}). A pattern can have only one. Nothing was changed.\n` +
                    `${way} (Workers Routes), or remove \`appLinks\`.`,
                "app-links-worker",
            );
        }
    }
}

/** What the API says; `undefined` for what isn't there. A refusal names the permissions that the API token needs. */
async function workerCall<Result>(call: Promise<Result>): Promise<Result | undefined> {
    try {
        return await call;
    } catch (error) {
        if (!(error instanceof CloudflareError)) {
            throw error;
        }
        if (error.status === 404) {
            return undefined;
        }
        if (error.status === 0) {
            throw new UserError(error.message, "cloudflare-unreachable");
        }
        throw new UserError(
            `${error.message}\n\`appLinks\` needs a Worker and its routes. ${error.remedy} Nothing was changed.`,
            "app-links-worker",
        );
    }
}
