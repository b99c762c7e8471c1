"""Certificates, private authorities, trust anchors and profiles, and what Systems Manager has."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import now, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, allow, deny, document
from benchmarks.parity_seeds.states import State


def _in(days: float) -> datetime.datetime:
    return (now() + datetime.timedelta(days=days)).replace(tzinfo=datetime.UTC)


def _nothing(clients: Clients, told: Mapping[tuple[str, str], str]) -> None:
    """Have operations answer with an empty list in each region."""
    for region in REGIONS:
        for (service, operation), member in told.items():
            tell(clients, service, operation, {member: []}, region)


def certificates(clients: Clients) -> None:
    """Have ACM tell of certificates by type, state, key and last day."""
    issued = {"Type": "AMAZON_ISSUED", "Status": "ISSUED", "KeyAlgorithm": "RSA-2048", "InUse": True}
    valid = {**issued, "NotAfter": _in(200)}
    facts: dict[str, dict[str, Any]] = {
        "valid": valid,
        "unlogged": valid,
        "unused": {**valid, "InUse": False, "NotAfter": _in(-3)},
        "soon": {**valid, "NotAfter": _in(6.5)},
        "in-a-week": {**valid, "NotAfter": _in(7.5)},
        "in-eight-days": {**valid, "NotAfter": _in(8.5)},
        "expired": {**valid, "NotAfter": _in(-1.5), "Status": "EXPIRED"},
        "waiting": {**issued, "Status": "PENDING_VALIDATION"},
        "failed": {**issued, "Status": "FAILED", "InUse": False},
        "imported": {**valid, "Type": "IMPORTED"},
        "imported-weak": {**valid, "Type": "IMPORTED", "KeyAlgorithm": "RSA-1024"},
        "private": {**valid, "Type": "PRIVATE"},
        "elliptic": {**valid, "KeyAlgorithm": "EC-prime256v1"},
        "by-underscore": {**valid, "KeyAlgorithm": "RSA_1024"},
    }
    arn = f"arn:aws:acm:{HOME_REGION}:{clients.account_id}:certificate/"
    listed = [
        {"CertificateArn": arn + name, "DomainName": f"{name}.example.com", **told} for name, told in facts.items()
    ]

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        is_off = asked["CertificateArn"].rpartition("/")[2] in ("unlogged", "private")
        options = {"CertificateTransparencyLoggingPreference": "DISABLED" if is_off else "ENABLED"}
        return {"Certificate": {"CertificateArn": asked["CertificateArn"], "Options": options}}

    _nothing(clients, {("acm", "ListCertificates"): "CertificateSummaryList"})
    tell(clients, "acm", "ListCertificates", {"CertificateSummaryList": listed})
    tell(clients, "acm", "DescribeCertificate", describe)
    tell(clients, "acm", "ListTagsForCertificate", {"Tags": []})


AUTHORITIES: Final = {
    "classical": ("RSA_4096", "ACTIVE"),
    "safe": ("ML_DSA_65", "ACTIVE"),
    "safe-and-off": ("ML_DSA_87", "DISABLED"),
    "waiting": ("EC_prime256v1", "PENDING_CERTIFICATE"),
    "deleted": ("RSA_2048", "DELETED"),
    "failed": ("RSA_2048", "FAILED"),
}


def authorities(clients: Clients) -> None:
    """Have AWS Private CA and Roles Anywhere tell of authorities, of who trusts them, and of profiles."""
    place = f"{HOME_REGION}:{clients.account_id}"
    arn = f"arn:aws:acm-pca:{place}:certificate-authority/"
    listed = [
        {
            "Arn": arn + name,
            "OwnerAccount": clients.account_id,
            "Type": "ROOT",
            "Status": status,
            "CertificateAuthorityConfiguration": {
                "KeyAlgorithm": algorithm,
                "SigningAlgorithm": "SHA256WITHRSA",
                "Subject": {"CommonName": name},
            },
        }
        for name, (algorithm, status) in AUTHORITIES.items()
    ]
    sources = {name: {"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": arn + name}} for name in AUTHORITIES}
    strange = arn.replace(clients.account_id, OTHER_ACCOUNT) + "strange"
    sources["strange"] = {"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": strange}}
    sources["bundle"] = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": ROOT}}
    anchors = [
        {
            "trustAnchorId": name,
            "trustAnchorArn": f"arn:aws:rolesanywhere:{place}:trust-anchor/{name}",
            "name": name,
            "enabled": True,
            "source": source,
        }
        for name, source in sources.items()
    ]
    profiles = [
        {
            "profileId": name,
            "profileArn": f"arn:aws:rolesanywhere:{place}:profile/{name}",
            "name": name,
            "enabled": True,
            **told,
        }
        for name, told in _profiles(clients).items()
    ]
    _nothing(
        clients,
        {
            ("acm-pca", "ListCertificateAuthorities"): "CertificateAuthorities",
            ("acm-pca", "ListTags"): "Tags",
            ("rolesanywhere", "ListTrustAnchors"): "trustAnchors",
            ("rolesanywhere", "ListProfiles"): "profiles",
            ("rolesanywhere", "ListTagsForResource"): "tags",
        },
    )
    tell(clients, "acm-pca", "ListCertificateAuthorities", {"CertificateAuthorities": listed})
    tell(clients, "rolesanywhere", "ListTrustAnchors", {"trustAnchors": anchors})
    tell(clients, "rolesanywhere", "ListProfiles", {"profiles": profiles})


def _profiles(clients: Clients) -> dict[str, dict[str, Any]]:
    """Facts of profiles by name, whose roles are made."""
    everything, reading = document(allow("*")), document(allow("s3:Get*"))
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    iam = clients("iam")
    own = iam.create_policy(PolicyName="reading", PolicyDocument=reading)["Policy"]["Arn"]
    roles = {
        "admin": [everything],
        "reader": [reading],
        "denied-admin": [document(allow("*"), deny("*"))],
        "admin-with-mfa": [document(allow("*", Condition=mfa))],
        "reader-with-mfa": [document(allow("s3:Get*", Condition=mfa))],
        "bounded-admin": [everything],
    }
    arns = {}
    for name, documents in roles.items():
        trust = document(
            {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole"}
        )
        bound = {"PermissionsBoundary": own} if name.startswith("bounded") else {}
        arns[name] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **bound)["Role"]["Arn"]
        for number, each in enumerate(documents):
            iam.put_role_policy(RoleName=name, PolicyName=f"p{number}", PolicyDocument=each)
    attached = iam.create_role(RoleName="attached-admin", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="attached-admin", PolicyArn=administrator)
    iam.attach_role_policy(RoleName="reader", PolicyArn=own)
    admin = {"roleArns": [arns["admin"]]}
    return {name: {"roleArns": [arn]} for name, arn in arns.items()} | {
        "attached-admin": {"roleArns": [attached]},
        "off": {**admin, "enabled": False},
        "limited": {**admin, "sessionPolicy": reading},
        "limited-to-everything": {**admin, "sessionPolicy": everything},
        "limited-with-mfa": {**admin, "sessionPolicy": document(allow("*", Condition=mfa))},
        "limited-by-no-json": {**admin, "sessionPolicy": "none"},
        "limited-by-a-policy": {**admin, "managedPolicyArns": [own]},
        "limited-to-administration": {**admin, "managedPolicyArns": [administrator]},
        "limited-by-an-unknown-policy": {**admin, "managedPolicyArns": ["arn:aws:iam::aws:policy/unknown"]},
        "unknown-role": {"roleArns": [arns["reader"] + "-unknown"]},
        "several": {"roleArns": [arns["reader"], arns["admin"]]},
        "no-role": {"roleArns": []},
    }


def documents(clients: Clients) -> None:
    """Have Systems Manager tell of documents, of whom they are shared with, and of patches."""
    step = {"action": "aws:runShellScript", "name": "run"}
    contents = {
        "plain": {"mainSteps": [{**step, "inputs": {"runCommand": ["uptime"]}}]},
        "with-a-key": {"mainSteps": [{**step, "inputs": {"runCommand": [f"export AWS_SECRET_ACCESS_KEY={_SECRET}"]}}]},
        "public": {},
        "shared-with-the-trusted": {},
        "shared-with-strangers": {},
        "shared-with-itself": {},
    }
    shared = {
        "public": ["all"],
        "shared-with-the-trusted": ["111111111111"],
        "shared-with-strangers": ["111111111111", OTHER_ACCOUNT],
        "shared-with-itself": [clients.account_id],
    }
    items = [
        ("i-compliant", "Patch", "COMPLIANT"),
        ("i-lacking", "Patch", "NON_COMPLIANT"),
        ("i-both", "Association", "NON_COMPLIANT"),
        ("i-both", "Patch", "COMPLIANT"),
        ("i-other", "Patch", "COMPLIANT"),
        ("i-other", "Association", "NON_COMPLIANT"),
        ("i-association", "Association", "COMPLIANT"),
        ("mi-elsewhere", "Patch", "NON_COMPLIANT"),
    ]
    names = ("ResourceId", "ComplianceType", "Status")
    summaries = [{**dict(zip(names, each, strict=True)), "ResourceType": "ManagedInstance"} for each in items]
    _nothing(
        clients,
        {
            ("ssm", "ListDocuments"): "DocumentIdentifiers",
            ("ssm", "ListResourceComplianceSummaries"): "ResourceComplianceSummaryItems",
        },
    )
    tell(clients, "ssm", "ListDocuments", {"DocumentIdentifiers": [{"Name": name} for name in contents]})
    tell(clients, "ssm", "GetDocument", lambda asked: {"Content": json.dumps(contents[asked["Name"]])})
    tell(clients, "ssm", "DescribeDocumentPermission", lambda asked: {"AccountIds": shared.get(asked["Name"], [])})
    tell(clients, "ssm", "ListResourceComplianceSummaries", {"ResourceComplianceSummaryItems": summaries})


_SECRET: Final = "".join(("wJalrXUtnFEMI", "/K7MDENG/bPxRfiCYzzQ9vLkPq"))
"""Of no account; in two, so that nobody takes this file for one that gives something away."""

ROOT: Final = """-----BEGIN CERTIFICATE-----
MIIBCjCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QwHhcN
MjYwMTAxMDAwMDAwWhcNNDYwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDARyb290MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPnVhGEl7ncAThai6F1dqvQdYiKwoSxUM
Jv2dYT0OT6RhmQrUid/hk25khWMM5M/iBjf9y8xWftxsBmmoSSSIqDAKBggqhkjO
PQQDAgNIADBFAiAzuv7PO05anfxA2WhOMGZ1IOdYzADLZRyRRc7UGLDrkQIhAMhT
rxI4+s7ukr0Ttsip1cOxqQvY7pxtfSf8XpguKzjM
-----END CERTIFICATE-----
"""

STATES: Final = (
    State("certificates", "500000001305", certificates, services=("acm",)),
    State("unused_certificates", "500000001306", certificates, services=("acm",), scan_unused_services=True),
    State("authorities", "500000001307", authorities, services=("acmpca", "rolesanywhere")),
    State("documents", "500000001308", documents, services=("ssm",), config={"trusted_account_ids": ["111111111111"]}),
)
