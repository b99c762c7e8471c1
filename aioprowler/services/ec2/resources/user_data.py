"""What instances are told at their start, and the secrets in it."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, call, constant, field
from aioprowler.judging.secrets import FoundSecrets, decode_user_data, secrets_in
from aioprowler.services.ec2.resources.instance import Instance


class AttributeValue(msgspec.Struct, frozen=True, rename="pascal"):
    """AWS wraps the attribute in a structure of its own, which is empty where the instance has no user data."""

    value: str = ""


class UserData(Facet[Instance]):
    """AWS tells it of one instance at a time; no listing has it."""

    source = call("ec2", "DescribeInstanceAttribute", Attribute=constant("userData"), InstanceId="instance_id")
    encoded: AttributeValue = field(name="UserData")


def user_data_of(data: UserData) -> dict[str, str | None]:
    """The one text."""
    return {"": decode_user_data(data.encoded.value)}


class UserDataSecrets(FoundSecrets, Facet[Instance]):
    """What the user data of an instance gives away."""

    source = secrets_in(user_data_of)
