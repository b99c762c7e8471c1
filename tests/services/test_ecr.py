"""ECR's checks on literals, and what is read of images."""

from __future__ import annotations

import datetime
import gzip
import json
from typing import Any

import pytest

from aioprowler import Account, Downloads, Fail, Finding, Manual, Pass, Region
from aioprowler.judging.policies import Policy
from aioprowler.services.ecr.checks import (
    ecr_registry_enhanced_scanning_enabled,
    ecr_registry_scan_images_on_push_enabled,
    ecr_repositories_lifecycle_policy_enabled,
    ecr_repositories_not_publicly_accessible,
    ecr_repositories_scan_images_on_push_enabled,
    ecr_repositories_scan_vulnerabilities_in_latest_image,
    ecr_repositories_tag_immutability,
)
from aioprowler.services.ecr.resources import (
    Filter,
    Image,
    ImageScanning,
    LatestImage,
    LifecyclePolicy,
    Repository,
    RepositoryPolicy,
    Rule,
    Scan,
    Scanning,
)
from tests.judging.test_layers import TAR, layer
from tests.worlds.world import TOOLS, FakeDownloads, World, denied, error, findings_of

HOME = "us-east-1"
REGION = Region(name="eu-west-1", account=Account(id="123456789012"))
DIGEST = "sha256:0123456789abcdef"
IMAGE_TYPE = "application/vnd.oci.image.config.v1+json"


def repository(name: str = "web", **facts: Any) -> Repository:
    arn = f"arn:aws:ecr:eu-west-1:123456789012:repository/{name}"
    return Repository(name=name, arn=arn, region="eu-west-1", account=REGION.account, **facts)


def rule(frequency: str, *filters: str) -> Rule:
    return Rule(scan_frequency=frequency, filters=tuple(Filter(filter=each) for each in filters))


def basic(*rules: Rule) -> Scanning:
    return Scanning(scan_type="BASIC", rules=rules)


def enhanced(*rules: Rule) -> Scanning:
    return Scanning(scan_type="ENHANCED", rules=rules)


# ----------------------------------------------------------------- registries
@pytest.mark.parametrize(
    ("scanning", "verdict"),
    [(enhanced(), Pass), (basic(), Fail), (None, Fail), (Scanning(scan_type="DEEP"), Manual)],
)
def test_enhanced_scanning(scanning: Scanning | None, verdict: type) -> None:
    assert isinstance(ecr_registry_enhanced_scanning_enabled(REGION, scanning, (repository(),)), verdict)
    assert ecr_registry_enhanced_scanning_enabled(REGION, scanning, ()) is None


@pytest.mark.parametrize(
    ("scanning", "verdict"),
    [
        (basic(rule("SCAN_ON_PUSH", "*")), Pass),
        (enhanced(rule("CONTINUOUS_SCAN", "prod", "*")), Pass),
        (enhanced(rule("SCAN_ON_PUSH")), Pass),
        (basic(rule("SCAN_ON_PUSH", "prod*")), Fail),
        (basic(rule("MANUAL", "*")), Fail),
        (basic(rule("MANUAL", "*"), rule("SCAN_ON_PUSH", "prod")), Fail),
        (basic(rule("HOURLY", "*")), Manual),
        (basic(), Fail),
        (None, Fail),
    ],
)
def test_a_registry_scans_all_that_is_pushed(scanning: Scanning | None, verdict: type) -> None:
    assert isinstance(ecr_registry_scan_images_on_push_enabled(REGION, scanning, (repository(),)), verdict)
    assert ecr_registry_scan_images_on_push_enabled(REGION, scanning, ()) is None


# --------------------------------------------------------------- repositories
@pytest.mark.parametrize(
    ("pattern", "name", "holds"),
    [
        ("*", "web", True),
        ("prod", "team/prod-web", True),
        ("prod", "team/web", False),
        ("prod*", "team/prod-web", False),
        ("*prod*", "team/prod-web", True),
        ("prod*web", "prod-web", True),
        ("prod.web", "prod-web", False),
        ("*a*a*a*a*b", "a" * 256, False),  # for minutes, if each star were tried at each place
    ],
)
def test_filters_are_parts_of_names_or_patterns(pattern: str, name: str, holds: bool) -> None:
    assert Filter(filter=pattern).catches(name) is holds


