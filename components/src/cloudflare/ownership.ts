// Whose something at Cloudflare is, as far as it is one question for DNS records and for page rules: what the stack's
// state has of it, and the words for what it hasn't, or has as another resource.
import { findCommandLine } from "../commands";

/** In the URN of a resource at Cloudflare that one of our edges has. */
const BELOW_EDGE = /sparkpost-tracking:index:\w+\$cloudflare:/;

/** A thing at Cloudflare in the words of a message. */
export interface Thing {
    /** `DNS record of track.example.com`. */
    what: string;
    /** Its key in an edge's `transform`. */
    transform: "record" | "pageRule";
}

/** Whether it is the resource of this name below an edge: of whatever type of edge, which are aliases of each other. */
export function isOfEdge(urn: string, resourceName: string): boolean {
    return BELOW_EDGE.test(urn) && urn.endsWith(`::${resourceName}`);
}

/**
 * Why what `import` names isn't to be taken over; `undefined` where nothing speaks against it.
 *
 * @param urns Of those resources in the state that stand for it.
 */
export function doubleProblem(thing: Thing, resourceName: string, urns: readonly string[]): string | undefined {
    const [urn] = urns;
    if (urn === undefined || urns.some((one) => isOfEdge(one, resourceName))) {
        return undefined;
    }
    return (
        `The ${thing.what} is this stack's already, as ${urn}. Taken over by \`import\` it would be deleted in the end, as that resource, unless an alias says already that the two are one.\n` +
        `Leave \`import\` out, which isn't needed then, and say which resource it was, if nothing does yet: \`transform: { ${thing.transform}: (args, opts) => { opts.aliases = [URN]; } }\` with that URN, or \`pulumi state rename\`.`
    );
}

/** How to take over what a host has at Cloudflare. */
export function takeOver(hostname: string): string {
    return `What takes it over, as lines of configuration with its id (\`import\`), is printed by:\n    ${findCommandLine(hostname)}`;
}
