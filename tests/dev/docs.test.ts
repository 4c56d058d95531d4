// What the README, the guides and the reference say is so: `npm run check` looks in the same way.
import { expect, it } from "vitest";
import { docsFaults, referenceFaults, sectionFaults } from "../../dev/checkDocs.ts";
import { pagesOfRepository } from "../../dev/pages.ts";

const wrong = `# Title

[one](nowhere.md), [two](#nothing), [three](#title)

\`\`\`ts
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";
new HttpsTrackingDomain("track", { host: "track.example.com" });
\`\`\`

\`\`\`ts no-check
this is no TypeScript
\`\`\`

\`\`\`yaml
config:
  sparkpost-tracking:domains:
    - hostname: track.example.com
      cloudflare:
        zone: example.com
      defualt: true
\`\`\`

\`\`\`yaml
a: 1
a: 2
\`\`\`

\`\`\`sh
npm run preview prod && npx --no-install pulumi-sparkpost-tracking find track.example.com --region eu   # --all
curl --head "https://track.example.com/a;b" | jq '.a | .b'
npm run previw prod
npm run sandbox -- --broken=everything
npx --no-install pulumi-sparkpost-tracking find track.example.com --repeat
npx pulumi-sparkpost-tracking find track.example.com
npm install ./pulumi-sparkpost-tracking-0.0.1.tgz
pulumi up; rm -rf state
\`\`\`

\`\`\`sh no-check
rm -rf state
\`\`\`

\`\`\`bash
npm run previw
\`\`\`

\`\`\`json
{ "a": 1, }
\`\`\`

${"long ".repeat(24)}
`;

/** Compiling takes seconds, so the page with mistakes is looked at together with the others. */
const faults = docsFaults(new Map([...pagesOfRepository(), ["docs/wrong.md", wrong]]));
const ofWrong = faults.filter((fault) => fault.startsWith("docs/wrong.md:"));

it("all links lead somewhere, all snippets compile, and all configuration is taken", () => {
    expect(faults.filter((fault) => !ofWrong.includes(fault))).toEqual([]);
});

it("a dead link, a dead anchor, a wrong snippet, wrong configuration and a long line are found, each with its line", () => {
    const faults = ofWrong.filter((fault) => !fault.startsWith("docs/wrong.md:28:"));
    expect(faults.map((fault) => Number(fault.split(":")[1]))).toEqual([3, 3, 43, 47, 14, 23, 7, 51]);
});

it("a command that isn't there or that nothing proves is found, and the others of its block aren't", () => {
    const faults = ofWrong.filter((fault) => fault.startsWith("docs/wrong.md:28:"));
    expect(faults.map((fault) => fault.split(": ")[1])).toEqual([
        "npm run previw prod",
        "npm run sandbox -- --broken=everything",
        "npx --no-install pulumi-sparkpost-tracking find track.example.com --repeat",
        "npx pulumi-sparkpost-tracking find track.example.com",
        "npm install ./pulumi-sparkpost-tracking-0.0.1.tgz",
        "rm -rf state",
    ]);
});

it("the reference says what the doc comments say", () => {
    expect(referenceFaults()).toEqual([]);
});

it("a section that messages name must be there", () => {
    const pages = new Map([["docs/troubleshooting.md", wrong]]);
    expect(sectionFaults(pages, ["title", "nothing"])).toEqual([expect.stringContaining("nothing")]);
});
