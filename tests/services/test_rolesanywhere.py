from __future__ import annotations

import base64
import datetime
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from aioprowler import Fail, Failure, Manual, Pass, UnreadableError, Verdict
from aioprowler.declarations.failure import GapError
from aioprowler.judging.policies import Policy
from aioprowler.services.iam.permissions import ManagedPolicies
from aioprowler.services.iam.resources import AttachedPolicy, Boundary, InlinePolicy, Role
from aioprowler.services.rolesanywhere.certificates import key_algorithms
from aioprowler.services.rolesanywhere.checks import (
    rolesanywhere_profile_restricts_session_permissions,
    rolesanywhere_trust_anchor_pqc_pki,
)
from aioprowler.services.rolesanywhere.resources import Profile, Source, SourceData, TrustAnchor
from tests.services.test_acmpca import ARN, authority

ACCOUNT = "123456789012"
NOBODY: tuple[Any, ...] = ()
DENIED = Failure("denied", "acm-pca:ListCertificateAuthorities", "AccessDenied")


def anchor(kind: str, **data: Any) -> TrustAnchor:
    return TrustAnchor(id="a", arn="arn", name="a", trusts=Source(source_type=kind, source_data=SourceData(**data)))


def of_authority(arn: str = ARN) -> TrustAnchor:
    return anchor("AWS_ACM_PCA", acm_pca_arn=arn)


@pytest.mark.parametrize(
    ("judged", "authorities", "verdict"),
    [
        (of_authority(), (authority("ML_DSA_65"),), Pass),
        (of_authority(), (authority("RSA_2048"),), Fail),
        (of_authority(), (authority("NEW_1"),), Manual),
        (of_authority(), (authority("ML_DSA_65", "DISABLED"),), Fail),
        (of_authority(), NOBODY, Fail),
        (of_authority(ARN.replace(ACCOUNT, "999999999999")), NOBODY, Manual),
        (of_authority(ARN.replace("us-east-1", "eu-west-1")), NOBODY, Manual),
        (of_authority(ARN.replace(ACCOUNT, "999999999999")), DENIED, Manual),
        (anchor("SELF_SIGNED_REPOSITORY"), NOBODY, Manual),
    ],
)
def test_authorities(judged: TrustAnchor, authorities: Any, verdict: type) -> None:
    assert isinstance(rolesanywhere_trust_anchor_pqc_pki(judged, authorities), verdict)


def test_an_authority_that_nobody_could_look_at() -> None:
    with pytest.raises(GapError, match="acm-pca:ListCertificateAuthorities"):
        rolesanywhere_trust_anchor_pqc_pki(of_authority(), DENIED)
    with pytest.raises(UnreadableError, match="acmPcaArn"):
        rolesanywhere_trust_anchor_pqc_pki(anchor("AWS_ACM_PCA"), NOBODY)


# --- Bundles ---


