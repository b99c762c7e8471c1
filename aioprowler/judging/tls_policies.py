"""The security policies of load balancers by their names, with the protocols and ciphers that each lets in.

As of 7 October 2026. Which policies there are, their protocols and their ciphers are AWS's:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html and, of Classic Load
Balancers, https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html. The ciphers
of the INTEROP policies, and of TLS-1-0-2015-04, which these pages have no more, are those of s2n-tls, with which load
balancers speak TLS: https://github.com/aws/s2n-tls/tree/main/tests/policy_snapshot/snapshots.

A name that is not here is newer than the table, and nobody knows what it lets in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

AS_OF: Final = "2026-10-07"

DEFAULT: Final = "ELBSecurityPolicy-2016-08"
"""That of a listener that was made without one, but in the console (the pages above)."""


class TlsPolicy(Struct, frozen=True):
    """What a listener agrees to."""

    protocols: tuple[str, ...]
    """`TLSv1.2`, `SSLv3`, as AWS's API spells them; TLS 1.0 is `TLSv1`."""
    ciphers: tuple[str, ...]
    """As OpenSSL spells them: `ECDHE-RSA-AES128-SHA256`. Policies of TLS 1.3 with hybrid key exchange (`PQ`) have the
    same as those without.
    """


_V3: Final = ("TLSv1.3",)
_V32: Final = ("TLSv1.3", "TLSv1.2")
_V321: Final = ("TLSv1.3", "TLSv1.2", "TLSv1.1")
_V3210: Final = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")
_V2: Final = ("TLSv1.2",)
_V21: Final = ("TLSv1.2", "TLSv1.1")
_V210: Final = ("TLSv1.2", "TLSv1.1", "TLSv1")

_FIPS13: Final = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")
_TLS13: Final = (*_FIPS13, "TLS_CHACHA20_POLY1305_SHA256")
_GCM: Final = tuple(
    f"ECDHE-{key}-{cipher}" for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384") for key in ("ECDSA", "RSA")
)
_CBC: Final = tuple(
    f"ECDHE-{key}-{cipher}" for cipher in ("AES128-SHA256", "AES256-SHA384") for key in ("ECDSA", "RSA")
)
_SHA1: Final = tuple(f"ECDHE-{key}-{cipher}" for cipher in ("AES128-SHA", "AES256-SHA") for key in ("ECDSA", "RSA"))
_RSA: Final = ("AES128-GCM-SHA256", "AES128-SHA256", "AES256-GCM-SHA384", "AES256-SHA256")
_RSA_SHA1: Final = ("AES128-SHA", "AES256-SHA")

_FORWARD: Final = (*_GCM, *_CBC)
_FORWARD_SHA1: Final = (*_FORWARD, *_SHA1)
_NO_SHA1: Final = (*_FORWARD, *_RSA)
_ALL: Final = (*_FORWARD_SHA1, *_RSA, *_RSA_SHA1)
_CNSA: Final = ("TLS_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384")


def _rows(names: str, protocols: Iterable[str], ciphers: Iterable[str]) -> Mapping[str, TlsPolicy]:
    policy = TlsPolicy(tuple(protocols), tuple(ciphers))
    return {f"ELBSecurityPolicy-{name}": policy for name in names.split()}


