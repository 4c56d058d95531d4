// What runs inside the provider process. The shim in the state loads this module and gets the methods of its resource.

import { cancellableClock } from "../../process/cancel";
import { endWithCli } from "../../process/ending";
import { certificateHandler } from "./certificate";
import { defaultDomainHandler, domainLinkHandler } from "./claims";
import { apiKeyOf, type Config, clientFor } from "./client";
import { eligibilityHandler } from "./eligibility";
import { OperationError, stoppedByCtrlC } from "./errors";
import { type CommonInputs, type Handler, inScope, type Services } from "./handler";
import { type Progress, progressOn } from "./progress";
import { trackingDomainHandler } from "./trackingDomain";
import { verificationHandler } from "./verification";

/** Of this process, so of one run of the engine. */
const declared = new Set<string>();
/** The URN of each resource that was checked. */
const rows = new Map<string, string | undefined>();

/** Every kind of resource with its handler. The inputs and outputs of a resource's class follow from it. */
const handlers = {
    TrackingDomain: trackingDomainHandler,
    Verification: verificationHandler,
    DefaultDomain: defaultDomainHandler,
    Eligibility: eligibilityHandler,
    Certificate: certificateHandler,
    DomainLink: domainLinkHandler,
};

/** The name of a resource that this runtime serves. Every state holds it, so it never changes. */
export type Kind = keyof typeof handlers;

type HandlerOf<K extends Kind> = ReturnType<(typeof handlers)[K]>;
/** The inputs of a kind. */
export type InputsOf<K extends Kind> = Parameters<HandlerOf<K>["create"]>[0];
/** What the state holds of a kind: its inputs, and what SparkPost said. */
export type OutputsOf<K extends Kind> = Parameters<HandlerOf<K>["read"]>[1];

/**
 * The methods of a dynamic provider for resources of this kind. The API key is looked up in `config` when an operation
 * needs it.
 */
export function provider(kind: Kind, config: Config) {
    endWithCli();
    const services: Omit<Services, "progress"> = {
        client: (account) => clientFor(account, apiKeyOf(account, config)),
        clock: cancellableClock(() => new OperationError(stoppedByCtrlC, "stopped")),
        declared,
    };
    const handler = handlers[kind];
    if (!handler) {
        throw new OperationError(
            `This version of pulumi-sparkpost-tracking doesn't know the resource ${kind}. Install the version that made the stack, or a newer one.`,
            "versions",
        );
    }
    return onOwnRow(kind, (progress) => handler({ ...services, progress }) as Handler<CommonInputs, CommonInputs>);
}

/**
 * The methods with the progress of each operation on the row of its resource. The SDK tells no handler the URN, so that it
 * is an input; `check`, which the engine calls before each operation, remembers it and keeps it out of the state.
 */
function onOwnRow(kind: Kind, handlerWith: (progress: Progress) => Handler<CommonInputs, CommonInputs>) {
    const rowOf = (inputs: CommonInputs) => `${kind} ${inScope(inputs)}`;
    const plain = handlerWith(progressOn(undefined));
    const onRow = (inputs: CommonInputs) => handlerWith(progressOn(rows.get(rowOf(inputs))));
    return {
        ...plain,
        async check(olds: Partial<CommonInputs>, { ownUrn, ...news }: CommonInputs) {
            const checked = await plain.check(olds, news);
            rows.set(rowOf(checked.inputs), ownUrn);
            return checked;
        },
        create: (inputs: CommonInputs) => onRow(inputs).create(inputs),
        update: (id: string, olds: CommonInputs, news: CommonInputs) => onRow(news).update(id, olds, news),
    };
}
