"""What instances are told at their start, and the secrets in it."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Failure, SecretScanner, call, constant, field, source
from aioprowler.judging.secrets import FoundSecrets, SecretSettings, decode_user_data, find_in_each
from aioprowler.services.ec2.resources.instance import Instance


class AttributeValue(msgspec.Struct, frozen=True, rename="pascal"):
    """AWS wraps the attribute in a structure of its own; empty where the instance has no user data."""

    value: str = ""


def still_exists(instance: Instance) -> bool:
    """A terminated instance has no attributes to ask for."""
    return not instance.is_terminated


class UserData(Facet[Instance]):
    """AWS tells it of one instance at a time; no listing has it."""

    source = call(
        "ec2",
        "DescribeInstanceAttribute",
        Attribute=constant("userData"),
        InstanceId="instance_id",
        when=still_exists,
    )
    encoded: AttributeValue = field(name="UserData", default=AttributeValue())


@source()
async def secrets_of_instance(
    data: UserData | None, scanner: SecretScanner, settings: SecretSettings
) -> UserDataSecrets | Failure | None:
    """None of an instance that is terminated."""
    if data is None:
        return None
    found = await find_in_each({"": decode_user_data(data.encoded.value)}, scanner, settings)
    return found if isinstance(found, Failure) else UserDataSecrets(found=found)


class UserDataSecrets(Facet[Instance]):
    """What the user data of an instance gives away."""

    source = secrets_of_instance
    found: FoundSecrets = FoundSecrets()
