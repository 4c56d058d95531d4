// What can come instead of an API's answer, for tables of faults: replies for a scripted API.
import { gzipSync } from "node:zlib";
import type { Reply } from "./scriptedApi.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html" };
/** Deeper than a stack of calls can be. */
const depth = 20_000;
/** More than anybody wants to hold: 64 MiB. */
const huge = 64 * 1024 * 1024;
let bomb: Buffer | undefined;

/** A connection that gives no whole answer. */
export const withoutAnswer: Record<string, Reply> = {
    "a reset connection": { status: 0 },
    "no answer": { status: -1 },
    "an answer that trickles": {
        write(response) {
            response.writeHead(200, json);
            const timer = setInterval(() => response.write(" "), 5);
            response.once("close", () => clearInterval(timer));
        },
    },
    "an answer that is cut off": {
        write(response) {
            response.writeHead(200, { ...json, "content-length": "1000" });
            response.write('{"results":', () => response.destroy());
        },
    },
    "a body without an end": {
        write(response) {
            response.writeHead(200, json);
            const chunk = Buffer.alloc(1024 * 1024, " ");
            let left = huge / chunk.length;
            const more = () => {
                while (left-- > 0 && !response.destroyed) {
                    if (!response.write(chunk)) {
                        response.once("drain", more);
                        return;
                    }
                }
                response.end();
            };
            more();
        },
    },
    "a small body that unpacks to a large one": {
        write(response) {
            bomb ??= gzipSync(Buffer.alloc(huge, " "));
            response.writeHead(200, { ...json, "content-encoding": "gzip" });
            response.end(bomb);
        },
    },
};

/** Answers that aren't an API's: another server's, or none that makes sense. */
export const strangeAnswers: Record<string, Reply> = {
    "a page": { body: "<html><h1>Welcome</h1>\n<p>Log in</p></html>", headers: html },
    "an empty body": { body: "" },
    "cut JSON": { body: '{"results":{"domain":"track.exa' },
    null: { body: "null" },
    "a list": { body: "[]" },
    "a list of lists": { body: "[[[[]]]]" },
    "a number": { body: "7" },
    "a text": { body: '"fine"' },
    "an empty object": { body: "{}" },
    "JSON that nests without end": { body: "[".repeat(depth) },
    "JSON that nests deeply": { body: `${"[".repeat(depth)}${"]".repeat(depth)}` },
    "an object of something else": { body: { message: "no Route matched" } },
    "escape sequences": { body: "\u001b[2J\u001b]0;owned\u0007\r\n\r\nall is well", headers: html },
};
