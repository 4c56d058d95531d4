// Waits for ever once the package is loaded: nothing but the package ends it with its CLI.
require("pulumi-sparkpost-tracking");

console.error("waiting for ever");
setInterval(() => {}, 1_000);
