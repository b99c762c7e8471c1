"""aioprowler: an asynchronous AWS security scanner.

What a program imports to scan (`scan`, `ScanOptions`, `Finding`, `check_ids`), and what a check is written with.
"""

from __future__ import annotations

from aioprowler._version import __version__

TYPE_CHECKING = False  # as that of typing, which takes 10 ms to import
if TYPE_CHECKING:
    from typing import Any

    from msgspec import field

    from aioprowler.accounts.credentials import CredentialSource, EntryError
    from aioprowler.accounts.organization import Member, Organization
    from aioprowler.aws.api import AwsApi
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

_MODULES = {
    "aioprowler.accounts.credentials": ("CredentialSource", "EntryError"),
    "aioprowler.accounts.organization": ("Member", "Organization"),
    "aioprowler.aws.api": ("AwsApi",),
    "aioprowler.declarations.account": ("Account", "Region"),
    "aioprowler.declarations.checks": (
        *("Check", "Fail", "Manual", "Pass", "Severity", "Snippets", "Status", "Verdict", "check"),
    ),
    "aioprowler.declarations.errors": ("DeclarationError",),
    "aioprowler.declarations.failure": ("Failure", "Partial", "UnreadableError", "known"),
    "aioprowler.declarations.parameters": ("derive",),
    "aioprowler.declarations.resources": ("All", "Facet", "Here", "Names", "Resource", "Seen", "Tag"),
    "aioprowler.declarations.sources": (
        *("Aws", "Downloads", "HostDirectory", "IpRanges", "OtherAccounts", "PublicRepositories", "Secret"),
        *("SecretScanner", "States", "batch", "call", "constant", "listing", "optional", "source"),
    ),
    "aioprowler.errors": ("AioprowlerError", "UsageError"),
    "aioprowler.findings.finding": ("Finding",),
    "aioprowler.scanning": ("ScanOptions", "scan"),
    "msgspec": ("field",),
}
"""Where the public names are. Each is loaded when it is first used, so that the program hears signals, and prints its
help, at once.
"""
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def check_ids() -> tuple[str, ...]:
    """The ids of all checks of this installation, in alphabetical order."""
    from aioprowler.catalog import installed

    return tuple(installed().checks)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
