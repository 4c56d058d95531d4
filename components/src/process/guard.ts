// Ends the provider process together with the Pulumi CLI that started it.
// A killed CLI leaves its plugins behind: their next print fails with EPIPE, is reported by a print, and so on at full
// load; and a wait would go on asking.
import { connect } from "node:net";
import { endWithParent, endWithStreams } from "./orphan";

/** How often the CLI is looked for, in ms. */
const interval = 1_000;
let isGuarded = false;

/** Ends this process when its output is gone or its CLI has vanished. Asked for at every load, done once. */
export function guardProcess(): void {
    if (isGuarded) {
        return;
    }
    isGuarded = true;
    endWithStreams();
    endWithParent();
    // The parent is a shell, which outlives a killed CLI; so the CLI itself is looked for too.
    setInterval(() => exitWithoutEngine(process.argv[2]), interval).unref();
}

/**
 * Ends this process when nobody listens at the engine's address any more. Not a documented argument: another one is
 * left alone.
 */
function exitWithoutEngine(address: string | undefined): void {
    const [, host, port] = /^([\d.]+):(\d+)$/.exec(address ?? "") ?? [];
    if (host && port) {
        const socket = connect({ host, port: Number(port) }, () => socket.destroy());
        socket.unref();
        socket.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code === "ECONNREFUSED") {
                process.exit(1);
            }
        });
    }
}
