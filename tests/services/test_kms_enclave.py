from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Tag, Verdict
from aioprowler.declarations.failure import GapError
from aioprowler.judging.policies import Policy
from aioprowler.services.cloudtrail.enclave_calls import AttestedCall, DebugHistory, ImageHistory, attested_call
from aioprowler.services.kms.checks.enclave import (
    kms_key_enclave_attestation_bypassable_path,
    kms_key_enclave_attestation_no_deployment_binding,
    kms_key_enclave_attestation_not_enforced,
    kms_key_enclave_attestation_pcr_mismatch,
    kms_key_enclave_attestation_unknown_image,
    kms_key_enclave_debug_attestation_detected,
)
from aioprowler.services.kms.enclaves import golden_values, measurement
from aioprowler.services.kms.resources import (
    Alias,
    EnclaveGrants,
    KeyPolicy,
    NamedForEnclaves,
    TaggedForEnclaves,
    enclave_grants,
    named_for_enclaves,
    tagged_for_enclaves,
)
from aioprowler.services.resourcegroupstaggingapi.resources import TaggedKey
from tests.services.test_kms import ACCOUNT, ARN, key

GOOD, OTHER, ZERO = "ab" * 48, "cd" * 48, "00" * 48
PCR = "kms:RecipientAttestation:"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
ATTESTED = {"StringEqualsIgnoreCase": {f"{PCR}ImageSha384": GOOD}}
NOBODY = NamedForEnclaves(frozenset())
UNTAGGED = TaggedForEnclaves(frozenset())
DENIED = Failure("denied", "kms:ListAliases", "AccessDenied")


def allow(action: Any = "kms:Decrypt", condition: Any = None, **more: Any) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": ROOT, "Action": action, "Resource": "*", **more}
    return made | ({"Condition": condition} if condition else {})


def deny(condition: Any = None, action: Any = "kms:*", principal: Any = "*") -> dict[str, Any]:
    return allow(action, condition, Effect="Deny", Principal=principal)


def use(*statements: dict[str, Any]) -> EnclaveGrants:
    policy = KeyPolicy(policy=Policy.decode({"Statement": list(statements)}))
    found: EnclaveGrants = enclave_grants(key(description="For the Enclave"), policy, NOBODY, UNTAGGED)
    return found


def kind(verdict: Verdict | None) -> Any:
    return type(verdict) if verdict else None


# --- Which keys ---


@pytest.mark.parametrize(
    ("facts", "statements", "named", "tagged"),
    [
        ({"description": "my ENCLAVE"}, [], NOBODY, UNTAGGED),
        ({}, [allow(condition={"StringEquals": {"KMS:recipientattestation:pcr8": GOOD}})], NOBODY, UNTAGGED),
        ({}, [], NamedForEnclaves(frozenset({"k"})), UNTAGGED),
        ({}, [], NOBODY, TaggedForEnclaves(frozenset({ARN}))),
        ({}, [], DENIED, TaggedForEnclaves(frozenset({ARN}))),
    ],
)
def test_which_keys_are_of_enclaves(facts: Any, statements: Any, named: Any, tagged: Any) -> None:
    policy = KeyPolicy(policy=Policy.decode({"Statement": statements}))
    assert enclave_grants(key(**facts), policy, named, tagged).grants is not None


def test_other_keys_are_not_judged() -> None:
    other = enclave_grants(key(), KeyPolicy(policy=Policy.decode({"Statement": allow()})), NOBODY, UNTAGGED)
    assert other == EnclaveGrants(None)
    assert kms_key_enclave_attestation_not_enforced(key(), other) is None
    assert kms_key_enclave_attestation_bypassable_path(key(), other) is None
    assert kms_key_enclave_attestation_no_deployment_binding(key(), other) is None
    assert kms_key_enclave_attestation_pcr_mismatch(key(), other) is None


@pytest.mark.parametrize(("named", "tagged"), [(DENIED, UNTAGGED), (NOBODY, DENIED)])
def test_a_key_of_which_not_all_is_known_may_be_an_enclaves(named: Any, tagged: Any) -> None:
    with pytest.raises(GapError, match="kms:ListAliases"):
        enclave_grants(key(), KeyPolicy(policy=Policy.decode({"Statement": []})), named, tagged)


def test_names_and_tags_say_whose_a_key_is() -> None:
    aliases = (
        Alias(name="alias/My-Enclave", arn="a", target_key_id="k"),
        Alias(name="alias/other", arn="b", target_key_id="l"),
    )
    assert named_for_enclaves(aliases).ids == {"k"}
    tagged = (
        TaggedKey(arn="a", tags=(Tag(key="prowler:enclave-key", value="true"),)),
        TaggedKey(arn="b", tags=(Tag(key="team", value="Enclaves"),)),
        TaggedKey(arn="c", tags=(Tag(key="team", value="web"),)),
        TaggedKey(arn="d"),
    )
    assert tagged_for_enclaves(tagged).arns == {"a", "b"}


