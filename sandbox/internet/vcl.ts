/**
 * The little VCL that a tracking host needs: a `recv` snippet that sets or unsets request headers, always or on one kind
 * of connection. Variables are those of Fastly's VCL reference; whatever else a snippet says is not modelled.
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

type Term = (request: VclRequest) => boolean;
type Part = (request: VclRequest) => string;

const HEADER = /^req\.http\.([\w-]+)$/;
const TOKEN = /\s*(?:#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|("[^"\n]*")|([\w.-]+)|(&&|==|[!={}();]))/y;

/**
 * Reads a snippet: `set req.http.NAME = PARTS;` and `unset req.http.NAME;`, bare or inside `if (TERM && …) { … }`.
 * @throws Unmodelled for anything else, also for what real VCL would allow.
 */
export function parseVcl(source: string): Vcl {
    const tokens = tokensOf(source);
    const take = (expected?: string): string => {
        const token = tokens.shift();
        if (token === undefined || (expected && token !== expected)) {
            throw new Unmodelled(`VCL: ${token ?? "the end"} where ${expected ?? "more"} was expected`);
        }
        return token;
    };
    const statements: Vcl[] = [];
    while (tokens.length) {
        statements.push(statement(take));
    }
    return (request) => {
        for (const run of statements) {
            run(request);
        }
    };

    function statement(next: typeof take): Vcl {
        const word = next();
        if (word === "if") {
            return conditional(next);
        }
        if (word === "unset") {
            const name = headerName(next());
            next(";");
            return ({ headers }) => void delete headers[name];
        }
        if (word !== "set") {
            throw new Unmodelled(`VCL: ${word}`);
        }
        const name = headerName(next());
        next("=");
        const parts: Part[] = [];
        for (let token = next(); token !== ";"; token = next()) {
            parts.push(part(token));
        }
        if (!parts.length) {
            throw new Unmodelled(`VCL: ${name} set to nothing`);
        }
        return (request) => {
            request.headers[name] = parts.map((value) => value(request)).join("");
        };
    }

    function conditional(next: typeof take): Vcl {
        next("(");
        const terms = [term(next)];
        for (let token = next(); token !== ")"; token = next()) {
            if (token !== "&&") {
                throw new Unmodelled(`VCL: ${token} in a condition`);
            }
            terms.push(term(next));
        }
        next("{");
        const body: Vcl[] = [];
        while (tokens[0] !== "}") {
            body.push(statement(next));
        }
        next("}");
        return (request) => {
            if (terms.every((holds) => holds(request))) {
                for (const run of body) {
                    run(request);
                }
            }
        };
    }

    function term(next: typeof take): Term {
        const word = next();
        if (word === "!") {
            const inner = term(next);
            return (request) => !inner(request);
        }
        // docs: both are 0 where a request isn't restarted and nothing is shielded, which is all there is here.
        if (word === "req.restarts" || word === "fastly.ff.visits_this_service") {
            next("==");
            next("0");
            return () => true;
        }
        // docs: `fastly_info.edge.is_tls` "is a better choice" than the Fastly-SSL header, which a client can send.
        if (word === "fastly_info.edge.is_tls" || word === "req.is_ssl") {
            return ({ isTls }) => isTls;
        }
        const name = headerName(word);
        return ({ headers }) => headers[name] !== undefined;
    }
}

function part(token: string): Part {
    if (token === "client.ip") {
        return ({ clientIp }) => clientIp;
    }
    if (token.startsWith('"')) {
        return () => token.slice(1, -1);
    }
    const name = headerName(token);
    return ({ headers }) => headers[name] ?? "";
}

function headerName(variable: string): string {
    const name = HEADER.exec(variable)?.[1];
    if (name) {
        return name.toLowerCase();
    }
    throw new Unmodelled(`VCL: ${variable}`);
}

function tokensOf(source: string): string[] {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < source.trimEnd().length) {
        const at = TOKEN.lastIndex;
        const found = TOKEN.exec(source);
        if (!found) {
            throw new Unmodelled(`VCL: ${source.slice(at, at + 20)}`);
        }
        const token = found.slice(1).find((group) => group !== undefined);
        if (token !== undefined) {
            tokens.push(token);
        }
    }
    return tokens;
}
