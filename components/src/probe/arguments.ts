// The probe's options, and the one schema that checks them: for the component, a stack's configuration, edges used alone
// and the probe itself.
import { readFileSync, statSync } from "node:fs";
import * as z from "zod/mini";
import { dnsServer } from "../dns/server";
import { numberThat, seconds, textThat, textWithout } from "../pulumi/shape";
import { parseConnectTo } from "./connectTo";

/** The default of `deadline`, in seconds. */
export const DEFAULT_DEADLINE = 1800;

/** The default of `repeatAfter`: one second more than the 10 s for which SparkPost asks an edge to keep an answer. */
export const DEFAULT_REPEAT_AFTER = 11;
const LONGEST_REPEAT = 3600;

/** How the probe asks the host. On an ordinary network none of these options is needed. */
export interface ProbeOptions {
    /**
     * How long the probe tries, in seconds. A check that is running at that moment is still finished.
     *
     * @default 1800
     */
    deadline?: number;
    /**
     * After how many seconds the probe repeats a click. It checks that the repeated click reaches SparkPost and isn't
     * answered from the edge's cache, because SparkPost doesn't count such clicks. `0` skips this check. Use 11 or more:
     * SparkPost allows an edge to keep an answer for 10 s.
     *
     * @default 11
     */
    repeatAfter?: number;
    /**
     * The recursive resolver: an IP address with or without a port (`1.1.1.1`, `127.0.0.1:5300`,
     * `[2606:4700::1111]:53`), a name with a port (`dns.example.com:53`), or the URL of DNS over HTTPS. Use DNS over HTTPS
     * where port 53 is closed. Set another resolver if the system's still remembers that the name doesn't exist.
     *
     * @default the system's resolver
     * @example "https://cloudflare-dns.com/dns-query"
     */
    resolver?: string;
    /**
     * The authoritative name servers of the host's zone, as IP addresses with or without a port. Set them for
     * split-horizon DNS, where the outside sees other servers than this machine.
     *
     * @default the servers that the resolver names
     * @example ["192.0.2.53"]
     */
    nameServers?: string[];
    /**
     * A PEM file of certificate authorities to trust, besides Node's own and those of `NODE_EXTRA_CA_CERTS`. The path is
     * relative to the folder of the Pulumi program. Recipients don't have this file. Use it for tests and private networks.
     *
     * @default none
     */
    caFile?: string;
    /**
     * Where to connect instead, in the notation of curl's `--connect-to`: `HOST:PORT:TO_HOST:TO_PORT`. `HOST` is a name
     * or an address from DNS. An empty `HOST` or `PORT` matches any. An empty `TO_HOST` or `TO_PORT` changes nothing. The
     * first rule that matches counts. SNI, `Host` and the certificate check keep the real name.
     *
     * @default none
     * @example ["track.example.com:443:127.0.0.1:8443"]
     */
    connectTo?: string[];
}

const anAddress = 'write an IP address with or without a port, such as "1.1.1.1" or "127.0.0.1:5300"';

/** The options for reaching the network, each checked by itself. Other checks of a host take them too. */
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

/** Checked early, because the probe reads the file only after the host is registered and its edge is made. */
function caFileMistakes(path: string): string[] {
    try {
        const file = statSync(path);
        // A device or a pipe may never end.
        return file.isFile() &&
            file.size < 10_000_000 &&
            readFileSync(path, "latin1").includes("-----BEGIN CERTIFICATE-----")
            ? []
            : ["the file holds no certificate; write the path of a PEM file (-----BEGIN CERTIFICATE-----)"];
    } catch {
        return ["the file can't be read; write the path of a PEM file, relative to the folder of the Pulumi program"];
    }
}
