/**
 * The tracking domains of one region, whatever subaccount they belong to. The HTTP API and the tracker share them.
 */
export interface TrackingDomain {
    /** Lower case; SparkPost takes names in any case. */
    domain: string;
    secure: boolean;
    default: boolean;
    verified: boolean;
    compliance_status: "pending" | "valid" | "blocked";
    tls_status?: "unknown" | "unavailable" | "pending" | "failed" | "expired" | "valid";
    /** Absent for the primary account. */
    subaccount_id?: number;
    uses_managed_certificate?: boolean;
    tls_certificate?: { issued_at?: string; expires_at?: string; error_code?: string };
}

/** What another person may have set up or may change, by API or UI. */
export type DomainSettings = Partial<Omit<TrackingDomain, "domain">>;

export class TrackingDomains {
    readonly #domains = new Map<string, TrackingDomain>();

    find(domain: string): TrackingDomain | undefined {
        return this.#domains.get(domain.toLowerCase());
    }

    /** In the order of their registration. */
    all(): TrackingDomain[] {
        return [...this.#domains.values()];
    }

    add(domain: string, settings: DomainSettings): TrackingDomain {
        const added: TrackingDomain = {
            secure: false,
            default: false,
            verified: false,
            compliance_status: "pending",
            ...settings,
            domain: domain.toLowerCase(),
        };
        this.#domains.set(added.domain, added);
        return added;
    }

    remove(domain: string): boolean {
        return this.#domains.delete(domain.toLowerCase());
    }

    /** docs: one default for the account and one for each subaccount; setting it "silently unsets the previous one". */
    makeDefault(domain: TrackingDomain): void {
        for (const other of this.all()) {
            if (other.subaccount_id === domain.subaccount_id) {
                other.default = other === domain;
            }
        }
    }
}

/** The object as the API shows it. */
export function shown(domain: TrackingDomain) {
    const { verified, compliance_status, tls_status, ...rest } = domain;
    return {
        // docs: port is "derived from `secure`, read-only".
        port: domain.secure ? 443 : 80,
        ...rest,
        status: { verified, cname_status: cnameStatus(domain), compliance_status, ...(tls_status && { tls_status }) },
    };
}

/** docs: `unverified|pending|invalid|valid` or "", "never decide on it". filler: valid once verified. */
export function cnameStatus({ verified }: TrackingDomain): string {
    return verified ? "valid" : "unverified";
}
