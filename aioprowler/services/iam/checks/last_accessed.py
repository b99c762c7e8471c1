"""How permissions are judged that nobody uses, by when AWS last saw them used.

Users and roles without permission for the service are not judged.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Final, TypeAlias

from aioprowler import Fail, Verdict, check
from aioprowler.judging.ages import within_days
from aioprowler.services.iam.last_accessed import BEDROCK, SAGEMAKER, LastAccess, RoleServices, UserServices
from aioprowler.services.iam.resources import PolicyHolder, Role, User

NAMES: Final = {BEDROCK: "Bedrock", SAGEMAKER: "SageMaker"}

BedrockDays: TypeAlias = Annotated[int, "Days without a call to Bedrock after which permission for it is stale."]
SageMakerDays: TypeAlias = Annotated[int, "Days without a call to SageMaker after which permission for it is stale."]


def used_lately(
    holder: PolicyHolder, known: LastAccess, namespace: str, now: datetime.datetime, max_days: int
) -> Verdict | None:
    """The verdict about a user or role that may use the service."""
    if namespace not in known:
        return None
    allowed, last = f"{holder.label} may use {NAMES[namespace]}", known[namespace]
    if last is None:
        return Fail(f"{allowed} and has not as far back as AWS knows.")
    return within_days(allowed, "and last has", last, now, max_days)


@check(fails="IAM user may use Bedrock but has not lately", severity="medium", categories=["gen-ai", "identity-access"])
def iam_user_access_not_stale_to_bedrock(
    user: User,
    services: UserServices | None,
    now: datetime.datetime,
    *,
    max_unused_bedrock_access_days: BedrockDays = 60,
) -> Verdict | None:
    """Users who may use Bedrock do.

    Judged is when a user whose policies, or whose groups' policies, allow something in Amazon Bedrock last called it.
    By default that should not be more than 60 days ago.

    ## Risk
    Whoever gets hold of the user's credentials can run models at the account's expense, and read what others asked
    them, for a permission that nobody needed.

    ## Remediation
    See which policies grant the access, and take it out of them: `aws iam list-policies-granting-service-access --arn
    <arn> --service-namespaces bedrock`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
    """
    return used_lately(user, services.last_access, BEDROCK, now, max_unused_bedrock_access_days) if services else None


@check(fails="IAM role may use Bedrock but has not lately", severity="medium", categories=["gen-ai", "identity-access"])
def iam_role_access_not_stale_to_bedrock(
    role: Role,
    services: RoleServices | None,
    now: datetime.datetime,
    *,
    max_unused_bedrock_access_days: BedrockDays = 60,
) -> Verdict | None:
    """Roles that may use Bedrock do.

    Judged is when a role whose policies allow something in Amazon Bedrock last called it. By default that should not
    be more than 60 days ago. Roles of services are judged too.

    ## Risk
    Whoever gets to assume the role, by a flaw in the program that runs under it or by its trust policy, can run
    models at the account's expense, for a permission that nobody needed.

    ## Remediation
    See which policies grant the access, and take it out of them: `aws iam list-policies-granting-service-access --arn
    <arn> --service-namespaces bedrock`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
    """
    return used_lately(role, services.last_access, BEDROCK, now, max_unused_bedrock_access_days) if services else None


@check(fails="IAM user may use SageMaker but has not lately", severity="medium", categories=["identity-access"])
def iam_user_access_not_stale_to_sagemaker(
    user: User,
    services: UserServices | None,
    now: datetime.datetime,
    *,
    max_unused_sagemaker_access_days: SageMakerDays = 90,
) -> Verdict | None:
    """Users who may use SageMaker do.

    Judged is when a user whose policies, or whose groups' policies, allow something in Amazon SageMaker AI last called
    it. By default that should not be more than 90 days ago.

    ## Risk
    Whoever gets hold of the user's credentials reaches notebooks, training data and the roles that jobs run under,
    for a permission that nobody needed.

    ## Remediation
    See which policies grant the access, and take it out of them: `aws iam list-policies-granting-service-access --arn
    <arn> --service-namespaces sagemaker`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
    """
    return (
        used_lately(user, services.last_access, SAGEMAKER, now, max_unused_sagemaker_access_days) if services else None
    )
