import { describe, expect, it } from "vitest";
import { formerTtlHandler } from "../../../components/src/sparkpost/runtime/formerTtl.ts";
import { expectJsonClean } from "../../support/engineValues.ts";

const domain = "track.example.com";
const handler = formerTtlHandler();

/** One run of the engine: what it keeps, and whether it shows a change. */
async function next(olds: { domain: string; ttl?: number } | undefined, news: { domain: string; ttl?: number }) {
    const { inputs, failures } = await handler.check(olds ?? {}, news);
    expect(failures).toEqual([]);
    if (!olds) {
        const { outs } = await handler.create(inputs);
        expectJsonClean(outs);
        return { changes: true, outs };
    }
    const { changes } = await handler.diff(domain, olds, inputs);
    return { changes, outs: changes ? (await handler.update(domain, olds, inputs)).outs : olds };
}

describe("the memory of a record's TTL", () => {
    it("has what the first look found, or nothing", async () => {
        expect((await next(undefined, { domain, ttl: 600 })).outs).toEqual({ domain, ttl: 600 });
        expect((await next(undefined, { domain, ttl: undefined })).outs).toEqual({ domain });
    });

    it("keeps it, without a change, when nothing new is found: in previews, and once the record was changed", async () => {
        expect(await next({ domain, ttl: 600 }, { domain })).toEqual({ changes: false, outs: { domain, ttl: 600 } });
    });

    it("takes what is found later", async () => {
        expect(await next({ domain, ttl: 600 }, { domain, ttl: 60 })).toEqual({
            changes: true,
            outs: { domain, ttl: 60 },
        });
        expect((await next({ domain }, { domain, ttl: 60 })).outs).toEqual({ domain, ttl: 60 });
    });

    it("knows nothing of another host, which is another resource", async () => {
        const { inputs } = await handler.check({ domain, ttl: 600 }, { domain: "b.example.com" });
        expect(inputs).toEqual({ domain: "b.example.com" });
        expect(await handler.diff(domain, { domain, ttl: 600 }, inputs)).toMatchObject({ replaces: ["domain"] });
    });

    it("is read as it is, since nobody but the state knows it", async () => {
        const props = { domain, ttl: 600 };
        expect(await handler.read(domain, props)).toEqual({ id: domain, props, inputs: props });
    });
});
