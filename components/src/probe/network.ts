// The network as the options describe it: where connections go, and which certificate authorities count.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates, rootCertificates, type SecureContext } from "node:tls";
import { type OutboundProxy, outboundProxyOf } from "../http/outboundProxy";
import type { ProbeOptions } from "./arguments";
import { type ConnectRule, parseConnectTo } from "./connectTo";
import type { Network } from "./get";
import { BadProbeRequest } from "./request";

/** How long one request may take, in milliseconds. */
const TIMEOUT = 10_000;

/** Throws {@link BadProbeRequest} if `caFile` can't be read or holds no certificate. */
export function networkOf({ connectTo = [], caFile }: Pick<ProbeOptions, "connectTo" | "caFile">): Network {
    return {
        rules: connectTo.map(parseConnectTo).filter((rule): rule is ConnectRule => rule !== undefined),
        secureContext: caFile === undefined ? undefined : trusting(caFile),
        timeout: TIMEOUT,
    };
}

/** One context for each text of a file, because Node reads all its own authorities to make one. */
const contexts = new Map<string, SecureContext>();

/** A list of authorities replaces Node's own, so the list begins with those. */
function trusting(caFile: string): SecureContext {
    try {
        const extra = readFileSync(caFile, "utf8");
        new X509Certificate(extra);
        const context = contexts.get(extra) ?? createSecureContext({ ca: [...defaultAuthorities(), extra] });
        contexts.set(extra, context);
        return context;
    } catch (error) {
        const message = `this file can't be used (${(error as Error).message}); write the path of a PEM file with certificates`;
        throw new BadProbeRequest([{ field: "caFile", value: caFile, message }]);
    }
}

/** Node's authorities, from Node 22.15 on with those of NODE_EXTRA_CA_CERTS. */
function defaultAuthorities(): readonly string[] {
    return typeof getCACertificates === "function" ? getCACertificates("default") : rootCertificates;
}

/** The outbound proxy that the environment names, but that the probe doesn't use. `problem`: the variable is wrong. */
export type ProxyNotUsed = Pick<OutboundProxy, "address" | "variable"> | { problem: string };

export function proxyNotUsed(url: string): ProxyNotUsed | undefined {
    try {
        const proxy = outboundProxyOf(url);
        // A finding must not have user and password.
        return proxy && { address: proxy.address, variable: proxy.variable };
    } catch (error) {
        return { problem: (error as Error).message };
    }
}