# --- Policies ---


@pytest.mark.parametrize(
    ("condition", "demands"),
    [
        (ATTESTED, True),
        ({"StringEquals": {f"{PCR}PCR8": [GOOD, OTHER]}}, True),
        ({"ForAnyValue:StringLike": {f"{PCR}PCR0": GOOD}}, True),
        ({"StringLike": {f"{PCR}PCR0": "ab*"}}, False),
        ({"StringEquals": {f"{PCR}PCR0": []}}, False),
        ({"StringEqualsIfExists": {f"{PCR}PCR0": GOOD}}, False),
        ({"StringEqualsIfExists": {f"{PCR}PCR0": GOOD}, "Null": {f"{PCR}pcr0": "false"}}, True),
        ({"ForAllValues:StringEquals": {f"{PCR}PCR0": GOOD}}, False),
        ({"ForAllValues:StringEquals": {f"{PCR}PCR0": GOOD}, "Null": {f"{PCR}PCR0": False}}, True),
        ({"ForAllValues:StringEquals": {f"{PCR}PCR0": GOOD}, "Null": {f"{PCR}PCR1": "false"}}, False),
        ({"StringNotEquals": {f"{PCR}PCR0": GOOD}}, False),
        ({"Null": {f"{PCR}PCR0": "false"}}, False),
        ({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, False),
    ],
)
def test_what_demands_attestation(condition: Any, demands: bool) -> None:
    found = use(allow(condition=condition))
    assert kind(kms_key_enclave_attestation_not_enforced(key(), found)) is (Pass if demands else Fail)
    assert kind(kms_key_enclave_attestation_bypassable_path(key(), found)) is (Pass if demands else Fail)


@pytest.mark.parametrize(
    ("action", "is_of_enclaves"),
    [
        ("kms:*", True),
        ("*", True),
        ("KMS:decrypt", True),
        (["kms:Describe*", "kms:GenerateDataKey*"], True),
        ("kms:D?crypt", True),
        ("kms:Encrypt", False),
        ("s3:*", False),
    ],
)
def test_which_actions_are_looked_at(action: Any, is_of_enclaves: bool) -> None:
    assert kind(kms_key_enclave_attestation_not_enforced(key(), use(allow(action)))) is (
        Fail if is_of_enclaves else Pass
    )


def test_actions_that_are_left_out_are_not_allowed() -> None:
    some, all_ = (
        {key: value for key, value in allow(NotAction=left_out).items() if key != "Action"}
        for left_out in ("kms:Decrypt", "kms:*")
    )
    assert kms_key_enclave_attestation_not_enforced(key(), use(some)) == Fail(
        "KMS key k does not demand attestation in statement 1 (kms:DeriveSharedSecret, kms:GenerateDataKey, "
        "kms:GenerateDataKeyPair, kms:GenerateRandom)."
    )
    assert kind(kms_key_enclave_attestation_not_enforced(key(), use(all_))) is Pass


def test_a_statement_about_another_key_allows_nothing() -> None:
    assert kind(kms_key_enclave_attestation_not_enforced(key(), use(allow(Resource=f"{ARN}-other")))) is Pass


def test_every_statement_counts() -> None:
    verdict = kms_key_enclave_attestation_not_enforced(key(), use(allow(condition=ATTESTED), allow(Sid="Admins")))
    assert verdict == Fail("KMS key k does not demand attestation in Admins (kms:Decrypt).")


MISSING = {"Null": {f"{PCR}ImageSha384": "true"}}


@pytest.mark.parametrize(
    ("denials", "barred"),
    [
        ([deny(MISSING)], True),
        ([deny(MISSING, principal={"AWS": ["*"]})], True),
        ([deny({"StringNotEqualsIfExists": {f"{PCR}PCR0": GOOD}})], True),
        ([deny({"StringNotEquals": {f"{PCR}PCR0": GOOD}})], True),  # holds of a request without the key as well
        ([deny()], True),
        ([deny(MISSING, ["kms:Decrypt", "kms:Generate*"]), deny(MISSING, "kms:DeriveSharedSecret")], True),
        ([deny(MISSING, principal=ROOT)], True),
        ([deny(MISSING, "kms:Decrypt")], False),
        ([deny({"Null": {f"{PCR}PCR0": "false"}})], False),
        ([deny({"StringEquals": {f"{PCR}PCR0": OTHER}})], False),
        ([deny({**MISSING, "Bool": {"aws:SecureTransport": "false"}})], False),
        ([deny(MISSING, principal={"AWS": "arn:aws:iam::123456789012:role/other"})], False),
        ([{**deny(MISSING), "Resource": f"{ARN}-other"}], False),
        ([], False),
    ],
)
def test_what_keeps_out_whoever_is_not_attested(denials: Any, barred: bool) -> None:
    found = use(allow("kms:*"), *denials)
    assert kind(kms_key_enclave_attestation_bypassable_path(key(), found)) is (Pass if barred else Fail)
    assert kind(kms_key_enclave_attestation_not_enforced(key(), found)) is Fail


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        (ATTESTED, Fail),
        ({"StringEquals": {f"{PCR}PCR1": GOOD, f"{PCR}PCR2": GOOD}}, Fail),
        ({"StringEquals": {f"{PCR}PCR3": GOOD}}, Pass),
        ({"StringEquals": {f"{PCR}pcr4": GOOD}}, Pass),
        ({"StringEquals": {f"{PCR}PCR8": GOOD}}, Pass),
        ({**ATTESTED, "StringEquals": {"aws:principalAccount": ACCOUNT}}, Pass),
        ({**ATTESTED, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}, Pass),
        ({**ATTESTED, "StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}}, Fail),
        ({**ATTESTED, "StringLike": {"aws:PrincipalOrgID": "*"}}, Fail),
        ({**ATTESTED, "StringEquals": {"aws:ResourceAccount": ACCOUNT}}, Fail),  # the key's own, whoever calls
        ({**ATTESTED, "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, Fail),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, Manual),
    ],
)
def test_where_an_enclave_runs(condition: Any, verdict: type) -> None:
    found = use(allow(condition=condition), allow("kms:DescribeKey"))
    assert kind(kms_key_enclave_attestation_no_deployment_binding(key(), found)) is verdict


BASE64 = base64.b64encode(bytes.fromhex(GOOD)).decode()


@pytest.mark.parametrize(
    ("condition", "golden", "verdict"),
    [
        (ATTESTED, {}, Manual),
        (ATTESTED, {"PCR0": ["no measurement"]}, Manual),
        (ATTESTED, {"pcr0": [OTHER, BASE64]}, Pass),
        (ATTESTED, {"ImageSha384": [GOOD.upper()]}, Pass),
        (ATTESTED, {"PCR0": [OTHER]}, Fail),
        (ATTESTED, {"PCR8": [GOOD]}, Manual),
        ({"StringEquals": {f"{PCR}PCR0": [GOOD, "odd"]}}, {"PCR0": [GOOD]}, Fail),
        ({"StringEquals": {f"{PCR}PCR0": OTHER, f"{PCR}PCR8": GOOD}}, {"PCR0": [GOOD]}, Fail),
        ({"StringEquals": {f"{PCR}PCR0": GOOD, f"{PCR}PCR8": GOOD}}, {"PCR0": [GOOD]}, Manual),
        ({"StringEquals": {"kms:CallerAccount": ACCOUNT}}, {"PCR0": [GOOD]}, Manual),
    ],
)
def test_what_a_policy_trusts(condition: Any, golden: Any, verdict: type) -> None:
    found = kms_key_enclave_attestation_pcr_mismatch(
        key(), use(allow(condition=condition)), enclave_golden_pcr_values=golden
    )
    assert kind(found) is verdict


def test_measurements_are_read_in_both_ways() -> None:
    assert measurement(GOOD) == measurement(BASE64) == bytes.fromhex(GOOD)
    assert [measurement(each) for each in ("", "zz" * 48, "ab" * 20, "é" * 64)] == [None] * 4
    assert golden_values({"PCR1": [], "pcr2": [GOOD]}) == {"PCR2": {bytes.fromhex(GOOD)}}


# --- Calls ---

FIELDS = {0: "ImageDigest", **{number: f"PCR{number}" for number in (1, 2, 3, 4, 8)}}


def event(arn: str | None = ARN, module: str = "i-1-enc2", name: str = "Decrypt", **registers: str) -> str:
    recipient = {f"attestationDocumentEnclave{FIELDS[int(each[3:])]}": value for each, value in registers.items()}
    return json.dumps(
        {
            "eventName": name,
            "eventTime": "2026-03-31T12:00:00Z",
            "resources": [{"type": "AWS::S3::Bucket", "ARN": "arn:b"}, {"type": "AWS::KMS::Key", "ARN": arn}],
            "additionalEventData": {"recipient": {"attestationDocumentModuleId": module, **recipient}},
        }
    )


def called(arn: str = ARN, **registers: str) -> AttestedCall:
    found = attested_call(event(arn, **registers))
    assert found
    return found


def as_base64(value: str) -> str:
    return base64.b64encode(bytes.fromhex(value)).decode()


IMAGE = {"PCR0": as_base64(GOOD), "PCR1": as_base64(OTHER), "PCR2": as_base64(OTHER)}
DEBUG = {f"PCR{number}": as_base64(ZERO) for number in range(3)}
LIMITED = Failure("limited", "cloudtrail:LookupEvents", "enclave_debug_max_events")


def test_events_are_read() -> None:
    found = called(**IMAGE)
    assert found.measurements["PCR0"] == bytes.fromhex(GOOD)
    assert (str(found), found.key_id, found.is_debug) == ("Decrypt at 2026-03-31T12:00:00Z", "k", False)
    assert called(**DEBUG, PCR3=as_base64(GOOD)).is_debug
    assert called(PCR0=as_base64(ZERO)).is_debug is None
    assert called(PCR0=as_base64(GOOD)).is_debug is False


@pytest.mark.parametrize(
    "told",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"additionalEventData": "x", "resources": [1]}',
        event(None),
        event(module="i-1-tpm2"),
    ],
)
def test_other_events_are_left_out(told: str) -> None:
    assert attested_call(told) is None


def debug(*histories: DebugHistory, targets: Iterable[str] = ()) -> list[Verdict]:
    verdicts = kms_key_enclave_debug_attestation_detected(
        Account(id=ACCOUNT), histories, enclave_debug_target_key_ids=list(targets)
    )
    return list(verdicts)


def test_keys_called_in_debug_mode_fail() -> None:
    found = debug(DebugHistory(region="eu-west-1", calls=(called(**IMAGE), called(**DEBUG))), DebugHistory())
    assert [type(each) for each in found] == [Fail]
    assert "debug mode: Decrypt at 2026-03-31T12:00:00Z" in found[0].detail
    assert (found[0].resource.arn, found[0].resource.region) == (ARN, "eu-west-1")


@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        (DebugHistory(calls=(called(**IMAGE),)), Pass),
        (DebugHistory(calls=(called(**IMAGE),), unread=LIMITED), Manual),
        (DebugHistory(calls=(called(**DEBUG),), unread=LIMITED), Fail),
        (DebugHistory(calls=(called(**IMAGE), called(PCR0=as_base64(ZERO)))), Manual),
        (DebugHistory(), Manual),
    ],
)
def test_debug_mode(history: DebugHistory, verdict: type) -> None:
    assert [type(each) for each in debug(history)] == [verdict]


