// The page is a text, and what a browser makes of it is looked at in one: Debian's Chromium, where it is installed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check } from "../../../components/src/doctor/check.ts";
import type { Examination } from "../../../components/src/doctor/index.ts";
import { page } from "../../../components/src/doctor/page.ts";
import { chromium, openTab } from "../../support/chromium.ts";

const check = (heading: Check["heading"], kind: string, state: Check["state"], more: Partial<Check> = {}): Check => ({
    heading,
    kind,
    state,
    seen: `${kind} was seen`,
    ...more,
});
const working: Examination = {
    hostname: "track.example.com",
    time: "2026-11-28T10:00:00.000Z",
    verdict: "Links work over https and http",
    state: "ok",
    checks: [check("dns", "delegation", "ok"), check("certificate", "certificate", "ok"), check("way", "https", "ok")],
};
const broken: Examination = {
    ...working,
    state: "broken",
    verdict: "Links work over http; https links are broken: the certificate is for another name",
    checks: [
        check("dns", "delegation", "ok"),
        check("certificate", "certificate-refused", "broken", { means: "Nobody comes.", remedy: "Order `it`." }),
        check("way", "http", "ok"),
        check("browser", "hsts", "warning"),
        check("accounts", "sparkpost-key", "unseen"),
    ],
};
const evil = `</p></li><script>alert(1)</script><img src="https://evil.example/x" onerror='alert(2)'>\`</code>&amp;\`\u202e\u001b[2J${"a".repeat(400)}`;
const hostile: Examination = {
    hostname: evil,
    time: evil,
    verdict: evil,
    state: "warning",
    checks: (["dns", "certificate", "way", "browser", "accounts"] as const).map((heading) =>
        check(heading, evil, "warning", { seen: evil, means: evil, remedy: evil }),
    ),
};

/** The hops of the picture, each with its state in words. */
function hops(text: string): string[] {
    return [...text.matchAll(/<strong>(\w+)<\/strong>.*?<em>(.*?)<\/em>/g)].map(([, hop, state]) => `${hop} ${state}`);
}

describe("the page", () => {
    it("shows each hop of the way as its checks have it", () => {
        expect(hops(page([broken]))).toEqual([
            "Recipient warning",
            "DNS fine",
            "Edge broken",
            "SparkPost fine",
            "Target fine",
        ]);
    });

    it.each([
        ["endpoint-unreachable", "SparkPost"],
        ["wrong-redirect", "Target"],
        ["challenged", "Edge"],
    ])("shows a way that is broken by %s at the hop %s, and doesn't call what is behind it fine", (kind, hop) => {
        const shown = hops(page([{ ...working, state: "broken", checks: [check("way", kind, "broken")] }]));
        expect(shown).toContain(`${hop} broken`);
        expect(shown.filter((one) => one.endsWith("fine"))).toEqual([]);
    });

    it("shows what an API says of the host at whose it is", () => {
        const checks = [
            check("accounts", "sparkpost-blocked", "broken"),
            check("accounts", "cloudflare-ssl", "warning"),
        ];
        expect(hops(page([{ ...working, checks }]))).toEqual(
            expect.arrayContaining(["SparkPost broken", "Edge warning"]),
        );
    });

    it("lets nothing in that came from outside but as text", () => {
        const text = page([hostile, working]);
        expect(text).not.toMatch(/<script|<img|onerror='|<\/code>&amp;amp;`/);
        expect(text).not.toContain("\u202e");
        expect(text).not.toContain("\u001b");
    });

    it("names nothing to load, and forbids it", () => {
        const text = page([broken]);
        expect(text).not.toMatch(/(src|href)="(?!#)|url\(|@import/);
        expect(text).toContain("default-src 'none'");
    });

    it("is the same for the same examinations", () => {
        expect(page([broken, working])).toBe(page([broken, working]));
    });
});

describe.skipIf(!chromium)(
    `in Chromium${chromium ? "" : " (not installed: apt-get install chromium)"}, the page`,
    () => {
        function written(...examinations: Examination[]): string {
            const folder = mkdtempSync(path.join(tmpdir(), "page-"));
            onTestFinished(() => rmSync(folder, { recursive: true }));
            const file = path.join(folder, "page.html");
            writeFileSync(file, page(examinations));
            return file;
        }

        it("is shown without an error in the console, and without a request", async () => {
            const tab = await openTab();
            const file = written(broken, working, hostile);
            await tab.open(file);
            expect(tab.told).toEqual([]);
            expect(tab.requests).toEqual([`file://${file}`]);
            // The style is the one that the policy lets in.
            expect(await tab.value("getComputedStyle(document.querySelector('.way')).display")).toBe("grid");
            expect(await tab.value("document.querySelectorAll('script, img, iframe, link').length")).toBe(0);
        });

        it("fits a phone, and goes dark where the reader's system is", async () => {
            const tab = await openTab();
            await tab.send("Emulation.setDeviceMetricsOverride", {
                width: 360,
                height: 740,
                deviceScaleFactor: 2,
                mobile: true,
            });
            await tab.open(written(broken, hostile));
            expect(await tab.value("document.documentElement.scrollWidth")).toBe(360);
            const color = () => tab.value("getComputedStyle(document.body).backgroundColor");
            const light = await color();
            await tab.send("Emulation.setEmulatedMedia", {
                features: [{ name: "prefers-color-scheme", value: "dark" }],
            });
            expect(await color()).not.toBe(light);
            await tab.send("Emulation.setEmulatedMedia", { media: "print", features: [] });
            expect(await color()).toBe("rgb(255, 255, 255)");
        });
    },
);
