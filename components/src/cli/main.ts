// The program behind `npx --no-install pulumi-sparkpost-tracking`.
import { endWithStreams } from "../process/orphan";
import { run } from "./run";

endWithStreams();
void run(process.argv.slice(2), {
    env: process.env,
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
}).then((code) => {
    process.exitCode = code;
});
