// cloudflare:index/workersScript:WorkersScript: create and update PUT, delete DELETE of accounts/{account}/workers/scripts;
// read GET of workers/services/{script}, and of the script's settings and content/v2. After the official provider's source,
// for modules without bindings: another account or name replaces, drift of content and compatibility date is seen.
import { onlyProperties, type ResourceType } from "../serve.ts";
import { defined, differs, type Properties, withoutSecrets } from "../values.ts";
import { call, callIfThere, cloudflare, told } from "./client.ts";

const REPLACING = ["accountId", "scriptName"];
const INPUTS = [...REPLACING, "content", "mainModule", "compatibilityDate"];

export const workersScript: ResourceType = {
    check: onlyProperties("cloudflare", INPUTS),

    diff(state, inputs) {
        const changed = INPUTS.filter((key) => differs(inputs[key], state[key]));
        return { changes: changed.length > 0, replaces: changed.filter((key) => REPLACING.includes(key)) };
    },

    async create(inputs) {
        return { id: withoutSecrets(inputs.scriptName) as string, state: await upload(inputs) };
    },

    async read(id, state) {
        // An import is asked for by "<account>/<script>", without a state.
        const [account = "", name = ""] = id.includes("/") ? id.split("/") : [withoutSecrets(state.accountId), id];
        const client = await cloudflare();
        const at = `accounts/${account}/workers`;
        const result = async (path: string) =>
            (await callIfThere(`GET ${path}`, client.get(`/${path}`)))?.result as Properties | undefined;
        const service = await result(`${at}/services/${name}`);
        const settings = service && (await result(`${at}/scripts/${name}/settings`));
        if (!service || !settings) {
            return undefined;
        }
        const path = `${at}/scripts/${name}/content/v2`;
        const answer = await call(
            `GET ${path}`,
            client.workers.scripts.content.get(`${name}`, { account_id: `${account}` }),
        );
        const content = await (answer as unknown as Response).text();
        const date = settings.compatibility_date;
        const inputs = defined({
            ...{ accountId: account, scriptName: name, content, compatibilityDate: date },
            mainModule: state.mainModule,
        });
        const { script } = service.default_environment as { script: Properties };
        return { id: `${name}`, state: { ...inputs, ...computed(script) }, inputs };
    },

    update: (_id, _state, inputs) => upload(inputs),

    async delete(id, state) {
        const account = withoutSecrets(state.accountId) as string;
        const { scripts } = (await cloudflare()).workers;
        await call(`DELETE accounts/${account}/workers/scripts/${id}`, scripts.delete(id, { account_id: account }));
    },
};

/** The parts of the provider's form: the module by its name, and the metadata. Cloudflare's own client has no such form. */
async function upload(inputs: Properties): Promise<Properties> {
    const { accountId, scriptName, content, mainModule, compatibilityDate } = withoutSecrets(inputs) as Record<
        string,
        string
    >;
    const form = new FormData();
    const metadata = { main_module: mainModule, compatibility_date: compatibilityDate };
    form.set(`${mainModule}`, new Blob([`${content}`], { type: "application/javascript+module" }), mainModule);
    form.set("metadata", new Blob([JSON.stringify(metadata)], { type: "application/json" }), "");
    const path = `accounts/${accountId}/workers/scripts/${scriptName}`;
    const { result } = await call(`PUT ${path}`, (await cloudflare()).put(`/${path}`, { body: form }));
    return { ...inputs, ...computed(result as Properties) };
}

function computed(script: Properties): Properties {
    const { id: _id, ...rest } = told(script);
    return rest;
}
