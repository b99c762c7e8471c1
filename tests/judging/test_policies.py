"""Policy documents: parsing, power, exposure."""

from __future__ import annotations

import contextlib
import fnmatch
import itertools
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler.judging.policies import (
    Condition,
    Outsiders,
    Policy,
    PolicyError,
    Principal,
    Statement,
    foreign_access,
    has_full_service_access,
    is_full_admin,
    matches,
    may_match,
    public_access,
    requires_secure_transport,
    tied_by,
)
from aioprowler.judging.policies.wildcards import encloses, overlap

OWN = "111122223333"
OTHER = "444455556666"

Json = dict[str, Any]


def policy(*statements: Json) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def allow_not(action: Any, resource: Any = "*") -> Json:
    return {"Effect": "Allow", "NotAction": action, "Resource": resource}


def anyone(operator: str | None = None, key: str = "", values: Any = None, action: Any = "s3:GetObject") -> Json:
    conditions = {} if operator is None else {"Condition": {operator: {key: values}}}
    return allow(action, "arn:aws:s3:::b/*", Principal="*", **conditions)


def is_public(document: Policy, **asked: Any) -> bool:
    found = public_access(document, **asked)
    assert not found.doubtful
    return bool(found.names)


def foreigners(document: Policy, *known: Any, **asked: Any) -> tuple[str, ...]:
    found = foreign_access(document, *known, **asked)
    assert not found.doubtful
    return found.names


def only(document: Any) -> Statement:
    (statement,) = Policy.parse(document).statements
    return statement


DEEP = "[" * 1_000 + "]" * 1_000
"""Within what can be read; but Python cannot print it."""


class TestWildcards:
    @pytest.mark.parametrize(
        ("pattern", "value", "expected"),
        [
            ("*", "", True),
            ("*", "s3:GetObject", True),
            ("s3:Get*", "s3:GetObject", True),
            ("s3:Get*", "s3:PutObject", False),
            ("s3:*Object", "s3:GetObject", True),
            ("s3:*Object", "s3:GetObjectAcl", False),
            ("s3:?etObject", "s3:GetObject", True),
            ("s3:?GetObject", "s3:GetObject", False),
            ("a*b*b", "ab", False),
            ("a**b", "ab", True),
            ("a[bc]", "ab", False),
            ("a.c", "abc", False),
            ("a*", "a\nb", True),
            ("", "", True),
            ("", "a", False),
        ],
    )
    def test_literals(self, pattern: str, value: str, expected: bool) -> None:
        assert matches(pattern, value) is expected

    def test_case(self) -> None:
        assert not matches("S3:getobject", "s3:GetObject")
        assert matches("S3:getobject", "s3:GetObject", ignore_case=True)

    @given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
    def test_agrees_with_fnmatch(self, pattern: str, value: str) -> None:
        assert matches(pattern, value) is fnmatch.fnmatchcase(value, pattern)

    @given(st.text(max_size=20))
    def test_literal_text_matches_itself_alone(self, text: str) -> None:
        literal = re.sub(r"[*?]", "", text)
        assert matches(literal, literal)
        assert not matches(literal, literal + "x")

    @pytest.mark.parametrize("value", ["a" * 20_000, "a" * 20_000 + "c", "ab" * 5_000])
    @pytest.mark.parametrize("pattern", ["*a*a*a*a*b" * 50, "*a" * 100 + "b", "*" * 5_000 + "c", "*?" * 500 + "d"])
    def test_hostile_patterns_end(self, pattern: str, value: str) -> None:
        matches(pattern, value)

    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            ("*", True),
            ("arn:*", True),
            ("arn:aws:iam::*", True),
            ("*:role/deploy", True),
            ("arn:aws:iam::123456789012:role/deploy-*", True),
            ("arn:aws:iam::123456789012:role/", True),
            ("arn:aws:iam::????????????:r?le/x", True),
            ("arn:aws:iam:*:role/x", True),
            ("arn:aws:iam:::role/x", True),
            ("arn:aws:iam::123456789012:role", False),
            ("arn:aws:iam::123456789012:user/*", False),
            ("arn:aws:iam::123:456:role/x", False),
            ("arn:aws:iam::*:user/*", False),
            ("arn:aws:iam:eu-west-1:123456789012:role/x", False),
            ("arn:aws:s3:::bucket/*", False),
            ("arn:aws-cn:*", False),
            ("ARN:*", False),
            ("", False),
        ],
    )
    def test_may_match(self, pattern: str, expected: bool) -> None:
        assert may_match(pattern, "arn:aws:iam::*:role/") is expected

    def test_may_match_without_regard_to_case(self) -> None:
        assert may_match("KMS:De*", "kms:", ignore_case=True)
        assert not may_match("KMS:De*", "kms:")
        assert not may_match("km", "kms:", ignore_case=True)

    @given(st.text("ab:*?", max_size=7), st.text("ab:", min_size=1, max_size=4), st.text("ab", max_size=4))
    def test_what_matches_may_match(self, pattern: str, start: str, rest: str) -> None:
        assert may_match(pattern, start) or not matches(pattern, start + rest)
        open_field = start.replace("a", "*")
        assert may_match(pattern, open_field) or not matches(pattern, start + rest)

    @given(st.text("ab*?", max_size=5), st.text("ab", min_size=1, max_size=3))
    def test_what_may_match_matches_something(self, pattern: str, start: str) -> None:
        rests = ("".join(letters) for n in range(6) for letters in itertools.product("ab", repeat=n))
        assert may_match(pattern, start) is any(matches(pattern, start + rest) for rest in rests)

    @given(st.text("ab*?", max_size=5), st.text("ab*?", max_size=5), st.text("ab", max_size=5))
    def test_what_one_wildcard_has_of_another(self, one: str, other: str, value: str) -> None:
        assert overlap(one, other) is overlap(other, one)
        if matches(other, value):
            assert matches(one, value) or not encloses(one, other)
            assert overlap(one, other) or not matches(one, value)

    @given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
    def test_what_overlaps_has_something_in_common(self, one: str, other: str) -> None:
        values = ("".join(letters) for n in range(9) for letters in itertools.product("ab", repeat=n))
        assert overlap(one, other) is any(matches(one, value) and matches(other, value) for value in values)

    @pytest.mark.parametrize(
        ("wider", "narrower", "expected"),
        [
            ("s3:*", "s3:Get*", True),
            ("s3:*", "s3:*", True),
            ("s3:?etObject", "s3:GetObject", True),
            ("s3:?etObject", "s3:?etObject", True),
            ("s3:Get*", "s3:*", False),
            ("s3:???", "s3:*", False),
            ("s3:?", "s3:*", False),
            ("S3:get*", "s3:GetObject", False),
        ],
    )
    def test_encloses(self, wider: str, narrower: str, expected: bool) -> None:
        assert encloses(wider, narrower) is expected

    @pytest.mark.parametrize("one", ["*a*a*a*a*b" * 500, "*" * 9_000 + "c", "*?" * 3_000 + "d"])
    def test_hostile_patterns_end_beside_each_other(self, one: str) -> None:
        assert overlap(one, "*a" * 4_000 + "*")
        assert encloses("*", one)

    @pytest.mark.parametrize("pattern", ["*a*a*a*a*b" * 50, "*" * 3_000 + "c", "*?" * 500 + "d"])
    def test_hostile_patterns_end_beside_a_start(self, pattern: str) -> None:
        assert may_match(pattern, "arn:aws:iam::*:role/") is True


