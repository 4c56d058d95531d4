/**
 * The VCL that a tracking host needs: `recv` snippets made of the few statements below, compared as text. Variables are
 * those of Fastly's VCL reference; whatever else a snippet says is not modelled.
 */
import { Unmodelled } from "../apis/api.ts";

/** What a snippet sees of a request and may change. Header names are lower case. */
export interface VclRequest {
    headers: Record<string, string>;
    clientIp: string;
    isTls: boolean;
}

/** A snippet, ready to be run. */
export type Vcl = (request: VclRequest) => void;

const setTo = (name: string) => (request: VclRequest) => {
    request.headers[name] = request.clientIp;
};
const STATEMENTS = Object.entries<Vcl>({
    "set req.http.Fastly-Client-IP = client.ip;": setTo("fastly-client-ip"),
    "set req.http.X-Forwarded-For = client.ip;": setTo("x-forwarded-for"),
    // docs: `fastly_info.edge.is_tls` "is a better choice" than the Fastly-SSL header, which a client can send.
    "if (!fastly_info.edge.is_tls) { set req.http.X-Forwarded-For = client.ip; }": (request) =>
        request.isTls || setTo("x-forwarded-for")(request),
});

/**
 * Reads a snippet. Blanks, line breaks and comments don't count.
 * @throws Unmodelled for anything but these statements, also for what real VCL would allow.
 */
export function parseVcl(source: string): Vcl {
    const plain = source.replace(/#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, " ");
    let rest = plain.replace(/\s+/g, " ").trim();
    const statements: Vcl[] = [];
    while (rest) {
        const found = STATEMENTS.find(([text]) => rest.startsWith(text));
        if (!found) {
            throw new Unmodelled(`VCL: ${rest.slice(0, 80)}`);
        }
        statements.push(found[1]);
        rest = rest.slice(found[0].length).trim();
    }
    return (request) => {
        for (const run of statements) {
            run(request);
        }
    };
}
