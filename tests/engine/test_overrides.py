"""Configuration keys that are set otherwise for some: the most specific one counts, and findings say so."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Account, Finding, ScanOptions
from aioprowler.errors import ConfigurationError
from aioprowler.scanning import Scan, prepare
from aioprowler.scanning.tag_reader import GET_RESOURCES, GET_USERS
from tests.worlds.world import NOW, World, denied, findings_of

UNUSED, RETENTION = "secretsmanager_secret_unused", "cloudwatch_log_group_retention_policy_specific_days_enabled"
DAYS, KEPT = "max_days_secret_unused", "log_group_retention_days"
SANDBOX = Account(
    id="111122223333",
    regions=("us-east-1", "eu-west-1"),
    organizational_unit="workloads/sandbox",
    tags={"environment": "dev"},
)
OTHER = Account(id="444455556666", regions=("us-east-1",))


def secret(account: Account, region: str, _params: dict[str, Any]) -> dict[str, Any]:
    """One that was read fifty days ago."""
    arn = f"arn:aws:secretsmanager:{region}:{account.id}:secret:key"
    read = NOW.replace(month=4, day=12)
    return {"SecretList": [{"Name": "key", "ARN": arn, "CreatedDate": read, "LastAccessedDate": read,
                            "Tags": [{"Key": "team", "Value": "data"}, {"Key": "tier", "Value": "1"}]}]}  # fmt: skip


WORLD = World({"secretsmanager:ListSecrets": secret})


def verdicts(*overrides: dict[str, Any], accounts: tuple[Account, ...] = (SANDBOX, OTHER)) -> dict[str, str]:
    """Last digit of the account and first letter of the region -> verdict, where by default all pass."""
    found = findings_of(World({"secretsmanager:ListSecrets": secret}), UNUSED, accounts=accounts,
                        config={"overrides": list(overrides)})  # fmt: skip
    return {f.account_id[-1] + f.region[0]: f.status for f in found}


def strict(**whom: Any) -> dict[str, Any]:
    return {"config": {DAYS: 10}, **whom}


def lax(**whom: Any) -> dict[str, Any]:
    return {"config": {DAYS: 80}, **whom}


@pytest.mark.parametrize(
    ("whom", "failing"),
    [
        ({"accounts": ["111122223333"]}, {"3u", "3e"}),
        ({"accounts": ["444455556666"]}, {"6u"}),
        ({"organizational_units": ["workloads"]}, {"3u", "3e"}),
        ({"organizational_units": ["/workloads/sandbox/"]}, {"3u", "3e"}),
        ({"organizational_units": ["work", "sandbox"]}, set()),
        ({"account_tags": ["environment=dev"]}, {"3u", "3e"}),
        ({"account_tags": ["environment=prod"]}, set()),
        ({"regions": ["us-east-1"]}, {"3u", "6u"}),
        ({"resource_tags": ["team=data"]}, {"3u", "3e", "6u"}),
        ({"resource_tags": ["team=web"]}, set()),
        ({"accounts": ["111122223333"], "regions": ["eu-west-1"]}, {"3e"}),
    ],
)
def test_it_holds_for_whom_it_is_and_for_nobody_else(whom: dict[str, Any], failing: set[str]) -> None:
    found = verdicts(strict(**whom))
    assert {place for place, status in found.items() if status == "FAIL"} == failing
    assert len(found) == 3


@pytest.mark.parametrize(
    ("specific", "general"),
    [
        ({"resource_tags": ["team=data"]}, {"accounts": ["111122223333"], "regions": ["us-east-1", "eu-west-1"]}),
        ({"resource_tags": ["team=data", "tier"]}, {"resource_tags": ["team"], "regions": ["eu-west-1"]}),
        ({"accounts": ["111122223333"]}, {"organizational_units": ["workloads/sandbox"]}),
        ({"organizational_units": ["workloads/sandbox"]}, {"organizational_units": ["workloads"]}),
        ({"organizational_units": ["workloads"]}, {"account_tags": ["environment"]}),
        ({"account_tags": ["environment"]}, {"regions": ["us-east-1", "eu-west-1"]}),
        ({"accounts": ["111122223333"], "regions": ["us-east-1", "eu-west-1"]}, {"accounts": ["111122223333"]}),
    ],
)
def test_the_most_specific_one_wins_wherever_it_is_written(specific: dict[str, Any], general: dict[str, Any]) -> None:
    for order in ([strict(**specific), lax(**general)], [lax(**general), strict(**specific)]):
        found = verdicts(*order, accounts=(SANDBOX,))
        assert found["3e"] == "FAIL", order


def test_of_equals_the_last_one_wins() -> None:
    assert verdicts(strict(regions=["us-east-1"]), lax(regions=["us-east-1"])) == dict.fromkeys(
        ("3u", "3e", "6u"), "PASS"
    )


def test_a_finding_that_rests_on_one_says_so_and_no_other_does() -> None:
    config = {"overrides": [lax(accounts=["111122223333"], regions=["eu-west-1"]), lax(resource_tags=["team=web"])]}
    found = findings_of(WORLD, UNUSED, "secretsmanager_secret_rotated_periodically", accounts=(SANDBOX,), config=config)
    told = [f.status_detail for f in found if "overridden" in f.status_detail]
    assert len(found) == 4
    assert [text.partition("Judged by")[2] for text in told] == [
        f" {DAYS} as overridden for account 111122223333, eu-west-1."
    ]


def test_what_could_not_be_judged_rests_on_none() -> None:
    (found,) = findings_of(World({"secretsmanager:ListSecrets": RuntimeError("no")}), UNUSED, accounts=(OTHER,),
                           config={"overrides": [lax(accounts=[OTHER.id])]})  # fmt: skip
    assert found.status == "MANUAL"
    assert "overridden" not in found.status_detail


def settings_after(*overrides: dict[str, Any], accounts: tuple[Account, ...]) -> Any:
    scan = Scan(ScanOptions(checks=[UNUSED], accounts=accounts, now=NOW, config={DAYS: 90, "overrides": overrides}),
                aws=WORLD)  # fmt: skip

    async def run() -> None:
        async for _ in scan.batches():
            pass

    assert scan.settings == {DAYS: tuple(dict.fromkeys([90, *(each["config"][DAYS] for each in overrides)]))}
    anyio.run(run)
    settings = scan.coverage().settings
    assert settings is not None
    return set(settings[DAYS])


def test_frameworks_see_what_was_set_where_the_scan_looked() -> None:
    assert settings_after(accounts=(SANDBOX,)) == {90}
    assert settings_after(strict(accounts=[SANDBOX.id]), accounts=(SANDBOX,)) == {10}
    assert settings_after(strict(accounts=[SANDBOX.id]), accounts=(SANDBOX, OTHER)) == {10, 90}
    assert settings_after(strict(accounts=[OTHER.id]), accounts=(SANDBOX,)) == {90}
    assert settings_after(strict(regions=["eu-west-1"]), accounts=(SANDBOX,)) == {10, 90}
    assert settings_after(strict(resource_tags=["team=data"]), accounts=(OTHER,)) == {10, 90}


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ({"config": {DAYS: 1}},
         "say for whom it is: accounts, organizational_units, account_tags, regions or resource_tags."),
        ({"acounts": [], "config": {}}, "There is no key 'acounts'. Did you mean accounts"),
        (lax(accounts=[111122223333]), "111122223333 is no account: write twelve digits in quotes."),
        (lax(accounts=["1111"]), "'1111' is no account: write twelve digits in quotes."),
        (lax(account_tags=["=x"]), "account_tags '=x': give KEY=VALUE, or KEY for any value."),
        ({"regions": ["eu-west-1"], "config": {DAYS: "x"}}, f"Configuration key {DAYS}: Expected `int`, got `str`."),
        ({"regions": ["eu-west-1"], "config": {"secrets_ignore": []}},
         "There is no configuration key 'secrets_ignore'. Did you mean secrets_ignore_"),
        ({"regions": ["eu-west-1"], "config": {"max_unused_access_keys_days": 1}},
         "max_unused_access_keys_days cannot be set by regions: it is also read for the whole account."),
        ({"resource_tags": ["a"], "config": {"organizations_enabled_regions": []}},
         "organizations_enabled_regions cannot be set by resource_tags: it is also read where no tags"),
        ([], "Expected `object`, got `array`."),
    ],
)  # fmt: skip
def test_what_cannot_hold_is_refused_before_the_scan_with_its_place(override: Any, told: str) -> None:
    checks = [UNUSED, "iam_user_accesskey_unused", "organizations_scp_check_deny_regions"]
    good = lax(accounts=["111122223333"])
    with pytest.raises(ConfigurationError) as refused:
        prepare(ScanOptions(checks=checks, config={"overrides": [good, override]}))
    assert str(refused.value).startswith(f"overrides, number 2: {told}")


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^overrides: write a list, each with `config:`"):
        prepare(ScanOptions(checks=[UNUSED], config={"overrides": {"accounts": []}}))


# ------------------------------------------------------------- tags that no listing brings
GROUPS = {"logs:DescribeLogGroups": {"logGroups": [
    {"logGroupName": name, "arn": f"arn:aws:logs:us-east-1:{OTHER.id}:log-group:{name}:*", "retentionInDays": 90}
    for name in ("strict", "usual")
]}}  # fmt: skip
TAGS = {str(GET_RESOURCES): {"ResourceTagMappingList": [
    {"ResourceARN": f"arn:aws:logs:us-east-1:{OTHER.id}:log-group:strict", "Tags": [{"Key": "team", "Value": "data"}]}
]}}  # fmt: skip
KEEPING: dict[str, Any] = {KEPT: 30, "overrides": [{"resource_tags": ["team=data"], "config": {KEPT: 365}}]}


def kept(world: dict[str, Any]) -> dict[str, Finding]:
    """Name of a log group -> what is said of how long it keeps events."""
    found = findings_of(World(world), RETENTION, accounts=(OTHER,), config=KEEPING)
    return {each.resource_name: each for each in found}


def test_tags_that_no_listing_brings_are_asked_for_where_a_key_goes_by_them() -> None:
    found = kept(GROUPS | TAGS)
    assert {name: each.status for name, each in found.items()} == {"strict": "FAIL", "usual": "PASS"}
    assert found["strict"].status_detail.endswith(f"{KEPT} as overridden for resources with team=data.")
    assert "overridden" not in found["usual"].status_detail


def test_what_goes_by_tags_that_could_not_be_read_is_not_judged() -> None:
    found = kept(GROUPS | {str(GET_RESOURCES): denied()})
    assert {each.status for each in found.values()} == {"MANUAL"}
    assert all("tag:GetResources" in each.status_detail for each in found.values())


def test_a_plan_asks_for_tags_only_where_a_key_of_its_checks_goes_by_them() -> None:
    def asks(check: str, config: dict[str, Any]) -> bool:
        return any(each.operation == GET_RESOURCES for each in planned(check, config))

    def planned(check: str, config: dict[str, Any]) -> Any:
        return prepare(ScanOptions(checks=[check], config=config)).plan.operations

    assert asks(RETENTION, KEEPING)
    assert not asks(RETENTION, {KEPT: 30})
    assert not asks("cloudwatch_log_group_kms_encryption_enabled", KEEPING)
    users = {"overrides": [{"resource_tags": ["a"], "config": {"max_unused_access_keys_days": 1}}]}
    assert any(each.operation == GET_USERS for each in planned("iam_user_accesskey_unused", users))
