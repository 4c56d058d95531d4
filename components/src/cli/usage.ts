// What the command line can do, in the words of its --help.

export const usage = `Usage:
  pulumi-sparkpost-tracking find HOST [options]
      What exists for a tracking host at Cloudflare and SparkPost, and the configuration that takes it over.
      --typescript           print the configuration as TypeScript instead of YAML
      --region us|eu         SparkPost's service; default us
      --tenant NAME          an Enterprise account's tenant, instead of a region
      --api-url URL          another API, instead of a region
      --subaccount NUMBER    the subaccount that owns the domain; default the primary account
      Exit code: 0 found, or nothing there; 1 failed; 2 wrong arguments.

  pulumi-sparkpost-tracking compare-zone ZONE [options]
      Before a zone is delegated to Cloudflare: what the old name servers answer, against the new ones.
      --old-server IP[:PORT]   name servers of today; default: those that DNS names. Repeatable
      --new-server IP[:PORT]   name servers to come; default: those of the zone at Cloudflare. Repeatable
      --name HOST              a name to compare besides the usual ones. Repeatable
      --resolver IP[:PORT]     the resolver to ask; default: the system's
      Exit code: 0 the same; 1 something differs; 2 wrong arguments; 3 it couldn't be compared.

Environment (keys are never arguments):
  CLOUDFLARE_API_TOKEN, CLOUDFLARE_BASE_URL   Cloudflare: Zone Read, DNS Read; Page Rules Read to find page rules
  SPARKPOST_API_KEY                           SparkPost: tracking_domains/view`;
