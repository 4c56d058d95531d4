// A dynamic resource serializes its provider, which vitest's transforms make impossible: here a stub does it.
// The real text is tested on the built package, in tests/provider.
import { createRequire, Module } from "node:module";

const require = createRequire(import.meta.url);
const path = require.resolve("@pulumi/pulumi/runtime/closure/serializeClosure");

// Put in the place of the module before the SDK loads it, which would load the whole of TypeScript too.
require.cache[path] = Object.assign(new Module(path), {
    loaded: true,
    exports: { serializeFunction: async () => ({ text: "serialized provider", containsSecrets: false }) },
});
