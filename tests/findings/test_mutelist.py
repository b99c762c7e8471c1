"""Mutelists: what they mute, as Prowler 5.46 does, and how they are refused."""

from __future__ import annotations

import datetime
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from aioprowler import expressions
from aioprowler.errors import UsageError
from aioprowler.findings.finding import Finding, Mute
from aioprowler.findings.mutelist import Exceptions, MuteEntry, Mutelist, doubts
from aioprowler.findings.mutelist_file import MutelistError, of_items, parse, read_mutelist
from aioprowler.findings.muting import Muting
from aioprowler.findings.patterns import any_of
from tests.outputs.samples import FINDING

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
ACCOUNT = "123456789012"


def entry(**keys: Any) -> dict[str, Any]:
    return {"Regions": ["*"], "Resources": ["*"], **keys}


Case = tuple[dict[str, dict[str, Any]], dict[str, Any], bool]
"""Account -> check -> entry; what is changed of the finding; whether it is muted."""

# Of the finding: account 123456789012, check s3_bucket_public_access, region eu-west-1, resource reports, tags
# team=data and env=prod. The verdicts are those of Prowler 5.46's `Mutelist.is_muted` on the same lists and findings.
CASES: list[Case] = [
    # accounts: exact, or all
    ({"*": {"*": entry()}}, {}, True),
    ({ACCOUNT: {"*": entry()}}, {}, True),
    ({ACCOUNT: {"*": entry()}}, {"account_id": "999999999999"}, False),
    ({"1234*": {"*": entry()}}, {}, False),
    ({"my-subscription": {"*": entry()}, "*": {"*": entry()}}, {}, True),
    # either the account's list mutes or that of all
    ({ACCOUNT: {"ec2_*": entry()}, "*": {"s3_*": entry()}}, {}, True),
    ({ACCOUNT: {"s3_*": entry()}, "*": {"ec2_*": entry()}}, {}, True),
    # checks: patterns that are searched for
    ({"*": {"s3_bucket_public_access": entry()}}, {}, True),
    ({"*": {"s3_bucket_public_acces": entry()}}, {}, True),
    ({"*": {"s3_bucket_public_access_block": entry()}}, {}, False),
    ({"*": {"s3_*": entry()}}, {}, True),
    ({"*": {"bucket": entry()}}, {}, True),
    ({"*": {"^bucket": entry()}}, {}, False),
    ({"*": {"s3.*access$": entry()}}, {}, True),
    ({"*": {"ec2|s3": entry()}}, {}, True),
    ({"*": {"lambda_*": entry()}}, {"check_id": "awslambda_function_url_public"}, True),
    ({"*": {"awslambda_*": entry()}}, {"check_id": "awslambda_function_url_public"}, True),
    ({"*": {"^lambda": entry()}}, {"check_id": "awslambda_function_url_public"}, False),
    # regions
    ({"*": {"*": entry(Regions=["eu-west-1"])}}, {}, True),
    ({"*": {"*": entry(Regions=["eu-*", "us-east-1"])}}, {}, True),
    ({"*": {"*": entry(Regions=["us-east-1"])}}, {}, False),
    ({"*": {"*": entry(Regions=["eu-west-1"])}}, {"region": "eu-west-12"}, True),
    ({"*": {"*": entry(Regions=[])}}, {}, False),
    # resources: the id only, searched for; every * is .*
    ({"*": {"*": entry(Resources=["port"])}}, {}, True),
    ({"*": {"*": entry(Resources=["logs", "^reports$"])}}, {}, True),
    ({"*": {"*": entry(Resources=["logs"])}}, {"resource_id": "ci-logs-replica"}, True),
    ({"*": {"*": entry(Resources=["arn:aws:s3:::reports"])}}, {}, False),
    ({"*": {"*": entry(Resources=["rep*ts"])}}, {}, True),
    ({"*": {"*": entry(Resources=["reports.*"])}}, {}, False),
    ({"*": {"*": entry(Resources=["report.*"])}}, {}, True),
    ({"*": {"*": entry(Resources=["r.ports"])}}, {}, True),
    ({"*": {"*": entry(Resources=["r\\.ports"])}}, {}, False),
    ({"*": {"*": entry(Resources=["(?i)REPORTS"])}}, {}, True),
    ({"*": {"*": entry(Resources=[""])}}, {}, True),
    ({"*": {"*": entry(Resources=[])}}, {}, False),
    ({"*": {"*": entry(Resources=["a\\*b"])}}, {"resource_id": "a..b"}, True),
    ({"*": {"*": entry(Resources=["one*two"])}}, {"resource_id": "one\ntwo"}, False),
    # tags: each pattern somewhere in `team=data | env=prod`
    ({"*": {"*": entry(Tags=["env=prod"])}}, {}, True),
    ({"*": {"*": entry(Tags=["env=prod", "team=data"])}}, {}, True),
    ({"*": {"*": entry(Tags=["env=prod", "team=web"])}}, {}, False),
    ({"*": {"*": entry(Tags=["env=dev|env=prod"])}}, {}, True),
    ({"*": {"*": entry(Tags=["team=(web|data)", "v=p"])}}, {}, True),
    ({"*": {"*": entry(Tags=["^env"])}}, {}, False),
    ({"*": {"*": entry(Tags=["data \\| env"])}}, {}, True),
    ({"*": {"*": entry(Tags=[])}}, {"resource_tags": {}}, True),
    ({"*": {"*": entry(Tags=["*"])}}, {"resource_tags": {}}, True),
    ({"*": {"*": entry(Tags=["env"])}}, {"resource_tags": {}}, False),
    # exceptions: all that are given, any pattern of each
    ({"*": {"*": entry(Exceptions={"Resources": ["reports"]})}}, {}, False),
    ({"*": {"*": entry(Exceptions={"Resources": ["logs", "por*"]})}}, {}, False),
    ({"*": {"*": entry(Exceptions={"Resources": ["logs"]})}}, {}, True),
    ({"*": {"*": entry(Exceptions={"Accounts": ["1234*"]})}}, {}, False),
    ({"*": {"*": entry(Exceptions={"Accounts": ["*"], "Regions": ["us-*"]})}}, {}, True),
    ({"*": {"*": entry(Exceptions={"Regions": ["eu-*"], "Tags": ["env=prod"]})}}, {}, False),
    ({"*": {"*": entry(Exceptions={"Tags": ["env=prod", "team=web"]})}}, {}, True),
    ({"*": {"*": entry(Exceptions={})}}, {}, True),
    ({"*": {"*": entry(Exceptions={"Regions": []})}}, {}, True),
    # an exception ends the account's list: what stands before it holds, what follows does not
    ({"*": {"s3_*": entry(Exceptions={"Resources": ["reports"]}), "*": entry()}}, {}, False),
    ({"*": {"*": entry(), "s3_*": entry(Exceptions={"Resources": ["reports"]})}}, {}, True),
    ({"*": {"ec2_*": entry(Exceptions={"Resources": ["reports"]}), "*": entry()}}, {}, True),
    (
        {
            "*": {
                "s3_*": entry(Regions=["us-*"], Resources=["logs"], Exceptions={"Resources": ["reports"]}),
                "*": entry(),
            }
        },
        {},
        False,
    ),
    ({"*": {"*": entry(Exceptions={"Resources": ["reports"]})}, ACCOUNT: {"*": entry()}}, {}, True),
]