@pytest.mark.parametrize(
    ("on", "scanning", "verdict"),
    [
        (True, basic(), Pass),
        (True, None, Pass),
        (False, basic(), Fail),
        (False, basic(rule("SCAN_ON_PUSH", "we")), Pass),
        (False, basic(rule("SCAN_ON_PUSH", "api")), Fail),
        (False, basic(rule("MANUAL", "*")), Fail),
        (True, enhanced(rule("CONTINUOUS_SCAN", "api")), Fail),
        (False, enhanced(rule("CONTINUOUS_SCAN", "web")), Pass),
    ],
)
def test_scans_on_push(on: bool, scanning: Scanning | None, verdict: type) -> None:
    judged = repository(image_scanning_configuration=ImageScanning(scan_on_push=on))
    assert isinstance(ecr_repositories_scan_images_on_push_enabled(judged, scanning), verdict)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"image_tag_mutability": "IMMUTABLE"}, Pass),
        ({"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "exclusions": (Filter(filter="latest*"),)}, Pass),
        ({"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "exclusions": (Filter(filter="*"),)}, Fail),
        ({"image_tag_mutability": "MUTABLE"}, Fail),
        ({"image_tag_mutability": "MUTABLE_WITH_EXCLUSION"}, Fail),
        ({"image_tag_mutability": "FROZEN"}, Manual),
        ({}, Fail),
    ],
)
def test_tags_stay_where_they_are(facts: dict[str, Any], verdict: type) -> None:
    assert isinstance(ecr_repositories_tag_immutability(repository(**facts)), verdict)


@pytest.mark.parametrize(("text", "verdict"), [('{"rules": []}', Pass), ("", Fail), (None, Fail)])
def test_lifecycle_policies(text: str | None, verdict: type) -> None:
    policy = None if text is None else LifecyclePolicy(text=text)
    assert isinstance(ecr_repositories_lifecycle_policy_enabled(repository(), policy), verdict)


def allow(principal: Any, **conditions: Any) -> RepositoryPolicy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage"}
    return RepositoryPolicy(policy=Policy.parse({"Statement": {**statement, "Condition": conditions}}))


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (allow("*"), Fail),
        (allow({"AWS": "*"}), Fail),
        (allow("*", StringEquals={"aws:PrincipalOrgID": "o-1234567890"}), Pass),
        (allow({"AWS": "999999999999"}), Pass),
        (None, Pass),
    ],
)
def test_public_repositories(policy: RepositoryPolicy | None, verdict: type) -> None:
    assert isinstance(ecr_repositories_not_publicly_accessible(repository(), policy), verdict)


# -------------------------------------------------------------- latest images
LATEST = LatestImage(image=Image(image_digest=DIGEST, image_tags=("v1",)))


@pytest.mark.parametrize(
    ("scan", "lowest", "verdict"),
    [
        (Scan(status="COMPLETE", counts={"MEDIUM": 1}), "MEDIUM", Fail),
        (Scan(status="COMPLETE", counts={"MEDIUM": 1}), "HIGH", Pass),
        (Scan(status="ACTIVE", counts={"CRITICAL": 1}), "high", Fail),
        (Scan(status="ACTIVE", counts={"LOW": 9, "UNTRIAGED": 3}), "MEDIUM", Pass),
        (Scan(status="COMPLETE", counts={"LOW": 9}), "LOW", Fail),
        (Scan(status="COMPLETE", counts={}), "INFORMATIONAL", Pass),
        (Scan(status="COMPLETE", counts={}), "WORST", Manual),
        (Scan(status="COMPLETE"), "MEDIUM", Manual),
        (Scan(status="IN_PROGRESS", counts={}), "MEDIUM", Manual),
        (Scan(status="IN_PROGRESS", counts={"HIGH": 1}), "MEDIUM", Fail),
        (Scan(status="UNSUPPORTED_IMAGE", counts={}), "MEDIUM", Manual),
        (Scan(status="FAILED", counts={}), "MEDIUM", Fail),
        (Scan(status="", counts={}), "MEDIUM", Fail),
    ],
)
def test_vulnerabilities_of_the_latest_image(scan: Scan, lowest: str, verdict: type) -> None:
    found = ecr_repositories_scan_vulnerabilities_in_latest_image(
        repository(), LATEST, scan, ecr_repository_vulnerability_minimum_severity=lowest
    )
    assert isinstance(found, verdict)


