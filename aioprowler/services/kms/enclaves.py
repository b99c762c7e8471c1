"""What enclaves tell AWS KMS of themselves, and what key policies ask of it.

A Nitro enclave that calls AWS KMS sends a signed attestation document. Its measurements (PCRs) are condition keys of
policies, and CloudTrail logs them. Sources: "Condition keys for attested platforms" and "Monitoring attested requests"
of the AWS KMS developer guide
(https://docs.aws.amazon.com/kms/latest/developerguide/conditions-attestation.html), and "Cryptographic attestation" of
the Nitro Enclaves user guide (https://docs.aws.amazon.com/enclaves/latest/user/set-up-attestation.html).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from aioprowler.judging.policies import Condition, Policy, Principal, Statement, tied_by

OPERATIONS: Final = ("Decrypt", "DeriveSharedSecret", "GenerateDataKey", "GenerateDataKeyPair")
"""Operations on a key that take an attestation document; GenerateRandom does as well, and concerns no key."""

ACTIONS: Final = frozenset({*(f"kms:{operation}" for operation in OPERATIONS), "kms:GenerateRandom"})

_ATTESTATION: Final = "kms:recipientattestation:"
_EXACT: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
_EVERYBODY: Final = Principal("AWS", "*")

# PCR0 to PCR2 are of the image, and go with it. These are of the role and the instance of the host, and of who signed
# the image ("Where to get an enclave's measurements").
_PLACES: Final = frozenset({"PCR3", "PCR4", "PCR8"})
_PARTIES: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)
"""Keys that tell in whose account, or where, an enclave runs. `aws:ResourceAccount` is the key's own, whoever calls."""

Measurements = Mapping[str, frozenset[str]]
"""Register (`PCR0`) -> values, as they are written."""


def register(name: str) -> str:
    """What a measurement is called: `imageSha384`, the hash of the image, is PCR0."""
    name = name.upper()
    return "PCR0" if name == "IMAGESHA384" else name


def measurement(text: str) -> bytes | None:
    """The 48 bytes of a SHA-384, in hexadecimal as policies have it, or in base64 as CloudTrail has it; else None."""
    try:
        value = bytes.fromhex(text) if len(text) == 96 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return value if len(value) == 48 else None


def golden_values(configured: Mapping[str, Iterable[str]]) -> dict[str, frozenset[bytes]]:
    """Register -> the measurements that are known to be good, of those registers that have some."""
    known = {register(name): frozenset(filter(None, map(measurement, values))) for name, values in configured.items()}
    return {name: values for name, values in known.items() if values}


# --- Policies ---


class AttestedGrant(msgspec.Struct, frozen=True):
    """An Allow of a key's policy for operations that an enclave calls."""

    name: str
    """Its Sid, or where it stands in the policy."""
    actions: tuple[str, ...]
    """Which of the operations it allows."""
    measurements: Measurements
    """What it demands of whoever calls; none where somebody without an attestation document gets in."""
    is_placed: bool
    """Whether it also demands where the enclave runs."""
    is_barred: bool
    """Whether a Deny keeps out whoever has no attestation document."""


def mentions_attestation(policy: Policy) -> bool:
    """Whether a condition of the policy is about attestation documents."""
    return any(each.key.startswith(_ATTESTATION) for statement in policy.statements for each in statement.conditions)


def attested_grants(policy: Policy, key_arn: str) -> Iterator[AttestedGrant]:
    """Those of a key's policy."""
    for number, statement in enumerate(policy.statements, 1):
        actions = statement.actions.among(ACTIONS)
        if statement.effect == "Allow" and actions and statement.covers_resource(key_arn):
            measurements = _demanded(statement)
            yield AttestedGrant(
                name=statement.sid or f"statement {number}",
                actions=tuple(sorted(actions)),
                measurements=measurements,
                is_placed=not _PLACES.isdisjoint(measurements) or tied_by(statement, _PARTIES),
                is_barred=actions <= _denied(statement, policy, key_arn),
            )


def _demanded(statement: Statement) -> Measurements:
    """A condition demands a measurement where its value is a fixed one, and a request without the key does not pass."""
    found: dict[str, frozenset[str]] = {}
    for each in statement.conditions:
        if _names_measurement(each) and statement.requires(each.key):
            name = register(each.key.removeprefix(_ATTESTATION))
            found[name] = found.get(name, frozenset()) | frozenset(each.values)
    return found


def _names_measurement(condition: Condition) -> bool:
    is_fixed = bool(condition.values) and not any(char in value for value in condition.values for char in "*?")
    return condition.key.startswith(_ATTESTATION) and condition.operator in _EXACT and is_fixed


def _denied(grant: Statement, policy: Policy, key_arn: str) -> frozenset[str]:
    """The actions that are denied to whoever the grant is for and has no attestation document."""
    return frozenset[str]().union(
        *(
            denial.actions.among(ACTIONS)
            for denial in policy.denials
            if _is_for_all_of(denial, grant)
            and denial.covers_resource(key_arn)
            and all(map(_holds_unattested, denial.conditions))
        )
    )


def _is_for_all_of(denial: Statement, grant: Statement) -> bool:
    named = not grant.not_principals and set(grant.principals) <= set(denial.principals)
    return _EVERYBODY in denial.principals or named


def _holds_unattested(condition: Condition) -> bool:
    """Whether a condition is about attestation documents, and holds where there is none."""
    return condition.key.startswith(_ATTESTATION) and not condition.fails_without_key