class TestParse:
    @pytest.mark.parametrize("form", [str, str.encode, quote, lambda text: quote(text).encode(), json.loads])
    def test_forms(self, form: Any) -> None:
        text = json.dumps({"Version": "2012-10-17", "Statement": allow("s3:Get*", "arn:aws:s3:::a%b/*", Sid="x")})
        parsed = Policy.parse(form(text))
        assert parsed == policy(allow(["s3:Get*"], ["arn:aws:s3:::a%b/*"], Sid="x"))
        assert parsed.version == "2012-10-17"
        assert parsed.statements[0].sid == "x"

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            (" ", "not valid JSON"),
            ("{", "not valid JSON"),
            ("%7B%22", "not valid JSON"),
            ("%FF", "not valid JSON"),
            (b"\xff{}", "not valid JSON"),
            ("[]", "the policy must be an object, not list"),
            ("null", "the policy must be an object, not NoneType"),
            ("{}", "no Statement"),
            ({"Statement": "x"}, re.escape("Statement[0] must be an object, not str")),
            ({"Statement": [{"Action": "*"}]}, "Effect must be Allow or Deny, not None"),
            ({"Statement": [{"Effect": "allow"}]}, "Effect must be Allow or Deny, not 'allow'"),
            ({"Statement": [{"Effect": ["Allow"]}]}, "Effect must be Allow or Deny, not list"),
            (f'{{"Statement": [{{"Effect": {DEEP}}}]}}', "Effect must be Allow or Deny, not list"),
            (f'{{"Statement": [{{"Effect": "Allow", "Action": "*", "Sid": {DEEP}}}]}}', "Sid must be a string"),
            (f'{{"Statement": [], "Version": {DEEP}}}', "Version must be a string"),
            ("[" * 1_025 + "]" * 1_025, "the policy is not valid JSON: depth limit exceeded"),
            ('{"Statement": ' + "9" * 5_000 + "}", "the policy is not valid JSON: number is infinity"),
            ({"Statement": allow({})}, "Action must be a string or a list of strings, not dict"),
            ({"Statement": allow([["*"]])}, "Action must be a string or a list of strings, not list"),
            ({"Statement": allow("*", None)}, "Resource must be a string or a list of strings, not NoneType"),
            (
                {"Statement": {"Effect": "Allow", "Resource": "*"}},
                re.escape("Statement[0] has neither Action nor NotAction"),
            ),
            ({"Statement": allow(NotAction="*")}, "both Action and NotAction"),
            ({"Statement": allow(NotResource="*")}, "both Resource and NotResource"),
            ({"Statement": allow(Principal="*", NotPrincipal="*")}, "both Principal and NotPrincipal"),
            ({"Statement": allow(Principal={"AWS": {}})}, "Principal.AWS must be a string"),
            ({"Statement": allow(Condition="x")}, "Condition must be an object, not str"),
            ({"Statement": allow(Condition={"Bool": "x"})}, "Condition.Bool must be an object, not str"),
            ({"Statement": allow(Condition={"Bool": {"k": None}})}, "Condition.Bool.k must be a string"),
        ],
    )
    def test_malformed(self, document: Any, message: str) -> None:
        with pytest.raises(PolicyError, match=message):
            Policy.parse(document)

    def test_an_empty_text_is_no_policy(self) -> None:
        assert Policy.parse("") == Policy(())

    def test_a_field_is_read_when_somebody_reads_it(self) -> None:
        policy = Policy.decode("{")
        for _ in range(2):
            with pytest.raises(PolicyError, match="not valid JSON"):
                _ = policy.grants

    def test_principals(self) -> None:
        parsed = only({"Statement": allow(Principal={"AWS": [OWN, "*"], "Service": "ec2.amazonaws.com"})})
        assert parsed.principals == (
            Principal("AWS", OWN),
            Principal("AWS", "*"),
            Principal("Service", "ec2.amazonaws.com"),
        )
        assert only({"Statement": allow(Principal="*")}).principals == (Principal("AWS", "*"),)
        assert only({"Statement": allow(NotPrincipal={"AWS": OWN})}).not_principals == (Principal("AWS", OWN),)

    def test_conditions(self) -> None:
        parsed = only(
            {
                "Statement": allow(
                    Condition={
                        "ForAnyValue:StringLikeIfExists": {"AWS:PrincipalOrgID": "o-1"},
                        "Bool": {"aws:SecureTransport": False},
                        "NumericLessThan": {"s3:TlsVersion": [1.2, 2]},
                    }
                )
            }
        )
        assert parsed.conditions == (
            Condition("stringlike", "aws:principalorgid", ("o-1",), "foranyvalue", if_exists=True),
            Condition("bool", "aws:securetransport", ("false",)),
            Condition("numericlessthan", "s3:tlsversion", ("1.2", "2")),
        )

    @given(st.dictionaries(st.sampled_from(["Action", "Resource", "Sid"]), st.text(max_size=9)), st.text(max_size=9))
    def test_single_and_list_forms_are_one(self, fields: dict[str, str], value: str) -> None:
        single = {**allow(value), "Principal": {"AWS": value}, "Condition": {"StringLike": {"k": value}}, **fields}
        several: Json = {name: [text] if name in {"Action", "Resource"} else text for name, text in single.items()}
        several |= {"Principal": {"AWS": [value]}, "Condition": {"StringLike": {"k": [value]}}}
        assert Policy.parse({"Statement": single}) == Policy.parse({"Statement": [several]})

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x), max_leaves=5))
    def test_whatever_comes_is_a_policy_or_a_policy_error(self, value: Any) -> None:
        for document in (json.dumps(value), {"Statement": value}, {"Statement": allow(value, value, Principal=value)}):
            with contextlib.suppress(PolicyError):
                assert is_public(Policy.parse(document)) in {True, False}


