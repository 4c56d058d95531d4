// Where an API key comes from. It is looked up when an operation needs it, and kept nowhere.
import { type ApiAccount, apiKeyVariable, defaultApiKeyConfig } from "../account";
import { OperationError } from "./errors";

/** The stack's configuration as the engine hands it to the provider process. */
export interface Config {
    get(key: string): string | undefined;
}

/**
 * The account's API key: from the configuration key it names, else from the environment. Throws where there is none.
 */
export function apiKeyOf(account: ApiAccount, config: Config): string {
    const name = account.apiKeyConfig ?? defaultApiKeyConfig;
    const key = (config.get(name) ?? process.env[apiKeyVariable])?.trim();
    if (!key) {
        throw new OperationError(
            `No SparkPost API key: neither the configuration key ${name} nor the environment variable ${apiKeyVariable} is set.\n` +
                `Make one with the grants tracking_domains/view and tracking_domains/manage, then run: pulumi config set --secret ${name}`,
        );
    }
    return key;
}
