// One process for programs and plugins. Engines attach to it, one command after the other. So a command costs a fraction of the
// CPU time that its own processes would cost. Engine and probe run as always.
//
// It prints two ports, one on each line: of the stand-ins for all plugins (PULUMI_DEBUG_PROVIDERS), and of the program
// (`--client`, as in Pulumi's Automation API). Before each command it gets the command's folder and environment, and answers
// with the port of a fresh dynamic provider.
import fs from "node:fs";
import { createRequire } from "node:module";
import grpc from "@grpc/grpc-js";
import typescript from "typescript";
import { serveDynamicProvider, silence } from "./dynamicProvider.ts";
import { cloudflare } from "./standins/cloudflare.ts";
import { command } from "./standins/command.ts";
import { fastly } from "./standins/fastly.ts";
import { serve } from "./standins/serve.ts";

const require = createRequire(import.meta.url);
const plugins = [cloudflare, command, fastly];

await serve({
    name: "attached",
    // An engine warns of a plugin that is older than its npm package.
    version: "999.0.0",
    resources: Object.assign({}, ...plugins.map(({ resources }) => resources)),
    functions: Object.assign({}, ...plugins.map(({ functions }) => functions)),
    cancel: () => {
        for (const plugin of plugins) {
            plugin.cancel();
        }
    },
});
silence();
console.log(await serveProgram());
process.on("message", async ({ folder, env }: Setting) => {
    process.env = env;
    process.chdir(folder);
    process.send?.(await serveDynamicProvider());
});

/** Where a command runs. */
export interface Setting {
    folder: string;
    env: Record<string, string>;
}

/** Serves the program with the SDK's own server. The program's SDK is the one that counts. */
async function serveProgram(): Promise<number> {
    const { LanguageServer } = require("@pulumi/pulumi/automation/server");
    const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
    require.extensions[".ts"] = (module, file) => {
        const { outputText } = typescript.transpileModule(fs.readFileSync(file, "utf8"), {
            compilerOptions: { module: typescript.ModuleKind.CommonJS, target: typescript.ScriptTarget.ES2022 },
        });
        (module as unknown as { _compile(code: string, file: string): void })._compile(outputText, file);
    };
    const server = new grpc.Server();
    server.addService(LanguageRuntimeService, new LanguageServer(run));
    return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
            error ? reject(error) : resolve(port),
        );
    });
}

/** Runs the program from its first line; its exports are the stack's outputs. */
async function run(): Promise<Record<string, unknown>> {
    const main = require.resolve(process.cwd());
    delete require.cache[main];
    return require(main);
}
