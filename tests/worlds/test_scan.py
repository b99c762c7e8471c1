from __future__ import annotations

from tests.worlds.world import World, denied, findings_of, verdicts

VERSIONING = "s3_bucket_object_versioning"


def buckets(*names: str) -> World:
    return World(
        {
            "s3:ListBuckets": {"Buckets": [{"Name": name} for name in names]},
            "s3:GetBucketLocation": lambda account, region, params: {"LocationConstraint": "eu-west-1"},
            "s3:GetBucketVersioning": lambda account, region, params: (
                {"Status": "Enabled"} if params["Bucket"] == "good" else {}
            ),
        }
    )


def test_verdicts_are_filed_under_each_buckets_own_region() -> None:
    assert verdicts(buckets("good", "bad"), VERSIONING) == {
        (VERSIONING, "eu-west-1", "bad"): "FAIL",
        (VERSIONING, "eu-west-1", "good"): "PASS",
    }


def test_a_denied_fact_is_manual_and_names_the_action() -> None:
    world = buckets("good")
    world.replies["s3:GetBucketVersioning"] = denied()
    (finding,) = findings_of(world, VERSIONING)
    assert finding.status == "MANUAL"
    assert "s3:GetBucketVersioning" in finding.status_detail


def test_a_denied_listing_is_manual() -> None:
    world = buckets("good")
    world.replies["s3:ListBuckets"] = denied()
    (finding,) = findings_of(world, VERSIONING)
    assert finding.status == "MANUAL"
    assert "s3:ListAllMyBuckets" in finding.status_detail
