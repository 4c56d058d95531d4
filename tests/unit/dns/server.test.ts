import { describe, expect, it } from "vitest";
import { dnsServer } from "../../../components/src/dns/server.ts";

describe("a name server is read from", () => {
    it.each([
        ["192.0.2.1", { host: "192.0.2.1", port: 53 }],
        ["192.0.2.1:5300", { host: "192.0.2.1", port: 5300 }],
        ["2001:db8::1", { host: "2001:db8::1", port: 53 }],
        ["[2001:db8::1]", { host: "2001:db8::1", port: 53 }],
        ["[2001:db8::1]:5300", { host: "2001:db8::1", port: 5300 }],
        ["localhost:53", { host: "localhost", port: 53 }],
        ["dns.example.com:53", { host: "dns.example.com", port: 53 }],
        ["https://dns.example.com/dns-query", { url: "https://dns.example.com/dns-query" }],
        ["http://127.0.0.1:8053/dns-query", { url: "http://127.0.0.1:8053/dns-query" }],
    ])("%j", (text, at) => {
        expect(dnsServer(text)?.at).toEqual(at);
    });

    it.each([
        "192.0.2.1:0",
        "192.0.2.1:",
        "300.0.2.1:53",
        "dns.example.com",
        "a b:53",
        "http://dns.example.com/",
        "https://",
        "",
    ])("nothing like %j", (text) => {
        expect(dnsServer(text)).toBeUndefined();
    });
});