def muting(text: str, now: datetime.datetime = NOW) -> Muting:
    return Muting(parse("list.yaml", text.encode()), now)


def muted(rules: Muting, **changes: Any) -> Finding:
    (treated,) = rules([replace(FINDING, **changes)])
    return treated


@pytest.mark.parametrize(("accounts", "changes", "verdict"), CASES)
def test_what_is_muted(accounts: dict[str, dict[str, Any]], changes: dict[str, Any], verdict: bool) -> None:
    listed = {account: {"Checks": checks} for account, checks in accounts.items()}
    text = yaml.safe_dump({"Mutelist": {"Accounts": listed}}, sort_keys=False)
    assert muted(muting(text), **changes).muted is verdict


LIST = """\
Mutelist:
  Accounts:
    "*":
      Checks:
        s3_bucket_public_access:
          - Regions: ["*"]
            Resources: [website]
            Reason: It is a public website.
            Owner: web@example.com
            Expires: 2026-05-31
          - Regions: ["*"]
            Resources: [reports]
            Description: Everybody may read them.
            Owner: data
            Expires: 2026-06-01
        iam_user_x:
          Regions: ["*"]
          Resources: ["*"]
    "999999999999":
      Checks:
        s3_*:
          Regions: [us-east-1]
          Resources: ["*"]
        rds_*:
          Regions: ["*"]
          Resources: ["*"]
"""


