"""Registries and repositories of images, with scans of every outcome."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, allow, document
from benchmarks.parity_seeds.states import State
from benchmarks.parity_seeds.trails import add_bucket
from benchmarks.simulated_aws.errors import AwsError

IMAGE: Final = "application/vnd.docker.container.image.v1+json"
PASSWORD: Final = "tr0ub4dor-and-3-horses"
CHART: Final = "application/vnd.cncf.helm.config.v1+json"


def _image(name: str, day: int, **facts: Any) -> dict[str, Any]:
    told = {"imageDigest": f"sha256:{name}", "imagePushedAt": ago(day), "artifactMediaType": IMAGE}
    return {**told, "imageTags": [name], **facts}


def _scan(status: str, **counts: int) -> dict[str, Any]:
    summary = {"imageScanFindingsSummary": {"findingSeverityCounts": counts}} if status == "COMPLETE" else {}
    return {"imageScanStatus": {"status": status}, **summary}


def _images() -> dict[str, list[dict[str, Any]]]:
    """By repository; newest ones are not always last."""
    clean, bad = _scan("COMPLETE"), _scan("COMPLETE", CRITICAL=1, HIGH=2, MEDIUM=3)
    single = {
        "clean": clean,
        "bad": bad,
        "bad-medium": _scan("COMPLETE", MEDIUM=1),
        "bad-low": _scan("COMPLETE", LOW=4, INFORMATIONAL=2),
        "scan-failed": _scan("FAILED"),
        "scan-going-on": _scan("IN_PROGRESS"),
        "scan-unsupported": _scan("UNSUPPORTED_IMAGE"),
        "scan-told-apart": {},
        "scan-clean-apart": {},
        "never-scanned": {},
    }
    images = {name: [_image(name, 5, **facts)] for name, facts in single.items()}
    images["mended"] = [_image("new", 1, **clean), _image("old", 9, **bad)]
    images["worse"] = [_image("old", 9, **clean), _image("new", 1, **bad)]
    chart = _image("chart", 1, artifactMediaType=CHART, **_scan("FAILED"))
    signature = _image("signature", 1, imageTags=["sha256-0123.sig"], **_scan("FAILED"))
    images["with-charts"] = [chart, _image("clean", 5, **clean), signature]
    images["charts-alone"] = [chart]
    images["not-on-push"] = [_image("bad", 1, **bad)]
    images["empty"] = []
    return images


def _apart(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the listing of images does not tell."""
    name = asked["repositoryName"]
    if name not in ("scan-told-apart", "scan-clean-apart"):
        raise AwsError("ScanNotFoundException", "Image scan does not exist.", 400)
    counts = {"HIGH": 1} if name == "scan-told-apart" else {}
    return {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": counts}}


def seed(clients: Clients, rules: tuple[dict[str, Any], ...] = (), kind: str = "BASIC") -> None:
    """Tell of repositories, whose registry has rules."""
    images = _images()
    policies = {
        "policy-public": document(allow("ecr:BatchGetImage", Principal="*")),
        "policy-account": document(allow("ecr:BatchGetImage", Principal={"AWS": OTHER_ACCOUNT})),
        "policy-organization": document(
            allow("ecr:*", Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-example"}})
        ),
    }
    words = ("MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION")
    tags: dict[str, dict[str, Any]] = {word.lower().replace("_", "-"): {"imageTagMutability": word} for word in words}
    everything = [{"filterType": "WILDCARD", "filter": "*"}]
    tags["all-excluded"] = {**tags["immutable-with-exclusion"], "imageTagMutabilityExclusionFilters": everything}
    names = [*images, *policies, *tags, "expiring", "no-mutability-told"]

    def one(name: str, region: str = HOME_REGION) -> dict[str, Any]:
        arn = f"arn:aws:ecr:{region}:{clients.account_id}:repository/{name}"
        named = {"repositoryName": name, "repositoryArn": arn, "registryId": clients.account_id}
        scanning = {"imageScanningConfiguration": {"scanOnPush": name != "not-on-push"}}
        return {
            **named,
            **scanning,
            **({} if name.startswith("no-") else {"imageTagMutability": "IMMUTABLE"}),
            **tags.get(name, {}),
        }

    def policy(asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked["repositoryName"] not in policies:
            raise AwsError("RepositoryPolicyNotFoundException", "There is no policy.", 400)
        return {"policyText": policies[asked["repositoryName"]]}

    def lifecycle(asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked["repositoryName"] != "expiring":
            raise AwsError("LifecyclePolicyNotFoundException", "There is no policy.", 400)
        return {"lifecyclePolicyText": '{"rules": []}'}

    scanning = {"scanningConfiguration": {"scanType": kind, "rules": list(rules)}}
    for region in (HOME_REGION, SECOND_REGION):
        here = [one("far", region)] if region == SECOND_REGION and rules else []
        tell(clients, "ecr", "DescribeRepositories", {"repositories": here}, region)
        tell(clients, "ecr", "GetRegistryScanningConfiguration", scanning, region)
        tell(clients, "ecr", "GetRepositoryPolicy", policy, region)
        tell(clients, "ecr", "GetLifecyclePolicy", lifecycle, region)
        tell(
            clients,
            "ecr",
            "DescribeImages",
            lambda asked: {"imageDetails": images.get(asked["repositoryName"], [])},
            region,
        )
        tell(clients, "ecr", "DescribeImageScanFindings", _apart, region)
        tell(clients, "ecr", "ListTagsForResource", {"tags": []}, region)
    tell(clients, "ecr", "DescribeRepositories", {"repositories": [one(name) for name in names]})
    _tell_of_contents(clients)


# ------------------------------------------------------------------- contents
def _layer(**files: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


def _tell_of_contents(clients: Clients) -> None:
    """Have three images hold a secret, one be of a kind that nobody reads, and one be refused."""
    secret = f'DB_PASSWORD="{PASSWORD}"'
    plain: dict[str, Any] = {"config": {"Env": ["PATH=/bin"]}, "history": [{"created_by": "COPY . ."}]}
    files = {
        "config": json.dumps(plain).encode(),
        "config-bad": json.dumps({**plain, "config": {"Env": [secret]}}).encode(),
        "config-bad-low": json.dumps({**plain, "history": [{"created_by": f"RUN {secret} make"}]}).encode(),
        "layer": _layer(a="harmless"),
        "layer-bad-medium": _layer(**{"app/settings": f"{secret}\n"}),
    }
    bucket = add_bucket(clients, "layers")
    for name, content in files.items():
        clients("s3").put_object(Bucket=bucket, Key=name, Body=content)

    def manifest(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["repositoryName"]
        if name == "mended":
            raise AwsError("AccessDeniedException", "You may not.", 403)
        parts = {part: f"{part}-{name}" if f"{part}-{name}" in files else part for part in ("config", "layer")}
        kind = "application/vnd.docker.image.rootfs.diff.tar" + (".zstd" if name == "scan-failed" else ".gzip")
        layers = [{"digest": parts["layer"], "size": 1, "mediaType": kind}]
        text = json.dumps({"config": {"digest": parts["config"]}, "layers": layers})
        return {"images": [{"repositoryName": name, "imageManifest": text}]}

    def link(asked: Mapping[str, Any]) -> dict[str, Any]:
        key = {"Bucket": bucket, "Key": asked["layerDigest"]}
        return {"downloadUrl": clients("s3").generate_presigned_url("get_object", key)}

    tell(clients, "ecr", "BatchGetImage", manifest)
    tell(clients, "ecr", "GetDownloadUrlForLayer", link)


def _rule(frequency: str, *filters: str) -> dict[str, Any]:
    named = [{"filterType": "WILDCARD", "filter": each} for each in filters]
    return {"scanFrequency": frequency, "repositoryFilters": named}


def by_rule(clients: Clients) -> None:
    """Have the registry scan what is pushed."""
    seed(clients, (_rule("SCAN_ON_PUSH", "*"),))


def enhanced(clients: Clients) -> None:
    """Have Inspector scan some repositories."""
    seed(clients, (_rule("CONTINUOUS_SCAN", "bad*", "clean"), _rule("MANUAL", "*")), "ENHANCED")


STATES: Final = (
    State("images", "500000001524", seed, services=("ecr",)),
    State(
        "images_by_rule",
        "500000001525",
        by_rule,
        services=("ecr",),
        config={"ecr_repository_vulnerability_minimum_severity": "CRITICAL"},
    ),
    State("images_enhanced", "500000001526", enhanced, services=("ecr",)),
)
