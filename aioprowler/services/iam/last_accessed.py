"""When users and roles last used a service: a job for each of them, whose outcome AWS is asked for until it is there.

AWS lists every service that the permissions policies allow, with the last attempt to use it in some 400 days. Who has
no permission for a service that checks ask about is not in need of a job.
"""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any, Final, TypeAlias

import anyio
import msgspec

from aioprowler import Aws, Facet, Failure, source
from aioprowler.services.iam.permissions import RolePermissions, UserPermissions
from aioprowler.services.iam.resources import Role, User

BEDROCK: Final = "bedrock"
SAGEMAKER: Final = "sagemaker"
WAITS = (0.5, 1.0, 2.0, *[4.0] * 28)
"""Seconds between questions whether the job is done: two minutes at most, where AWS mostly takes seconds."""

LastAccess: TypeAlias = dict[str, datetime.datetime | None]
"""Namespace of a service that may be used -> when it last was; None: not as far back as AWS knows."""


class AccessedService(msgspec.Struct, frozen=True, rename="pascal"):
    """When a service, by its prefix in actions, was last used; None: not within the time that IAM looks back."""

    service_namespace: str
    last_authenticated: datetime.datetime | None = None


async def last_access(aws: Aws, arn: str) -> LastAccess | Failure | None:
    """None for a user or role that is no more."""
    job = await aws.find("iam", "GenerateServiceLastAccessedDetails", ["NoSuchEntity"], Arn=arn)
    if job is None or isinstance(job, Failure):
        return job
    ask = partial(aws.call, "iam", "GetServiceLastAccessedDetails", JobId=job["JobId"], MaxItems=1000)
    page = await ask()
    for wait in WAITS:
        if isinstance(page, Failure) or page["JobStatus"] != "IN_PROGRESS":
            break
        await anyio.sleep(wait)
        page = await ask()
    found: LastAccess = {}
    while not isinstance(page, Failure):
        if page["JobStatus"] != "COMPLETED":
            return _unfinished(page)
        services = msgspec.convert(page["ServicesLastAccessed"], list[AccessedService])
        found |= {service.service_namespace: service.last_authenticated for service in services}
        if not page.get("IsTruncated"):
            return found
        page = await ask(Marker=page["Marker"])
    return page


def _unfinished(reply: dict[str, Any]) -> Failure:
    action = "iam:GetServiceLastAccessedDetails"
    if reply["JobStatus"] == "IN_PROGRESS":
        return Failure("timed_out", action, "IN_PROGRESS")
    error = reply.get("Error", {})
    return Failure("broken", action, error.get("Code", reply["JobStatus"]), error.get("Message", ""))


@source("iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails")
async def services_of_user(aws: Aws, user: User, permissions: UserPermissions) -> UserServices | Failure | None:
    """None, without a call, where no permission reaches the services that are judged."""
    if not permissions.may_reach(BEDROCK, SAGEMAKER):
        return None
    found = await last_access(aws, user.arn)
    return UserServices(last_access=found) if isinstance(found, dict) else found


@source("iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails")
async def services_of_role(aws: Aws, role: Role, permissions: RolePermissions) -> RoleServices | Failure | None:
    """None, without a call, where no permission reaches the service that is judged."""
    if not permissions.may_reach(BEDROCK):
        return None
    found = await last_access(aws, role.arn)
    return RoleServices(last_access=found) if isinstance(found, dict) else found


class UserServices(Facet[User]):
    """The services that a user may use. None where Bedrock and SageMaker are not among them."""

    source = services_of_user
    last_access: LastAccess


class RoleServices(Facet[Role]):
    """The services that a role may use. None where Bedrock is not among them."""

    source = services_of_role
    last_access: LastAccess
