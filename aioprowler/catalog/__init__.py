"""Which checks there are: the package's own, those of a folder, and those of installed packages."""

from __future__ import annotations

from aioprowler.catalog.arns import arns_of, arns_of_type
from aioprowler.catalog.checks import OVERRIDES, UNUSED_SERVICES, Catalog
from aioprowler.catalog.listed import AnyCheck, Declared, Indexed, Listed, checks_of, config_of
from aioprowler.catalog.loading import ENTRY_POINT_GROUP, installed, load
from aioprowler.catalog.selection import Selection

__all__ = [
    "ENTRY_POINT_GROUP",
    "OVERRIDES",
    "UNUSED_SERVICES",
    "AnyCheck",
    "Catalog",
    "Declared",
    "Indexed",
    "Listed",
    "Selection",
    "arns_of",
    "arns_of_type",
    "checks_of",
    "config_of",
    "installed",
    "load",
]
