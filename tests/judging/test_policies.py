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
    Policy,
    PolicyError,
    Principal,
    Statement,
    cross_account_principals,
    has_full_service_access,
    is_full_admin,
    is_public,
    matches,
    may_match,
    requires_secure_transport,
)

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


def only(document: Any) -> Statement:
    (statement,) = Policy.parse(document).statements
    return statement


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
            ({"Statement": [{"Effect": ["Allow"]}]}, "Effect must be Allow or Deny"),
            ({"Statement": allow({})}, "Action must be a string or a list of strings, not dict"),
            ({"Statement": allow([["*"]])}, "Action must be a string or a list of strings, not list"),
            ({"Statement": allow("*", None)}, "Resource must be a string or a list of strings, not NoneType"),
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
        single = {"Effect": "Allow", "Principal": {"AWS": value}, "Condition": {"StringLike": {"k": value}}, **fields}
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

    def test_without_action_nothing_is_covered(self) -> None:
        assert not only({"Statement": {"Effect": "Allow", "Resource": "*"}}).covers_action("s3:GetObject")

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
        assert set(cross_account_principals(before, OWN)) <= set(cross_account_principals(after, OWN))
        assert has_full_service_access(before, "s3") <= has_full_service_access(after, "s3")

    @given(documents)
    def test_an_allow_to_all_makes_public(self, statements: list[Json]) -> None:
        parsed = policy(*statements, anyone())
        assert is_public(parsed)
        assert "*" in cross_account_principals(parsed, OWN)

    @given(documents)
    def test_order_is_indifferent(self, statements: list[Json]) -> None:
        one, two = policy(*statements), policy(*reversed(statements))
        assert is_full_admin(one) == is_full_admin(two)
        assert is_public(one) == is_public(two)
        assert one.allowed_actions(ACTIONS) == two.allowed_actions(ACTIONS)

    @given(documents)
    def test_public_means_open_to_other_accounts(self, statements: list[Json]) -> None:
        parsed = policy(*statements)
        assert is_public(parsed, account_id=OWN) <= bool(cross_account_principals(parsed, OWN))


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
            ("StringEquals", "s3:ResourceAccount", OWN),
            ("StringEquals", "s3:DataAccessPointAccount", OWN),
            ("StringEquals", "aws:SourceVpc", "vpc-1"),
            ("StringEquals", "aws:SourceVpce", ["vpce-1", "vpce-2"]),
            ("StringLike", "aws:userid", "AROAEXAMPLE:*"),
            ("ArnLike", "aws:SourceArn", f"arn:aws:*:*:{OTHER}:*"),
            ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::bucket"),
            ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/*"),
            ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:user/${{aws:username}}"),
            ("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:eu-west-1:{OWN}:accesspoint/*"),
            ("StringEquals", "lambda:EventSourceToken", "amzn1.ask.skill.x"),
            ("StringLike", "sns:Endpoint", "*@example.com"),
            ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.1.7"]),
            ("IpAddress", "aws:SourceIp", "fd00::/8"),
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
            ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::bucket", "*"]),
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Admin"),
            ("StringLike", "aws:userid", "*:session"),
            ("StringLike", "kms:ViaService", "*.amazonaws.com"),
            ("StringLike", "sns:Endpoint", "https://*"),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
            ("IpAddress", "aws:SourceIp", "::/0"),
            ("IpAddress", "aws:SourceIp", "*"),
            ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "8.8.8.0/24"]),
            ("IpAddress", "aws:SourceIp", "2600::/16"),
            ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
        ],
    )
    def test_conditions_that_do_not(self, operator: str, key: str, values: Any) -> None:
        assert is_public(policy(anyone(operator, key, values)))
        assert cross_account_principals(policy(anyone(operator, key, values)), OWN) == ("*",)

    def test_one_restricting_condition_suffices(self) -> None:
        statement = anyone("Bool", "aws:SecureTransport", "true")
        statement["Condition"]["StringEquals"] = {"aws:SourceAccount": OWN}
        assert not is_public(policy(statement))
        assert is_public(policy(statement, anyone()))

    def test_trusted_addresses(self) -> None:
        parsed = policy(anyone("IpAddress", "aws:SourceIp", ["8.8.8.0/25", "2600:1::1", "10.0.0.1"]))
        assert is_public(parsed)
        assert is_public(parsed, trusted_ips=["8.8.8.0/24"])
        assert not is_public(parsed, trusted_ips=["8.8.8.0/24", "2600:1::/32", "not an address"])
        assert not cross_account_principals(parsed, OWN, trusted_ips=["8.8.8.0/24", "2600:1::/32"])

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

    def test_only_the_own_account(self) -> None:
        parsed = policy(anyone("StringEquals", "aws:SourceOwner", OTHER))
        assert not is_public(parsed, account_id=OWN)
        assert is_public(parsed, account_id=OWN, cross_account=False)
        assert not is_public(parsed, account_id=OWN, cross_account=False, trusted=[OTHER])
        assert not is_public(parsed, account_id=OTHER, cross_account=False)

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


class TestCrossAccount:
    def to(self, principal: Any, **more: Any) -> Policy:
        return policy(allow("s3:*", Principal=principal, **more))

    def test_who(self) -> None:
        role = f"arn:aws:iam::{OTHER}:role/{OWN}"
        parsed = self.to({"AWS": [OWN, f"arn:aws:iam::{OWN}:root", OTHER, role, OTHER, "AIDAEXAMPLE"]})
        assert cross_account_principals(parsed, OWN) == (OTHER, role, "AIDAEXAMPLE")
        assert cross_account_principals(parsed, OWN, [OTHER]) == ("AIDAEXAMPLE",)
        assert cross_account_principals(self.to("*"), OWN) == ("*",)
        assert cross_account_principals(self.to({"Service": "ec2.amazonaws.com", "CanonicalUser": "abc"}), OWN) == ()
        assert cross_account_principals(policy(allow(NotPrincipal={"AWS": OWN})), OWN) == ("*",)

    @pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}, {"AWS": [OWN, "*"]}])
    def test_all_but_everybody_is_nobody(self, everybody: Any) -> None:
        nobody = policy(allow(NotPrincipal=everybody))
        assert cross_account_principals(nobody, OWN) == ()
        assert not is_public(nobody)
        assert cross_account_principals(policy(deny(Principal={"AWS": OTHER})), OWN) == ()

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
        assert cross_account_principals(parsed, OWN, ["777788889999"]) == (() if bound else ("*",))

    def test_accounts_only(self) -> None:
        organization = self.to("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abc"}})
        addresses = self.to("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
        endpoint = self.to("*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
        assert [bool(cross_account_principals(p, OWN)) for p in (organization, addresses, endpoint)] == [False] * 3
        strict = [cross_account_principals(p, OWN, accounts_only=True) for p in (organization, addresses, endpoint)]
        assert strict == [("*",), ("*",), ()]


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
