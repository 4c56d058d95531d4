import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import {
    checkDomain,
    clean,
    compare,
    isSameScope,
    isUnknown,
} from "../../../components/src/sparkpost/runtime/handler.ts";
import { unknown } from "../../support/engineValues.ts";

const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inputs = { domain: "track.example.com", account, adopt: false, __provider: "text" };
const fields = { replacing: ["domain" as const], updating: ["adopt" as const] };
const same = { changes: false, replaces: [], deleteBeforeReplace: false };

describe("a value that isn't known yet", () => {
    it("is the SDK's placeholder", () => {
        expect(unknown).toBe(pulumi.runtime.unknownValue);
    });

    it.each([[unknown], [{ a: { b: unknown } }], [[1, [unknown]]]])("is found at any depth: %j", (value) => {
        expect(isUnknown(value)).toBe(true);
    });

    it.each([[undefined], [null], ["text"], [{ a: null, b: [1] }]])("isn't %j", (value) => {
        expect(isUnknown(value)).toBe(false);
    });
});

describe("a comparison of inputs", () => {
    it("finds no change in equal values, whatever the order of their keys", () => {
        const olds = { ...inputs, account: { ...account, subaccount: 3 } };
        const news = { ...inputs, account: { subaccount: 3, ...account } };
        expect(compare(olds, news, fields)).toEqual(same);
    });

    it("takes no notice of outputs, nor of fields that it isn't told of", () => {
        expect(compare({ ...inputs, secure: true } as typeof inputs, inputs, fields)).toEqual(same);
    });

    it.each([
        ["adopt", { adopt: true }],
        ["account", { account: { ...account, timeout: 5 } }],
        ["the shim", { __provider: "newer text" }],
    ])("finds a change of %s, which updates", (_what, change) => {
        expect(compare(inputs, { ...inputs, ...change }, fields)).toEqual({ ...same, changes: true });
    });

    it("finds a change of the domain, which replaces, the new one first", () => {
        const news = { ...inputs, domain: "click.example.com" };
        expect(compare(inputs, news, fields)).toEqual({
            changes: true,
            replaces: ["domain"],
            deleteBeforeReplace: false,
        });
    });

    it("doesn't replace for a domain that isn't known yet", () => {
        expect(compare(inputs, { ...inputs, domain: unknown }, fields)).toEqual({ ...same, changes: true });
    });

    it("finds fields that came or went", () => {
        const { adopt: _, ...less } = inputs;
        expect(compare(less as typeof inputs, inputs, fields).changes).toBe(true);
        expect(compare(inputs, less as typeof inputs, fields).changes).toBe(true);
    });
});

describe("the check of a domain", () => {
    it("gives the form in which it is kept, and leaves the rest", () => {
        expect(checkDomain({ ...inputs, domain: "Track.EXAMPLE.com" })).toEqual({ inputs, failures: [] });
    });

    it("gives one failure for each mistake, with the value", () => {
        const news = { ...inputs, domain: "https://track.example.com:80" };
        const checked = checkDomain(news);
        expect(checked.inputs).toEqual(news);
        expect(checked.failures).toMatchSnapshot();
    });

    it("leaves a domain alone that isn't known yet", () => {
        expect(checkDomain({ ...inputs, domain: unknown })).toEqual({
            inputs: { ...inputs, domain: unknown },
            failures: [],
        });
    });
});

describe("helpers", () => {
    it("take undefined fields out, and nothing else", () => {
        expect(clean({ a: undefined, b: false, c: "", d: 0 })).toStrictEqual({ b: false, c: "", d: 0 });
    });

    it("know one scope by address and subaccount", () => {
        expect(isSameScope(account, { ...account, timeout: 3, apiKeyConfig: "x" })).toBe(true);
        expect(isSameScope(account, { ...account, subaccount: 1 })).toBe(false);
    });
});
