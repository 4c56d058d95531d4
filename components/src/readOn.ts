// Where a message is explained. A message of more than one line that ends an operation names its section of
// docs/troubleshooting.md in its last line.

/** The sections of docs/troubleshooting.md: one for each kind of finding, refusal and failed call. */
export const ANCHORS = [
    // What the probe found: the kind of its finding.
    "zone-unknown",
    "resolver-silent",
    "resolver-failed",
    "name-servers-silent",
    "no-such-name",
    "negative-cache",
    "no-address",
    "endpoint-unreachable",
    "endpoint-failing",
    "connection-failed",
    "addresses-fail",
    "no-certificate",
    "handshake-failed",
    "certificate-refused",
    "intermediate-missing",
    "key-too-small",
    "dns-only",
    "no-answer",
    "challenged",
    "cdn-error",
    "edge-error",
    "client-blocked",
    "origin-unreachable",
    "login-required",
    "query-dropped",
    "query-changed",
    "answer-rewritten",
    "rate-limited",
    "redirected",
    "http-to-https",
    "query-lost",
    "wrong-redirect",
    "not-redirected",
    "wrong-answer",
    "app-links",
    // What SparkPost's API answered.
    "sparkpost-unreachable",
    "sparkpost-not-the-api",
    "sparkpost-key",
    "sparkpost-forbidden",
    "sparkpost-refused",
    "sparkpost-conflict",
    "sparkpost-rate-limit",
    "sparkpost-fault",
    // What a resource at SparkPost refuses, or couldn't do.
    "not-registered",
    "already-registered",
    "registered-elsewhere",
    "registration-unconfirmed",
    "sending-domain",
    "domain-blocked",
    "domain-in-use",
    "not-verified",
    "switch-not-undone",
    "https-not-yet",
    "edge-change-waits",
    "default-refused",
    "link-refused",
    "two-owners",
    "managed-certificate-exists",
    "managed-certificate-refused",
    "managed-certificate-not-issued",
    "managed-certificate-interruption",
    // What a program or its configuration asks for.
    "mistakes",
    "key-missing",
    "key-in-plain-text",
    "hsts",
    "versions",
    "not-installed",
    // What a host, its DNS or its zone is today.
    "host-in-use",
    "look-up-failed",
    "record-missing",
    "record-ttl",
    "caa",
    // What Cloudflare and Fastly have or answered.
    "cloudflare-zone",
    "cloudflare-record",
    "cloudflare-import",
    "cloudflare-page-rule",
    "cloudflare-redirect-rule",
    "cloudflare-certificate",
    "app-links-worker",
    "cloudflare-token",
    "cloudflare-unreachable",
    "fastly-exists",
    "fastly-token",
    // An update that ended before its end.
    "stopped",
    "step-failed",
] as const;

export type Anchor = (typeof ANCHORS)[number];

const LINE = /\nRead on: docs\/troubleshooting\.md#[\w-]+/g;

/** The message with that line at its end, and nowhere else. A message of a single line stays as it is. */
export function readOn(message: string, anchor: Anchor): string {
    const text = message.replace(LINE, "");
    return text.includes("\n") ? `${text}\nRead on: docs/troubleshooting.md#${anchor}` : text;
}