POLICIES: Final[Mapping[str, TlsPolicy]] = {
    **_rows("TLS13-1-3-2021-06 TLS13-1-3-PQ-2025-09", _V3, _TLS13),
    **_rows("TLS13-1-2-2021-06 TLS13-1-2-PQ-2025-09", _V32, (*_TLS13, *_FORWARD)),
    **_rows("TLS13-1-2-Res-2021-06 TLS13-1-2-Res-PQ-2025-09", _V32, (*_TLS13, *_GCM)),
    **_rows("TLS13-1-2-Ext1-2021-06 TLS13-1-2-Ext1-PQ-2025-09", _V32, (*_TLS13, *_NO_SHA1)),
    **_rows("TLS13-1-2-Ext2-2021-06 TLS13-1-2-Ext2-PQ-2025-09", _V32, (*_TLS13, *_ALL)),
    **_rows("TLS13-1-1-2021-06", _V321, (*_TLS13, *_ALL)),
    **_rows("TLS13-1-0-2021-06 TLS13-1-0-PQ-2025-09", _V3210, (*_TLS13, *_ALL)),
    **_rows("TLS13-1-3-FIPS-2023-04 TLS13-1-3-FIPS-PQ-2025-09", _V3, _FIPS13),
    **_rows("TLS13-1-2-FIPS-2023-04 TLS13-1-2-FIPS-PQ-2025-09", _V32, (*_FIPS13, *_FORWARD)),
    **_rows("TLS13-1-2-Res-FIPS-2023-04 TLS13-1-2-Res-FIPS-PQ-2025-09", _V32, (*_FIPS13, *_GCM)),
    **_rows("TLS13-1-2-Ext0-FIPS-2023-04 TLS13-1-2-Ext0-FIPS-PQ-2025-09", _V32, (*_FIPS13, *_FORWARD_SHA1)),
    **_rows("TLS13-1-2-Ext1-FIPS-2023-04 TLS13-1-2-Ext1-FIPS-PQ-2025-09", _V32, (*_FIPS13, *_NO_SHA1)),
    **_rows("TLS13-1-2-Ext2-FIPS-2023-04 TLS13-1-2-Ext2-FIPS-PQ-2025-09", _V32, (*_FIPS13, *_ALL)),
    **_rows("TLS13-1-1-FIPS-2023-04", _V321, (*_FIPS13, *_ALL)),
    **_rows("TLS13-1-0-FIPS-2023-04 TLS13-1-0-FIPS-PQ-2025-09", _V3210, (*_FIPS13, *_ALL)),
    **_rows("TLS13-1-3-RFC9151-FIPS-2023-07", _V3, _CNSA[:1]),
    **_rows("TLS13-1-2-RFC9151-FIPS-2023-07", _V32, _CNSA),
    **_rows("TLS13-1-2-Ext0-RFC9151-FIPS-2023-07", _V32, (*_CNSA, "AES256-GCM-SHA384")),
    **_rows("TLS13-1-2-RFC9151-INTEROP1-FIPS-2023-07", _V32, (*_FIPS13, *_GCM)),
    **_rows("TLS13-1-2-RFC9151-INTEROP2-FIPS-2023-07", _V32, (*_FIPS13, *_FORWARD)),
    **_rows("TLS13-1-2-RFC9151-INTEROP3-FIPS-2023-07", _V32, (*_FIPS13, *_FORWARD_SHA1)),
    **_rows("TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07", _V32, (*_FIPS13, *_ALL)),
    **_rows("FS-1-2-Res-2020-10", _V2, _GCM),
    **_rows("FS-1-2-Res-2019-08", _V2, _FORWARD),
    **_rows("FS-1-2-2019-08", _V2, _FORWARD_SHA1),
    **_rows("FS-1-1-2019-08", _V21, _FORWARD_SHA1),
    **_rows("FS-2018-06", _V210, _FORWARD_SHA1),
    **_rows("TLS-1-2-2017-01", _V2, _NO_SHA1),
    **_rows("TLS-1-2-Ext-2018-06", _V2, _ALL),
    **_rows("TLS-1-1-2017-01", _V21, _ALL),
    **_rows("2016-08 2015-05", _V210, _ALL),
    **_rows("TLS-1-0-2015-04", _V210, (*_ALL, "DES-CBC3-SHA")),
    # Of Classic Load Balancers; their old protocols decide, whatever the ciphers.
    **_rows("2015-03 2015-02 2014-10", _V210, ()),
    **_rows("2014-01", (*_V210, "SSLv3"), ()),
    **_rows("2011-08", ("TLSv1", "SSLv3"), ()),
}