def made(key: Any, *, is_hashed: bool = True) -> str:
    """A certificate of its own, in PEM."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "root")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2036, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256() if is_hashed else None)
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, *size.to_bytes(2)])
    return bytes([tag]) + length + content


def of_ml_dsa(parameter: int) -> str:
    """What cryptography does not make yet: a key of 1,312 bytes, whose certificate RSA has signed."""
    ml_dsa = der(0x30, der(6, bytes.fromhex("6086480165030403"), bytes([parameter])))
    by_rsa = der(0x30, der(6, bytes.fromhex("2a864886f70d01010b")), der(5))
    key = der(0x30, ml_dsa, der(3, bytes(1313)))
    empty = der(0x30)
    body = der(0x30, der(0xA0, der(2, b"\2")), der(2, b"\1"), by_rsa, empty, empty, empty, key)
    return pem(der(0x30, body, by_rsa, der(3, bytes(257))))


def pem(content: bytes) -> str:
    lines = base64.encodebytes(content).decode()
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n"


RSA = made(rsa.generate_private_key(65537, 2048))


def test_the_keys_of_certificates_are_read() -> None:
    assert key_algorithms(RSA + made(ec.generate_private_key(ec.SECP384R1()))) == ["RSA", "EC"]
    assert key_algorithms(made(ed25519.Ed25519PrivateKey.generate(), is_hashed=False)) == ["Ed25519"]
    assert key_algorithms("".join(map(of_ml_dsa, (0x11, 0x12, 0x13)))) == ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"]


@pytest.mark.parametrize(
    ("bundle", "verdict"),
    [
        (RSA, Fail),
        (of_ml_dsa(0x12), Pass),
        (of_ml_dsa(0x12) + RSA, Fail),
        (of_ml_dsa(0x20), Manual),
    ],
    ids=["RSA", "ML-DSA", "both", "new"],  # a key is another one in each process
)
def test_bundles(bundle: str, verdict: type) -> None:
    judged = anchor("CERTIFICATE_BUNDLE", x509_certificate_data=bundle)
    assert isinstance(rolesanywhere_trust_anchor_pqc_pki(judged, DENIED), verdict)


@pytest.mark.parametrize(
    "bundle",
    [
        "",
        "no certificate",
        pem(b"\0\0").replace("=", ""),
        pem(b"\0\0"),
        pem(der(0x30)),
        pem(der(0x30, der(0x30, der(2, b"1")))),
        pem(b"\x30\x84\xff"),
    ],
)
def test_a_bundle_that_cannot_be_read_is_not_judged(bundle: str) -> None:
    with pytest.raises(UnreadableError, match="bundle"):
        rolesanywhere_trust_anchor_pqc_pki(anchor("CERTIFICATE_BUNDLE", x509_certificate_data=bundle), NOBODY)


# --- Profiles ---

ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/own"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(action: str = "*", **more: Any) -> dict[str, Any]:
    return {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*", **more}}


MFA: dict[str, Any] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}


def profile(**facts: Any) -> Profile:
    return Profile(**{"id": "p", "arn": "arn", "name": "p", "enabled": True, "role_arns": (ROLE,), **facts})


def role(*inline: dict[str, Any], attached: str = "", boundary: str = "") -> Role:
    return Role(
        name="r",
        arn=ROLE,
        path="/",
        trust=Policy(()),
        attached_managed_policies=(AttachedPolicy("x", attached),) if attached else (),
        inline_policies=tuple(InlinePolicy("i", Policy.decode(each)) for each in inline),
        permissions_boundary=Boundary(boundary) if boundary else None,
    )


def managed(**documents: Any) -> ManagedPolicies:
    arns = {"own": OWN, "administrator": ADMINISTRATOR}
    return ManagedPolicies({arns[name]: Policy.decode(each) for name, each in documents.items()})


def judge(judged: Profile, *roles: Role, policies: ManagedPolicies = managed()) -> Verdict:  # noqa: B008
    return rolesanywhere_profile_restricts_session_permissions(judged, roles, policies)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Fail),
        ({"enabled": False}, Pass),
        ({"session_policy": json.dumps(document("s3:*"))}, Pass),
        ({"session_policy": json.dumps(document())}, Fail),
        ({"session_policy": json.dumps(document(**MFA))}, Manual),
        ({"session_policy": "no JSON"}, Manual),
        ({"managed_policy_arns": (OWN,)}, Pass),
        ({"managed_policy_arns": (ADMINISTRATOR,)}, Fail),
        ({"managed_policy_arns": ("arn:aws:iam::aws:policy/ReadOnlyAccess",)}, Manual),
        ({"session_policy": json.dumps(document("s3:*")), "managed_policy_arns": (ADMINISTRATOR,)}, Fail),
        ({"role_arns": ()}, Pass),
        ({"role_arns": (f"{ROLE}-other",)}, Manual),
        ({"role_arns": (f"{ROLE}-other", ROLE)}, Fail),
    ],
)
def test_profiles(facts: Any, verdict: type) -> None:
    assert isinstance(judge(profile(**facts), role(document()), policies=managed(own=document("s3:*"))), verdict)


@pytest.mark.parametrize(
    ("held", "verdict"),
    [
        (role(document("s3:*")), Pass),
        (role(document(), {"Statement": DENY}), Pass),
        (role(document(), {"Statement": {**DENY, **MFA}}), Manual),
        (role(document(), {"Statement": {**DENY, "Action": "s3:*", **MFA}}), Fail),
        (role(document(**MFA)), Manual),
        (role(document("s3:*", **MFA)), Pass),
        (role(attached=ADMINISTRATOR), Fail),
        (role(document(), attached="arn:unlisted"), Manual),
        (role(document(), boundary=OWN), Pass),
        (role(document(), boundary=ADMINISTRATOR), Fail),
        (role(document(), boundary="arn:unlisted"), Manual),
        (role(document(**MFA), boundary=OWN), Pass),
        (role(document(**MFA), boundary=ADMINISTRATOR), Manual),
        (role(document("s3:*"), boundary="arn:unlisted"), Pass),
    ],
)
def test_roles(held: Role, verdict: type) -> None:
    known = managed(own=document("s3:*"), administrator=document())
    assert isinstance(judge(profile(), held, policies=known), verdict)


def test_roles_that_nobody_could_look_at_matter_only_where_nothing_limits_sessions() -> None:
    limited = profile(session_policy=json.dumps(document("s3:*")))
    assert isinstance(rolesanywhere_profile_restricts_session_permissions(limited, DENIED, DENIED), Pass)
    with pytest.raises(GapError):
        rolesanywhere_profile_restricts_session_permissions(profile(), DENIED, managed())
    with pytest.raises(GapError):
        rolesanywhere_profile_restricts_session_permissions(profile(managed_policy_arns=(OWN,)), NOBODY, DENIED)
