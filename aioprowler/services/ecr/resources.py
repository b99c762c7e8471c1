"""Repositories, how their registry scans them, and what was found in their latest images."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Region, Resource, call, field, listing, source
from aioprowler.judging.policies import Policy
from aioprowler.judging.policies.wildcards import matches

AUTOMATED: Final = frozenset({"SCAN_ON_PUSH", "CONTINUOUS_SCAN"})
"""Frequencies of scans that nobody has to ask for. Continuous ones begin with the push."""
SCANNED: Final = frozenset(
    {
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
    }
)
"""Media types of artifacts that are images: charts, bills of materials and signatures have others."""
SEVERITIES: Final = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
"""Ascending. What is UNDEFINED or UNTRIAGED has none."""


# ----------------------------------------------------------------- registries
class Filter(msgspec.Struct, frozen=True):
    """Which repositories a rule is about. Without a wildcard it is a part of their names."""

    filter: str

    @property
    def catches_all(self) -> bool:
        """Whether it holds for every name."""
        return set(self.filter) == {"*"}

    def catches(self, name: str) -> bool:
        """Whether it holds for a name."""
        pattern = self.filter if "*" in self.filter else f"*{self.filter}*"
        return matches(pattern, name)


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """How often images of which repositories are scanned."""

    scan_frequency: str
    filters: tuple[Filter, ...] = msgspec.field(name="repositoryFilters", default=())

    @property
    def is_for_all(self) -> bool:
        """Whether it leaves no repository out; without a filter it does not."""
        return not self.filters or any(each.catches_all for each in self.filters)

    def is_for(self, name: str) -> bool:
        """Whether it is about a repository."""
        return not self.filters or any(each.catches(name) for each in self.filters)


class Scanning(Facet[Region], rename="camel"):
    """How the registry of a region scans images; None where a region has no such setting, and basic scanning alone.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
    """

    source = call(
        "ecr",
        "GetRegistryScanningConfiguration",
        "scanningConfiguration",
        absent={"ValidationException": "this feature is disabled"},
    )
    scan_type: str
    rules: tuple[Rule, ...] = ()


# --------------------------------------------------------------- repositories
class ImageScanning(msgspec.Struct, frozen=True, rename="camel"):
    """What was set for a repository, before registries had rules."""

    scan_on_push: bool = False


class Repository(
    Resource,
    id="name",
    type="AwsEcrRepository",
    group="container",
    noun="ECR repository",
    gone=["RepositoryNotFoundException"],
    rename="camel",
):
    """Where images of containers are kept.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html
    """

    source = listing("ecr", "DescribeRepositories", "repositories")
    name: str = field(name="repositoryName")
    arn: str = field(name="repositoryArn")
    image_scanning_configuration: ImageScanning = ImageScanning()
    image_tag_mutability: str = "MUTABLE"
    exclusions: tuple[Filter, ...] = field(name="imageTagMutabilityExclusionFilters", default=())
    """Tags that the mutability does not hold for."""

    def is_scanned(self, scanning: Scanning | None) -> bool:
        """Whether its images are scanned when they are pushed. With enhanced scanning the registry's rules alone
        decide.
        """
        by_rule = scanning and any(
            rule.scan_frequency in AUTOMATED and rule.is_for(self.name) for rule in scanning.rules
        )
        is_enhanced = scanning is not None and scanning.scan_type == "ENHANCED"
        return bool(by_rule) or (not is_enhanced and self.image_scanning_configuration.scan_on_push)


class RepositoryPolicy(Facet[Repository], rename="camel"):
    """Whom a repository lets in besides the account."""

    source = call(
        "ecr",
        "GetRepositoryPolicy",
        absent=["RepositoryPolicyNotFoundException"],
        repositoryName="name",
    )
    policy: Policy = field(name="policyText")


class LifecyclePolicy(Facet[Repository], rename="camel"):
    """Which images expire."""

    source = call(
        "ecr",
        "GetLifecyclePolicy",
        absent=["LifecyclePolicyNotFoundException"],
        repositoryName="name",
    )
    text: str = field(name="lifecyclePolicyText")


# --------------------------------------------------------------- latest images
class Findings(msgspec.Struct, frozen=True, rename="camel"):
    """How many there are of each severity."""

    finding_severity_counts: dict[str, int] | None = None


class Status(msgspec.Struct, frozen=True):
    """How far a scan is."""

    status: str


class Image(msgspec.Struct, frozen=True, rename="camel"):
    """An image, with what the last scan found where the listing tells it."""

    image_digest: str
    image_tags: tuple[str, ...] = ()
    image_pushed_at: datetime.datetime | None = None
    artifact_media_type: str = ""
    image_scan_status: Status | None = None
    image_scan_findings_summary: Findings | None = None

    @property
    def is_one(self) -> bool:
        """Whether it is one that can be run, by its media type and tags: some tools give signatures that of images
        (https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md).
        """
        is_signature = any(tag.startswith("sha256-") and tag.endswith(".sig") for tag in self.image_tags)
        return self.artifact_media_type in SCANNED and not is_signature

    @property
    def short_digest(self) -> str:
        """Enough of it to tell images apart."""
        return self.image_digest.rpartition(":")[2][:12]

    @property
    def label(self) -> str:
        """By its first tag and its digest."""
        tag = f" {self.image_tags[0]}" if self.image_tags else ""
        return f"image{tag} ({self.image_digest})"


@source("ecr:DescribeImages")
async def latest(repository: Repository, aws: Aws) -> LatestImage | Failure | None:
    """Of all pages, for they come in no order; None where there is no image."""
    newest: Image | None = None
    async for page in aws.pages("ecr", "DescribeImages", "imageDetails", repositoryName=repository.name):
        if isinstance(page, Failure):
            return page
        for each in page:
            image = _read(each)
            if isinstance(image, Failure):
                return image
            if image.is_one and (newest is None or _pushed(image) >= _pushed(newest)):
                newest = image
    return LatestImage(image=newest) if newest else None


def _read(told: Mapping[str, Any]) -> Image | Failure:
    try:
        return msgspec.convert(told, Image)
    except msgspec.ValidationError as error:
        return Failure("broken", "ecr:DescribeImages", "ValidationError", str(error))


def _pushed(image: Image) -> float:
    return image.image_pushed_at.timestamp() if image.image_pushed_at else 0.0


class LatestImage(Facet[Repository]):
    """The image of a repository that was pushed last."""

    source: ClassVar[Any] = latest
    image: Image


@source("ecr:DescribeImageScanFindings")
async def scan(
    repository: Repository, scanning: Scanning | None, latest: LatestImage | None, aws: Aws
) -> Scan | Failure | None:
    """What the listing of images tells, or where it does not, as with basic scanning of today, what the scan itself
    does: of its findings only the first, since it counts them all. None where nothing is scanned.
    """
    if latest is None or not repository.is_scanned(scanning):
        return None
    image = latest.image
    if image.image_scan_status and image.image_scan_findings_summary:
        return Scan(
            status=image.image_scan_status.status, counts=image.image_scan_findings_summary.finding_severity_counts
        )
    reply = await aws.find(
        "ecr",
        "DescribeImageScanFindings",
        ["ScanNotFoundException", "ImageNotFoundException"],
        repositoryName=repository.name,
        imageId={"imageDigest": image.image_digest},
        maxResults=1,
    )
    if isinstance(reply, Failure):
        return reply
    told = reply or {}
    listed = image.image_scan_status.status if image.image_scan_status else ""
    status = (told.get("imageScanStatus") or {}).get("status") or listed
    counts = (told.get("imageScanFindings") or {}).get("findingSeverityCounts")
    return Scan(status=str(status), counts=counts)


class Scan(Facet[Repository]):
    """What the last scan of the latest image found."""

    source: ClassVar[Any] = scan
    status: str
    """Empty: it was never scanned."""
    counts: Mapping[str, int] | None = None
    """By severity; None: that is not told, which is not the same as none at all."""

    def at_least(self, severity: str) -> dict[str, int]:
        """The counts of that severity and graver ones, the gravest first."""
        grave = SEVERITIES[SEVERITIES.index(severity) :]
        counts = self.counts or {}
        return {each: counts[each] for each in reversed(grave) if counts.get(each)}
