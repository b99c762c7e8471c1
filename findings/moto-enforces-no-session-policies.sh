#!/usr/bin/env bash
# moto 5.2.5, Python 3.11, seen on 2026-11-29.
#
# moto can enforce IAM, and refuses what a role's own policies do not allow; but not what a session policy leaves out.
# AssumeRole takes any text as its Policy, of whatever length, and answers the same PackedPolicySize for all. Tests that
# rest on it pass with a session policy that is too long, that is no JSON, or that forgets half of what is needed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "moto[ec2,iam,sts]==5.2.5"
"$folder/venv/bin/python" - <<'PYTHON'
import json
import os

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-west-1")


def allowing(*actions: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}})


def may_describe_vpcs(session_policy: str, *granted: str) -> tuple[bool, int]:
    """Whether a session of a role that was granted this may, and what AssumeRole says of the policy's size."""
    with mock_aws():
        iam, sts = boto3.client("iam"), boto3.client("sts")
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=allowing("sts:AssumeRole"))["Role"]["Arn"]
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=allowing(*granted))
        reply = sts.assume_role(RoleArn=role, RoleSessionName="tests", Policy=session_policy)
        keys = reply["Credentials"]
        ec2 = boto3.client(
            "ec2",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        try:
            set_initial_no_auth_action_count(0)(ec2.describe_vpcs)()
        except ClientError as error:
            assert "not authorized" in str(error), error
            return False, reply["PackedPolicySize"]
        return True, reply["PackedPolicySize"]


seen = {
    "the role lacks it": may_describe_vpcs(allowing("ec2:*"), "s3:*"),
    "the session policy lacks it": may_describe_vpcs(allowing("s3:ListAllMyBuckets"), "ec2:*"),
    "the session policy is 5,000 letters": may_describe_vpcs("x" * 5000, "ec2:*"),
}
for what, (may, size) in seen.items():
    print(f"{what}: {'allowed' if may else 'refused'}, PackedPolicySize {size}")
assert [may for may, _ in seen.values()] == [False, True, True], "this has changed"
assert len({size for _, size in seen.values()}) == 1, "this has changed"
PYTHON
