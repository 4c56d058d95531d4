// Prints the demo's story: numbered steps with their events. A terminal also shows a progress line, which is overwritten.
import type { WriteStream } from "node:tty";

export class Story {
    #steps = 0;
    readonly #out: WriteStream;
    /** When the first step began. Installing and starting don't count. */
    #started = 0;

    constructor(out: WriteStream) {
        this.#out = out;
    }

    line(text: string): void {
        this.#write(text);
    }

    step(title: string): void {
        this.#started ||= performance.now();
        this.#steps += 1;
        this.#write(`${this.#steps > 1 ? "\n" : ""}${this.#steps}. ${title}`);
    }

    event(actor: string, what: string): void {
        const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
        this.#write(`   ${seconds.padStart(5)} s  ${actor.padEnd(10)}  ${what}`);
    }

    detail(text: string): void {
        this.#write(`   ${text}`);
    }

    /** Shows what is going on, on a terminal only. */
    progress(text: string): void {
        if (this.#out.isTTY) {
            this.#out.write(`\r\x1b[K   ${text.trim().slice(0, (this.#out.columns ?? 80) - 6)}`);
        }
    }

    #write(text: string): void {
        this.#out.write(`${this.#out.isTTY ? "\r\x1b[K" : ""}${text}\n`);
    }
}
