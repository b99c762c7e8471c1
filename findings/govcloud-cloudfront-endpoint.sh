#!/usr/bin/env bash
# botocore 1.40.61 (data of November 2025), Python 3.11, seen on 2026-11-29.
#
# Two parts of botocore disagree about where a partition's global services are, and one sends GovCloud's credentials to
# the commercial partition:
# * `partitions.json` says that the global region of aws-cn is cn-northwest-1; the endpoint rules of IAM in the same
#   partition sign for cn-north-1. Whoever signs IAM's requests for the partition's global region is refused.
# * For CloudFront, which GovCloud does not have, the rules give GovCloud's region the commercial host, signed for
#   us-gov-west-1: no error until AWS answers that the credentials do not exist.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check botocore==1.40.61
"$folder/venv/bin/python" - <<'PYTHON'
import botocore.session
from botocore.loaders import create_loader


class CaughtError(Exception):
    """Carries a request out before it is sent."""


def asked(service: str, region: str, operation: str) -> tuple[str, str]:
    """Host and signing region of a call."""
    session = botocore.session.Session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    client = session.create_client(service, region_name=region)

    def catch(request, **_):
        raise CaughtError(request.url.split("/")[2], request.headers["Authorization"].decode().split("/")[2])

    client.meta.events.register_first("before-send", catch)
    try:
        getattr(client, operation)()
    except CaughtError as caught:
        return caught.args
    raise AssertionError("nothing was sent")


partitions = {each["id"]: each for each in create_loader().load_data("partitions")["partitions"]}
china = partitions["aws-cn"]["outputs"]["implicitGlobalRegion"], asked("iam", "cn-north-1", "list_users")
govcloud = asked("cloudfront", "us-gov-east-1", "list_distributions")
print("aws-cn: global region", china[0], "- IAM is asked at", *china[1])
print("us-gov-east-1: CloudFront is asked at", *govcloud)
assert china == ("cn-northwest-1", ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1")), "this has changed"
assert govcloud == ("cloudfront.amazonaws.com", "us-gov-west-1"), "this has changed"
PYTHON
