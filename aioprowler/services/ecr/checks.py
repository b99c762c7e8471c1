"""How registries and repositories are judged."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from aioprowler import Fail, Here, Manual, Pass, Region, Verdict, check
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import about, has, is_set_to, unknown
from aioprowler.services.ecr.images import ImageSecrets
from aioprowler.services.ecr.resources import (
    AUTOMATED,
    SEVERITIES,
    LatestImage,
    LifecyclePolicy,
    Repository,
    RepositoryPolicy,
    Scan,
    Scanning,
)

registry_check = partial(
    check,
    severity="medium",
    categories=["container-security"],
    resource_type="Other",
    resource_group="container",
    resource_arn="arn:{partition}:ecr:{region}:{account_id}:registry/{account_id}",
)


def _label(region: Region) -> str:
    return f"ECR registry of {region.name}"


@registry_check(fails="ECR registry does not scan images with Inspector")
def ecr_registry_enhanced_scanning_enabled(
    region: Region, scanning: Scanning | None, repositories: Here[Repository]
) -> Verdict | None:
    """ECR registries scan images with Amazon Inspector: the enhanced scanning.

    Registries without repositories are not judged. For which repositories is a matter of another check.

    ## Risk
    Basic scanning looks at the packages of the operating system alone, and does not look again when a hole becomes
    known.

    ## Remediation
    Turn it on, with a rule for all repositories: `aws ecr put-registry-scanning-configuration --region <region>
    --scan-type ENHANCED --rules
    '[{"scanFrequency":"CONTINUOUS_SCAN","repositoryFilters":[{"filter":"*","filterType":"WILDCARD"}]}]'`.

    ## References
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
    """
    if not repositories:
        return None
    kind = scanning.scan_type if scanning else "BASIC"
    return is_set_to(_label(region), "the scan type", kind, good=["ENHANCED"], bad=["BASIC"])


@registry_check(fails="ECR registry does not scan all images when they are pushed")
def ecr_registry_scan_images_on_push_enabled(
    region: Region, scanning: Scanning | None, repositories: Here[Repository]
) -> Verdict | None:
    """ECR registries scan the images of all repositories when they are pushed.

    There has to be a rule that leaves out no repository, also none that is to come, with the frequency SCAN_ON_PUSH or
    CONTINUOUS_SCAN. Registries without repositories are not judged.

    ## Risk
    Images of a repository that no rule is about are run with holes that a scan would have shown.

    ## Remediation
    Have a rule for all repositories: `aws ecr put-registry-scanning-configuration --region <region> --scan-type BASIC
    --rules '[{"scanFrequency":"SCAN_ON_PUSH","repositoryFilters":[{"filter":"*","filterType":"WILDCARD"}]}]'`. Where
    the type is ENHANCED, leave it.

    ## References
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
    """
    if not repositories:
        return None
    rules = scanning.rules if scanning else ()
    frequencies = {rule.scan_frequency for rule in rules if rule.is_for_all}
    if frequencies & AUTOMATED:
        return Pass(f"{_label(region)} scans the images of all repositories when they are pushed.")
    if strange := sorted(frequencies - {"MANUAL"}):
        return unknown(_label(region), "the scan frequency", strange[0])
    if any(rule.scan_frequency in AUTOMATED for rule in rules):
        return Fail(f"{_label(region)} scans the images of some repositories alone when they are pushed.")
    return Fail(f"{_label(region)} does not scan images when they are pushed.")


@check(fails="ECR repository has no lifecycle policy", severity="low", categories=["container-security"])
def ecr_repositories_lifecycle_policy_enabled(repository: Repository, lifecycle: LifecyclePolicy | None) -> Verdict:
    """ECR repositories have a lifecycle policy, by which old images expire.

    Whether there is one is judged, and not what it says: which images expire, and after how long.

    ## Risk
    Images that nobody looks after any more stay at hand, with all the holes that have become known, and cost money.

    ## Remediation
    Say which images expire: `aws ecr put-lifecycle-policy --region <region> --repository-name <repository>
    --lifecycle-policy-text file://<your-policy>`.

    ## References
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    return has(repository.label, "a lifecycle policy", lifecycle is not None and bool(lifecycle.text))


@check(fails="ECR repository is public", severity="critical", categories=["container-security", "internet-exposed"])
def ecr_repositories_not_publicly_accessible(repository: Repository, policy: RepositoryPolicy | None) -> Verdict:
    """ECR repositories do not let just anyone in.

    The repository's policy lets anyone in where no condition ties the request to somebody in particular, such as an
    account or an organization. Repositories of ECR Public, which are meant for everybody, are not judged.

    ## Risk
    Strangers pull images with the code in them, or push some that are run then.

    ## Remediation
    Replace the policy by one that names who may do what: `aws ecr set-repository-policy --region <region>
    --repository-name <repository> --policy-text file://<your-policy>`.

    ## References
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    """
    return closed_to_public(repository.label, policy.policy if policy else None)


