// Who writes the DNS records of an edge: Cloudflare, a writer of one's own, or a person.
import type * as pulumi from "@pulumi/pulumi";

/** One DNS record that an edge needs. */
export interface DnsRecordSpec {
    type: string;
    /** Full name, without a trailing dot. */
    name: string;
    /** Without a trailing dot. */
    value: string;
    /** Seconds; undefined where the DNS service decides. */
    ttl?: number;
    /** What it is for, in a sentence. */
    purpose: string;
}

/** A record to be written. Its value may be known only during an update: some CDNs give it. */
export interface RecordToWrite extends Omit<DnsRecordSpec, "value" | "ttl"> {
    /** Without a trailing dot. */
    value: pulumi.Input<string>;
    /** Seconds. */
    ttl: number;
}

/** Writes DNS records at one DNS service: an object with one method, so that any service can be used. */
export interface DnsWriter {
    /**
     * Declares a record under this name and with these options, which hold its parent, its order and its protection.
     * What it gives back stands for the record: an edge waits for it.
     *
     * A host's record is one resource for life: of another value it must be changed in place, since a name has one CNAME.
     */
    createRecord(name: string, record: RecordToWrite, opts: pulumi.CustomResourceOptions): pulumi.Resource;
    /** The host's content of today, where it is a live name of somebody else's that is to be taken over all the same. */
    replaces?: string;
    /**
     * Until when resolvers may keep what the host's record said before it was changed, RFC 3339; asked for after the record
     * is declared. Links in use become https no sooner. Default: nothing is known of it.
     */
    secureNotBefore?(): pulumi.Input<string | undefined>;
}

/** Whether it is a writer of the user's own. */
export function isDnsWriter(dns: object): dns is DnsWriter {
    return typeof (dns as Partial<DnsWriter>).createRecord === "function";
}
