// The files of app links: what they hold, what they may be asked to hold, and what is wrong with an answer.
import { describe, expect, it } from "vitest";
import { APP_FILES, type AppLinks, type AppMaker, appFilesOf, namesInFiles } from "../../components/src/appLinks.ts";
import { argumentProblems } from "../../components/src/arguments.ts";
import { appFileFinding, isSigned } from "../../components/src/probe/appFiles.ts";
import type { Reply } from "../../components/src/probe/get.ts";
import { describeProblem } from "../../components/src/pulumi/problems.ts";

const fingerprint = Array.from({ length: 32 }, (_, index) => (index + 160).toString(16)).join(":");
const appId = "ABCDE12345.com.example.app";
const packageName = "com.example.app";
const links: AppLinks = {
    apple: [{ appId }, { appId: "ABCDE12345.com.example.shop", paths: ["/f/shop/*", "/f/??/*"] }],
    android: [{ packageName, fingerprints: [fingerprint] }],
};

it("the files are as Apple and Google document them: every click opens the app, unless paths are named", () => {
    const files = Object.fromEntries(appFilesOf(links).map(({ maker, content }) => [maker, JSON.parse(content)]));
    expect(files).toEqual({
        apple: {
            applinks: {
                details: [
                    { appIDs: [appId], components: [{ "/": "/f/*" }] },
                    {
                        appIDs: ["ABCDE12345.com.example.shop"],
                        components: [{ "/": "/f/shop/*" }, { "/": "/f/??/*" }],
                    },
                ],
            },
        },
        android: [
            {
                relation: ["delegate_permission/common.handle_all_urls"],
                target: {
                    namespace: "android_app",
                    package_name: packageName,
                    sha256_cert_fingerprints: [fingerprint.toUpperCase()],
                },
            },
        ],
    });
});

it("a file names an app twice if the program does, and the probe looks for it once", () => {
    const twice: AppLinks = { apple: [{ appId }, { appId, paths: ["/f/shop/*"] }] };
    expect(JSON.parse(appFilesOf(twice)[0]?.content ?? "").applinks.details).toHaveLength(2);
    expect(namesInFiles(twice)).toEqual({ apple: [appId, "/f/*", "/f/shop/*"] });
});

it("there is no file for phones that have no app", () => {
    expect(appFilesOf({ apple: links.apple }).map(({ path }) => path)).toEqual([APP_FILES.apple.path]);
    expect(namesInFiles({ apple: links.apple })).toEqual({
        apple: [appId, "/f/*", "ABCDE12345.com.example.shop", "/f/shop/*", "/f/??/*"],
    });
});

