/**
 * The certificate authority that the sandbox's internet trusts, and another that nobody does.
 * EC keys throughout, and certificates made when first asked for, so that starting costs milliseconds.
 */
import "reflect-metadata";
import { createSecureContext, type SecureContext } from "node:tls";
import * as x509 from "@peculiar/x509";
import type { Faults } from "../options.ts";

/** What is wrong with a certificate, if anything. */
export type Flaw =
    | "expired"
    | "wrong name"
    | "unknown issuer"
    | "expired intermediate"
    | "missing intermediate"
    | "small key"
    | "nearly over";

export interface Authority {
    /** The authority's own certificate, PEM. */
    readonly certificate: string;
    /** A TLS context with a certificate for these names (the first is its subject), issued once and kept. */
    secureContext(names: string[], flaw?: Flaw): Promise<SecureContext>;
}

const DAY = 86_400_000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** docs: authorities refuse RSA keys under 2048 bits (CA/Browser Forum, Baseline Requirements, 6.1.5). */
const SMALL_KEY = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 1024,
};

const authorities = new Map<string, Promise<Authority>>();

/** The process's authority of this name. Two that the same client trusts need names of their own. */
export function authorityOf(name = "Sandbox CA"): Promise<Authority> {
    const authority = authorities.get(name) ?? createAuthority(name);
    authorities.set(name, authority);
    return authority;
}

async function createAuthority(name: string): Promise<Authority> {
    const [trusted, stranger, usualKeys] = await Promise.all([root(name), root("Stranger CA"), newKeys()]);
    const issued = new Map<string, Promise<SecureContext>>();

    async function issue(names: string[], flaw?: Flaw): Promise<SecureContext> {
        const isBetween = flaw === "expired intermediate" || flaw === "missing intermediate";
        const between = isBetween ? await intermediate(trusted, flaw === "expired intermediate") : undefined;
        const keys =
            flaw === "small key" ? await crypto.subtle.generateKey(SMALL_KEY, true, ["sign", "verify"]) : usualKeys;
        const key = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
        const issuer = flaw === "unknown issuer" ? stranger : (between ?? trusted);
        const subjects = flaw === "wrong name" ? ["wrong-name.example"] : names;
        const left = flaw === "expired" ? -1 : flaw === "nearly over" ? 5 : 90;
        const end = Date.now() + left * DAY;
        const certificate = await x509.X509CertificateGenerator.create({
            subject: `CN=${subjects[0]}`,
            issuer: issuer.certificate.subject,
            notBefore: new Date(end - 91 * DAY),
            notAfter: new Date(end),
            signingKey: issuer.keys.privateKey,
            publicKey: keys.publicKey,
            signingAlgorithm: ALGORITHM,
            extensions: [
                new x509.SubjectAlternativeNameExtension(subjects.map((value) => ({ type: "dns" as const, value }))),
                new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
                // docs: public authorities tell where their own certificate is (Baseline Requirements, 7.1.2.7.7).
                ...(between ? [new x509.AuthorityInfoAccessExtension({ caIssuers: "http://authority.invalid/" })] : []),
            ],
        });
        const sent = flaw === "missing intermediate" ? undefined : between;
        const chain = [certificate, ...(sent ? [sent.certificate] : [])].map((one) => one.toString("pem"));
        // As the machine's own setting.
        const ciphers = flaw === "small key" ? "DEFAULT@SECLEVEL=0" : undefined;
        return createSecureContext({ key, cert: chain.join("\n"), ciphers });
    }

    return {
        certificate: trusted.certificate.toString("pem"),
        secureContext(names, flaw) {
            const id = JSON.stringify([names, flaw]);
            const context = issued.get(id) ?? issue(names, flaw);
            issued.set(id, context);
            return context;
        },
    };
}

/** Each fault's flaw. The first fault that is set counts. */
const FLAWS = {
    expiredCertificate: "expired",
    wrongCertificate: "wrong name",
    expiredIntermediate: "expired intermediate",
    missingIntermediate: "missing intermediate",
    smallKey: "small key",
    certificateNearlyOver: "nearly over",
    unknownIssuer: "unknown issuer",
} as const satisfies Partial<Record<keyof Faults, Flaw>>;

/** What is wrong with an edge's certificate, by the faults. */
export function flawOf(faults: Faults): Flaw | undefined {
    const fault = (Object.keys(FLAWS) as (keyof typeof FLAWS)[]).find((name) => faults[name]);
    return fault && FLAWS[fault];
}

const AUTHORITY = [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
];

/** An authority below a root, whose own certificate may have expired. */
async function intermediate(above: Root, hasExpired: boolean): Promise<Root> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=Sandbox Intermediate CA`,
        issuer: above.certificate.subject,
        notBefore: new Date(Date.now() - 30 * DAY),
        notAfter: new Date(Date.now() + (hasExpired ? -1 : 300) * DAY),
        signingKey: above.keys.privateKey,
        publicKey: keys.publicKey,
        signingAlgorithm: ALGORITHM,
        extensions: AUTHORITY,
    });
    return { certificate, keys };
}

type Root = Awaited<ReturnType<typeof root>>;

async function root(name: string) {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: `CN=${name}`,
        notBefore: new Date(Date.now() - DAY),
        notAfter: new Date(Date.now() + 365 * DAY),
        keys,
        signingAlgorithm: ALGORITHM,
        extensions: AUTHORITY,
    });
    return { certificate, keys };
}

function newKeys() {
    return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}
