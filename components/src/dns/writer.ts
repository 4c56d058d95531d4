// What writes the DNS records of an edge.
import type * as pulumi from "@pulumi/pulumi";

/** One DNS record that an edge needs. */
export interface DnsRecordSpec {
    type: string;
    /** Full name, without a trailing dot. */
    name: string;
    /** Without a trailing dot. */
    value: string;
    /** Seconds; `undefined` if the DNS service decides. */
    ttl?: number;
    /** What it is for, as the end of a sentence: "sends the tracking host to SparkPost". */
    purpose: string;
}

/** A record to write. Its value may be known only during an update, because some CDNs choose it. */
export interface RecordToWrite extends Omit<DnsRecordSpec, "value" | "ttl"> {
    /** Without a trailing dot. */
    value: pulumi.Input<string>;
    /** Seconds. */
    ttl: number;
}

/** Writes DNS records at one DNS service. Implement its one method for any service. */
export interface DnsWriter {
    /**
     * Declares a record with this resource name and these options (parent, order, protection). The edge waits for the
     * resource that it returns.
     *
     * If the record's value changes, the resource must change in place: a name can have only one CNAME.
     */
    createRecord(name: string, record: RecordToWrite, opts: pulumi.CustomResourceOptions): pulumi.Resource;
    /**
     * Takes over a hostname that is used for something else today, and breaks that use. Write the content of its DNS record
     * today; anything else is refused.
     */
    replaces?: string;
    /**
     * Until when resolvers may keep an older answer for the hostname (RFC 3339). Links in use become https no sooner. It is
     * called after the record is declared.
     *
     * @default links may become https at once
     */
    secureNotBefore?(): pulumi.Input<string | undefined>;
}

/** Whether it is the user's own writer. */
export function isDnsWriter(dns: object): dns is DnsWriter {
    return typeof (dns as Partial<DnsWriter>).createRecord === "function";
}
