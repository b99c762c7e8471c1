"""What checks are told by others than AWS. Each tool has its own boundary: what goes wrong is a Failure."""

from __future__ import annotations

from typing import Any

from aioprowler.declarations.sources import Downloads, HostDirectory, IpRanges, SecretScanner
from aioprowler.tools.downloads import HttpsDownloads
from aioprowler.tools.ip_ranges import PublishedRanges
from aioprowler.tools.kingfisher import Kingfisher
from aioprowler.tools.shodan import Shodan


def make_tools() -> dict[type, Any]:
    """The tools of one scan, by the type that an `@source` function asks for. They do nothing until asked."""
    downloads = HttpsDownloads()
    return {
        SecretScanner: Kingfisher(),
        HostDirectory: Shodan(),
        Downloads: downloads,
        IpRanges: PublishedRanges(downloads),
    }
