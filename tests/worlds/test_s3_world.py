"""What only the engine shows of S3: gates, joins across regions, account-wide facts, odd sources."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from aioprowler import Account, ScanOptions
from aioprowler.scanning import Scan
from tests.worlds.world import ACCOUNT, NOW, World, denied, error, findings_of, verdicts

PUBLIC_ACL = {
    "Owner": {"ID": "75aa57f0"},
    "Grants": [
        {
            "Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
            "Permission": "READ",
        }
    ],
}
PUBLIC_POLICY = {
    "Policy": json.dumps(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:Put*", "Resource": "arn:aws:s3:::b/*"}}
    )
}
PROTECTS = {"PublicAccessBlockConfiguration": {"IgnorePublicAcls": True, "RestrictPublicBuckets": True}}
NO_BLOCK = error("NoSuchPublicAccessBlockConfiguration", status=404)
EXPOSURE = (
    "s3_bucket_public_access",
    "s3_bucket_public_list_acl",
    "s3_bucket_public_write_acl",
    "s3_bucket_policy_public_write_access",
    "s3_bucket_level_public_access_block",
)
MULTI_REGION = "s3_multi_region_access_point_public_access_block"
SHADOW = "s3_bucket_shadow_resource_vulnerability"
OBJECTS = "s3_bucket_object_public"
REPLICATION = "s3_bucket_cross_region_replication"


def world(**regions: str) -> World:
    """Buckets and their regions, underlined."""
    listed = [{"Name": name, "BucketRegion": region.replace("_", "-")} for name, region in regions.items()]
    return World({"s3:ListBuckets": {"Buckets": listed}})


def open_world() -> World:
    made = world(b="eu_west_1")
    made.replies |= {
        "s3:GetBucketAcl": PUBLIC_ACL,
        "s3:GetBucketPolicy": PUBLIC_POLICY,
        "s3:GetPublicAccessBlock": NO_BLOCK,
        "s3control:GetPublicAccessBlock": NO_BLOCK,
    }
    return made


def statuses(made: World, *checks: str, **options: Any) -> dict[str, str]:
    return {id_: status for (id_, _, _), status in verdicts(made, *checks, **options).items()}


def test_what_nothing_blocks_is_public() -> None:
    assert statuses(open_world(), *EXPOSURE) == {
        "s3_bucket_public_access": "FAIL",
        "s3_bucket_public_list_acl": "FAIL",
        "s3_bucket_public_write_acl": "PASS",
        "s3_bucket_policy_public_write_access": "FAIL",
        "s3_bucket_level_public_access_block": "FAIL",
    }


def test_of_a_bucket_that_vanished_nothing_is_said_whichever_call_tells() -> None:
    for operation in ("s3:GetPublicAccessBlock", "s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:GetBucketVersioning"):
        made = open_world()
        made.replies[operation] = error("NoSuchBucket", "The specified bucket does not exist", 404)
        assert verdicts(made, *EXPOSURE, "s3_bucket_object_versioning") == {}, operation


@pytest.mark.parametrize("blocking", ["s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"])
def test_a_block_of_bucket_or_account_overrides_grants_and_spares_the_question_for_the_acl(blocking: str) -> None:
    made = open_world()
    made.replies[blocking] = PROTECTS
    assert statuses(made, *EXPOSURE) == dict.fromkeys(EXPOSURE, "PASS")
    assert made.calls["s3:GetBucketAcl"] == 0
    assert made.calls["s3control:GetPublicAccessBlock"] == 1


def test_the_accounts_block_is_missed_of_buckets_whose_verdict_depends_on_it() -> None:
    made = world(open="eu_west_1", private="eu_west_1", blocked="eu_west_1")
    public, action = {"open", "blocked"}, "s3:GetAccountPublicAccessBlock"
    made.replies |= {
        "s3:GetBucketAcl": lambda _, __, params: PUBLIC_ACL if params["Bucket"] in public else {"Grants": []},
        "s3:GetBucketPolicy": lambda _, __, params: (
            PUBLIC_POLICY if params["Bucket"] in public else error("NoSuchBucketPolicy", status=404)
        ),
        "s3:GetPublicAccessBlock": lambda _, __, params: PROTECTS if params["Bucket"] == "blocked" else NO_BLOCK,
        "s3control:GetPublicAccessBlock": denied(),
    }
    found = findings_of(made, *EXPOSURE)
    manual = [f for f in found if f.status == "MANUAL"]
    assert {(f.check_id, f.resource_id) for f in manual} == {
        ("s3_bucket_public_access", "open"),
        ("s3_bucket_public_list_acl", "open"),
        ("s3_bucket_policy_public_write_access", "open"),
        ("s3_bucket_level_public_access_block", "open"),
        ("s3_bucket_level_public_access_block", "private"),
    }
    assert all(action in f.status_detail for f in manual)
    assert {f.status for f in found if f not in manual} == {"PASS"}


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("s3control:GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock"),
        ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        ("s3:GetBucketAcl", "s3:GetBucketAcl"),
        ("s3:GetBucketPolicy", "s3:GetBucketPolicy"),
    ],
)
def test_whether_a_bucket_is_public_takes_all_four_facts(operation: str, action: str) -> None:
    made = open_world()
    made.replies[operation] = denied()
    (finding,) = findings_of(made, "s3_bucket_public_access")
    assert finding.status == "MANUAL"
    assert action in finding.status_detail


def test_absent_configuration_is_judged_and_an_unreadable_policy_is_not() -> None:
    made = world(b="us_east_1")
    made.replies |= {
        "s3:GetBucketPolicy": {"Policy": "not JSON"},
        "s3:GetBucketOwnershipControls": error("OwnershipControlsNotFoundError", status=404),
        "s3:GetBucketEncryption": error("ServerSideEncryptionConfigurationNotFoundError", status=404),
        "s3:GetObjectLockConfiguration": error("ObjectLockConfigurationNotFoundError", status=404),
        "s3:GetBucketLifecycleConfiguration": error("NoSuchLifecycleConfiguration", status=404),
    }
    expected = {
        "s3_bucket_acl_prohibited": "FAIL",
        "s3_bucket_default_encryption": "FAIL",
        "s3_bucket_object_lock": "FAIL",
        "s3_bucket_lifecycle_enabled": "FAIL",
        "s3_bucket_cross_account_access": "MANUAL",
    }
    assert statuses(made, *expected) == expected


def test_the_first_encryption_rule_and_ownership_rule_are_read() -> None:
    made = world(b="us_east_1")
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/data"}
    rule = {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
    made.replies |= {
        "s3:GetBucketEncryption": {"ServerSideEncryptionConfiguration": {"Rules": [rule]}},
        "s3:GetBucketOwnershipControls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    }
    expected = {"s3_bucket_kms_encryption": "PASS", "s3_bucket_acl_prohibited": "PASS"}
    assert statuses(made, *expected) == expected


def test_replication_is_joined_across_regions() -> None:
    made = world(near="us_east_1", far="eu_west_1", source="us_east_1", outside="ap_south_1")
    to = {"near": "outside", "far": "near", "source": "near"}

    def replication(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        target = {"Bucket": f"arn:aws:s3:::{to[params['Bucket']]}"}
        return {"ReplicationConfiguration": {"Rules": [{"ID": "copy", "Status": "Enabled", "Destination": target}]}}

    made.replies |= {"s3:GetBucketVersioning": {"Status": "Enabled"}, "s3:GetBucketReplication": replication}
    assert verdicts(made, REPLICATION) == {
        (REPLICATION, "us-east-1", "near"): "MANUAL",
        (REPLICATION, "eu-west-1", "far"): "PASS",
        (REPLICATION, "us-east-1", "source"): "FAIL",
    }


# --- Access points ---


def test_access_points_are_listed_in_each_region_page_by_page_and_asked_for_their_block() -> None:
    check = "s3_access_point_public_access_block"
    settings = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

    def point(name: str, region: str) -> dict[str, str]:
        arn = f"arn:aws:s3:{region}:123456789012:accesspoint/{name}"
        return {"Name": name, "Bucket": "reports", "AccessPointArn": arn, "NetworkOrigin": "Internet"}

    def listed(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        assert params["AccountId"] == account.id
        if region == "eu-west-1":
            return {"AccessPointList": []}
        last = "NextToken" in params
        name = "second" if last else "first"
        return {"AccessPointList": [point(name, region)], **({} if last else {"NextToken": "more"})}

    def told(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        assert params["AccountId"] == account.id
        block = {setting: setting != "BlockPublicAcls" or params["Name"] == "first" for setting in settings}
        return {"Name": params["Name"], "PublicAccessBlockConfiguration": block}

    made = World({"s3control:ListAccessPoints": listed, "s3control:GetAccessPoint": told})
    found = {(f.resource_arn, f.status) for f in findings_of(made, check)}
    assert found == {
        ("arn:aws:s3:us-east-1:123456789012:accesspoint/first", "PASS"),
        ("arn:aws:s3:us-east-1:123456789012:accesspoint/second", "FAIL"),
    }
    made.replies["s3control:ListAccessPoints"] = denied()
    assert {f.status for f in findings_of(made, check)} == {"MANUAL"}


OREGON = Account(id="123456789012", regions=("us-east-1", "us-west-2"))


def test_multi_region_access_points_are_asked_for_in_oregon_only() -> None:
    point = {
        "Name": "everywhere",
        "Status": "READY",
        "Regions": [{"Bucket": "a"}, {"Bucket": "b"}],
        "PublicAccessBlock": {"BlockPublicAcls": False},
    }
    beginning, ending = point | {"Name": "new", "Status": "CREATING"}, point | {"Name": "old", "Status": "DELETING"}
    made = World({"s3control:ListMultiRegionAccessPoints": {"AccessPoints": [beginning, point, ending]}})
    (finding,) = findings_of(made, MULTI_REGION, accounts=(OREGON,))
    assert (finding.region, finding.status) == ("us-west-2", "FAIL")
    assert finding.resource_arn == "arn:aws:s3::123456789012:accesspoint/everywhere"
    assert "of a, b" in finding.status_detail
    ((_, region, _, params),) = made.params
    assert region == "us-west-2"
    assert params["AccountId"] == OREGON.id


def test_denied_multi_region_access_points_are_manual_and_china_has_none() -> None:
    made = World({"s3control:ListMultiRegionAccessPoints": denied()})
    assert statuses(made, MULTI_REGION, accounts=(OREGON,)) == {MULTI_REGION: "MANUAL"}
    china = Account(id="123456789012", partition="aws-cn", default_region="cn-north-1", regions=("cn-north-1",))
    assert statuses(made, MULTI_REGION, accounts=(china,)) == {}


# --- Names that anybody could have foreseen ---


def heads(**codes: str) -> Any:
    """HeadBucket by the first word of the name; all else does not exist."""

    def head(account: Account, region: str, params: dict[str, Any]) -> Any:
        code = codes.get(params["Bucket"].split("-")[0], "404")
        return {} if code == "200" else error(code, status=int(code))

    return head


def test_own_and_taken_names_are_filed_under_the_region_in_the_name() -> None:
    made = World(
        {
            "s3:ListBuckets": {
                "Buckets": [
                    {"Name": "sagemaker-us-east-1-123456789012", "BucketRegion": "us-east-1"},
                    {"Name": "aws-glue-assets-123456789012-eu-west-1", "BucketRegion": "ap-south-1"},
                ]
            },
            "s3:HeadBucket": heads(sagemaker="403"),
        }
    )
    assert verdicts(made, SHADOW) == {
        (SHADOW, "us-east-1", "sagemaker-us-east-1-123456789012"): "PASS",
        (SHADOW, "eu-west-1", "sagemaker-eu-west-1-123456789012"): "FAIL",
    }
    assert made.calls["s3:HeadBucket"] == 7, "and in the region of the refusal a name that nobody has"


def test_a_refusal_that_tells_something_is_no_gap_and_one_that_tells_nothing_is() -> None:
    def gaps(head: Any) -> list[tuple[str, int]]:
        options = ScanOptions(checks=[SHADOW], accounts=[ACCOUNT], now=NOW)
        asked = Scan(options, aws=World({"s3:HeadBucket": head}))

        async def run() -> None:
            async for _ in asked.batches():
                pass

        anyio.run(run)
        return [(gap.codes[0], gap.calls) for gap in asked.coverage().gaps]

    assert gaps(heads(sagemaker="403")) == []
    assert gaps(error("403", status=403)) == [("403", 2)], "a name that nobody has, in each region"


def test_where_every_name_is_refused_none_is_known_to_be_taken() -> None:
    made = World({"s3:HeadBucket": error("403", status=403)})
    assert set(verdicts(made, SHADOW).values()) == {"MANUAL"}


@pytest.mark.parametrize(("code", "expected"), [("200", "FAIL"), ("503", "MANUAL")])
def test_a_public_bucket_of_a_stranger_is_taken_and_an_outage_is_no_answer(code: str, expected: str) -> None:
    made = World({"s3:HeadBucket": heads(sagemaker=code)})
    assert set(verdicts(made, SHADOW).values()) == {expected}


# --- Objects ---

ENABLED = {"s3_bucket_object_public_enabled": True, "s3_bucket_object_public_sample_size": 2}


def stored() -> World:
    made = world(b="eu_west_1")

    def acl(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        return PUBLIC_ACL if params["Key"] == "c" else {"Grants": []}

    listed = {"Contents": [{"Key": key} for key in "abcd"]}
    made.replies |= {"s3:ListObjectsV2": listed, "s3:GetObjectAcl": acl}
    return made


def test_objects_are_not_looked_at_unless_asked_for() -> None:
    made = stored()
    assert verdicts(made, OBJECTS) == {}
    assert set(made.calls) <= {"s3:ListBuckets"}


def test_a_sample_of_objects_is_looked_at_on_request() -> None:
    made = stored()
    assert verdicts(made, OBJECTS, config=ENABLED) == {(OBJECTS, "eu-west-1", "b"): "FAIL"}
    assert [params["Key"] for _, _, name, params in made.params if name == "s3:GetObjectAcl"] == ["a", "c"]
    assert [params["MaxKeys"] for _, _, name, params in made.params if name == "s3:ListObjectsV2"] == [100]


@pytest.mark.parametrize("operation", ["s3:ListObjectsV2", "s3:GetObjectAcl"])
def test_objects_that_may_not_be_looked_at_are_manual(operation: str) -> None:
    made = stored()
    made.replies[operation] = denied()
    assert verdicts(made, OBJECTS, config=ENABLED) == {(OBJECTS, "eu-west-1", "b"): "MANUAL"}


def test_a_buckets_owner_is_asked_for_where_its_policy_names_canonical_users() -> None:
    check = "s3_bucket_cross_account_access"
    named = {"Effect": "Allow", "Principal": {"CanonicalUser": "75aa57f0"}, "Action": "s3:*", "Resource": "*"}
    here = open_world()
    assert statuses(here, check) == {check: "FAIL"}
    assert "s3:GetBucketAcl" not in here.calls
    here.replies["s3:GetBucketPolicy"] = {"Policy": json.dumps({"Statement": named})}
    assert statuses(here, check) == {check: "PASS"}
    here.replies["s3:GetBucketAcl"] = {**PUBLIC_ACL, "Owner": {"ID": "0000"}}
    assert statuses(here, check) == {check: "MANUAL"}
    here.replies["s3:GetBucketAcl"] = denied("s3:GetBucketAcl")
    (finding,) = findings_of(here, check)
    assert finding.status == "MANUAL"
    assert "s3:GetBucketAcl" in finding.status_detail
