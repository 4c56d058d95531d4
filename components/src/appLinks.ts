// App links: which apps may open a host's links, and the two files from which phones learn it.
import * as z from "zod/mini";
import { fields, textThat } from "./pulumi/shape";

/**
 * The apps that open links of the host instead of a browser. The edge itself serves the files that phones ask for, without a
 * redirect, as `application/json`: `/.well-known/apple-app-site-association` and `/.well-known/assetlinks.json`.
 *
 * An opened app gets the link, and SparkPost doesn't see that click. So the app must request the link, which counts the
 * click and tells its target in the answer's `Location` (SparkPost's article "Using Mobile Universal and App Links").
 */
export interface AppLinks {
    /** Apps for iOS and macOS (universal links). */
    apple?: AppleApp[];
    /** Apps for Android (app links). */
    android?: AndroidApp[];
}

/** An app for iOS or macOS. It needs the associated domain `applinks:<hostname>`. */
export interface AppleApp {
    /**
     * The app's identifier: its prefix of ten characters (usually the team's id), a dot, and its bundle id.
     *
     * @example "ABCDE12345.com.example.app"
     */
    appId: string;
    /**
     * The paths of links that open the app, with Apple's wildcards `*` and `?`. Only clicks (`/f/`) can: an app that opened
     * the images by which SparkPost counts opens would do nothing. The default includes links that have no page in an app,
     * such as to a privacy policy. To choose, write `data-msys-sublink="open-in-app"` into a link of the mail, and its path here.
     *
     * @default ["/f/*"]: every tracked link
     * @example ["/f/open-in-app/*"]
     */
    paths?: string[];
}

/** An app for Android. Which paths it opens is in its own manifest: an intent filter for the hostname with `autoVerify`. */
export interface AndroidApp {
    /**
     * The app's package.
     *
     * @example "com.example.app"
     */
    packageName: string;
    /**
     * The SHA-256 fingerprints of the certificates that the app is signed with. For an app in Google's store, take the
     * store's own (Play Console, App signing).
     *
     * @example ["14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5"]
     */
    fingerprints: string[];
}

/** The phones' systems, with the file that each asks for. */
export const APP_FILES = {
    apple: { system: "iOS", path: "/.well-known/apple-app-site-association" },
    android: { system: "Android", path: "/.well-known/assetlinks.json" },
} as const;

/** Whose file it is. */
export type AppMaker = keyof typeof APP_FILES;

/** What Apple reads of its file at most, in bytes. */
export const LONGEST_FILE = 128 * 1024;

/**
 * Characters of all names that the probe looks for, as JSON. They reach it in an environment variable: Windows takes 32,767
 * characters, Linux 128 KB.
 */
const LONGEST_NAMES = 24 * 1024;

/** A file to serve. */
export interface AppFile {
    maker: AppMaker;
    path: string;
    /** JSON in ASCII, on one line. */
    content: string;
}

/** The files of these apps. */
export function appFilesOf({ apple = [], android = [] }: AppLinks): AppFile[] {
    const details = apple.map(({ appId, paths = EVERY_CLICK }) => ({
        appIDs: [appId],
        components: paths.map((path) => ({ "/": path })),
    }));
    const statements = android.map(({ packageName, fingerprints }) => ({
        relation: ["delegate_permission/common.handle_all_urls"],
        target: {
            namespace: "android_app",
            package_name: packageName,
            sha256_cert_fingerprints: fingerprints.map((fingerprint) => fingerprint.toUpperCase()),
        },
    }));
    return [
        ...(apple.length > 0 ? [fileOf("apple", { applinks: { details } })] : []),
        ...(android.length > 0 ? [fileOf("android", statements)] : []),
    ];
}

function fileOf(maker: AppMaker, content: object): AppFile {
    return { maker, path: APP_FILES[maker].path, content: JSON.stringify(content) };
}

/** What each file has to name: apps, paths, fingerprints. For the probe, which then doesn't need the whole files. */
export function namesInFiles({ apple, android }: AppLinks): Partial<Record<AppMaker, string[]>> {
    return {
        ...(apple && { apple: once(apple.flatMap(({ appId, paths = EVERY_CLICK }) => [appId, ...paths])) }),
        ...(android && {
            android: once(
                android.flatMap(({ packageName, fingerprints }) => [
                    packageName,
                    ...fingerprints.map((fingerprint) => fingerprint.toUpperCase()),
                ]),
            ),
        }),
    };
}

function once(names: string[]): string[] {
    return [...new Set(names)];
}

/** Clicks, on whatever link: their paths have further parts. */
const EVERY_CLICK = ["/f/*"];

/** At least one. */
function listOf(schema: z.ZodMiniType, message: string) {
    return z.array(schema).check(z.refine((list) => list.length > 0, { error: message }));
}

const appleApp = fields({
    appId: textThat(
        (id) => /^[0-9A-Z]{10}(\.[\w-]{1,100}){1,20}$/.test(id),
        "write the app's prefix of ten capital letters and digits, a dot and its bundle id, such as ABCDE12345.com.example.app",
    ),
    paths: z.optional(
        listOf(
            textThat(
                // As RFC 3986 has it, with Apple's `?`.
                (path) => /^\/f\/[\w.~!$&'()*+,;=:@%/?-]{0,500}$/.test(path),
                "write the path of clicks, which begins with /f/, such as /f/open-in-app/*",
            ),
            "write a path such as /f/open-in-app/*, or leave this out for every click",
        ),
    ),
});

const androidApp = fields({
    packageName: textThat(
        (name) => /^[a-z]\w{0,99}(\.[a-z]\w{0,99}){1,20}$/i.test(name),
        "write the app's package, such as com.example.app",
    ),
    fingerprints: listOf(
        textThat(
            (text) => /^[0-9a-f]{2}(:[0-9a-f]{2}){31}$/i.test(text),
            "write a SHA-256 fingerprint, 32 pairs of hexadecimal digits with colons, as `keytool -list -v` prints it",
        ),
        "write the fingerprint of each certificate that the app is signed with",
    ),
});

const anApp =
    "name an app: `apple: [{ appId: ABCDE12345.com.example.app }]`, `android: [{ packageName, fingerprints }]`";

/** The schema of `appLinks`. */
export const appLinksField = z.optional(
    fields({
        apple: z.optional(listOf(appleApp, anApp)),
        android: z.optional(listOf(androidApp, anApp)),
    }).check(
        z.refine(({ apple, android }) => apple !== undefined || android !== undefined, { error: anApp }),
        z.refine((links) => isShort(links as AppLinks), {
            error: `name fewer apps or paths: a file may have ${LONGEST_FILE / 1024} KB, because phones read no more, and all names ${LONGEST_NAMES / 1024} KB`,
        }),
    ),
);

function isShort(links: AppLinks): boolean {
    return (
        appFilesOf(links).every(({ content }) => content.length <= LONGEST_FILE) &&
        JSON.stringify(namesInFiles(links)).length <= LONGEST_NAMES
    );
}
