"""What the internet knows of a region's addresses."""

from __future__ import annotations

from typing import Annotated

import msgspec

from aioprowler import Facet, Failure, HostDirectory, source
from aioprowler.services.ec2.resources.network import ElasticIp

NO_KEY = Failure("missing", "a key of Shodan", "set SHODAN_API_KEY or the configuration key shodan_api_key")


@source()
async def entry_in_shodan(
    address: ElasticIp,
    directory: HostDirectory,
    *,
    shodan_api_key: Annotated[str, "Key of a Shodan account; without one nothing is asked of Shodan."] = "",
) -> ShodanEntry | Failure | None:
    """None where Shodan knows nothing of the address; without a key a Failure that says how to give one."""
    if not address.public_ip:
        return None
    if not shodan_api_key:
        return NO_KEY
    host = await directory.host(address.public_ip, shodan_api_key)
    return host if host is None or isinstance(host, Failure) else msgspec.convert(host, ShodanEntry)


class ShodanEntry(Facet[ElasticIp], rename=None):
    """Absent where Shodan knows nothing of the address."""

    source = entry_in_shodan
    ports: tuple[int, ...] = ()
    isp: str | None = None
    country_name: str | None = None
