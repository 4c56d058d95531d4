#!/usr/bin/env node
// The command line. A file of its own, since npm links a command when it installs, before anything is built.
require("../dist/cli/main.js").main();
