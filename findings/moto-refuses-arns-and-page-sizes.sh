#!/usr/bin/env bash
# moto 5.2.5 (server), boto3 1.40.61, Python 3.11, seen on 2026-11-30.
#
# KMS's DisableKey, EnableKey and ScheduleKeyDeletion take a key by its id or by its ARN, says AWS. The emulator takes
# ARNs elsewhere in KMS (DescribeKey, EnableKeyRotation, GetKeyPolicy), but these three answer an ARN with an HTML page of
# status 500. SES's ListEmailIdentities (v2) does the same as soon as a PageSize is given, whatever it is. A client tries
# a 500 again before it gives up, so that a test which names things as AWS lets it looks like one of a flaky network.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "moto[server]==5.2.5" boto3==1.40.61
"$folder/venv/bin/python" - <<'PYTHON' 2>"$folder/log" || { tail -n 5 "$folder/log"; exit 1; }
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
own = {
    "region_name": "us-east-1", "endpoint_url": f"http://{host}:{port}",
    "aws_access_key_id": "x", "aws_secret_access_key": "x", "config": Config(retries={"total_max_attempts": 1}),
}  # fmt: skip
kms, ses = boto3.client("kms", **own), boto3.client("sesv2", **own)


def status(call, **asked) -> int:
    try:
        return call(**asked)["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]


seen = {}
for name, more in {
    "describe_key": {}, "enable_key_rotation": {}, "get_key_policy": {"PolicyName": "default"},
    "disable_key": {}, "enable_key": {}, "schedule_key_deletion": {"PendingWindowInDays": 7},
}.items():  # fmt: skip
    key = kms.create_key()["KeyMetadata"]
    seen[name] = [status(getattr(kms, name), KeyId=key["Arn"], **more), status(getattr(kms, name), KeyId=key["KeyId"], **more)]
seen["list_email_identities"] = [status(ses.list_email_identities, PageSize=10), status(ses.list_email_identities)]
server.stop()
for name, (first, second) in seen.items():
    print(f"{name:<24} with ARN or page size: {first}   without: {second}")
answered = {name for name, (first, _) in seen.items() if first == 200}
assert answered == {"describe_key", "enable_key_rotation", "get_key_policy"}, f"this has changed: {seen}"
assert {second for _, second in seen.values()} == {200}, f"this has changed: {seen}"
PYTHON
