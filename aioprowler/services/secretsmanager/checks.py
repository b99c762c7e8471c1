"""How secrets are judged."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Verdict, check
from aioprowler.judging.ages import LastEvent, used_within, within_days
from aioprowler.judging.policies import foreign_access
from aioprowler.judging.resource_policies import closed_to_public, pass_if_none
from aioprowler.judging.verdicts import enabled
from aioprowler.services.secretsmanager.resources import Secret, SecretPolicy
from aioprowler.services.secretsmanager.restriction import flaws


@check(fails="Secret is not rotated automatically", severity="high", categories=["secrets"])
def secretsmanager_automatic_rotation_enabled(secret: Secret) -> Verdict | None:
    """Secrets are rotated automatically.

    Replicas are not judged, which have the rotation of their primary, nor are secrets that another service looks after
    and that cannot be rotated here.

    ## Risk
    A password that nobody changes is good for years: in old backups, in logs, and with whoever has left.

    ## Remediation
    Have a function rotate it: `aws secretsmanager rotate-secret --region <region> --secret-id <secret>
    --rotation-lambda-arn <your-rotation-function> --rotation-rules AutomaticallyAfterDays=30`.

    ## References
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
    """
    if secret.rotates_elsewhere:
        return None
    return enabled(secret.label, "automatic rotation", secret.rotation_enabled)


@check(
    fails="Secret's policy does not restrict who may use it",
    severity="high",
    categories=["secrets", "trust-boundaries"],
)
def secretsmanager_has_restrictive_resource_policy(
    secret: Secret,
    policy: SecretPolicy,
    *,
    organizations_trusted_ids: Annotated[
        list[str], "Ids of your organizations (`o-...`), of which all callers have to be."
    ] = [],  # noqa: B006 - never changed
) -> Verdict:
    """The policies of secrets shut out all but those whom they name.

    A Deny has to be for everybody, of every action, unless `aws:PrincipalArn` is one of the named users and roles (or
    roles by a pattern with twelve letters before its wildcard), or `aws:PrincipalServiceName` a named service. Nobody
    of another account may be let in, nor a service that is not tied to the account. With `organizations_trusted_ids`,
    a Deny has to keep callers of other organizations out as well. What a further Deny leaves to those who are named
    (`NotAction`) may have no wildcard, and has to be there where they are named by a pattern.

    ## Risk
    Without it every identity of the account whose policy says `secretsmanager:*` or `*` reads the secret, also those
    that were never meant to.

    ## Remediation
    Deny everybody but the roles that need it: `aws secretsmanager put-resource-policy --region <region> --secret-id
    <secret> --resource-policy file://<your-policy.json> --block-public-policy`.

    ## References
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
    """
    if policy.resource_policy is None:
        return Fail(f"{secret.label} has no policy.")
    name = f"{secret.label} has a policy that"
    strangers = foreign_access(policy.resource_policy, secret.account.id, accounts_only=True, services=True)
    found = list(flaws(policy.resource_policy, secret.arn, organizations_trusted_ids))
    if found and not strangers.names:
        return Fail(f"{name} {', '.join(found)}.")
    return pass_if_none(
        strangers,
        f"{name} shuts out all but those whom it names.",
        f"{name} lets in {', '.join(strangers.names)}.",
        name,
    )


@check(fails="Secret can be used by anyone", severity="high", categories=["internet-exposed", "secrets"])
def secretsmanager_not_publicly_accessible(secret: Secret, policy: SecretPolicy) -> Verdict | None:
    """The policies of secrets do not let just anyone in.

    An Allow for `*` counts unless a condition ties it to somebody in particular, or a Deny keeps all others out.
    Secrets without a policy are not judged.

    ## Risk
    Any AWS account reads the secret's value, or replaces it.

    ## Remediation
    Take the statement out, or the whole policy: `aws secretsmanager delete-resource-policy --region <region>
    --secret-id <secret>`.

    ## References
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
    """
    return closed_to_public(secret.label, policy.resource_policy) if policy.resource_policy else None


@check(fails="Secret was not rotated for too long", severity="medium", categories=["secrets"])
def secretsmanager_secret_rotated_periodically(
    secret: Secret,
    now: datetime.datetime,
    *,
    max_days_secret_unrotated: Annotated[int, "Days within which a secret has to be rotated."] = 90,
) -> Verdict | None:
    """Secrets were rotated within the last 90 days.

    What counts is that a rotation succeeded. Replicas are not judged, which have the rotation of their primary, nor are
    secrets that another service looks after and that cannot be rotated here.

    ## Risk
    A rotation that fails goes unnoticed: the value that was to be replaced stays good.

    ## Remediation
    Rotate it now, and see why the rotation did not: `aws secretsmanager rotate-secret --region <region> --secret-id
    <secret>`.

    ## References
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html
    """
    if secret.rotates_elsewhere:
        return None
    if secret.last_rotated_date is None:
        return Fail(f"{secret.label} was never rotated.")
    return within_days(secret.label, "was rotated", secret.last_rotated_date, now, max_days_secret_unrotated)


@check(fails="Secret is not used", severity="medium", categories=["secrets"])
def secretsmanager_secret_unused(
    secret: Secret,
    now: datetime.datetime,
    *,
    max_days_secret_unused: Annotated[int, "Days that a secret may lie unread."] = 90,
) -> Verdict:
    """Secrets were read within the last 90 days.

    AWS tells the day on which a secret was last read in its region. One that never was is judged by its age.

    ## Risk
    What nobody needs is still good for whoever finds it, and nobody notices that it leaks.

    ## Remediation
    Delete it, with time to change your mind: `aws secretsmanager delete-secret --region <region> --secret-id <secret>
    --recovery-window-in-days 30`. A primary has to lose its replicas first (`remove-regions-from-replication`), and a
    replica is gone at once.

    ## References
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
    """
    if secret.last_accessed_date is not None:
        last = LastEvent("was last read", secret.last_accessed_date)
    else:
        last = LastEvent("was never read since it was made", secret.created_date)
    return used_within(secret.label, last, now, max_days_secret_unused)
