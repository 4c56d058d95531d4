// What a user says about the probe, and what can be wrong with it: one schema for the component, a stack's configuration,
// edges used alone and the probe itself.
import { readFileSync, statSync } from "node:fs";
import * as z from "zod/mini";
import { dnsServer } from "../dns/server";
import { numberThat, seconds, textThat, textWithout } from "../pulumi/shape";
import { parseConnectTo } from "./connectTo";

/** How long the probe repeats its checks when `deadline` isn't set, in seconds. */
export const DEFAULT_DEADLINE = 1800;

/**
 * After how many seconds a click is repeated when `repeatAfter` isn't set: one more than the 10 s for which SparkPost asks
 * an edge to keep an answer.
 */
export const DEFAULT_REPEAT_AFTER = 11;
const LONGEST_REPEAT = 3600;

/** How the probe looks for the host. All of it is optional; on an ordinary network nothing needs to be set. */
export interface ProbeOptions {
    /**
     * Seconds until the probe gives up. A look that is under way at that moment is still finished.
     *
     * @default 1800
     */
    deadline?: number;
    /**
     * Seconds after which one click is repeated, beside the other checks, to see whether it reaches SparkPost or is
     * answered from the edge's cache, where no repeat click counts. `0` leaves it out, and the report says so. Below 11 an
     * edge that keeps answers for 10 s, as SparkPost asks, looks as if it kept them for too long.
     *
     * @default 11
     */
    repeatAfter?: number;
    /**
     * The recursive resolver: an IP address with or without a port (`1.1.1.1`, `127.0.0.1:5300`,
     * `[2606:4700::1111]:53`), a name with a port (`dns.example.com:53`), or the URL of DNS over HTTPS, where port 53 is
     * closed. Set one that wasn't asked for the host yet when the system's still remembers that there was no such name.
     *
     * @default the system's
     * @example "https://cloudflare-dns.com/dns-query"
     */
    resolver?: string;
    /**
     * Authoritative name servers of the host's zone, IP addresses with or without a port. They are asked instead of
     * those that the resolver names: for split-horizon DNS, where the outside sees other servers than this machine.
     *
     * @default those that the resolver names
     * @example ["192.0.2.53"]
     */
    nameServers?: string[];
    /**
     * A PEM file of certificate authorities to trust besides Node's own and `NODE_EXTRA_CA_CERTS`. Relative to the
     * folder of the Pulumi program. Recipients don't have this file: it is for tests and private networks.
     *
     * @default none
     */
    caFile?: string;
    /**
     * Where to connect instead, in the notation of curl's `--connect-to`: `HOST:PORT:TO_HOST:TO_PORT`. `HOST` is a name
     * or an address that DNS gave; an empty `HOST` or `PORT` matches any, an empty `TO_HOST` or `TO_PORT` changes
     * nothing; the first rule that matches counts. SNI, `Host` and the certificate's check keep the real name.
     *
     * @default none
     * @example ["track.example.com:443:127.0.0.1:8443"]
     */
    connectTo?: string[];
}

const anAddress = 'write an IP address with or without a port, such as "1.1.1.1" or "127.0.0.1:5300"';

/** The options that say how the network is reached, each checked by itself; what else looks at a host takes them too. */
export const networkFields = {
    resolver: z.optional(
        textThat(
            (text) => dnsServer(text) !== undefined,
            `${anAddress}, or the URL of DNS over HTTPS, such as "https://dns.google/dns-query"`,
        ),
    ),
    nameServers: z.optional(
        z.array(
            textThat((text) => {
                const server = dnsServer(text);
                return server !== undefined && !("url" in server.at);
            }, anAddress),
        ),
    ),
    caFile: z.optional(textWithout(caFileMistakes)),
    connectTo: z.optional(
        z.array(
            textThat(
                (text) => parseConnectTo(text) !== undefined,
                'write "HOST:PORT:TO_HOST:TO_PORT", such as "192.0.2.10:443:127.0.0.1:8443"',
            ),
        ),
    ),
};

/** The fields under `probe`, each checked by itself. */
export const probeFields = {
    deadline: z.optional(seconds()),
    repeatAfter: z.optional(
        numberThat(
            (number) => number >= 0 && number <= LONGEST_REPEAT,
            `write seconds, a number from 0 to ${LONGEST_REPEAT}, such as ${DEFAULT_REPEAT_AFTER}`,
        ),
    ),
    ...networkFields,
};

/** The probe reads the file after the host is registered and its edge is made: too late for a wrong path. */
function caFileMistakes(path: string): string[] {
    try {
        const file = statSync(path);
        // A device or a pipe may never end.
        return file.isFile() &&
            file.size < 10_000_000 &&
            readFileSync(path, "latin1").includes("-----BEGIN CERTIFICATE-----")
            ? []
            : ["there is no certificate in it; write the path of a PEM file (-----BEGIN CERTIFICATE-----)"];
    } catch {
        return ["it can't be read; write the path of a PEM file, from the folder of the Pulumi program"];
    }
}
