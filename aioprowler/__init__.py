"""aioprowler: an asynchronous AWS security scanner.

What a program imports to scan (`scan`, `ScanOptions`, `Finding`, `check_ids`), and what a check is written with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import field

from aioprowler._version import __version__
from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.checks import Check, Fail, Manual, Pass, Severity, Snippets, Status, Verdict, check
from aioprowler.declarations.errors import DeclarationError
from aioprowler.declarations.failure import Failure, Partial, UnreadableError, known
from aioprowler.declarations.parameters import derive
from aioprowler.declarations.resources import All, Facet, Here, Names, Resource, Seen, Tag
from aioprowler.declarations.sources import (
    Aws,
    Downloads,
    HostDirectory,
    IpRanges,
    OtherAccounts,
    PublicRepositories,
    Secret,
    SecretScanner,
    States,
    batch,
    call,
    constant,
    listing,
    optional,
    source,
)
from aioprowler.errors import AioprowlerError, UsageError

if TYPE_CHECKING:
    from aioprowler.accounts.credentials import CredentialSource, EntryError
    from aioprowler.accounts.organization import Member, Organization
    from aioprowler.aws.api import AwsApi
    from aioprowler.findings.finding import Finding
    from aioprowler.scanning import ScanOptions, scan

__all__ = [
    "Account",
    "AioprowlerError",
    "All",
    "Aws",
    "AwsApi",
    "Check",
    "CredentialSource",
    "DeclarationError",
    "Downloads",
    "EntryError",
    "Facet",
    "Fail",
    "Failure",
    "Finding",
    "Here",
    "HostDirectory",
    "IpRanges",
    "Manual",
    "Member",
    "Names",
    "Organization",
    "OtherAccounts",
    "Partial",
    "Pass",
    "PublicRepositories",
    "Region",
    "Resource",
    "ScanOptions",
    "Secret",
    "SecretScanner",
    "Seen",
    "Severity",
    "Snippets",
    "States",
    "Status",
    "Tag",
    "UnreadableError",
    "UsageError",
    "Verdict",
    "__version__",
    "batch",
    "call",
    "check",
    "check_ids",
    "constant",
    "derive",
    "field",
    "known",
    "listing",
    "optional",
    "scan",
    "source",
]

_LAZY = {
    "AwsApi": "aioprowler.aws.api",
    "CredentialSource": "aioprowler.accounts.credentials",
    "EntryError": "aioprowler.accounts.credentials",
    "Member": "aioprowler.accounts.organization",
    "Organization": "aioprowler.accounts.organization",
    "Finding": "aioprowler.findings.finding",
    "ScanOptions": "aioprowler.scanning",
    "scan": "aioprowler.scanning",
}
"""Names whose modules import botocore: loaded when first used, so that `--help` stays fast."""


def check_ids() -> tuple[str, ...]:
    """The ids of all checks of this installation, in alphabetical order."""
    from aioprowler.catalog import installed

    return tuple(installed().checks)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
