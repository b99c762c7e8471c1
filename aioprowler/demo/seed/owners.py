"""Who answers for the resources of the production account: a team for each kind, in the tag `owner`."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients

COMPUTE: Final = "platform@example.com"
DATABASES: Final = "databases@example.com"
STORAGE: Final = "storage@example.com"


def seed_production(clients: Clients) -> None:
    """Tag what is there. The sandbox has no tags: there its account answers for all."""
    for region in (HOME_REGION, SECOND_REGION):
        ec2, rds = clients("ec2", region), clients("rds", region)
        ec2.create_tags(Resources=[*_compute(ec2)], Tags=_tags(COMPUTE))
        for database in rds.describe_db_instances()["DBInstances"]:
            rds.add_tags_to_resource(ResourceName=database["DBInstanceArn"], Tags=_tags(DATABASES))
    s3 = clients("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        s3.put_bucket_tagging(Bucket=bucket["Name"], Tagging={"TagSet": _tags(STORAGE)})


def _compute(ec2: Any) -> list[str]:
    machines = [each for group in ec2.describe_instances()["Reservations"] for each in group["Instances"]]
    groups, volumes = ec2.describe_security_groups()["SecurityGroups"], ec2.describe_volumes()["Volumes"]
    return [
        *(each["InstanceId"] for each in machines),
        *(each["GroupId"] for each in groups),
        *(each["VolumeId"] for each in volumes),
    ]


def _tags(owner: str) -> list[dict[str, str]]:
    return [{"Key": "owner", "Value": owner}]
