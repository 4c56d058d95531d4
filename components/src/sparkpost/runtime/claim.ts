// What a resource remembers of something that one domain has and another may want: the default of a scope, the link of a
// sending domain.

export interface Claim {
    /**
     * The domain that we gave it to last; `domain` is somebody else's after a refresh that found it taken. None while
     * held.
     */
    ours?: string;
    /** The one that had it before the first `up`; remembered once. */
    previous?: string;
    /** Ours had it before we came: delete leaves it. */
    adopted: boolean;
}

/** What is remembered from the first time on. */
export function firstClaim(domain: string, before: string | undefined): Claim {
    const adopted = before === domain;
    return { ours: domain, previous: adopted ? undefined : before, adopted };
}

/** What is remembered once it is this domain's. What was adopted as it was and then changed is ours from then on. */
export function nextClaim({ ours, previous, adopted }: Claim, domain: string): Claim {
    const hasMoved = adopted && ours !== domain;
    return { ours: domain, previous: hasMoved ? ours : previous, adopted: adopted && !hasMoved };
}
