"""Keys of AWS KMS in all their states, and those of enclaves with what their policies ask for."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import backend, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, Statement, allow, deny, document
from benchmarks.parity_seeds.states import State

GOOD: Final = "ab" * 48
STRANGE: Final = "cd" * 48
ZERO: Final = "00" * 48
PCR: Final = "kms:RecipientAttestation:"


def add_key(clients: Clients, name: str, *statements: Statement, region: str = HOME_REGION, **asked: Any) -> str:
    """Make a key, whose description is its name, and return its id."""
    policy = {"Policy": document(*statements)} if statements else {}
    reply = clients("kms", region).create_key(**{"Description": name, "MultiRegion": False, **policy, **asked})
    return str(reply["KeyMetadata"]["KeyId"])


def change(clients: Clients, key_id: str, region: str = HOME_REGION, **facts: Any) -> None:
    """Bring a key into a state that moto has no operation for."""
    for name, value in facts.items():
        setattr(backend(clients, "kms", region).keys[key_id], name, value)


def states(clients: Clients) -> None:
    """Fill an account with keys in each state, of each kind, and with policies for all and for some."""
    _silence(clients)
    kms = clients("kms")
    kms.enable_key_rotation(KeyId=add_key(clients, "rotated"))
    add_key(clients, "not-rotated")
    for state in ("Disabled", "PendingImport", "Unavailable", "Updating", "PendingReplicaDeletion", "Creating"):
        change(clients, add_key(clients, state), key_state=state)
    kms.schedule_key_deletion(KeyId=add_key(clients, "leaving"), PendingWindowInDays=7)
    change(clients, add_key(clients, "of-aws"), key_manager="AWS")
    for spec, usage in (
        ("RSA_2048", "ENCRYPT_DECRYPT"),
        ("ECC_NIST_P256", "SIGN_VERIFY"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ):
        add_key(clients, spec, KeySpec=spec, KeyUsage=usage)
    for origin in ("EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"):
        change(clients, add_key(clients, origin), origin=origin)
    primary = add_key(clients, "primary", MultiRegion=True)
    kms.replicate_key(KeyId=primary, ReplicaRegion=SECOND_REGION)
    configuration = {"MultiRegionKeyType": "REPLICA", "PrimaryKey": {"Arn": "arn", "Region": HOME_REGION}}
    change(clients, primary, SECOND_REGION, multi_region_configuration=configuration)
    account = clients.account_id
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    for name, statements in {
        "public": [allow("kms:*", Principal="*")],
        "public-to-describe": [allow("kms:DescribeKey", Principal={"AWS": "*"})],
        "callers-of-the-account": [_if(allow("kms:*", Principal="*"), StringEquals={"kms:CallerAccount": account})],
        "callers-in-small-letters": [_if(allow("kms:*", Principal="*"), StringEquals={"kms:callerAccount": account})],
        "callers-if-told": [_if(allow("kms:*", Principal="*"), StringEqualsIfExists={"aws:PrincipalAccount": account})],
        "organization": [_if(allow("kms:*", Principal="*"), StringEquals={"aws:PrincipalOrgID": "o-example"})],
        "by-a-service": [
            _if(
                allow("kms:*", Principal="*"),
                StringEquals={"kms:ViaService": f"s3.{HOME_REGION}.amazonaws.com", "kms:CallerAccount": account},
            )
        ],
        "another-account": [allow("kms:*", Principal=root), allow("kms:Decrypt", Principal={"AWS": OTHER_ACCOUNT})],
        "service": [allow("kms:*", Principal=root), allow("kms:Decrypt", Principal={"Service": "logs.amazonaws.com"})],
        "denied-again": [
            allow(USE, Principal="*"),
            _if(_deny_use(), StringNotEquals={"aws:PrincipalAccount": account}),
        ],
    }.items():
        add_key(clients, name, *statements)


USE: Final = ["kms:Decrypt", "kms:DeriveSharedSecret", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"]
"""What is denied, as moto heeds denials of what the scanners ask."""


def _deny_use(*actions: str, principal: Any = "*") -> Statement:
    return deny(list(actions) or [*USE, "kms:GenerateRandom"], Principal=principal)


def _if(statement: Statement, **conditions: Any) -> Statement:
    return {**statement, "Condition": conditions}


def _silence(clients: Clients) -> None:
    """Nothing is tagged, and nobody has called."""
    for region in REGIONS:
        tell(clients, "resourcegroupstaggingapi", "GetResources", {"ResourceTagMappingList": []}, region)
        tell(clients, "cloudtrail", "LookupEvents", {"Events": []}, region)


ATTESTED: Final = {"StringEqualsIgnoreCase": {f"{PCR}ImageSha384": GOOD}}
MISSING: Final = {"Null": {f"{PCR}ImageSha384": "true"}}


def enclaves(clients: Clients) -> None:
    """Fill an account with keys of enclaves, and let enclaves have called on some of them."""
    root = {"AWS": f"arn:aws:iam::{clients.account_id}:root"}
    manage = allow(["kms:DescribeKey", "kms:PutKeyPolicy"], Principal=root)
    use = allow("kms:Decrypt", Principal=root, Sid="Use")
    everything = allow("kms:*", Principal=root)
    ids = {
        name: add_key(clients, f"enclave {name}", *statements)
        for name, statements in {
            "attested": [manage, _if(use, **ATTESTED)],
            "bare": [manage, use],
            "managed-alone": [manage],
            "by-role": [_if(use, StringEquals={f"{PCR}PCR3": GOOD})],
            "by-instance": [_if(use, StringEquals={f"{PCR}pcr4": GOOD, f"{PCR}PCR0": GOOD})],
            "by-signer": [_if(use, **ATTESTED, StringEquals={f"{PCR}PCR8": STRANGE})],
            "by-account": [_if(use, **ATTESTED, StringEquals={"aws:PrincipalAccount": clients.account_id})],
            "by-its-own-account": [_if(use, **ATTESTED, StringEquals={"aws:ResourceAccount": clients.account_id})],
            "by-account-if-told": [_if(use, **ATTESTED, StringEqualsIfExists={"aws:PrincipalAccount": "1"})],
            "by-any-organization": [_if(use, **ATTESTED, StringLike={"aws:PrincipalOrgID": "*"})],
            "wildcard": [_if(use, StringLike={f"{PCR}PCR0": "ab*"})],
            "alternatives": [_if(use, StringEquals={f"{PCR}PCR0": [GOOD, STRANGE]})],
            "if-exists": [_if(use, StringEqualsIfExists={f"{PCR}PCR0": GOOD})],
            "for-all": [_if(use, **{"ForAllValues:StringEquals": {f"{PCR}PCR0": GOOD}})],
            "for-all-of-some": [
                _if(use, **{"ForAllValues:StringEquals": {f"{PCR}PCR0": GOOD}}, Null={f"{PCR}PCR0": "false"})
            ],
            "for-any": [_if(use, **{"ForAnyValue:StringEquals": {f"{PCR}PCR0": GOOD}})],
            "not-equal": [_if(use, StringNotEquals={f"{PCR}PCR0": STRANGE})],
            "in-base64": [_if(use, StringEquals={f"{PCR}PCR0": _base64(GOOD)})],
            "everything": [everything],
            "everything-but": [everything, _if(_deny_use(), **MISSING)],
            "everything-but-decrypt": [everything, _if(_deny_use("kms:Decrypt"), **MISSING)],
            "everything-but-in-parts": [
                everything,
                _if(_deny_use("kms:Decrypt", "kms:Generate*", principal={"AWS": "*"}), **MISSING),
                _if(_deny_use("kms:DeriveSharedSecret"), **MISSING),
            ],
            "everything-but-others": [
                everything,
                _if(_deny_use(), StringNotEqualsIfExists={f"{PCR}PCR0": GOOD}),
            ],
            "everything-but-strangers": [
                everything,
                _if(_deny_use(), StringNotEquals={f"{PCR}PCR0": GOOD}),
            ],
            "everything-but-over-plain-http": [
                everything,
                _if(_deny_use(), **MISSING, Bool={"aws:SecureTransport": "false"}),
            ],
            "all-but-describing": [_without_action(allow("", Principal=root), "kms:Describe*")],
            "all-but-kms": [_without_action(allow("", Principal=root), "kms:*")],
            "small-letters": [allow("KMS:decrypt", Principal=root)],
            "generate": [allow("kms:GenerateDataKey*", Principal=root)],
            "encrypt": [allow("kms:Encrypt", Principal=root)],
            "two-statements": [_if(use, **ATTESTED), allow("kms:Decrypt", Principal=root, Sid="Bare")],
        }.items()
    }
    change(clients, add_key(clients, "disabled enclave", use), key_state="Disabled")
    kms = clients("kms")
    by_alias = add_key(clients, "known by its alias", use)
    kms.create_alias(AliasName="alias/my-Enclave", TargetKeyId=by_alias)
    by_tag = add_key(clients, "known by its tag", use, Tags=[{"TagKey": "prowler:enclave-key", "TagValue": "true"}])
    add_key(clients, "known by its policy", _if(use, **ATTESTED), Tags=[{"TagKey": "team", "TagValue": "web"}])
    add_key(clients, "another", use)
    _silence(clients)
    arn = f"arn:aws:kms:{HOME_REGION}:{clients.account_id}:key/"
    tagged = [{"ResourceARN": arn + by_tag, "Tags": [{"Key": "prowler:enclave-key", "Value": "true"}]}]
    tell(clients, "resourcegroupstaggingapi", "GetResources", {"ResourceTagMappingList": tagged})
    _add_trail(clients)
    calls = [
        _event(arn + ids["attested"], GOOD, GOOD),
        _event(arn + ids["bare"], GOOD, GOOD),
        _event(arn + ids["bare"], ZERO, ZERO),
        _event(arn + ids["by-role"], STRANGE, GOOD),
        _event(arn + ids["by-instance"], ZERO, ZERO),
        _event(arn + ids["everything"], GOOD, None),
        _event(arn + by_tag, ZERO, None),
        {"EventName": "Decrypt", "CloudTrailEvent": json.dumps({"eventName": "Decrypt"})},
    ]
    tell(clients, "cloudtrail", "LookupEvents", lambda asked: {"Events": calls if _is_about(asked, "Decrypt") else []})


def _without_action(statement: Statement, left_out: str) -> Statement:
    return {key: value for key, value in statement.items() if key != "Action"} | {"NotAction": left_out}


def _base64(value: str) -> str:
    return base64.b64encode(bytes.fromhex(value)).decode()


def _is_about(asked: Mapping[str, Any], name: str) -> bool:
    return any(each["AttributeValue"] == name for each in asked["LookupAttributes"])


def _event(arn: str, image: str, others: str | None) -> dict[str, Any]:
    """What CloudTrail logs of an enclave's call; `others` of the registers 1 and 2, which may be missing."""
    measured = {"attestationDocumentEnclaveImageDigest": _base64(image)}
    if others is not None:
        measured |= {f"attestationDocumentEnclavePCR{number}": _base64(others) for number in (1, 2)}
    told = {
        "eventName": "Decrypt",
        "eventTime": "2026-03-31T12:00:00Z",
        "resources": [{"type": "AWS::KMS::Key", "ARN": arn, "accountId": arn.split(":")[4]}],
        "additionalEventData": {"recipient": {"attestationDocumentModuleId": "i-1-enc2", **measured}},
    }
    return {
        "EventName": "Decrypt",
        "CloudTrailEvent": json.dumps(told),
        "Resources": [{"ResourceType": "AWS::KMS::Key", "ResourceName": arn}],
    }


def _add_trail(clients: Clients) -> None:
    bucket = f"trail-of-{clients.account_id}"
    clients("s3").create_bucket(Bucket=bucket)
    clients("cloudtrail").create_trail(Name="trail", S3BucketName=bucket, IsMultiRegionTrail=True)


STATES: Final = (
    State("keys", "500000001301", states, services=("kms",)),
    State("unused_keys", "500000001302", states, services=("kms",), scan_unused_services=True),
    State(
        "enclaves",
        "500000001303",
        enclaves,
        services=("kms",),
        config={"enclave_golden_pcr_values": {"PCR0": [GOOD]}},
    ),
)
