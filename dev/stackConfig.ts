// Writes a stack's configuration. The CLI encrypts secrets into its own file. Plain values are added here, because a
// `pulumi config set` for each would cost a process. (JSON is YAML.)
import fs from "node:fs/promises";

/** A value of the configuration: plain data, or a text that Pulumi encrypts. */
export type ConfigValue =
    | { secret: string }
    | string
    | number
    | boolean
    | readonly unknown[]
    | { [key: string]: unknown };

export class StackConfig {
    /** The whole configuration, for `--config-file`. */
    readonly file: string;
    private readonly encrypted: string;
    private readonly encrypt: (key: string, value: string) => Promise<void>;
    private readonly plain = new Map<string, unknown>();

    /**
     * @param file where the whole configuration goes
     * @param encrypted the CLI's own file, as `pulumi stack init` left it: with the salt of the encryption
     * @param encrypt has the CLI write a value into its file
     */
    constructor(file: string, encrypted: string, encrypt: (key: string, value: string) => Promise<void>) {
        this.file = file;
        this.encrypted = encrypted;
        this.encrypt = encrypt;
    }

    /** Sets these values, by full key (`sparkpost:apiKey`); the others stay. */
    async set(values: Record<string, ConfigValue>): Promise<void> {
        for (const [key, value] of Object.entries(values)) {
            if (isSecret(value)) {
                await this.encrypt(key, value.secret);
            } else {
                this.plain.set(key, value);
            }
        }
        const encrypted = await fs.readFile(this.encrypted, "utf8");
        const section = /^config:$/m.test(encrypted) || this.plain.size === 0 ? "" : "config:\n";
        const lines = [...this.plain].map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}\n`);
        await fs.writeFile(this.file, encrypted + section + lines.join("")); // `config` is the last section of the CLI's file
    }
}

function isSecret(value: ConfigValue): value is { secret: string } {
    return typeof value === "object" && "secret" in value && typeof value.secret === "string";
}
