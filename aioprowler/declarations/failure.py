"""Why data could not be had, as a value."""

from __future__ import annotations

from typing import Final, Literal, TypeVar

from msgspec import Struct

T = TypeVar("T")

FailureKind = Literal[
    "denied",
    "unauthenticated",
    "refused",
    "unimplemented",
    "unsupported",
    "throttled",
    "timed_out",
    "unreachable",
    "broken",
    "missing",
    "gone",
    "limited",
    "mistake",
]


NOBODYS: Final = frozenset[FailureKind](("refused", "unimplemented"))
"""Kinds that nobody can mend: AWS does not let the account do it, whoever asks, or does not have it."""


class UnreadableError(ValueError):
    """What AWS sent cannot be read. It is raised where it is read: the checks that do are MANUAL with the message."""

    def failure(self, reader: str) -> Failure:
        """What stands in the place of what was not made of it."""
        return Failure("broken", reader, "", str(self))


class GapError(UnreadableError):
    """What is read could not be had."""

    def __init__(self, gap: Failure) -> None:
        super().__init__(gap.explain())
        self.gap = gap

    def failure(self, reader: str) -> Failure:  # noqa: ARG002 - whoever came upon it
        """The gap itself."""
        return self.gap


class Failure(Struct, frozen=True):
    """A call, or a value that rests on one, that gave nothing to judge.

    `unsupported` (the region or partition does not have the service, or the account has not subscribed to it) is
    counted and skipped; `gone` (what was listed is no more) is an answer, after which nothing is said about it; every
    other kind is a gap. `refused`: AWS does not let the account do it there, whoever asks. `unimplemented`: what
    answers does not have the operation, as simulated AWSs have not all of them. `missing`: what is needed
    here to look (a package, a key) is not there, and `code` says how to get it. `limited`: the configuration leaves out
    what would have to be looked at; `code` names its key. `mistake`: what was written to make it raised something.
    """

    kind: FailureKind
    action: str
    """The IAM action of the operation, such as `s3:GetBucketPolicy`; of a service that is not there, `shield:*` with
    botocore's name of it; of a tool, its name.
    """
    code: str
    """AWS's error code, or the name of the exception; of what is missing, how to get it. Empty where the message says
    all.
    """
    message: str = ""
    policy: str = ""
    """What denies it, in AWS's words, such as `explicit deny in a resource-based policy`, where granting the action to
    the identity does not help; empty where it would, or AWS does not say.
    """

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
        if self.is_of_tool and not self.code:
            return f"{_BEGINNING} {self.message}."
        has_message = self.message and self.kind != "missing" and (self.kind != "denied" or self.is_of_tool)
        message = f" ({self.message})" if has_message else ""
        return _sentence(self.action, f"{_reason(self.kind, self.code, self.policy)}{message}.", self.mend)

    @property
    def mend(self) -> str:
        """What to do about it, in a sentence; empty where there is nothing to say."""
        if self.kind == "denied" and not self.is_of_tool:
            return _denial(self.policy, "it") or f"Grant {self.action} to the scanning identity."
        return _MENDS.get(self.kind, "")

    @staticmethod
    def explain_many(kind: FailureKind, actions: str, codes: str, *, policy: str) -> str:
        """The same of many actions that share a cause; `actions` says how many, of what."""
        verb, _, rest = _reason(kind, codes, policy).partition(" ")
        mend = (_denial(policy, "them") or _GRANT_MANY) if kind == "denied" else _MENDS.get(kind, "")
        return _sentence(actions, f"{_PLURALS.get(verb, verb)} {rest}.", mend)


class Partial(Struct, frozen=True, kw_only=True):
    """A value of which some could not be had: `gap` says why, and is None where it is whole."""

    gap: Failure | None = None


def known(value: T | Failure) -> T:
    """The value. Raises GapError where it could not be had: the check that reads it is MANUAL with the reason."""
    if isinstance(value, Failure):
        raise GapError(value)
    return value


def mistake_in(detail: str) -> str:
    """What failed itself and how, in a clause, of the sentence about a mistake."""
    return detail.removeprefix(_BEGINNING).removesuffix(_MENDS["mistake"]).strip(" .")


def _sentence(what: str, why: str, mend: str) -> str:
    return " ".join(filter(None, (_BEGINNING, what, why, mend)))


def _reason(kind: FailureKind, code: str, policy: str) -> str:
    return _REASONS[kind].format(code=f"{code}: {policy}" if policy else code)


def _denial(policy: str, what: str) -> str:
    """Which policy denies it, or where it is to be allowed; empty where a grant mends it."""
    if not policy:
        return ""
    known = (told for kind, told in _POLICIES.items() if kind.lower() in policy.lower())
    return next(known, "A policy denies {0}: granting does not help.").format(what)


_BEGINNING: Final = "Could not look:"
SCP: Final = "service control policy"
_POLICIES: Final = {
    SCP: "A service control policy of the organization denies {0}.",
    "resource control": "A resource control policy of the organization denies {0}.",
    "VPC endpoint": "The policy of the VPC endpoint that the scan's calls go through does not let {0} pass.",
    "boundary": "The permissions boundary of the scanning identity keeps {0} out: allow {0} there.",
    "session": "The policy of the session keeps {0} out: allow {0} where the session is opened, or scan with "
    "--no-session-policy if the scan opened it.",
    "resource-based": "The policy of the resource itself keeps the scanning identity out: allow {0} there.",
    "trust": "The trust policy of the role keeps the scanning identity out: allow {0} there.",
    "identity-based": "A policy of the scanning identity itself denies {0}: take the Deny out.",
}
"""Kinds of policies, by words of AWS's reasons: who denies it, or where it is to be allowed. The first one that is
named decides: a denial may come `transitively through` an organization's policy.
"""
_GRANT_MANY = "`aioprowler permissions` prints the policy that the scanning identity needs."
_MENDS: dict[FailureKind, str] = {
    "throttled": "Go on with `scan --resume`, with a lower --api-budget if others call as well.",
    "timed_out": "Go on with `scan --resume`.",
    "unreachable": "Check the network, then go on with `scan --resume`.",
    "unauthenticated": "Renew the credentials; leave out a region that the account has not enabled.",
    "refused": "No permission helps: see whether the account, and the region, may have what is asked for.",
    "unimplemented": "No permission helps.",
    "mistake": "This is a mistake in it, which --debug shows.",
}
_PLURALS = {"was": "were", "is": "are"}
_REASONS: dict[FailureKind, str] = {
    "denied": "was denied ({code})",
    "unauthenticated": "was refused because the credentials are not valid there ({code})",
    "refused": "was refused, whoever asks ({code})",
    "unimplemented": "is not implemented there ({code})",
    "unsupported": "is not available there ({code})",
    "throttled": "was throttled beyond all retries ({code})",
    "timed_out": "did not answer in time ({code})",
    "unreachable": "could not be reached ({code})",
    "missing": "is missing: {code}",
    "broken": "gave an answer that cannot be used: {code}",
    "limited": "is read only as far as the configuration allows ({code})",
    "mistake": "failed itself: {code}",
    "gone": "says that it is no more ({code})",
}
