/**
 * The VCL that a tracking host needs: snippets made of the few statements below, compared as text. Variables are those of
 * Fastly's VCL reference; whatever else a snippet says is not modelled.
 */
import { Unmodelled } from "../apis/api.ts";

/** What snippets see of a request and may change. Header names are lower case. */
export interface VclRequest {
    headers: Record<string, string>;
    clientIp: string;
    isTls: boolean;
    /** Without the query. */
    path: string;
    /** docs: `error` "terminates the current subroutine", and creates "a synthetic object" with this status and text. */
    error?: SyntheticObject;
}

export interface SyntheticObject {
    status: number;
    response: string;
    contentType?: string;
    body?: string;
    /** docs: `return(deliver)` ends the subroutine. */
    isDelivered?: boolean;
}

/** A snippet, ready to be run. */
export type Vcl = (request: VclRequest) => void;

/** Where a snippet stands. */
export type Subroutine = "recv" | "error";

const setTo = (name: string) => (request: VclRequest) => {
    request.headers[name] = request.clientIp;
};

/** By subroutine: how each statement is written, where `S` is a text of any kind, and what it does. */
const STATEMENTS: Record<Subroutine, [pattern: RegExp, vcl: (...texts: string[]) => Vcl][]> = {
    recv: [
        [statement("set req.http.Fastly-Client-IP = client.ip;"), () => setTo("fastly-client-ip")],
        [statement("set req.http.X-Forwarded-For = client.ip;"), () => setTo("x-forwarded-for")],
        [
            // docs: `fastly_info.edge.is_tls` "is a better choice" than the Fastly-SSL header, which a client can send.
            statement("if (!fastly_info.edge.is_tls) { set req.http.X-Forwarded-For = client.ip; }"),
            () => (request) => request.isTls || setTo("x-forwarded-for")(request),
        ],
        [
            statement("if (req.url.path == S) { error N S; }"),
            (path = "", status = "", response = "") =>
                (request) => {
                    if (request.path === path) {
                        request.error = { status: Number(status), response };
                    }
                },
        ],
    ],
    error: [
        [
            statement(
                "if (obj.status == N && obj.response == S) { set obj.status = N; set obj.response = S; set obj.http.Content-Type = S; synthetic S; return(deliver); }",
            ),
            (status = "", response = "", newStatus = "", newResponse = "", contentType = "", body = "") =>
                (request) => {
                    const { error } = request;
                    if (error?.status === Number(status) && error.response === response) {
                        const served = { status: Number(newStatus), response: newResponse, contentType, body };
                        request.error = { ...served, isDelivered: true };
                    }
                },
        ],
    ],
};

/** `S` stands for a text, which is `$` and its place in the list of texts here; `N` for a number. */
function statement(text: string): RegExp {
    const pattern = text.replace(/[.(){}|!]/g, "\\$&");
    return new RegExp(`^${pattern.replace(/\bS\b/g, "(\\$\\d+)").replace(/\bN\b/g, "(\\d{3})")}`);
}

/**
 * docs: a text is "…" with percent escapes, or a long one, {"…"} or {xyz"…"xyz}, in which nothing is escaped. Comments and
 * texts begin only outside each other.
 */
const TOKENS = /\{(\w*)"([\s\S]*?)"\1\}|"([^"\n]*)"|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+/g;

/**
 * Reads a snippet. Blanks, line breaks and comments don't count.
 * @throws Unmodelled for anything but these statements, also for what real VCL would allow.
 */
export function parseVcl(source: string, subroutine: Subroutine = "recv"): Vcl {
    const texts: string[] = [];
    const plain = source.replace(TOKENS, (_all, _mark, long?: string, short?: string) => {
        const text = long ?? short;
        if (short?.includes("%")) {
            throw new Unmodelled("VCL: percent escapes");
        }
        return text === undefined ? " " : `$${texts.push(text) - 1}`;
    });
    let rest = plain.replace(/ +/g, " ").trim();
    const statements: Vcl[] = [];
    while (rest) {
        const [found] = STATEMENTS[subroutine].flatMap(([pattern, vcl]) => {
            const match = pattern.exec(rest);
            return match ? [{ match, vcl }] : [];
        });
        if (!found) {
            throw new Unmodelled(`VCL (${subroutine}): ${rest.slice(0, 80)}`);
        }
        const [whole, ...caught] = found.match;
        statements.push(
            found.vcl(...caught.map((one) => (one.startsWith("$") ? (texts[Number(one.slice(1))] ?? "") : one))),
        );
        rest = rest.slice(whole.length).trim();
    }
    return (request) => {
        for (const run of statements) {
            if (request.error?.isDelivered || (subroutine === "recv" && request.error)) {
                return;
            }
            run(request);
        }
    };
}
