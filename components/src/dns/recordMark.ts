// The words by which a host's DNS record is known as this project's, whichever edge it leads to.

/** How the comment of every such record ends, where the DNS service takes comments. */
export const MARK = "links in sent mail depend on it";