def test_a_muted_finding_says_why_who_and_until_when() -> None:
    found = muted(muting(LIST))
    assert found == replace(
        FINDING,
        muted=True,
        mute=Mute(reason="Everybody may read them.", owner="data", expires="2026-06-01"),
    )


def test_nothing_is_dropped_and_the_order_stays() -> None:
    batch = [replace(FINDING, resource_id=name) for name in ("a", "reports", "b", "reports-2")]
    treated = muting(LIST)(batch)
    assert [each.resource_id for each in treated] == ["a", "reports", "b", "reports-2"]
    assert [each.muted for each in treated] == [False, True, False, True]


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        ("2026-06-01T23:59:59+00:00", True),
        ("2026-06-02T00:00:00+00:00", False),
        ("2026-06-02T01:59:59+02:00", True),
        ("2026-06-01T23:59:59-02:00", False),
    ],
)
def test_an_entry_holds_to_the_end_of_its_last_day_in_utc(now: str, holds: bool) -> None:
    assert muted(muting(LIST, datetime.datetime.fromisoformat(now))).muted is holds


def test_expired_entries_are_told() -> None:
    rules = muting(LIST)
    assert not muted(rules, resource_id="website").muted
    (note,) = rules.notes()
    assert "s3_bucket_public_access (line 6, account *)" in note


def test_the_exceptions_of_an_expired_entry_have_expired_too() -> None:
    text = """\
Mutelist: {Accounts: {"*": {Checks: {
  s3_*: {Regions: ["*"], Resources: ["*"], Exceptions: {Resources: [reports]}, Expires: 2026-05-31},
  "*": {Regions: ["*"], Resources: ["*"]}}}}}
"""
    assert muted(muting(text)).muted
    assert not muted(muting(text.replace("2026-05-31", "2026-06-01"))).muted


def test_entries_that_muted_nothing_are_told_unless_their_check_was_not_chosen() -> None:
    rules = muting(LIST)
    muted(rules)
    chosen, known = ["s3_bucket_public_access"], ["s3_bucket_public_access", "rds_instance_x"]
    (note,) = rules.unused(chosen, known)
    assert note == (
        "Entries of the mutelist that muted nothing: iam_user_x (line 16, account *), "
        "s3_* (line 21, account 999999999999)."
    )
    muted(rules, account_id="999999999999", region="us-east-1", resource_id="x")
    (note,) = rules.unused(chosen, known)
    assert "s3_*" not in note


def test_notes_name_a_few_entries_only() -> None:
    entries = tuple(MuteEntry(account="*", check=f"check_{number}") for number in range(1000))
    (note,) = Muting(Mutelist(entries=entries), NOW).unused((), ())
    assert "check_4" in note
    assert "check_5" not in note
    assert note.endswith(", and 995 more.")


def test_many_names_are_found_as_one_by_one() -> None:
    chance = random.Random(1)  # noqa: S311 - not a secret
    letters = "ab.-*é"
    words = ["".join(chance.choices(letters, k=chance.randint(1, 6))) for _ in range(300)]
    texts = ["".join(chance.choices("abc.-é\n", k=chance.randint(0, 12))) for _ in range(300)]
    for size in (2, 5, 40):
        several = [chance.sample(words, size) for _ in range(20)]
        for patterns in several:
            together = any_of(patterns)
            for text in texts:
                one_by_one = any(re.search(pattern.replace("*", ".*"), text) for pattern in patterns)
                assert together(text) is one_by_one, (patterns, text)


def test_patterns_with_anchors_stars_and_bars_mean_what_they_mean_as_expressions() -> None:
    chance = random.Random(2)  # noqa: S311 - not a secret
    pieces = ["a", "b", "ab", ".", "*", "*", "^", "$", "|", r"\.", r"\w", "-", "\n", "a+", "(a|b)", r"\*", r"\$", r"\|"]
    texts = ["".join(chance.choices("aabb.-\n|$", k=chance.randint(0, 9))) for _ in range(60)]
    for _ in range(3_000):
        pattern = "".join(chance.choices(pieces, k=chance.randint(1, 7)))
        try:
            alone = re.compile(pattern.replace("*", ".*"))
        except re.error:
            continue
        match = any_of([pattern])
        for text in texts:
            assert match(text) is (alone.search(text) is not None), (pattern, text)


