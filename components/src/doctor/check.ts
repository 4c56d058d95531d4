// What doctor says about one thing that it looked at. The terminal, the JSON and the page show these and nothing else.

/** The headings, in the order of a click's way; what needs a key or a token comes last. */
export const HEADINGS = {
    dns: "DNS",
    certificate: "Certificate",
    way: "Way through",
    browser: "Browser",
    accounts: "CDN and SparkPost",
} as const;

/** A check of the heading that is being looked at. */
export type Found = Omit<Check, "heading">;

export interface Check {
    heading: keyof typeof HEADINGS;
    /** What was found. Where the probe looks at the same, it is the kind of the probe's finding. */
    kind: string;
    /** `broken`: links don't work, or soon won't. `unseen`: not looked at, and `seen` says why. */
    state: "ok" | "warning" | "broken" | "unseen";
    /** What was seen, in one sentence without its full stop. Texts from outside in it are harmless. */
    seen: string;
    /** What it means for links, in whole sentences. Left out where all is well. */
    means?: string;
    /** What to do, in whole sentences. Left out where there is nothing to do. */
    remedy?: string;
}
