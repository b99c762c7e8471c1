"""Instances and what they were launched from."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec

from aioprowler import Facet, Resource, Tag, batch, listing


class InstanceState(msgspec.Struct, frozen=True, rename="pascal"):
    name: str = ""


class MetadataOptions(msgspec.Struct, frozen=True, rename="pascal"):
    http_tokens: str = ""
    """`required` demands the session tokens of version 2 (IMDSv2)."""
    http_endpoint: str = ""
    """`enabled` or `disabled`."""

    @property
    def requires_v2(self) -> bool:
        return self.http_endpoint == "enabled" and self.http_tokens == "required"


class InstanceProfile(msgspec.Struct, frozen=True, rename="pascal"):
    arn: str = ""


class Instance(
    Resource,
    id="instance_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:instance/{instance_id}",
    type="AwsEc2Instance",
    group="compute",
):
    source = listing("ec2", "DescribeInstances", "Reservations[].Instances[]")
    instance_id: str
    image_id: str = ""
    state: InstanceState = InstanceState()
    launch_time: datetime.datetime | None = None
    public_ip_address: str | None = None
    public_dns_name: str = ""
    metadata_options: MetadataOptions = MetadataOptions()
    iam_instance_profile: InstanceProfile | None = None
    tags: tuple[Tag, ...] = ()

    @property
    def is_terminated(self) -> bool:
        return self.state.name == "terminated"

    @property
    def is_running(self) -> bool:
        return self.state.name == "running"


def has_image(instance: Instance) -> bool:
    return bool(instance.image_id)


def by_image_id(ids: list[str]) -> dict[str, Any]:
    """A filter: asked by `ImageIds`, AWS refuses to answer at all when one of the images is gone."""
    return {"Filters": [{"Name": "image-id", "Values": ids}]}


class InstanceImage(Facet[Instance]):
    """What an instance was launched from; an image that is gone, or not shared any more, is absent."""

    source = batch(
        "ec2",
        "DescribeImages",
        "Images",
        ids=by_image_id,
        owner_key="image_id",
        reply_key="ImageId",
        size=200,
        when=has_image,
        IncludeDeprecated=True,
    )
    image_id: str
    image_owner_alias: str = ""
    deprecation_time: datetime.datetime | None = None
