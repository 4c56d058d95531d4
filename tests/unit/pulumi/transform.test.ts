import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { transformed } from "../../../components/src/pulumi/transform.ts";

interface Args {
    ttl: number;
    comment?: string;
}

const args: Args = { ttl: 1 };
const opts: pulumi.CustomResourceOptions = { protect: true };

describe("a transform", () => {
    it("changes nothing when there is none", () => {
        expect(transformed<Args>(undefined, "track", args, opts)).toEqual(["track", args, opts]);
    });

    it("that is an object lies over the arguments", () => {
        expect(transformed<Args>({ comment: "mine" }, "track", args, opts)).toEqual([
            "track",
            { ttl: 1, comment: "mine" },
            opts,
        ]);
    });

    it("that is a function changes arguments and options, and is told the name", () => {
        const names: string[] = [];
        const [, changedArgs, changedOpts] = transformed<Args>(
            (given, options, name) => {
                given.ttl = 60;
                options.protect = false;
                names.push(name);
            },
            "track",
            args,
            opts,
        );
        expect(changedArgs).toEqual({ ttl: 60 });
        expect(changedOpts.protect).toBe(false);
        expect(names).toEqual(["track"]);
    });

    it("never reaches what it was given: the same options serve other children", () => {
        transformed<Args>(
            (given, options) => {
                given.ttl = 60;
                options.protect = false;
            },
            "track",
            args,
            opts,
        );
        expect(args).toEqual({ ttl: 1 });
        expect(opts).toEqual({ protect: true });
    });
});
