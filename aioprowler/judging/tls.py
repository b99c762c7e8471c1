"""The TLS versions and ciphers that a listener accepts, by the names that services give their security policies.

New policies come every year, so that lists of them are out of date: the lowest version is read from how a name is
built. A name that is built otherwise has no version here, and its verdict is MANUAL. Of load balancers' policies
`tls_policies` has the ciphers as well, which no name tells; there a newer name is MANUAL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.judging.tls_policies import AS_OF, POLICIES, TlsPolicy
from aioprowler.judging.verdicts import pass_if, told

TlsVersion: TypeAlias = tuple[int, int]
"""(1, 2) is TLS 1.2; (0, 0) is SSL, of which no version is safe."""

SSL: Final[TlsVersion] = (0, 0)
TLS_1_2: Final[TlsVersion] = (1, 2)
TLS_1_3: Final[TlsVersion] = (1, 3)

_SSL: Final = re.compile(r"SSL[-_ ]?v?[23](?:\.0)?", re.IGNORECASE)

_STRONG: Final = ("AES", "CAMELLIA", "CHACHA20")
_BROKEN: Final = frozenset({"ADH", "AECDH", "EXP", "MD5", "NULL"})
"""Without a certificate, weakened for export, or without encryption."""

# CloudFront's TLSv1.2_2021, API Gateway's TLS_1_2 and SecurityPolicy_TLS13_1_2_2021_06, OpenSearch's
# Policy-Min-TLS-1-2-2019-07, load balancers' FS-1-2-Res-2020-10, DocumentDB's tls1.2+.
_VERSION: Final = re.compile(r"(?<![A-Z0-9])(?:TLS(?:v|13)?|FS)[-_ ]?1(?:[-_.]?([0-9]))?(?![0-9.])", re.IGNORECASE)


def lowest_version(policy: str) -> TlsVersion | None:
    """The lowest version that a protocol or security policy of this name lets in; None where the name does not say.

    `TLSv1` and `TLSv1_2016` are TLS 1.0. `TLS13-1-2` of load balancers is TLS 1.3, and nothing below 1.2.
    """
    if policy in POLICIES:
        return _lowest(POLICIES[policy].protocols)
    if _SSL.fullmatch(policy):
        return SSL
    return min(((1, int(found[1] or 0)) for found in _VERSION.finditer(policy)), default=None)


def _lowest(protocols: Iterable[str]) -> TlsVersion:
    """Raises UnreadableError where there are none, or one is not known."""
    listed = list(protocols)
    versions = [version for each in listed if (version := lowest_version(each)) is not None]
    known = min(versions) if versions and len(versions) == len(listed) else None
    return told(known, f"the TLS versions, or one that is not known here: {', '.join(listed) or 'none'}")


def names(policy: str, feature: str) -> bool:
    """Whether the feature (`FIPS`, `PQ`) is one of the words of the policy's name."""
    return feature.casefold() in re.split("[-_]", policy.casefold())


def demands_tls(label: str, policy: str, lowest: TlsVersion = TLS_1_2) -> Verdict:
    """PASS where the protocol or security policy of this name lets in no version below the lowest that is wanted."""
    version = lowest_version(policy)
    if version is None:
        return Manual(f"{label} has the security policy {policy}, whose lowest TLS version is not known.")
    return _demands(label, policy, version, lowest)


def _demands(label: str, policy: str, version: TlsVersion, lowest: TlsVersion) -> Pass | Fail:
    worded = "SSL" if version == SSL else "TLS {}.{}".format(*version)
    return pass_if(
        version >= lowest,
        f"{label} accepts no version below {worded} ({policy}).",
        f"{label} accepts versions from {worded} on ({policy}).",
    )


def newer(label: str, policy: str) -> Manual:
    """The verdict on a load balancer's policy that is not in the table."""
    return Manual(
        f"{label} has the security policy {policy}, which is not among those of {AS_OF}: look what it lets in."
    )


def demands_strong_tls(label: str, name: str, policy: TlsPolicy | None) -> Verdict:
    """PASS where a load balancer's policy lets in no version below TLS 1.2 and no weak cipher; None: it is newer."""
    if policy is None:
        return newer(label, name)
    verdict = _demands(label, name, _lowest(policy.protocols), TLS_1_2)
    weak = ", ".join(cipher for cipher in policy.ciphers if not is_strong(cipher))
    if isinstance(verdict, Fail) or not weak:
        return verdict
    return Fail(f"{label} accepts weak ciphers ({name}): {weak}.")


def is_strong(cipher: str) -> bool:
    """Whether a cipher, as OpenSSL spells it, encrypts with AES, Camellia or ChaCha20, for somebody who is known."""
    parts = set(re.split("[-_]", cipher.upper()))
    return parts.isdisjoint(_BROKEN) and any(part.startswith(_STRONG) for part in parts)


def refuses_plain_text(label: str, on: bool) -> Pass | Fail:
    """PASS where connections without TLS are refused."""
    return pass_if(on, f"{label} refuses connections without TLS.", f"{label} accepts connections without TLS.")