def test_names_that_share_ever_longer_beginnings() -> None:
    together = any_of([f"{'a' * number}!" for number in range(200)] + ["b"])
    assert together("aaa!")
    assert together("b")
    assert not together("a" * 300)


# -------------------------------------------------------- patterns that take too long
SLOW = "x*[yz]"
"""Takes the square of a text's length where it is not found: some seconds at worst for this one."""
LONG = "x" * 20_000


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "TIME", 0.01)


def mutes(*entries: MuteEntry, **changes: Any) -> tuple[bool, list[str]]:
    """Whether the finding is muted by them, and what is said of the list then."""
    muting = Muting(Mutelist(entries=entries), NOW)
    (treated,) = muting([replace(FINDING, **changes)])
    return treated.muted, list(muting.doubts())


def told(entries: str = "* (line 7, account *)") -> list[str]:
    slow = f"The mutelist's pattern {SLOW!r} of {entries} took more than 0.01 s to search"
    return [f"{slow}: write it without repetitions in each other. What depends on it is not muted."]


@pytest.mark.usefixtures("impatient")
def test_an_entry_whose_pattern_takes_too_long_mutes_nothing_and_is_told() -> None:
    slow = MuteEntry(account="*", check="*", resources=(SLOW,), line=7)
    assert mutes(slow, resource_id="xyz") == (True, [])
    assert mutes(slow, resource_id=LONG) == (False, told())


@pytest.mark.usefixtures("impatient")
def test_other_entries_go_on_muting() -> None:
    slow, other = MuteEntry(account="*", check="*", resources=(SLOW,), line=7), MuteEntry(account="*", check="s3_*")
    assert mutes(slow, other, resource_id=LONG) == (True, told())
    assert mutes(*[slow] * 6, other, resource_id=LONG) == (
        True,
        told(f"{', '.join([str(slow)] * 5)}, and 1 more"),
    )
    alternatives = MuteEntry(account="*", check="*", resources=(SLOW, "xxx"), line=7)
    assert mutes(alternatives, resource_id=LONG) == (True, told())


@pytest.mark.usefixtures("impatient")
def test_an_exception_that_takes_too_long_may_hold() -> None:
    excepts = MuteEntry(account="*", check="*", exceptions=Exceptions(resources=(SLOW,)), line=7)
    assert mutes(excepts, resource_id=LONG) == (False, told())
    assert mutes(excepts, MuteEntry(account="*", check="*"), resource_id=LONG) == (False, told())


@pytest.mark.usefixtures("impatient")
def test_all_tags_must_be_found_in_time() -> None:
    tags = {"team": "data", "name": LONG}
    assert mutes(MuteEntry(account="*", check="*", tags=(SLOW, "team"), line=7), resource_tags=tags) == (False, told())
    assert not mutes(MuteEntry(account="*", check="*", tags=("none", SLOW)), resource_tags=tags)[0]


def test_a_check_that_nobody_knows_to_be_meant_is_not_muted_by_what_comes_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expressions, "TIME", 0.0)  # so that no expression is decided
    slow, other = MuteEntry(account="*", check="s3+_", tags=("a",)), MuteEntry(account="*", check="s3_*")
    assert mutes(other, slow)[0]
    assert not mutes(slow, other)[0]
    mutelist = Mutelist(entries=(slow,))
    assert mutelist.tag_readers(NOW)("s3_x") is None
    assert list(doubts(mutelist, ["s3_x"], ["eu-west-1"])) == []


def test_stars_take_time_by_the_length_of_the_text_however_many_they_are() -> None:
    """As an ordinary expression this would not come to an end; here it is decided, and nothing is left to doubt."""
    stars = MuteEntry(account="*", check="*", resources=("a*" * 200 + "b",))
    assert mutes(stars, resource_id="a" * 2_000) == (False, [])
    assert mutes(stars, resource_id="a" * 2_000 + "b") == (True, [])


