// What is left of an older way to look records up, for those who still use it.
import { dnsClient, type LookUpOptions, type RecordsByType, type RecordType } from "./client";

export { LookUpFailed, type LookUpOptions } from "./client";

export function lookUps(options: LookUpOptions) {
    return {
        async authoritative<Type extends RecordType>(name: string, type: Type): Promise<RecordsByType[Type][]> {
            return (await dnsClient(options).look(name, type))[type];
        },
    };
}