@check(
    fails="ECR repository does not scan images when they are pushed",
    severity="medium",
    categories=["container-security"],
)
def ecr_repositories_scan_images_on_push_enabled(repository: Repository, scanning: Scanning | None) -> Verdict:
    """ECR repositories have their images scanned when they are pushed.

    Be it by a rule of the registry, or with basic scanning by the repository's own setting.

    ## Risk
    Images are run with holes that a scan would have shown.

    ## Remediation
    Have the registry scan all repositories, or this one: `aws ecr put-image-scanning-configuration --region <region>
    --repository-name <repository> --image-scanning-configuration scanOnPush=true`. With enhanced scanning only the
    registry's rules count.

    ## References
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageScanningConfiguration.html
    """
    return has(repository.label, "scans of images that are pushed", repository.is_scanned(scanning))


@check(
    fails="Latest image of the ECR repository has vulnerabilities",
    severity="medium",
    categories=["container-security"],
)
def ecr_repositories_scan_vulnerabilities_in_latest_image(
    repository: Repository,
    latest: LatestImage | None,
    scan: Scan | None,
    *,
    ecr_repository_vulnerability_minimum_severity: Annotated[
        str, "The lowest severity of findings in images that count: `CRITICAL`, `HIGH`, `MEDIUM`, `LOW`, ..."
    ] = "MEDIUM",
) -> Verdict | None:
    """The latest images of ECR repositories were scanned, and no vulnerabilities were found in them.

    Judged is the image that was pushed last, in repositories whose images are scanned when they are pushed. Charts and
    signatures are no images. How many findings there are is told by severity; those without a severity do not count.

    ## Risk
    What is pulled next runs with holes that everybody can look up.

    ## Remediation
    See what was found, build the image anew on a base in which it is mended, and push it: `aws ecr
    describe-image-scan-findings --region <region> --repository-name <repository> --image-id imageDigest=<your-digest>`.

    ## References
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """
    if latest is None or scan is None:
        return None
    lowest = ecr_repository_vulnerability_minimum_severity.upper()
    if lowest not in SEVERITIES:
        return Manual(f"{lowest} is no severity that findings of {repository.label} could have.")
    label = f"The latest {latest.image.label} of {repository.label}"
    digest = ({"digest": latest.image.image_digest},)
    if found := scan.at_least(lowest):
        told = ", ".join(f"{count:,} {each}" for each, count in found.items())
        return Fail(f"{label} has findings: {told}.", names=digest)
    if scan.status in ("COMPLETE", "ACTIVE") and scan.counts is not None:
        return Pass(f"{label} has no findings of the severity {lowest} or above.")
    if not scan.status:
        return Fail(f"{label} was not scanned.", names=digest)
    if scan.status == "FAILED":
        return Fail(f"{label} could not be scanned: its scan has FAILED.", names=digest)
    return Manual(f"{label} has a scan with the status {scan.status}, of which AWS does not tell what was found.")


@check(fails="ECR repository lets tags be moved", severity="medium", categories=["container-security"])
def ecr_repositories_tag_immutability(repository: Repository) -> Verdict:
    """Tags of ECR repositories stay with the image that they were given to.

    Immutable with exclusions passes as long as the exclusions are not all tags. Mutable with exclusions fails: new tags
    can be moved.

    ## Risk
    Under a tag that people trust there may be another image tomorrow, by mistake or by somebody who got in.

    ## Remediation
    Make tags immutable: `aws ecr put-image-tag-mutability --region <region> --repository-name <repository>
    --image-tag-mutability IMMUTABLE`.

    ## References
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """
    word = repository.image_tag_mutability
    if word == "IMMUTABLE_WITH_EXCLUSION" and any(each.catches_all for each in repository.exclusions):
        return Fail(f"{repository.label} excludes all tags from being immutable.")
    good, bad = ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"], ["MUTABLE", "MUTABLE_WITH_EXCLUSION"]
    return is_set_to(repository.label, "tags that are", word, good=good, bad=bad)


@check(fails="Latest image of the ECR repository may hold secrets", severity="high", categories=["secrets"])
def ecr_repository_image_no_secrets(
    repository: Repository, latest: LatestImage | None, secrets: ImageSecrets | None
) -> Verdict | None:
    """The latest images of ECR repositories hold no secrets.

    Looked into are the variables and the history of the image that was pushed last, and all texts in its layers, also
    those that later layers delete. Of an image for several platforms that is the one whose part was pushed last. MANUAL
    where nothing was found and a part could not be read, for its size or its way of packing.

    ## Risk
    Everybody who may pull the image has them, for as long as it is somewhere.

    ## Remediation
    Change the secrets, build the image anew without them (with build secrets, or by fetching them at run time), and
    delete this one: `aws ecr batch-delete-image --region <region> --repository-name <repository> --image-ids
    imageDigest=<your-digest>`.

    ## References
    https://docs.aws.amazon.com/prescriptive-guidance/latest/security-controls-by-caf-capability/infrastructure-controls.html
    https://docs.docker.com/build/building/secrets/
    """
    if latest is None or secrets is None:
        return None
    image = latest.image
    tag = image.image_tags[0] if image.image_tags else "None"
    return about(
        no_secrets(f"The latest {image.label} of {repository.label}", secrets),
        resource_id=f"{repository.name}:{tag}@{image.short_digest}",
        resource_arn=f"{repository.arn}/image/{image.short_digest}",
        digest=image.image_digest,
    )