# ----------------------------------------------------------------------- mistakes
HEAD = 'Mutelist:\n  Accounts:\n    "*":\n      Checks:\n'
RIGHT = '          Regions: ["*"]\n          Resources: ["*"]\n'
ENTRY = HEAD + "        s3_x:\n" + RIGHT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "list.yaml: this is empty: write `Mutelist:"),
        ("- a\n", "line 1: write `Mutelist:"),
        ("Mute List:\n  Accounts: {}\n", "line 1: Mutelist is missing"),
        ("Mutelist:\n", "line 1: write `Accounts:`"),
        ("Mutelist:\n  Acounts: {}\n", "line 2: There is no key 'Acounts'. Did you mean Accounts?"),
        ('Mutelist:\n  Accounts:\n    "*":\n      s3_x: {}\n', "line 4: There is no key 's3_x'."),
        (HEAD + "        s3_x: yes\n", "line 5: s3_x: write `Regions:`"),
        (HEAD + "        s3_x:\n          Regions: ['*']\n", "line 5: s3_x: Resources is missing: write"),
        (ENTRY + "          Resource: [a]\n", "line 8: There is no key 'Resource'. Did you"),
        (ENTRY + "          reason: a\n", "line 8: There is no key 'reason'. Did you mean Re"),
        (ENTRY + "          Tags: env=dev\n", "line 8: Tags: give a list of texts"),
        (ENTRY + "          Tags:\n", "line 8: Tags: give a list of texts"),
        (ENTRY + "          Tags:\n            - a\n            -\n", "line 10: Tags: give a"),
        (ENTRY + "          Tags: ['+a']\n", "line 8: '+a' is no regular expression (nothing"),
        (ENTRY + "          Tags: ['a{99999999999}']\n", "line 8: 'a{99999999999}' is no"),
        (ENTRY + "          Tags: ['(?:a{500}){500}']\n", "line 8: '(?:a{500}){500}' is no regular expression (its"),
        (HEAD + "        's3_(':\n" + RIGHT, "line 5: 's3_(' is no regular expression"),
        (ENTRY + "          Exceptions: [a]\n", "line 8: Exceptions: give some of Accounts,"),
        (ENTRY + "          Exceptions:\n            Tag: []\n", "line 9: There is no key 'Tag'"),
        (ENTRY + "          Expires: 2026-02-30\n", "line 8: Expires: 2026-02-30 is no day: give"),
        (ENTRY + "          Expires: 31.12.2026\n", "line 8: Expires: 31.12.2026 is no day"),
        (ENTRY + "          Expires: [a]\n", "line 8: Expires: this is no day"),
        (ENTRY + "          Owner: {a: b}\n", "line 8: Owner: give a text."),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(MutelistError) as raised:
        parse("list.yaml", text.encode())
    (mistake,) = raised.value.mistakes
    assert mistake.startswith("list.yaml")
    assert message in mistake
    assert str(raised.value) == mistake


def test_all_mistakes_are_told() -> None:
    text = HEAD + "        s3_x:\n" + RIGHT + "          Owner: []\n          Expires: soon\n        s3_y: a\n"
    with pytest.raises(MutelistError) as raised:
        parse("list.yaml", text.encode())
    assert [mistake.split(":")[0] for mistake in raised.value.mistakes] == [
        "list.yaml, line 8",
        "list.yaml, line 9",
        "list.yaml, line 10",
    ]
    assert "lists all 3 mistakes" in str(raised.value)


def test_what_is_not_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    with pytest.raises(UsageError, match="No such file"):
        read_mutelist(path)
    path.write_text(HEAD + "        *:\n")
    with pytest.raises(UsageError, match=r"list\.yaml, line 5: this is not YAML"):
        read_mutelist(path)


def test_ids_are_what_is_written() -> None:
    text = f"Mutelist: {{Accounts: {{012345670123: {{Checks: {{'*': {{Regions: ['*'], Resources: [{10**11}]}}}}}}}}}}"
    rules = muting(text)
    assert muted(rules, account_id="012345670123", resource_id="100000000000").muted


def test_other_keys_and_accounts_are_somebody_elses() -> None:
    text = "Azure: {a: [b]}\n" + HEAD.replace('"*"', "my subscription") + "        '*':\n" + RIGHT
    assert len(parse("list.yaml", text.encode()).entries) == 1


def test_a_list_may_be_called_as_it_was_in_former_releases_of_prowler() -> None:
    former = parse("list.yaml", ENTRY.replace("Mutelist", "Allowlist").encode())
    assert former == parse("list.yaml", ENTRY.encode())


def test_of_two_equal_keys_the_last_counts_and_the_user_is_told() -> None:
    text = HEAD + "        s3_x:\n" + RIGHT + "        s3_x:\n          Regions: [a]\n          Resources: [b]\n"
    found = parse("list.yaml", text.encode())
    assert [(entry.regions, entry.line) for entry in found.entries] == [(("a",), 8)]
    assert Muting(found, NOW).notes() == ["list.yaml, line 5: 's3_x' is replaced by that of line 8."]