def test_nothing_is_said_where_there_is_no_image_or_nothing_is_scanned() -> None:
    assert ecr_repositories_scan_vulnerabilities_in_latest_image(repository(), None, None) is None
    assert ecr_repositories_scan_vulnerabilities_in_latest_image(repository(), LATEST, None) is None


VULNERABILITIES = "ecr_repositories_scan_vulnerabilities_in_latest_image"
SECRETS = "ecr_repository_image_no_secrets"


def pushed(day: int, name: str = "web", **facts: Any) -> dict[str, Any]:
    at = datetime.datetime(2026, 5, day, tzinfo=datetime.UTC)
    told = {"imageDigest": f"sha256:{name}{day}", "imagePushedAt": at, "artifactMediaType": IMAGE_TYPE}
    return {**told, "imageTags": [f"{name}-{day}"], **facts}


def world(*images: dict[str, Any], on: bool = True, **replies: Any) -> World:
    listed = {
        "repositoryName": "web",
        "repositoryArn": "arn:aws:ecr:us-east-1:123456789012:repository/web",
        "imageScanningConfiguration": {"scanOnPush": on},
    }
    return World(
        {
            ("ecr:DescribeRepositories", HOME): {"repositories": [listed]},
            "ecr:GetRegistryScanningConfiguration": {"scanningConfiguration": {"scanType": "BASIC", "rules": []}},
            "ecr:DescribeImages": {"imageDetails": list(images)},
            **{f"ecr:{name}": reply for name, reply in replies.items()},
        }
    )


def scanned(status: str, **counts: int) -> dict[str, Any]:
    return {
        "imageScanStatus": {"status": status},
        "imageScanFindingsSummary": {"findingSeverityCounts": counts},
    }


def one(asked: World, check: str, **options: Any) -> Finding:
    (finding,) = findings_of(asked, check, **options)
    return finding


def test_the_latest_image_counts_whatever_the_order_and_the_artifacts_beside_it() -> None:
    chart = pushed(9, "chart", artifactMediaType="application/vnd.cncf.helm.config.v1+json", **scanned("FAILED"))
    signature = pushed(8, "signature", imageTags=["sha256-0123.sig"], **scanned("FAILED"))
    index = {"imageDigest": "sha256:index", "imagePushedAt": pushed(9)["imagePushedAt"]}
    asked = world(
        pushed(2, **scanned("COMPLETE", HIGH=1)), pushed(7, **scanned("COMPLETE")), chart, signature, index, pushed(1)
    )
    found = one(asked, VULNERABILITIES)
    assert (found.status, found.resource_id) == ("PASS", "web")
    assert "web-7" in found.status_detail
    assert asked.calls["ecr:DescribeImageScanFindings"] == 0


def test_a_scan_that_the_listing_does_not_tell_is_asked_for() -> None:
    told = {
        "imageScanStatus": {"status": "COMPLETE"},
        "imageScanFindings": {"findingSeverityCounts": {"CRITICAL": 2}, "findings": []},
    }
    found = one(world(pushed(1), DescribeImageScanFindings=told), VULNERABILITIES)
    assert found.status == "FAIL"
    assert "2 CRITICAL" in found.status_detail
    never = world(pushed(1), DescribeImageScanFindings=error("ScanNotFoundException"))
    assert one(never, VULNERABILITIES).status == "FAIL"
    waiting = pushed(1, imageScanStatus={"status": "PENDING"})
    assert (
        one(world(waiting, DescribeImageScanFindings=error("ScanNotFoundException")), VULNERABILITIES).status
        == "MANUAL"
    )
    assert one(world(pushed(1), DescribeImageScanFindings=denied()), VULNERABILITIES).status == "MANUAL"