def test_what_one_region_does_not_tell_hides_no_key_of_another() -> None:
    denied = DebugHistory(region="eu-west-1", unread=Failure("denied", "cloudtrail:LookupEvents", "AccessDenied"))
    assert [type(each) for each in debug(DebugHistory(calls=(called(**IMAGE),)), denied)] == [Pass]
    with pytest.raises(GapError, match="cloudtrail:LookupEvents"):
        debug(DebugHistory(), denied)


def test_only_keys_that_are_asked_for() -> None:
    history = DebugHistory(calls=(called(**DEBUG), called(f"{ARN}2", **IMAGE)))
    found = debug(history, targets=["k2", "k3"])
    assert [type(each) for each in found] == [Pass, Manual]
    assert found[1].resource_id == "k3"


@pytest.mark.parametrize(
    ("calls", "golden", "verdict"),
    [
        ([called(**IMAGE)], {}, Manual),
        ([called(**IMAGE)], {"PCR0": [GOOD]}, Pass),
        ([called(**IMAGE)], {"PCR0": [GOOD], "PCR1": [GOOD]}, Fail),
        ([called(**IMAGE)], {"PCR0": [GOOD], "PCR8": [GOOD]}, Manual),
        ([called(**IMAGE), called(**DEBUG)], {"PCR0": [GOOD]}, Pass),
        ([called(**DEBUG)], {"PCR0": [GOOD]}, Manual),
        ([], {"PCR0": [GOOD]}, Manual),
    ],
)
def test_unknown_images(calls: Any, golden: Any, verdict: type) -> None:
    history = ImageHistory(calls=tuple(calls))
    found = list(
        kms_key_enclave_attestation_unknown_image(
            Account(id=ACCOUNT),
            (history,),
            enclave_golden_pcr_values=golden,
            enclave_unknown_image_severity="HIGH",
        )
    )
    assert [type(each) for each in found] == [verdict]
    assert found[0].severity == ("high" if verdict is Fail else None)
