// The files by which phones let apps open a host's links: what is wrong with an answer. The probe and doctor ask alike. Pure.
import { type AppMaker, LONGEST_FILE } from "../appLinks";
import { plainText } from "../othersWords";
import type { Finding } from "./findings";
import type { Reply } from "./get";

/** What phones read: Apple a set of fields (or the same signed, as in former times), Android a list. */
const READ: Record<AppMaker, { signed?: RegExp; isRight(content: unknown): boolean }> = {
    apple: {
        signed: /^application\/pkcs7-mime\b/i,
        isRight: (content) => typeof content === "object" && content !== null && !Array.isArray(content),
    },
    android: { isRight: (content) => Array.isArray(content) },
};

/** Whether the answer is a signed file, whose text isn't looked at. */
export function isSigned(maker: AppMaker, { status, type = "" }: Reply): boolean {
    return status === 200 && READ[maker].signed?.test(type) === true;
}

/**
 * Why phones wouldn't take an answer for the file; `undefined` if they would.
 *
 * @param names What the file has to name: apps, paths, fingerprints.
 */
export function appFileFinding(maker: AppMaker, reply: Reply, names: readonly string[] = []): Finding | undefined {
    const { status, location, type = "", body, contentLength } = reply;
    const finding = (fault: Extract<Finding, { kind: "app-links" }>["fault"], detail = ""): Finding => ({
        kind: "app-links",
        maker,
        fault,
        detail,
    });
    if (status >= 300 && status < 400) {
        return finding("redirected", `${status}${location ? ` to ${plainText(location, 120)}` : ""}`);
    }
    if (status !== 200) {
        return finding("missing", String(status));
    }
    if (isSigned(maker, reply)) {
        return undefined;
    }
    if (!/^application\/json\b/i.test(type)) {
        return finding("type", plainText(type, 60) || "(none)");
    }
    const texts = new Set<unknown>();
    const content = parsed(body, texts);
    if (contentLength > LONGEST_FILE || !READ[maker].isRight(content)) {
        return finding("content");
    }
    const missing = names.find((name) => !texts.has(name));
    return missing === undefined ? undefined : finding("apps", missing);
}

/** The JSON's value, with all values in it; `undefined` for anything else. */
function parsed(text = "", values: Set<unknown>): unknown {
    try {
        return JSON.parse(text, (_key, value: unknown) => {
            values.add(value);
            return value;
        });
    } catch {
        return undefined;
    }
}