def test_images_that_nobody_scans_are_not_judged() -> None:
    asked = world(pushed(1), on=False)
    assert findings_of(asked, VULNERABILITIES) == []
    assert asked.calls["ecr:DescribeImageScanFindings"] == 0


# ------------------------------------------------------------------- secrets
SECRET = "tr0ub4dor"
LINK = "https://layers.example/"


def image_of(config: Any, *layers: bytes, media_type: str = f"{TAR}+gzip", **replies: Any) -> Finding:
    files = {f"{LINK}sha256:config": config if isinstance(config, bytes) else json.dumps(config).encode()}
    files |= {f"{LINK}sha256:layer{number}": content for number, content in enumerate(layers)}
    parts = [{"digest": f"sha256:layer{number}", "mediaType": media_type} for number in range(len(layers))]
    manifest = {"config": {"digest": "sha256:config"}, "layers": parts}

    def link(_account: Account, _region: str, asked: dict[str, Any]) -> dict[str, Any]:
        return {"downloadUrl": LINK + asked["layerDigest"]}

    told = {
        "BatchGetImage": {"images": [{"imageManifest": json.dumps(manifest)}]},
        "GetDownloadUrlForLayer": link,
        **replies,
    }
    return one(world(pushed(1), on=False, **told), SECRETS, tools={**TOOLS, Downloads: FakeDownloads(files)})


NOTHING: dict[str, Any] = {"config": {"Env": ["PATH=/bin"]}, "history": [{"created_by": "COPY . ."}]}


def test_each_part_of_an_image_is_looked_into() -> None:
    found = image_of(NOTHING, gzip.compress(layer(a="a", b="b")))
    assert (found.status, found.resource_id) == ("PASS", "web:web-1@web1")
    assert found.resource_arn == "arn:aws:ecr:us-east-1:123456789012:repository/web/image/web1"
    variable = image_of({"config": {"Env": [f"TOKEN={SECRET}", SECRET]}, "history": None})
    assert variable.status == "FAIL"
    assert "variable TOKEN: Password" in variable.status_detail
    assert "variable 2: Password" in variable.status_detail
    assert SECRET not in variable.status_detail
    step = image_of({"config": None, "history": [{}, {"created_by": f"RUN login {SECRET}"}]})
    assert "step 2 of its history" in step.status_detail
    file = image_of(NOTHING, gzip.compress(layer(a="a")), gzip.compress(layer(**{"etc/app.ini": SECRET})))
    assert file.status == "FAIL"
    assert "etc/app.ini in layer layer1" in file.status_detail


def test_what_cannot_be_read_is_for_a_person_unless_something_was_found() -> None:
    assert image_of(NOTHING, b"no layer").status == "MANUAL"
    assert image_of(b"no settings", gzip.compress(layer(a="a"))).status == "MANUAL"
    assert image_of(NOTHING, layer(a="a"), media_type=f"{TAR}+zstd").status == "MANUAL"
    assert image_of(NOTHING, b"no layer", gzip.compress(layer(a=SECRET))).status == "FAIL"


@pytest.mark.parametrize(
    "replies",
    [
        {"BatchGetImage": denied()},
        {"BatchGetImage": {"images": [{"imageManifest": '{"manifests": []}'}]}},
        {"BatchGetImage": {"images": [{}]}},
        {"BatchGetImage": {"images": [], "failures": [{"failureCode": "KmsError"}]}},
        {"GetDownloadUrlForLayer": denied()},
        {"GetDownloadUrlForLayer": {}},
    ],
)
def test_an_image_that_is_not_told_is_manual(replies: dict[str, Any]) -> None:
    assert image_of(NOTHING, gzip.compress(layer(a="a")), **replies).status == "MANUAL"


def test_nothing_is_said_of_an_image_that_is_gone() -> None:
    gone = {"images": [], "failures": [{"failureCode": "ImageNotFound"}]}
    assert findings_of(world(pushed(1), BatchGetImage=gone), SECRETS) == []
    assert findings_of(world(), SECRETS) == []
