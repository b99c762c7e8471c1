"""Sessions of roles, opened for what a scan needs and for nothing else, whatever the roles may do.

A session policy grants nothing: what a session may do is what both it and the role's own policies allow
(https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session).
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from aioprowler.accounts.credentials import CredentialSource, from_sts
from aioprowler.accounts.permissions import MANAGED, Statement, session_policies
from aioprowler.aws.credentials import Keys
from aioprowler.aws.errors import code_of
from aioprowler.declarations.account import Account
from aioprowler.findings.coverage import SESSIONS, Limits

if TYPE_CHECKING:
    from aioprowler.aws.gateway import Gateway

TOO_LARGE: Final = "PackedPolicyTooLarge"
"""STS's refusal of a session policy whose packed form is too large, together with the session's tags."""


class Ceiling:
    """What the sessions of roles may do at most; of a scan, or of an upload."""

    def __init__(
        self,
        reads: Callable[[], Awaitable[tuple[str, ...]]] | None,
        besides: tuple[Statement, ...] = (),
        note: Callable[[str], None] | None = None,
    ) -> None:
        """`reads` gives the actions of the plan, once it is made; None: the role alone decides. `besides`: what every
        session may do that is no reading. `note` is told, once, if STS does not take the actions.
        """
        self.form: Limits = ""
        """The widest so far."""
        self._reads = reads
        self._besides = besides
        self._note = note
        self._refused = math.inf
        """Characters of the shortest policy that STS did not take."""

    async def parameters(self, role_arn: str, besides: tuple[Statement, ...] = ()) -> dict[str, Any]:
        """Of AssumeRole. `besides`: what this session may do as well."""
        if self._reads is None:
            self.widen("none")
            return {}
        *policies, widest = session_policies(await self._reads(), self._besides + besides, role_arn.split(":")[1])
        policy = next((each for each in policies if _length(each.parameters) < self._refused), widest)
        self.widen(policy.form)
        return policy.parameters

    def refuse(self, parameters: dict[str, Any]) -> None:
        """STS does not take these, and so none that are longer."""
        if "Policy" in parameters and math.isinf(self._refused) and self._note is not None:
            self._note(
                "STS found the list of what the scan reads too large for a session's policy (its limit counts session "
                f"tags as well): sessions of roles are limited to AWS's {_named(MANAGED)} instead."
            )
        self._refused = min(self._refused, _length(parameters))

    def widen(self, form: Limits) -> None:
        """Some session, opened here or elsewhere, was limited so."""
        self.form = max(self.form, form, key=[*SESSIONS].index)


def _length(parameters: dict[str, Any]) -> int:
    return len(parameters.get("Policy", ""))


def _named(policies: Sequence[str]) -> str:
    return " and ".join(name.rpartition("/")[2] for name in policies)


async def session_keys(
    gateway: Gateway,
    asker: Account,
    source: CredentialSource,
    ceiling: Ceiling,
    besides: tuple[Statement, ...] = (),
) -> Keys:
    """Keys of the assumed role, or of an MFA session without one, asked for with the credentials of `asker`. Raises
    ClientError and BotoCoreError.
    """
    if source.role_arn is None:
        return await _issued(gateway, asker, "GetSessionToken", _common(source))
    limits = await ceiling.parameters(source.role_arn, besides)
    while True:
        try:
            return await _issued(gateway, asker, "AssumeRole", _of_role(source) | limits)
        except ClientError as error:
            if code_of(error) != TOO_LARGE:
                raise
            refused = limits
            ceiling.refuse(refused)
            limits = await ceiling.parameters(source.role_arn, besides)
            if limits == refused:
                raise


async def _issued(gateway: Gateway, asker: Account, operation: str, params: dict[str, Any]) -> Keys:
    gateway.sessions[f"sts:{operation}"] += 1
    return from_sts(await gateway.call(asker, asker.default_region, "sts", operation, params))


def _common(source: CredentialSource) -> dict[str, Any]:
    params: dict[str, Any] = {"DurationSeconds": source.session_duration}
    return params | ({"SerialNumber": source.mfa_serial, "TokenCode": source.mfa_token} if source.mfa_serial else {})


def _of_role(source: CredentialSource) -> dict[str, Any]:
    named = {"RoleArn": source.role_arn, "RoleSessionName": source.session_name}
    return _common(source) | named | ({"ExternalId": source.external_id} if source.external_id else {})
