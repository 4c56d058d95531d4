import { describe, expect, it } from "vitest";
import { type ConnectRule, connectionFor, parseConnectTo } from "../../../components/src/probe/connectTo.ts";

const destination = { name: "track.example.com", address: "192.0.2.10", port: 443 };
const direct = { host: "192.0.2.10", port: 443 };

function through(...rules: string[]) {
    return connectionFor(
        destination,
        rules.map((rule) => parseConnectTo(rule) as ConnectRule),
    );
}

describe("connect-to rules", () => {
    it("send nothing elsewhere when there are none", () => {
        expect(through()).toEqual(direct);
    });

    it.each([
        ["the address that DNS gave", "192.0.2.10:443:127.0.0.1:8443"],
        ["the name, in any case", "Track.Example.com:443:127.0.0.1:8443"],
        ["any host", ":443:127.0.0.1:8443"],
        ["any port", "192.0.2.10::127.0.0.1:8443"],
        ["everything", "::127.0.0.1:8443"],
    ])("match %s", (_, rule) => {
        expect(through(rule)).toEqual({ host: "127.0.0.1", port: 8443 });
    });

    it("leave other hosts and ports alone", () => {
        expect(through("192.0.2.11:443:127.0.0.1:1", "192.0.2.10:80:127.0.0.1:2")).toEqual(direct);
    });

    it("count in their order", () => {
        expect(through("::127.0.0.1:1", "::127.0.0.1:2").port).toBe(1);
    });

    it("keep what an empty target leaves open", () => {
        expect(through("::127.0.0.1:")).toEqual({ host: "127.0.0.1", port: 443 });
        expect(through(":::8443")).toEqual({ host: "192.0.2.10", port: 8443 });
    });

    it("take IPv6 addresses in brackets", () => {
        expect(through("[2001:db8::1]:443:[::1]:1", "::[::1]:8443")).toEqual({ host: "::1", port: 8443 });
    });

    it.each(["", "192.0.2.10:443", "a:b:c:d", "::::", "192.0.2.10:443:127.0.0.1:99999", "2001:db8::1:443:::1:1"])(
        "aren't taken in another notation: %j",
        (text) => {
            expect(parseConnectTo(text)).toBeUndefined();
        },
    );
});
