"""The lowest TLS version that a listener accepts, read from the names that services give their security policies.

New policies come every year, so that lists of them are out of date: the version is read from how a name is built. A
name that is built otherwise has no version here, and its verdict is MANUAL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.judging.verdicts import pass_if

TlsVersion: TypeAlias = tuple[int, int]
"""(1, 2) is TLS 1.2; (0, 0) is SSL, of which no version is safe."""

SSL: Final[TlsVersion] = (0, 0)
TLS_1_2: Final[TlsVersion] = (1, 2)
TLS_1_3: Final[TlsVersion] = (1, 3)

_NAMELESS: Final[Mapping[str, TlsVersion]] = {
    f"ELBSecurityPolicy-{name}": (1, 0)
    for name in ("2014-10", "2015-02", "2015-03", "2015-05", "2016-08", "FS-2018-06")
}
"""Policies of load balancers whose names say no version
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html)."""

_SSL: Final = re.compile(r"SSL[-_ ]?v?[23](?:\.0)?", re.IGNORECASE)

# CloudFront's TLSv1.2_2021, API Gateway's TLS_1_2 and SecurityPolicy_TLS13_1_2_2021_06, OpenSearch's
# Policy-Min-TLS-1-2-2019-07, load balancers' FS-1-2-Res-2020-10, DocumentDB's tls1.2+.
_VERSION: Final = re.compile(r"(?<![A-Z0-9])(?:TLS(?:v|13)?|FS)[-_ ]?1(?:[-_.]?([0-9]))?(?![0-9.])", re.IGNORECASE)


def lowest_version(policy: str) -> TlsVersion | None:
    """The lowest version that a protocol or security policy of this name lets in; None where the name does not say.

    `TLSv1` and `TLSv1_2016` are TLS 1.0. `TLS13-1-2` of load balancers is TLS 1.3, and nothing below 1.2.
    """
    if policy in _NAMELESS:
        return _NAMELESS[policy]
    if _SSL.fullmatch(policy):
        return SSL
    return min(((1, int(found[1] or 0)) for found in _VERSION.finditer(policy)), default=None)


def names(policy: str, feature: str) -> bool:
    """Whether the feature (`FIPS`, `PQ`) is one of the words of the policy's name."""
    return feature.casefold() in re.split("[-_]", policy.casefold())


def demands_tls(label: str, policy: str, lowest: TlsVersion = TLS_1_2) -> Verdict:
    """PASS where the protocol or security policy of this name lets in no version below the lowest that is wanted."""
    version = lowest_version(policy)
    if version is None:
        return Manual(f"{label} has the security policy {policy}, whose lowest TLS version is not known.")
    worded = "SSL" if version == SSL else "TLS {}.{}".format(*version)
    return pass_if(
        version >= lowest,
        f"{label} accepts no version below {worded} ({policy}).",
        f"{label} accepts versions from {worded} on ({policy}).",
    )


def refuses_plain_text(label: str, on: bool) -> Pass | Fail:
    """PASS where connections without TLS are refused."""
    return pass_if(on, f"{label} refuses connections without TLS.", f"{label} accepts connections without TLS.")
