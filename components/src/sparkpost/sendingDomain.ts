// Names of sending domains: what stands behind the @ of a sender, so an apex may be one.
import { asciiName, isHostname } from "../hostname";

/** The name in the one form we keep (lower case, punycode), or the mistake in it. */
export function checkSendingDomain(value: unknown): { name: string; mistake?: string } {
    const name = typeof value === "string" ? asciiName(value) : undefined;
    return name !== undefined && isHostname(name)
        ? { name }
        : {
              name: String(value),
              mistake: "write the plain name of the sending domain, what stands behind the @, such as example.com",
          };
}
