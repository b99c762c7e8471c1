"""Why data could not be had, as a value."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FailureKind = Literal[
    "denied",
    "unauthenticated",
    "unsupported",
    "throttled",
    "timed_out",
    "unreachable",
    "broken",
    "missing",
    "gone",
    "limited",
]


class UnreadableError(ValueError):
    """What AWS sent cannot be read. It is raised where it is read: the checks that do are MANUAL with the message."""


class Failure(Struct, frozen=True):
    """A call, or a value that rests on one, that gave nothing to judge.

    `unsupported` (the service or feature does not exist there) is counted and skipped; `gone` (what was listed is no
    more) is an answer, after which nothing is said about it; every other kind is a gap. `missing`: what is needed here
    to look (a package, a key) is not there, and `code` says how to get it. `limited`: the configuration leaves out
    what would have to be looked at; `code` names its key.
    """

    kind: FailureKind
    action: str
    """The IAM action of the operation, such as `s3:GetBucketPolicy`; of a tool, its name."""
    code: str
    """AWS's error code, or the name of the exception; of what is missing, how to get it."""
    message: str = ""
    by_scp: bool = False
    """The denial comes from a service control policy: granting the action to the role does not help."""

    @property
    def is_gap(self) -> bool:
        """Whether it hides something that there may be."""
        return self.kind not in ("unsupported", "gone")

    @property
    def is_of_tool(self) -> bool:
        """Whether it is not AWS that failed: names of tools have no colon, and IAM actions have."""
        return ":" not in self.action

    def explain(self) -> str:
        """One sentence for the user: what could not be read, why, and what to do about it."""
        return f"Could not look: {self.action} {_REASONS[self.kind].format(code=self.code)}{self._advice()}"

    @staticmethod
    def explain_many(kind: FailureKind, actions: str, codes: str, *, by_scp: bool) -> str:
        """The same of many actions that share a cause; `actions` says how many, of what."""
        verb, _, rest = _REASONS[kind].format(code=codes).partition(" ")
        advice = f".{_MENDS.get(kind, '')}"
        if kind == "denied":
            advice = f". {_BY_SCP.format('them')}" if by_scp else f". {_GRANT_MANY}"
        return f"Could not look: {actions} {_PLURALS.get(verb, verb)} {rest}{advice}"

    def _advice(self) -> str:
        if self.kind != "denied" or self.is_of_tool:
            message = f" ({self.message})" if self.message and self.kind != "missing" else ""
            return f"{message}.{_MENDS.get(self.kind, '')}"
        if self.by_scp:
            return f". {_BY_SCP.format('it')}"
        return f". Grant {self.action} to the scanning identity."


_BY_SCP = "A service control policy of the organization denies {}."
_GRANT_MANY = "`aioprowler permissions` prints the policy that the scanning identity needs."
_MENDS: dict[FailureKind, str] = {
    "throttled": " Go on with `scan --resume`, with a lower --api-budget if others call as well.",
    "timed_out": " Go on with `scan --resume`.",
    "unreachable": " Check the network, then go on with `scan --resume`.",
    "unauthenticated": " Renew the credentials; leave out a region that the account has not enabled.",
}
_PLURALS = {"was": "were", "is": "are"}
_REASONS: dict[FailureKind, str] = {
    "denied": "was denied ({code})",
    "unauthenticated": "was refused because the credentials are not valid there ({code})",
    "unsupported": "is not available there ({code})",
    "throttled": "was throttled beyond all retries ({code})",
    "timed_out": "did not answer in time ({code})",
    "unreachable": "could not be reached ({code})",
    "missing": "is missing: {code}",
    "broken": "gave an answer that cannot be used: {code}",
    "limited": "is read only as far as the configuration allows ({code})",
    "gone": "says that it is no more ({code})",
}
