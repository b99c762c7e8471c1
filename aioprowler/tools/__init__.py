"""What checks are told by others than AWS. Each tool has its own boundary: what goes wrong is a Failure."""

from __future__ import annotations

from typing import Any

from aioprowler.declarations.sources import Downloads, HostDirectory, IpRanges, PublicRepositories, SecretScanner
from aioprowler.tools import code_hosts, ip_ranges, shodan
from aioprowler.tools.code_hosts import CodeHosts
from aioprowler.tools.downloads import HttpsDownloads
from aioprowler.tools.ip_ranges import PublishedRanges
from aioprowler.tools.kingfisher import Kingfisher
from aioprowler.tools.nobody import Nobody
from aioprowler.tools.shodan import Shodan


def make_tools(*, internet: bool = True) -> dict[type, Any]:
    """The tools of one scan, by the type that an `@source` function asks for. They do nothing until asked. Without
    `internet` nobody is asked but AWS.
    """
    downloads = HttpsDownloads()
    tools: dict[type, Any] = {
        SecretScanner: Kingfisher(),
        HostDirectory: Shodan(),
        Downloads: downloads,
        IpRanges: PublishedRanges(downloads),
        PublicRepositories: CodeHosts(),
    }
    others = {HostDirectory: shodan.NAME, IpRanges: ip_ranges.NAME, PublicRepositories: code_hosts.NAME}
    return tools if internet else tools | {kind: Nobody(name) for kind, name in others.items()}