class TestStatements:
    def test_allows(self) -> None:
        parsed = only({"Statement": allow(["S3:Get*"], "arn:aws:s3:::b/*")})
        assert parsed.allows("s3:GetObject")
        assert parsed.allows("s3:getobject", "arn:aws:s3:::b/key")
        assert not parsed.allows("s3:GetObject", "arn:aws:s3:::B/key")
        assert not parsed.allows("s3:PutObject")
        assert not only({"Statement": deny()}).allows("s3:GetObject")

    def test_negations(self) -> None:
        parsed = only({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "NotResource": ["arn:aws:s3:::b"]}})
        assert parsed.covers_action("s3:GetObject")
        assert not parsed.covers_action("IAM:GetUser")
        assert parsed.covers_resource("arn:aws:s3:::c")
        assert not parsed.covers_resource("arn:aws:s3:::b")

    def test_allowed_actions(self) -> None:
        actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "ec2:RunInstances", "iam:GetUser"]
        parsed = policy(
            allow("s3:*", "arn:aws:s3:::b/*"),
            allow_not(["s3:*", "iam:*"]),
            deny("s3:Put*"),
            deny("s3:Get*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
            deny("s3:Delete*", "arn:aws:s3:::c/*"),
        )
        assert parsed.allowed_actions(actions) == {"s3:GetObject", "s3:DeleteObject", "ec2:RunInstances"}
        assert parsed.allowed_actions(actions, on_everything=True) == {"ec2:RunInstances"}
        assert parsed.allowed_actions(["S3:getobject"]) == {"S3:getobject"}
        assert parsed.allowed_actions([]) == frozenset()

    @pytest.mark.parametrize(
        ("statement", "reached"),
        [
            (allow("*", "*"), True),
            (allow("*", "arn:aws:x:*:1:*a*"), True),
            (allow("*", ["arn:aws:x:*:1:a/*", "arn:aws:x:*:1:b/*"]), False),
            (allow("*", "arn:aws:x:*:2:*"), False),
            ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:y:*"}, True),
            ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:x:*:1:b/*"}, False),
        ],
    )
    def test_one_pattern_reaches_both(self, statement: Json, reached: bool) -> None:
        resources = only({"Statement": statement}).resources
        assert resources.reaches("arn:aws:x:*:1:a/", "arn:aws:x:*:1:b/") is reached

    @pytest.mark.parametrize(
        ("resource", "every"),
        [
            ("*", True),
            ("arn:aws:iam::*", True),
            ("arn:aws:iam::1:role/?*", True),
            ("arn:aws:iam::1:role/a*", False),
            ("arn:aws:iam::1:role/?", False),
            ("arn:aws:iam::2:role/*", False),
        ],
    )
    def test_covers_every(self, resource: str, every: bool) -> None:
        assert only({"Statement": allow("*", resource)}).covers_every("arn:aws:iam::1:role/") is every
        negated = {"Effect": "Allow", "Action": "*", "NotResource": resource}
        assert only({"Statement": negated}).covers_every("arn:aws:iam::1:role/") is not every

    def test_parts_of_a_selector(self) -> None:
        actions = only({"Statement": allow(["*", "*:*", "s3:*", "kms:Decrypt"])}).actions
        assert actions.specific.patterns == ("s3:*", "kms:Decrypt")
        assert actions.wildcards.patterns == ("*", "*:*", "s3:*")
        negated = only({"Statement": allow_not(["*", "kms:Decrypt"])}).actions
        assert negated.specific == negated.wildcards == negated

    @pytest.mark.parametrize(
        ("denial", "certain"),
        [
            (deny(), True),
            (deny(Principal="*"), True),
            (deny("*", ["arn:aws:s3:::b", "*"]), True),
            ({"Effect": "Deny", "NotAction": "x:y", "Resource": "*"}, True),
            (deny(Condition={"Bool": {"k": "true"}}), False),
            (deny("*", "arn:aws:s3:::b"), False),
            ({"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b"}, False),
            (deny(Principal={"AWS": OTHER}), False),
            (deny(NotPrincipal={"AWS": OTHER}), False),
            (allow(), False),
        ],
    )
    def test_certain_denials(self, denial: Json, certain: bool) -> None:
        assert only({"Statement": denial}).certainly_denies is certain


ACTIONS = ["s3:GetObject", "s3:PutObject", "iam:PassRole", "kms:Decrypt"]
patterns = st.sampled_from(["*", "s3:*", "S3:get*", "iam:PassRole", "kms:?ecrypt", "x:y"])
resources = st.sampled_from(["*", "arn:aws:s3:::b/*", ["arn:aws:s3:::b", "*"]])
bodies = st.builds(
    lambda effect, negated, action, resource, conditions, principal: {
        "Effect": effect,
        ("NotAction" if negated else "Action"): action,
        "Resource": resource,
        **conditions,
        **principal,
    },
    st.sampled_from(["Allow", "Deny"]),
    st.booleans(),
    st.lists(patterns, min_size=1, max_size=3),
    resources,
    st.sampled_from([{}, {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}]),
    st.sampled_from([{}, {"Principal": "*"}, {"Principal": {"AWS": OTHER}}, {"Principal": {"AWS": OWN}}]),
)
documents = st.lists(bodies, max_size=4)


class TestProperties:
    @given(documents, st.lists(patterns, min_size=1, max_size=2))
    def test_a_deny_never_adds(self, statements: list[Json], denied: list[str]) -> None:
        before, after = policy(*statements), policy(*statements, deny(denied))
        assert after.allowed_actions(ACTIONS) <= before.allowed_actions(ACTIONS)
        assert not policy(*statements, deny()).allowed_actions(ACTIONS)
        assert not is_full_admin(policy(*statements, deny()))
        assert not has_full_service_access(policy(*statements, deny()), "kms")

    @given(documents, bodies)
    def test_an_allow_never_takes_away(self, statements: list[Json], extra: Json) -> None:
        before, after = policy(*statements), policy(*statements, extra | {"Effect": "Allow"})
        assert before.allowed_actions(ACTIONS) <= after.allowed_actions(ACTIONS)
        assert is_public(before) <= is_public(after)
        assert set(foreigners(before, OWN)) <= set(foreigners(after, OWN))
        assert has_full_service_access(before, "s3") <= has_full_service_access(after, "s3")

    @given(documents)
    def test_an_allow_to_all_makes_public(self, statements: list[Json]) -> None:
        parsed = policy(*(each | {"Effect": "Allow"} for each in statements), anyone())
        assert is_public(parsed)
        assert "*" in foreigners(parsed, OWN)

    @given(documents)
    def test_order_is_indifferent(self, statements: list[Json]) -> None:
        one, two = policy(*statements), policy(*reversed(statements))
        assert is_full_admin(one) == is_full_admin(two)
        assert is_public(one) == is_public(two)
        assert one.allowed_actions(ACTIONS) == two.allowed_actions(ACTIONS)

    @given(documents)
    def test_public_means_open_to_other_accounts(self, statements: list[Json]) -> None:
        parsed = policy(*statements)
        assert is_public(parsed) <= bool(foreigners(parsed, OWN))


class TestAdmin:
    @pytest.mark.parametrize(
        "statements",
        [
            [allow()],
            [allow(["s3:*", "*"], ["*"])],
            [allow("*:*")],
            [allow("*", "*:*")],
            [allow("*", "*/*")],
            [allow("*", ["arn:aws:s3:::b", "*"])],
            [allow("*", "arn:aws:*")],
            [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b"}],
            [allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
            [allow_not("iam:*")],
            [allow_not("s3:DeleteBucket"), allow("ec2:*")],
            [allow_not("nonsense:*"), allow("ec2:*")],
            [allow_not("iam:*"), allow("iam:*")],
            [allow(), deny("s3:*")],
            [allow(), deny(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})],
            [allow(), deny("*", "arn:aws:s3:::b")],
        ],
    )
    def test_administrators(self, statements: list[Json]) -> None:
        assert is_full_admin(policy(*statements))

    @pytest.mark.parametrize(
        "statements",
        [
            [],
            [allow("s3:*")],
            [allow("*", "arn:aws:s3:::b/*")],
            [{"Effect": "Allow", "Action": "*", "NotResource": "*"}],
            [allow_not("*")],
            [allow_not(["iam:*", "organizations:*", "account:*"]), allow(["iam:ListRoles", "account:GetAccount*"])],
            [allow_not("s3:*", "arn:aws:s3:::b")],
            [allow(), deny()],
            [allow(), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}],
            [deny()],
        ],
    )
    def test_others(self, statements: list[Json]) -> None:
        assert not is_full_admin(policy(*statements))

    @pytest.mark.parametrize(
        ("statements", "expected"),
        [
            ([allow("kms:*")], True),
            ([allow("KMS:*", ["x", "*"])], True),
            ([allow("k*")], True),
            ([allow("kms:?*")], True),
            ([allow()], True),
            ([allow_not("iam:*")], True),
            ([allow_not(["iam:*", "kms:Decrypt"])], False),
            ([allow_not("*:Decrypt")], False),
            ([allow_not("kms:Decrypt"), allow("kms:D*")], True),
            ([allow_not("kms:D*"), allow("kms:*", "arn:aws:kms:*:*:key/1")], False),
            ([allow_not("kms:D*"), allow("kms:Decrypt")], False),
            ([allow_not("kms:Decrypt"), allow_not("kms:Encrypt")], True),
            ([allow_not("kms:D*"), allow_not("kms:De*")], False),
            ([allow_not("kms:D*"), allow_not("kms:E*")], True),
            ([allow_not("k?s:Decrypt")], False),
            ([allow_not("km")], True),
            ([allow("kms:D*")], False),
            ([allow("kms:*", "arn:aws:kms:eu-west-1:111122223333:key/1")], False),
            ([allow("kmsx:*")], False),
            ([allow("kms:*"), deny("kms:Decrypt")], False),
            ([allow("kms:*"), deny("*:Decrypt")], False),
            ([allow("kms:*"), deny("s3:*")], True),
            ([allow("kms:*"), {"Effect": "Deny", "NotAction": "kms:*", "Resource": "*"}], True),
            ([allow("kms:*"), {"Effect": "Deny", "NotAction": "kms:D*", "Resource": "*"}], False),
            ([allow("kms:*"), deny("kms:*", Condition={"Bool": {"k": "true"}})], True),
        ],
    )
    def test_full_service_access(self, statements: list[Json], expected: bool) -> None:
        assert has_full_service_access(policy(*statements), "kms") is expected


class TestPublic:
    @pytest.mark.parametrize(
        "principal",
        [
            {"Principal": "*"},
            {"Principal": {"AWS": "*"}},
            {"Principal": {"AWS": [OWN, "*"]}},
            {"Principal": {"AWS": "arn:aws:iam::*:root"}},
            {"Principal": {"CanonicalUser": "*"}},
            {"NotPrincipal": {"AWS": f"arn:aws:iam::{OTHER}:root"}},
        ],
    )
    def test_anyone(self, principal: Json) -> None:
        assert is_public(policy(allow("s3:GetObject", **principal)))
        assert not is_public(policy(deny("s3:GetObject", **principal)))

    @pytest.mark.parametrize(
        "principal",
        [
            {},
            {"Principal": {"AWS": f"arn:aws:iam::{OTHER}:role/*"}},
            {"Principal": {"AWS": OTHER}},
            {"Principal": {"Service": "sns.amazonaws.com"}},
            {"Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/x"}},
        ],
    )
    def test_somebody(self, principal: Json) -> None:
        assert not is_public(policy(allow("s3:GetObject", **principal)))

    @pytest.mark.parametrize(
        ("operator", "key", "values"),
        [
            ("StringEquals", "aws:PrincipalOrgID", "o-abc"),
            ("stringequals", "AWS:PRINCIPALORGID", ["o-abc", "o-def"]),
            ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-abc/r-1/ou-1/*"]),
            ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
            ("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
            ("StringEquals", "aws:SourceAccount", OTHER),
            ("StringEquals", "aws:SourceAccount", int(OTHER)),
            ("StringEquals", "aws:SourceOwner", OWN),
            ("StringLike", "kms:CallerAccount", OWN),
            ("StringLike", "kms:ViaService", "s3.*.amazonaws.com"),
            ("StringEquals", "s3:DataAccessPointAccount", OWN),
            ("StringEquals", "aws:SourceVpc", "vpc-1"),
            ("StringEquals", "aws:SourceVpce", ["vpce-1", "vpce-2"]),
            ("StringLike", "aws:userid", "AROAEXAMPLE:*"),
            ("ArnLike", "aws:SourceArn", f"arn:aws:*:*:{OTHER}:*"),
            ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::bucket"),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:bucket"),
            ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/*"),
            ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:user/${{aws:username}}"),
            ("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:eu-west-1:{OWN}:accesspoint/*"),
            ("StringEquals", "lambda:EventSourceToken", "amzn1.ask.skill.x"),
            ("StringLike", "sns:Endpoint", "*@example.com"),
            ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.1.7"]),
            ("IpAddress", "aws:SourceIp", "fd00::/8"),
            ("IpAddress", "aws:SourceIp", "8.8.8.0/24"),
            ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "8.0.0.0/8"]),
            ("IpAddress", "aws:SourceIp", ["8.0.0.0/9", "8.128.0.0/9", "2600:1::/32"]),
            ("StringEquals", "aws:PrincipalServiceName", "cloudtrail.amazonaws.com"),
            ("ForAnyValue:StringLike", "aws:PrincipalServiceNamesList", "*.amazonaws.com"),
            ("Bool", "aws:PrincipalIsAWSService", "true"),
        ],
    )
    def test_conditions_that_restrict(self, operator: str, key: str, values: Any) -> None:
        assert not is_public(policy(anyone(operator, key, values)))

    @pytest.mark.parametrize(
        ("operator", "key", "values"),
        [
            ("StringNotEquals", "aws:PrincipalOrgID", "o-abc"),
            ("StringEqualsIfExists", "aws:SourceVpce", "vpce-1"),
            ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-abc/"),
            ("Null", "aws:PrincipalOrgID", "false"),
            ("Bool", "aws:SecureTransport", "true"),
            ("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control"),
            ("StringLike", "aws:PrincipalOrgID", "*"),
            ("StringLike", "aws:PrincipalOrgID", ["o-abc", "o-*"]),
            ("StringLike", "aws:SourceVpc", "vpc-*"),
            ("StringLike", "aws:Referer", "https://example.com/*"),
            ("StringEquals", "aws:SourceAccount", []),
            ("StringEquals", "aws:SourceAccount", ""),
            ("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),
            ("StringEquals", "aws:username", "root"),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:bucket-*"),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:accesspoint/a"),
            ("ArnLike", "aws:SourceArn", "arn:aws:*:*:*:bucket"),
            ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:topic"),
            ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::bucket", "*"]),
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Admin"),
            ("StringLike", "aws:userid", "*:session"),
            ("StringLike", "kms:ViaService", "*.amazonaws.com"),
            ("StringLike", "sns:Endpoint", "https://*"),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
            ("IpAddress", "aws:SourceIp", "8.0.0.0/7"),
            ("IpAddress", "aws:SourceIp", ["8.0.0.0/8", "9.0.0.0/8"]),
            ("IpAddress", "aws:SourceIp", ["9.0.0.0/8", "8.0.0.0/8", "8.8.8.0/24"]),
            ("IpAddress", "aws:SourceIp", ["8.0.0.0/8", "9.0.0.0/32"]),
            ("IpAddress", "aws:SourceIp", ["10.0.0.0/7", "8.8.8.8"]),
            ("IpAddress", "aws:SourceIp", "::/0"),
            ("IpAddress", "aws:SourceIp", ["2600::/32", "2600:1::/32"]),
            ("IpAddress", "aws:SourceIp", "*"),
            ("IpAddress", "aws:SourceIp", ["8.8.8.8", "${aws:SourceIp}"]),
            ("StringEquals", "aws:PrincipalOrgID", ["o-abc", "*"]),
            ("StringEquals", "aws:ResourceOrgID", "o-abc"),
            ("StringEquals", "aws:ResourceAccount", OWN),
            ("StringEquals", "s3:ResourceAccount", OWN),
            ("StringEquals", "lambda:FunctionUrlAuthType", "AWS_IAM"),
            ("StringEquals", "sns:Protocol", "https"),
            ("StringEqualsIfExists", "aws:PrincipalServiceName", "cloudtrail.amazonaws.com"),
            ("Bool", "aws:PrincipalIsAWSService", "false"),
            ("Bool", "aws:PrincipalIsAWSService", ["true", "false"]),
            ("IpAddress", "aws:SourceIp", "2600::/16"),
            ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
        ],
    )
    def test_conditions_that_do_not(self, operator: str, key: str, values: Any) -> None:
        assert is_public(policy(anyone(operator, key, values)))
        assert foreigners(policy(anyone(operator, key, values)), OWN) == ("*",)

    def test_one_restricting_condition_suffices(self) -> None:
        statement = anyone("Bool", "aws:SecureTransport", "true")
        statement["Condition"]["StringEquals"] = {"aws:SourceAccount": OWN}
        assert not is_public(policy(statement))
        assert is_public(policy(statement, anyone()))

    def test_trusted_addresses(self) -> None:
        parsed = policy(anyone("IpAddress", "aws:SourceIp", ["8.0.0.0/7", "2600:1::1", "10.0.0.1"]))
        assert is_public(parsed)
        assert not is_public(parsed, trusted_ips=["8.0.0.0/6", "not an address"])
        assert foreigners(parsed, OWN, trusted_ips=["8.0.0.0/6"]) == ("*",)
        assert not foreigners(parsed, OWN, trusted_ips=["8.0.0.0/6", "2600:1::/32"])

    def test_a_range_of_addresses_tells_no_account(self) -> None:
        parsed = policy(anyone("IpAddress", "aws:SourceIp", "8.8.8.0/24"))
        assert not is_public(parsed)
        assert foreigners(parsed, OWN) == ("*",)

    @pytest.mark.parametrize(
        ("operator", "values"),
        [
            ("StringEqualsIfExists", "o-abc"),
            ("ForAllValues:StringEquals", ["o-abc"]),
            ("ForAllValues:StringEqualsIfExists", "o-abc"),
        ],
    )
    @pytest.mark.parametrize(
        ("null", "demanded"),
        [
            ({"aws:PrincipalOrgID": "false"}, True),
            ({"AWS:principalorgid": [False]}, True),
            ({"aws:PrincipalOrgID": "true"}, False),
            ({"aws:PrincipalOrgID": ["true", "false"]}, False),
            ({"aws:PrincipalAccount": "false"}, False),
        ],
    )
    def test_a_key_that_is_demanded_elsewhere(self, operator: str, values: Any, null: Json, demanded: bool) -> None:
        statement = anyone(operator, "aws:PrincipalOrgID", values)
        statement["Condition"]["Null"] = null
        assert is_public(policy(statement)) is not demanded
        assert bool(foreigners(policy(statement), OWN)) is not demanded

    def test_a_key_that_another_comparison_demands(self) -> None:
        statement = anyone("StringEqualsIfExists", "aws:PrincipalOrgID", "o-abc")
        statement["Condition"]["StringLike"] = {"aws:PrincipalOrgID": "o-*"}
        assert not is_public(policy(statement))

    @pytest.mark.parametrize(
        ("action", "writes"),
        [("s3:GetObject", False), ("s3:PutObject*", True), ("s3:*", True), (["s3:Get*", "s3:d*"], True)],
    )
    def test_actions(self, action: Any, writes: bool) -> None:
        assert is_public(policy(anyone(action=action)), actions=("s3:PutObject", "s3:DeleteObject")) is writes

    def test_not_action_counts(self) -> None:
        statement = {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*", "Principal": "*"}
        assert is_public(policy(statement), actions=("s3:PutObject",))
        assert not is_public(policy(statement), actions=("s3:GetObject",))

    def test_services_as_deputies(self) -> None:
        def trust(service: Any, **more: Any) -> Policy:
            return policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}, **more})

        assume = ("sts:AssumeRole",)
        assert not is_public(trust("ec2.amazonaws.com"), actions=assume)
        assert is_public(trust("ec2.amazonaws.com"), actions=assume, services=True)
        assert not is_public(trust("eks.amazonaws.com"), actions=assume, services=True)
        assert is_public(trust(["eks.amazonaws.com", "ec2.amazonaws.com"]), actions=assume, services=True)
        assert not is_public(
            trust("ec2.amazonaws.com", Condition={"StringEquals": {"aws:SourceAccount": OWN}}), services=True
        )

    @pytest.mark.parametrize(
        ("conditions", "deputy"),
        [
            ({"StringEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}}, True),
            ({"StringEquals": {"aws:PrincipalServiceName": "eks.amazonaws.com"}}, False),
            ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, True),
            (
                {
                    "StringEquals": {
                        "aws:PrincipalServiceName": "cloudtrail.amazonaws.com",
                        "aws:SourceAccount": OWN,
                    }
                },
                False,
            ),
        ],
    )
    def test_anyone_with_the_name_of_a_service_is_that_service(self, conditions: Json, deputy: bool) -> None:
        parsed = policy(allow("s3:PutObject", Principal="*", Condition=conditions))
        assert not is_public(parsed)
        assert foreigners(parsed, OWN) == ()
        assert is_public(parsed, services=True) is deputy
        named = policy(allow("s3:PutObject", Principal={"AWS": OTHER}, Condition=conditions))
        assert not foreigners(named, OWN)


class TestCrossAccount:
    def to(self, principal: Any, **more: Any) -> Policy:
        return policy(allow("s3:*", Principal=principal, **more))

    def test_who(self) -> None:
        role = f"arn:aws:iam::{OTHER}:role/{OWN}"
        parsed = self.to({"AWS": [OWN, f"arn:aws:iam::{OWN}:root", OTHER, role, OTHER]})
        assert foreigners(parsed, OWN) == (OTHER, role)
        assert foreigners(parsed, OWN, [OTHER]) == ()
        assert foreigners(self.to("*"), OWN) == ("*",)
        provider = f"arn:aws:iam::{OTHER}:saml-provider/x"
        assert foreigners(self.to({"Service": "ec2.amazonaws.com", "Federated": provider}), OWN) == ()
        assert foreigners(policy(allow(NotPrincipal={"AWS": OWN})), OWN) == ("*",)

    @pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}, {"AWS": [OWN, "*"]}])
    def test_all_but_everybody_is_nobody(self, everybody: Any) -> None:
        nobody = policy(allow(NotPrincipal=everybody))
        assert foreigners(nobody, OWN) == ()
        assert not is_public(nobody)
        assert foreigners(policy(deny(Principal={"AWS": OTHER})), OWN) == ()

    @pytest.mark.parametrize(
        ("key", "values", "bound"),
        [
            ("aws:PrincipalAccount", OWN, True),
            ("aws:PrincipalAccount", [OWN, "777788889999"], True),
            ("aws:PrincipalAccount", [OWN, OTHER], False),
            ("aws:PrincipalAccount", "${aws:ResourceAccount}", True),
            ("aws:SourceArn", f"arn:aws:sns:*:{OWN}:*", True),
            ("aws:SourceArn", f"arn:aws:sns:*:{OTHER}:*", False),
            ("aws:SourceArn", f"arn:aws:sns:*:*:{OWN}", False),
            ("aws:SourceArn", "arn:aws:s3:::bucket", True),
            ("aws:PrincipalOrgID", "o-abc", True),
            ("aws:SourceVpce", "vpce-1", True),
            ("aws:userid", "AROAEXAMPLE:*", False),
            ("kms:ViaService", "s3.eu-west-1.amazonaws.com", False),
        ],
    )
    def test_conditions(self, key: str, values: Any, bound: bool) -> None:
        parsed = self.to("*", Condition={"StringLike": {key: values}})
        assert foreigners(parsed, OWN, ["777788889999"]) == (() if bound else ("*",))

    def test_accounts_only(self) -> None:
        organization = self.to("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abc"}})
        addresses = self.to("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
        endpoint = self.to("*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
        assert [bool(foreigners(p, OWN)) for p in (organization, addresses, endpoint)] == [False] * 3
        strict = [foreigners(p, OWN, accounts_only=True) for p in (organization, addresses, endpoint)]
        assert strict == [("*",), ("*",), ()]


class TestDoubts:
    CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    LOG_DELIVERY = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

    def to(self, principal: Any) -> Policy:
        return policy(allow("s3:GetObject", Principal=principal))

    @pytest.mark.parametrize("partition", ["aws", "aws-cn"])
    def test_origin_access_identities_are_cloudfront(self, partition: str) -> None:
        identity = f"arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE1234"
        assert foreign_access(self.to({"AWS": identity}), OWN) == Outsiders()
        assert public_access(self.to({"AWS": identity}), services=True) == Outsiders()

    @pytest.mark.parametrize("prefix", ["AROA", "AIDA", "AGPA", "ANPA", "APKA", "ASCA", "AIPA"])
    def test_the_id_of_what_was_deleted(self, prefix: str) -> None:
        parsed = self.to({"AWS": f"{prefix}J2EXAMPLE3EXAMPLE4X"})
        doubt = f"{prefix}J2EXAMPLE3EXAMPLE4X, a principal that was deleted"
        assert foreign_access(parsed, OWN) == Outsiders(doubtful=(doubt,))
        assert public_access(parsed) == Outsiders()

    def test_canonical_users(self) -> None:
        doubt = f"{self.CANONICAL}, a canonical user, which does not tell its account"
        parsed = self.to({"CanonicalUser": [self.CANONICAL, self.LOG_DELIVERY]})
        assert foreign_access(parsed, OWN) == Outsiders(doubtful=(doubt,))
        assert foreign_access(parsed, OWN, [self.CANONICAL]) == Outsiders()
        assert public_access(parsed) == Outsiders()
        assert foreign_access(self.to({"CanonicalUser": "*"}), OWN) == Outsiders(names=("*",))

    def test_doubts_stand_beside_those_who_are_certain(self) -> None:
        found = foreign_access(self.to({"AWS": ["AROAEXAMPLE", OTHER], "CanonicalUser": self.CANONICAL}), OWN)
        assert found.names == (OTHER,)
        assert [each.partition(",")[0] for each in found.doubtful] == ["AROAEXAMPLE", self.CANONICAL]

    def test_a_condition_settles_doubts(self) -> None:
        tied = allow(Principal={"AWS": "AROAEXAMPLE"}, Condition={"StringEquals": {"aws:PrincipalAccount": OWN}})
        assert foreign_access(policy(tied), OWN) == Outsiders()

    def test_an_owner_is_named_where_the_resources_of_others_are_meant(self) -> None:
        owner = {"StringEquals": {"aws:ResourceAccount": OWN}}
        parsed = policy(allow(Principal="*", Condition=owner))
        assert foreign_access(parsed, OWN) == Outsiders(names=("*",))
        assert foreign_access(parsed, OWN, by_resource=True) == Outsiders()


BUCKET = "arn:aws:s3:::b"
OPEN = allow(["s3:GetObject", "s3:Put*"], [BUCKET, f"{BUCKET}/*"], Principal="*")


def denying(action: Any = "s3:*", resource: Any = (BUCKET, f"{BUCKET}/*"), **more: Any) -> Json:
    return deny(action, list(resource) if isinstance(resource, tuple) else resource, **{"Principal": "*", **more})


def denying_unless(operator: str, key: str, values: Any) -> Json:
    return denying(Condition={operator: {key: values}})


WITHOUT: Json = {"Condition": {"Null": {"aws:PrincipalOrgID": "true"}}}


class TestDenials:
    @pytest.mark.parametrize(
        "denials",
        [
            [denying()],
            [denying("*", "*")],
            [denying(["S3:getobject", "s3:P*"])],
            [denying("s3:*", f"{BUCKET}*")],
            [denying(Principal={"AWS": ["x", "*"]})],
            [denying("s3:Get*"), denying("s3:Put*")],
            [denying("s3:*", BUCKET), denying("s3:*", f"{BUCKET}/*")],
            [denying("s3:Get*", "*"), denying("s3:Put*", BUCKET), denying("s3:Put?*", f"{BUCKET}/*"), denying("s3:P*")],
            [{"Effect": "Deny", "Principal": "*", "NotAction": ["s3:List*", "iam:*"], "Resource": "*"}],
            [{"Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": ["arn:aws:s3:::other/*"]}],
        ],
    )
    def test_that_take_everything_back(self, denials: list[Json]) -> None:
        parsed = policy(*denials, OPEN)
        assert public_access(parsed, services=True) == Outsiders()
        assert foreign_access(parsed, OWN) == Outsiders()

    @pytest.mark.parametrize(
        "denials",
        [
            [denying("s3:GetObject")],
            [denying("s3:GetObject"), denying("s3:PutObject")],
            [denying("s3:*", BUCKET)],
            [denying("s3:*", f"{BUCKET}/private/*")],
            [denying("s3:Get*", BUCKET), denying("s3:Put*", f"{BUCKET}/*")],
            [denying("s3:*", f"{BUCKET}/???")],
            [denying("s3:Put???"), denying("s3:Get*")],
            [denying(Principal={"AWS": OTHER})],
            [denying(Principal={"AWS": OWN})],
            [denying(Principal={"Service": "s3.amazonaws.com"})],
            [{"Effect": "Deny", "Principal": "*", "NotAction": "s3:Put*", "Resource": "*"}],
            [{"Effect": "Deny", "Principal": "*", "NotAction": "s3:*Acl", "Resource": "*"}],
            [{"Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": f"{BUCKET}/public/*"}],
            [denying_unless("Bool", "aws:SecureTransport", "false")],
            [denying_unless("StringEquals", "aws:PrincipalAccount", OTHER)],
            [denying_unless("StringNotEquals", "aws:PrincipalOrgID", ["o-abc", "*"])],
            [denying_unless("StringNotLike", "aws:PrincipalOrgID", "o-*")],
            [denying_unless("StringNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/reader")],
            [denying_unless("StringNotEquals", "aws:ResourceAccount", OWN)],
            [denying_unless("StringNotEquals", "aws:ResourceOrgID", "o-abc")],
            [denying_unless("StringNotEquals", "aws:username", "alice")],
            [denying_unless("NotIpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"])],
            [denying_unless("Null", "aws:PrincipalOrgID", "true")],
            [
                denying(
                    Condition={
                        "StringNotEquals": {"aws:PrincipalOrgID": "o-abc"},
                        "Bool": {"aws:SecureTransport": "false"},
                    }
                )
            ],
        ],
    )
    def test_that_leave_something(self, denials: list[Json]) -> None:
        parsed = policy(*denials, OPEN)
        assert public_access(parsed) == Outsiders(names=("*",))
        assert foreign_access(parsed, OWN) == Outsiders(names=("*",))

    @pytest.mark.parametrize(
        ("denials", "demanded"),
        [
            ([denying_unless("Null", "AWS:principalorgid", True)], True),
            ([denying("s3:Get*", **WITHOUT), denying("s3:Put*", **WITHOUT)], True),
            ([denying("s3:Get*", **WITHOUT)], False),
            ([denying("s3:*", BUCKET, **WITHOUT)], False),
            ([denying(Principal={"AWS": OTHER}, **WITHOUT)], False),
            ([denying(Principal={"AWS": "arn:aws:iam::*:role/reader"}, **WITHOUT)], False),
            ([denying_unless("Null", "aws:PrincipalOrgID", "false")], False),
            ([denying_unless("Null", "aws:PrincipalAccount", "true")], False),
            ([denying(Condition={**WITHOUT["Condition"], "Bool": {"aws:SecureTransport": "false"}})], False),
        ],
    )
    def test_of_all_without_a_key_demand_it(self, denials: list[Json], demanded: bool) -> None:
        tied = {**OPEN, "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}}
        parsed = policy(*denials, tied)
        left = Outsiders() if demanded else Outsiders(names=("*",))
        assert (public_access(parsed), foreign_access(parsed, OWN)) == (left, left)

    @pytest.mark.parametrize(
        ("operator", "key", "values"),
        [
            ("StringNotEquals", "aws:PrincipalOrgID", "o-abc"),
            ("StringNotEqualsIfExists", "AWS:PrincipalOrgId", ["o-abc", "o-def"]),
            ("StringNotEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
            ("ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", "o-abc/r-1/*"),
            ("StringNotEquals", "aws:PrincipalAccount", OWN),
            ("StringNotEquals", "kms:CallerAccount", [OWN]),
            ("StringNotLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/*"),
            ("ArnNotLike", "aws:PrincipalArn", [f"arn:aws:iam::{OWN}:role/*", f"arn:aws:iam::{OWN}:user/x"]),
            ("StringNotEquals", "aws:SourceVpce", "vpce-1"),
            ("StringNotEqualsIfExists", "aws:SourceVpc", "vpc-1"),
            ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.0.1"]),
            ("BoolIfExists", "aws:PrincipalIsAWSService", "false"),
            ("StringNotEquals", "aws:PrincipalServiceName", "cloudtrail.amazonaws.com"),
        ],
    )
    def test_of_all_but_known_parties(self, operator: str, key: str, values: Any) -> None:
        parsed = policy(OPEN, denying_unless(operator, key, values))
        assert public_access(parsed) == Outsiders()
        assert foreign_access(parsed, OWN) == Outsiders()

    def test_of_all_but_some_account_or_addresses(self) -> None:
        account = policy(OPEN, denying_unless("StringNotEquals", "aws:PrincipalAccount", OTHER))
        addresses = policy(OPEN, denying_unless("NotIpAddress", "aws:SourceIp", "8.8.8.0/24"))
        organization = policy(OPEN, denying_unless("StringNotEquals", "aws:PrincipalOrgID", "o-abc"))
        assert [public_access(each) for each in (account, addresses, organization)] == [Outsiders()] * 3
        assert foreign_access(account, OWN).names == foreign_access(addresses, OWN).names == ("*",)
        assert foreign_access(account, OWN, [OTHER]) == Outsiders()
        assert foreign_access(organization, OWN, accounts_only=True).names == ("*",)

    @pytest.mark.parametrize(
        ("spared", "public", "foreign"),
        [
            ({"AWS": OWN}, (), ()),
            ({"AWS": [OWN, f"arn:aws:iam::{OWN}:role/x"], "Service": "s3.amazonaws.com"}, (), ()),
            ({"AWS": OTHER}, (), ("*",)),
            ("*", ("*",), ("*",)),
        ],
    )
    def test_of_all_but_those_whom_they_name(self, spared: Any, public: tuple[str], foreign: tuple[str]) -> None:
        parsed = policy(OPEN, deny("s3:*", [BUCKET, f"{BUCKET}/*"], NotPrincipal=spared))
        assert public_access(parsed) == Outsiders(names=public)
        assert foreign_access(parsed, OWN) == Outsiders(names=foreign)

    def test_of_all_but_a_part_of_what_is_allowed(self) -> None:
        role = f"arn:aws:iam::{OTHER}:role/x"
        spared = deny("s3:*", [BUCKET, f"{BUCKET}/*"], NotPrincipal={"AWS": role, "Service": "s3.amazonaws.com"})
        assert foreign_access(policy(OPEN | {"Principal": {"AWS": OTHER}}, spared), OWN).names == (OTHER,)
        assert foreign_access(policy(OPEN | {"Principal": {"AWS": role}}, spared), OWN).names == (role,)
        assert not foreign_access(policy(OPEN | {"Principal": {"AWS": "777788889999"}}, spared), OWN).names
        assert public_access(policy(OPEN, spared)) == Outsiders()
        assert public_access(policy(OPEN, spared), services=True).names == ("*",)

    @pytest.mark.parametrize(
        ("operator", "key", "values", "further"),
        [
            ("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", "o-abc/*", {}),
            ("StringNotEquals", "aws:PrincipalOrgID", "o-abc", {"Bool": {"aws:PrincipalIsAWSService": "false"}}),
            ("StringNotEquals", "aws:PrincipalOrgID", "o-abc", {"BoolIfExists": {"aws:ViaAWSService": "false"}}),
            ("StringNotEquals", "aws:SourceVpce", "vpce-1", {"StringNotEquals": {"aws:PrincipalTag/team": "x"}}),
            (
                "StringNotEquals",
                "aws:SourceVpc",
                "vpc-1",
                {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}},
            ),
        ],
    )
    def test_that_may_keep_strangers_out(self, operator: str, key: str, values: Any, further: Json) -> None:
        conditions = {operator: {key: values}}
        for name, tests in further.items():
            conditions[name] = conditions.get(name, {}) | tests
        parsed = policy(OPEN, denying(Condition=conditions))
        doubt = Outsiders(doubtful=("*, whom a Deny under conditions may keep out",))
        assert public_access(parsed) == doubt
        assert foreign_access(parsed, OWN) == doubt
        assert public_access(policy(OPEN, denying("s3:Get*", Condition=conditions))) == Outsiders(names=("*",))

    def test_that_spare_services_spare_deputies(self) -> None:
        conditions = {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }
        parsed = policy(OPEN, denying(Condition=conditions))
        assert public_access(parsed) == foreign_access(parsed, OWN) == Outsiders()
        assert public_access(parsed, services=True).names == ("*",)
        assert not public_access(
            policy(OPEN, denying_unless("StringNotEquals", "aws:SourceAccount", OWN)), services=True
        ).names

    @pytest.mark.parametrize(
        ("allowed", "denied", "kept_out"),
        [
            (OTHER, OTHER, True),
            (OTHER, f"arn:aws:iam::{OTHER}:root", True),
            (f"arn:aws:iam::{OTHER}:role/x", OTHER, True),
            (f"arn:aws:iam::{OTHER}:role/x", f"arn:aws:iam::{OTHER}:role/x", True),
            (f"arn:aws:iam::{OTHER}:role/x", f"arn:aws:iam::{OTHER}:role/y", False),
            (OTHER, f"arn:aws:iam::{OTHER}:role/x", False),
            (OTHER, "777788889999", False),
        ],
    )
    def test_of_one_account(self, allowed: str, denied: str, kept_out: bool) -> None:
        parsed = policy(OPEN | {"Principal": {"AWS": allowed}}, denying(Principal={"AWS": denied}))
        assert foreign_access(parsed, OWN).names == (() if kept_out else (allowed,))

    def test_of_what_is_asked_about(self) -> None:
        parsed = policy(OPEN, denying("s3:Put*"))
        assert not public_access(parsed, actions=["s3:PutObject", "s3:DeleteObject"]).names
        assert public_access(parsed, actions=["s3:PutObject", "s3:GetObject"]).names

    def test_beside_several_grants(self) -> None:
        assert public_access(policy(OPEN, denying(), allow("sqs:*", "*", Principal="*"))).names == ("*",)

    def test_of_what_is_allowed_by_negation(self) -> None:
        allowed = {"Effect": "Allow", "Principal": "*", "NotAction": "s3:Put*", "Resource": "*"}
        assert not public_access(policy(allowed, denying("*", "*"))).names
        denied = {"Effect": "Deny", "Principal": "*", "NotAction": ["s3:PutObject"], "Resource": "*"}
        assert not public_access(policy(allowed, denied)).names
        assert public_access(policy(allowed, denied | {"NotAction": ["s3:*Object"]})).names
        assert public_access(policy(allowed, denying("s3:*", "*"))).names

    def test_hostile_policies_end(self) -> None:
        stars = [f"{'*a' * 40}{n}" for n in range(60)]
        parsed = policy(
            allow(stars, stars, Principal={"AWS": [f"{n:012}" for n in range(100)]}),
            {"Effect": "Deny", "Principal": "*", "NotAction": stars, "NotResource": stars},
            denying(stars, stars),
        )
        assert len(foreign_access(parsed, OWN).names) in {0, 100}


PARTS = st.sampled_from(["Action", "Resource"])
tied = st.sampled_from(
    [
        {},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"StringNotEquals": {"aws:PrincipalAccount": OTHER}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        {"Bool": {"aws:SecureTransport": "false"}},
    ]
)
spelled = st.lists(st.sampled_from(["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:?etObject"]), min_size=1, max_size=3)
placed = st.lists(st.sampled_from(["*", BUCKET, f"{BUCKET}/*", f"{BUCKET}*", f"{BUCKET}/a"]), min_size=1, max_size=2)
who = st.lists(
    st.sampled_from(["*", OWN, OTHER, f"arn:aws:iam::{OTHER}:role/x", "AROAEXAMPLE"]), min_size=1, max_size=3
)
gates = st.builds(
    lambda effect, action, resource, principal, condition, negated: {
        "Effect": effect,
        ("NotAction" if negated else "Action"): action,
        "Resource": resource,
        "Principal": {"AWS": principal},
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Deny"]),
    spelled,
    placed,
    who,
    tied,
    st.booleans(),
)
gated = st.lists(gates, max_size=4)


def answers(statements: list[Json]) -> list[Outsiders]:
    parsed = policy(*statements)
    return [
        public_access(parsed),
        public_access(parsed, services=True),
        public_access(parsed, actions=["s3:GetObject", "s3:PutObject"]),
        foreign_access(parsed, OWN),
        foreign_access(parsed, OWN, accounts_only=True),
    ]


def in_any_order(found: Outsiders) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(found.names), frozenset(found.doubtful)


def possible(found: Outsiders) -> set[str]:
    return {*found.names, *(each.partition(",")[0] for each in found.doubtful)}


class TestPropertiesOfWhoGetsIn:
    @given(gated, gates)
    def test_a_deny_opens_nothing(self, statements: list[Json], extra: Json) -> None:
        for before, after in zip(answers(statements), answers([*statements, extra | {"Effect": "Deny"}]), strict=True):
            assert set(after.names) <= set(before.names)
            assert possible(after) <= possible(before)

    @given(gated, gates)
    def test_an_allow_closes_nothing(self, statements: list[Json], extra: Json) -> None:
        for before, after in zip(answers(statements), answers([*statements, extra | {"Effect": "Allow"}]), strict=True):
            assert set(before.names) <= set(after.names)
            assert possible(before) <= possible(after)

    @given(gated, st.randoms(use_true_random=False))
    def test_the_order_of_statements_is_no_matter(self, statements: list[Json], chance: Any) -> None:
        shuffled = list(statements)
        chance.shuffle(shuffled)
        assert list(map(in_any_order, answers(statements))) == list(map(in_any_order, answers(shuffled)))

    @given(gated)
    def test_lists_are_as_good_as_a_statement_for_each(self, statements: list[Json]) -> None:
        def split(statement: Json, name: str, of: list[Any]) -> list[Json]:
            return [statement | {name: each} for each in of]

        apart = [
            final
            for statement in statements
            for one in split(statement, "Principal", [{"AWS": each} for each in statement["Principal"]["AWS"]])
            for two in split(one, "Resource", one["Resource"])
            for final in (split(two, "Action", two["Action"]) if "Action" in two else [two])
        ]
        if all(statement["Effect"] == "Deny" or statement["Resource"] for statement in statements):
            whole, parts = answers(statements), answers(apart)
            assert [set(each.names) for each in parts] == [set(each.names) for each in whole]

    @given(gated)
    def test_who_is_denied_everything_is_out(self, statements: list[Json]) -> None:
        assert answers([*statements, deny(Principal="*")]) == [Outsiders()] * 5


class TestSecureTransport:
    GOOD = deny(
        "s3:*",
        ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        Principal="*",
        Condition={"Bool": {"aws:SecureTransport": "false"}},
    )

    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"Action": "*"},
            {"Action": ["s3:GetObject", "s3:PutObject"]},
            {"Resource": "*"},
            {"Resource": "arn:aws:s3:::b*"},
            {"Principal": {"AWS": "*"}},
            {"Condition": {"Bool": {"AWS:securetransport": False}}},
            {"Condition": {"BoolIfExists": {"aws:SecureTransport": ["false"]}}},
        ],
    )
    def test_required(self, change: Json) -> None:
        assert requires_secure_transport(policy(allow("s3:*", Principal="*"), self.GOOD | change))

    @pytest.mark.parametrize(
        ("changes", "required"),
        [
            ([{"Action": "s3:Get*"}, {"Action": ["s3:Put*", "s3:DeleteObject"]}], True),
            ([{"Action": "s3:Get*"}, {"Action": "s3:Put*", "Resource": "arn:aws:s3:::b"}], False),
            ([{"Action": "s3:Get*"}, {"Action": "s3:Put*", "Principal": {"AWS": OTHER}}], False),
            (
                [{"Action": "s3:Get*"}, {"Action": "s3:Put*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}],
                False,
            ),
            ([{"Resource": "arn:aws:s3:::b"}, {"Resource": "arn:aws:s3:::b/*"}], True),
        ],
    )
    def test_by_several_statements(self, changes: list[Json], required: bool) -> None:
        assert requires_secure_transport(policy(*(self.GOOD | change for change in changes))) is required

    @pytest.mark.parametrize(
        ("condition", "required"),
        [
            ({"NumericLessThanIfExists": {"s3:TlsVersion": 1.2}}, True),
            ({"Null": {"s3:TlsVersion": "true"}}, True),
            ({"BoolIfExists": {"aws:SecureTransport": "false"}, "Null": {"s3:TlsVersion": True}}, True),
            ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, False),
            ({"Null": {"s3:TlsVersion": "false"}}, False),
            ({"Bool": {"aws:SecureTransport": "false"}, "NumericLessThan": {"s3:TlsVersion": "1.2"}}, False),
            ({"NumericGreaterThanIfExists": {"s3:TlsVersion": "1.1"}}, False),
        ],
    )
    def test_plain_http_has_no_version_of_tls(self, condition: Json, required: bool) -> None:
        assert requires_secure_transport(policy(self.GOOD | {"Condition": condition})) is required

    @pytest.mark.parametrize(
        "change",
        [
            {"Effect": "Allow"},
            {"Action": "s3:PutObject"},
            {"Resource": "arn:aws:s3:::b"},
            {"Resource": "arn:aws:s3:::b/public/*"},
            {"Principal": {"AWS": OTHER}},
            {"Condition": {}},
            {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
        ],
    )
    def test_not_required(self, change: Json) -> None:
        assert not requires_secure_transport(policy(self.GOOD | change))


@pytest.mark.parametrize(
    ("condition", "tied"),
    [
        ({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}, False),
        ({"StringLike": {"aws:PrincipalAccount": "1111*"}}, False),
        ({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, False),
    ],
)
def test_statements_are_tied_by_conditions_on_the_keys_in_question(condition: Any, tied: bool) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
    (read,) = Policy.parse({"Statement": statement}).statements
    assert tied_by(read, {"aws:principalaccount"}) is tied
