"""How packages are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.verdicts import is_set_to, unknown
from aioprowler.services.codeartifact.resources import LatestVersion, Package


@check(
    fails="Package of one's own takes versions from public repositories",
    severity="critical",
    categories=["internet-exposed", "software-supply-chain"],
)
def codeartifact_packages_external_public_publishing_disabled(
    package: Package, latest: LatestVersion
) -> Verdict | None:
    """Packages that were published to CodeArtifact take no versions from elsewhere.

    Judged are packages whose latest version was published directly, or came from where AWS cannot tell. Those that were
    fetched from a public repository are not.

    ## Risk
    Somebody publishes a package of the same name, with a higher version, to the public repository, and builds take that
    one (dependency confusion).

    ## Remediation
    Block what comes from upstream:
    ```
    aws codeartifact put-package-origin-configuration --region <region> --domain <domain> \\
      --domain-owner <domain-owner> --repository <repository> --format <format> --package <name> \\
      --restrictions publish=ALLOW,upstream=BLOCK
    ```
    A package with a namespace takes `--namespace` as well.

    ## References
    https://docs.aws.amazon.com/codeartifact/latest/ug/package-origin-controls.html
    """
    if latest.origin == "EXTERNAL":
        return None
    if latest.origin not in ("INTERNAL", "UNKNOWN"):
        return unknown(package.label, "a latest version of the origin", latest.origin)
    upstream = package.origin.restrictions.upstream
    return is_set_to(package.label, "versions from upstream", upstream, good=["BLOCK"], bad=["ALLOW"])