def test_entries_may_share_what_they_have_in_common() -> None:
    text = (
        "Common: &common {Regions: ['*'], Resources: ['*'], Owner: us}\n"
        + HEAD
        + "        s3_x: {<<: *common, Owner: them}\n        s3_y: *common\n"
    )
    found = parse("list.yaml", text.encode())
    assert [(entry.check, entry.owner, entry.line) for entry in found.entries] == [
        ("s3_x", "them", 6),
        ("s3_y", "us", 7),
    ]
    assert not found.notes


# ------------------------------------------------------------------------- tables
def test_what_lies_deeper_in_an_item_than_any_entry_has_it_is_not_read() -> None:
    deep: dict[str, Any] = {"S": "x"}
    for _ in range(1_100):
        deep = {"L": [deep]}
    item = {"Accounts": {"S": "*"}, "Checks": {"S": "s3_x"}, "Resources": {"L": [{"S": "*"}]}}
    with pytest.raises(MutelistError, match=r"table, item s3_x of account [*]: Regions: give a list of texts"):
        of_items("table", [item | {"Regions": deep}])
    with pytest.raises(MutelistError, match="Regions: give a list of texts"):
        of_items("table", [item | {"Regions": {}}])


def test_items_of_a_table_in_the_order_of_accounts_and_checks() -> None:
    item = {"Accounts": {"S": "*"}, "Regions": {"L": [{"S": "*"}]}, "Resources": {"SS": ["b", "a"]}}
    more = {
        "Tags": {"L": [{"S": "env=prod"}]},
        "Exceptions": {"M": {"Regions": {"L": [{"S": "us-*"}]}}},
        "Reason": {"S": "why"},
        "Owner": {"S": "who"},
        "Expires": {"S": "2026-12-31"},
        "ttl": {"N": "12"},
    }
    found = of_items("table", [{**item, "Checks": {"S": "s3_y"}, **more}, {**item, "Checks": {"S": "s3_x"}}])
    first, second = found.entries
    assert (first.check, first.resources, first.line) == ("s3_x", ("a", "b"), None)
    assert (second.reason, second.owner, second.expires) == ("why", "who", datetime.date(2026, 12, 31))
    assert (second.tags, second.exceptions.regions) == (("env=prod",), ("us-*",))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Checks": {"NULL": True}}, "table, item ? of account *: give one account"),
        ({"Regions": {"S": "*"}}, "table, item s3_x of account *: Regions: give a list of texts"),
        (
            {"Exception": {"M": {}}},
            "table, item s3_x of account *: There is no key 'Exception'. Did you mean Exceptions",
        ),
        ({"Resources": {"L": [{"S": "("}]}}, "table, item s3_x of account *: '(' is no regular expression"),
        ({"Expires": {"BOOL": True}}, "table, item s3_x of account *: Expires: this is no day"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_item(change: dict[str, Any], message: str) -> None:
    item: dict[str, Any] = {"Accounts": {"S": "*"}, "Checks": {"S": "s3_x"}}
    item |= {"Regions": {"L": [{"S": "*"}]}, "Resources": {"L": [{"S": "*"}]}, **change}
    with pytest.raises(MutelistError) as raised:
        of_items("table", [item])
    assert str(raised.value).startswith(message)


def test_the_example_of_the_page_does_what_it_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "mutelist.md"
    _, _, rest = page.read_text(encoding="utf-8").partition("```yaml\n")
    rules = muting(rest.partition("```")[0])
    assert muted(rules, resource_id="acme-website").mute == Mute(
        reason="The bucket is our public website.", owner="web@example.com", expires="2026-12-31"
    )
    assert not muted(rules, resource_id="acme-website-2").muted
    place = {"check_id": "ec2_instance_public_ip", "region": "eu-north-1"}
    tags = {"team": "data", "environment": "dev"}
    assert muted(rules, account_id="111122223333", resource_tags=tags, **place).muted
    assert not muted(rules, account_id=ACCOUNT, resource_tags=tags, **place).muted
    assert not muted(rules, account_id="111122223333", resource_tags={"team": "data"}, **place).muted
    robot = {"account_id": "111122223333", "check_id": "iam_user_hardware_mfa_enabled"}
    assert muted(rules, resource_id="robot-1", **robot).muted
    assert muted(rules, resource_id="robot-2", **robot).muted
    assert not muted(rules, resource_id="robot-3", **robot).muted