describe("app links", () => {
    const host = { hostname: "track.example.com" };
    const cloudflare = { zone: "example.com" };
    const dns = { cloudflare };
    const problemsOf = (appLinks: unknown, way: object = { cloudflare }) =>
        argumentProblems({ ...host, ...way, appLinks });

    it.each<[string, object]>([
        ["Cloudflare's proxy", { cloudflare }],
        ["Cloudflare's redirect", { cloudflare: { ...cloudflare, mode: "redirect" } }],
        ["a zone by its id, with the account", { cloudflare: { zoneId: "1".repeat(32), accountId: "a" } }],
        ["Fastly", { fastly: { dns } }],
    ])("are served by %s", (_edge, way) => {
        expect(problemsOf(links, way)).toEqual([]);
    });

    it.each<[string, object, field: string]>([
        ["SparkPost's own certificate", { managed: { dns } }, "appLinks"],
        ["an edge of one's own", { edge: { endpoint: "spgo.io", dependsOn: [] } }, "appLinks"],
        ["a Fastly service that isn't the stack's", { fastly: { dns, serviceId: "x" } }, "appLinks"],
        ["a zone by its id alone", { cloudflare: { zoneId: "1".repeat(32) } }, "cloudflare.accountId"],
    ])("are refused with %s", (_edge, way, field) => {
        const problems = problemsOf(links, way);
        expect(problems.map((problem) => problem.field)).toEqual([field]);
        expect(problems.map(describeProblem)).toMatchSnapshot();
    });

    it("may name a hundred apps of each kind", () => {
        const hundred = Array.from({ length: 100 }, (_, index) => index);
        const apps = {
            apple: hundred.map((index) => ({ appId: `ABCDE12345.com.example.app${index}` })),
            android: hundred.map((index) => ({
                packageName: `com.example.app${index}`,
                fingerprints: [fingerprint.replace(/../, String(index).padStart(2, "0"))],
            })),
        };
        expect(problemsOf(apps)).toEqual([]);
    });

    const android = (app: object) => ({ android: [{ packageName, fingerprints: [fingerprint], ...app }] });
    it.each<[unknown, field: string]>([
        [{}, "appLinks"],
        [{ apple: [{ appId }], ios: [] }, "appLinks.ios"],
        [{ apple: [] }, "appLinks.apple"],
        [{ apple: { appId } }, "appLinks.apple"],
        [{ apple: [{}] }, "appLinks.apple[0].appId"],
        [{ apple: [{ appId: "com.example.app" }] }, "appLinks.apple[0].appId"],
        [{ apple: [{ appId, paths: [] }] }, "appLinks.apple[0].paths"],
        [{ apple: [{ appId, paths: ["/f/*", "*"] }] }, "appLinks.apple[0].paths[1]"],
        [{ apple: [{ appId, paths: ['/f/"json}'] }] }, "appLinks.apple[0].paths[0]"],
        [{ apple: [{ appId, path: "/f/*" }] }, "appLinks.apple[0].path"],
        [android({ packageName: "app" }), "appLinks.android[0].packageName"],
        [android({ fingerprints: [] }), "appLinks.android[0].fingerprints"],
        [android({ fingerprints: ["SHA1"] }), "appLinks.android[0].fingerprints[0]"],
        [{ apple: Array.from({ length: 2_000 }, () => ({ appId })) }, "appLinks"],
        // The file isn't too long, but what the probe is asked for would be, and then it couldn't start.
        [
            { apple: [{ appId, paths: Array.from({ length: 90 }, (_, index) => `/f/${index}${"x".repeat(450)}`) }] },
            "appLinks",
        ],
    ])("are refused with a mistake, by its field: %#", (wrong, field) => {
        const problems = problemsOf(wrong);
        expect(problems.map((problem) => problem.field)).toEqual([field]);
        expect(problems.map(({ message }) => message)).toMatchSnapshot();
    });
});

describe("an answer for a file", () => {
    const [apple, google] = appFilesOf(links).map(({ content }) => content);
    const reply = (body = "", more: Partial<Reply> = {}): Reply => ({
        status: 200,
        type: "application/json; charset=utf-8",
        contentLength: body.length,
        body,
        ...more,
    });
    const names = namesInFiles(links);

    it.each([["apple", apple] as const, ["android", google] as const])(
        "of %s is right as it is served",
        (maker, body) => {
            expect(appFileFinding(maker, reply(body), names[maker])).toBeUndefined();
        },
    );

    it("of Apple is right when it is signed, whatever is in it", () => {
        const signed = reply("…", { type: "application/pkcs7-mime" });
        expect([appFileFinding("apple", signed, names.apple), isSigned("apple", signed)]).toEqual([undefined, true]);
        expect(appFileFinding("android", signed)).toMatchObject({ fault: "type" });
    });

    it.each<[fault: string, detail: string, AppMaker, Reply]>([
        ["missing", "404", "apple", reply("", { status: 404 })],
        ["missing", "500", "android", reply("", { status: 500 })],
        ["redirected", "302 to https://spgo.io/x", "apple", reply("", { status: 302, location: "https://spgo.io/x" })],
        ["type", "text/html", "apple", reply(apple, { type: "text/html" })],
        ["type", "(none)", "android", reply(google, { type: undefined })],
        ["content", "", "apple", reply("<html>")],
        ["content", "", "apple", reply("[]")],
        ["content", "", "android", reply("{}")],
        ["content", "", "apple", reply(apple, { contentLength: 128 * 1024 + 1 })],
        ["apps", appId, "apple", reply('{"applinks":{"details":[]}}')],
        ["apps", fingerprint.toUpperCase(), "android", reply(`["${packageName}"]`)],
    ])("is wrong: %s %s", (fault, detail, maker, answer) => {
        expect(appFileFinding(maker, answer, names[maker])).toEqual({ kind: "app-links", maker, fault, detail });
    });
});
