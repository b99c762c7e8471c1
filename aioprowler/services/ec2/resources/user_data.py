"""What instances are told at their start, and the secrets in it."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Failure, Secret, SecretScanner, call, constant, field, source
from aioprowler.judging.secrets import SecretSettings, decode_user_data, find_secrets
from aioprowler.services.ec2.resources.instance import Instance


class AttributeValue(msgspec.Struct, frozen=True, rename="pascal"):
    value: str = ""


def still_exists(instance: Instance) -> bool:
    return not instance.is_terminated


class UserData(Facet[Instance]):
    """AWS tells it of one instance at a time; no listing has it."""

    source = call(
        "ec2",
        "DescribeInstanceAttribute",
        Attribute=constant("userData"),
        InstanceId="instance_id",
        absent=["InvalidInstanceID.NotFound"],
        when=still_exists,
    )
    encoded: AttributeValue = field(name="UserData", default=AttributeValue())


@source()
async def secrets_of_instance(
    data: UserData | None, scanner: SecretScanner, settings: SecretSettings
) -> UserDataSecrets | Failure | None:
    if data is None:
        return None
    text = decode_user_data(data.encoded.value)
    if text is None:
        return UserDataSecrets(is_text=False)
    found = await find_secrets(text, scanner, settings)
    return found if isinstance(found, Failure) else UserDataSecrets(found=found)


class UserDataSecrets(Facet[Instance]):
    source = secrets_of_instance
    is_text: bool = True
    """Whether the user data could be read as text at all."""
    found: tuple[Secret, ...] = ()
