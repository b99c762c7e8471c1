"""The finding: what users see, and its versioned JSON form."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from msgspec import Raw, Struct, json
from msgspec.structs import replace

from aioprowler.declarations.checks import Remediation, Severity, Status
from aioprowler.declarations.commands import INLINE
from aioprowler.declarations.failure import Failure, FailureKind
from aioprowler.texts import visible_json

SCHEMA_VERSION = "1.5"


class Mute(Struct, frozen=True, kw_only=True):
    """Why a finding is muted, as the mutelist's entry says."""

    reason: str = ""
    owner: str = ""
    expires: str = ""
    """The last day on which the entry holds, as YYYY-MM-DD; empty: for ever."""


class Untold(Struct, frozen=True, gc=False):
    """What could not be had that a check reads."""

    kind: FailureKind
    action: str
    """The IAM action of the operation, such as `s3:GetBucketPolicy`; of a tool, which has no colon, its name."""
    code: str
    """AWS's error code, or the name of the exception; of a tool that is missing, how to get it."""

    @classmethod
    def of(cls, failure: Failure) -> Untold:
        """Without what `status_detail` says."""
        return cls(failure.kind, failure.action, failure.code)

    @property
    def is_of_aws(self) -> bool:
        """Whether it is AWS that did not tell."""
        return ":" in self.action


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """One verdict about one resource. Its JSON form has exactly these keys, and `msgspec.json.decode(line,
    type=Finding)` reads it back.
    """

    uid: str
    """The same for the same check, account, region and resource in every scan."""
    status: Status
    status_detail: str
    gap: Untold | None = None
    """Of a MANUAL that rests on what could not be had; None in records before schema 1.5."""
    severity: Severity
    check_id: str
    resource_id: str
    resource_arn: str
    resource_name: str
    resource_tags: dict[str, str]
    region: str
    account_id: str
    account_name: str
    account_email: str
    account_organizational_unit: str
    account_organizational_unit_id: str = ""
    """`ou-...`; this and what follows of the organization is empty in records before schema 1.4."""
    account_organization_id: str = ""
    """`o-...`"""
    account_organization_arn: str = ""
    account_tags: dict[str, str]
    auth_method: str = ""
    """How the scan came into the account, such as `profile: audit` or `role: arn:...`; empty in records before schema
    1.5.
    """
    partition: str
    timestamp: str
    """The scan's one clock reading: RFC 3339, UTC."""
    muted: bool = False
    """Somebody has accepted it: it stays in the output, and is no failure any more."""
    mute: Mute | None = None
    """Of a muted finding."""
    command: str = ""
    """Of a FAIL: the command of the remediation for this very resource, as far as it is known. It can be pasted."""
    further_commands: tuple[str, ...] = ()
    """Likewise the other commands of the remediation's text, as they follow each other there; empty in records before
    schema 1.5.
    """
    title: str
    """The good state."""
    fails: str = ""
    """What is wrong where the check fails; empty in records before schema 1.2."""
    service: str
    resource_type: str
    resource_group: str
    categories: tuple[str, ...]
    compliance: dict[str, tuple[str, ...]] = {}
    """Framework -> its requirements for which the check is evidence."""
    description: str
    risk: str
    remediation: Remediation
    schema_version: str = SCHEMA_VERSION

    @property
    def problem(self) -> str:
        """What is wrong where the check fails; the title where nothing says so."""
        return self.fails or self.title

    @property
    def headline(self) -> str:
        """What stands above the finding: the problem of a FAIL, else the title, which is the good state."""
        return self.problem if self.status == "FAIL" else self.title

    @property
    def advice(self) -> str:
        """The text of the remediation, in which commands for this very resource stand in place of the general ones."""
        text, general, further = self.remediation.text, self.remediation.cli, iter(self.further_commands)
        if self.further_commands:
            text = INLINE.sub(lambda it: it[0] if it[1] == general else f"`{next(further, it[1])}`", text)
        if not self.command or self.command == general:
            return text
        if general and general in text:
            return text.replace(general, self.command)
        return "\n\n".join(filter(None, (text, self.command)))

    @property
    def outcome(self) -> str:
        """The status; `muted` whatever the status of a muted finding."""
        return "muted" if self.muted else self.status


def uid(check_id: str, account_id: str, region: str, resource: str, part: str = "") -> str:
    """A name for one subject under one check: 32 hexadecimal digits of BLAKE2b. `region` is empty for what an account
    has one of, and `resource` is an ARN without the account's default region.
    """
    text = "\x1f".join((check_id, account_id, region, resource, part))
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def without_region(arn: str, region: str = "") -> str:
    """An ARN that names another region, or none; as it is where it names none already."""
    parts = arn.split(":", 4)
    return ":".join((*parts[:3], region, parts[4])) if len(parts) == 5 and parts[3] else arn


_encoder = json.Encoder()
_evidence: dict[str, tuple[dict[str, tuple[str, ...]], Raw]] = {}
"""Check -> what it is evidence for, and the JSON of that, which would take longer than all else in a finding."""
_EVIDENCE_KEPT: Final = 4096
_decoder = json.Decoder(Finding)


def to_json(finding: Finding) -> bytes:
    """One line without its line end."""
    return visible_json(_encoder.encode(replace(finding, compliance=_encoded(finding))))


def _encoded(finding: Finding) -> Raw:
    compliance = finding.compliance
    known = _evidence.get(finding.check_id)
    if known is None or (known[0] is not compliance and known[0] != compliance):  # equal dicts take long to compare
        if len(_evidence) >= _EVIDENCE_KEPT:
            _evidence.clear()
        known = _evidence[finding.check_id] = compliance, Raw(_encoder.encode(compliance))
    return known[1]


def from_json(line: bytes | str) -> Finding:
    """Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _decoder.decode(line)
