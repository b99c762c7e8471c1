"""The command of a finding: what it is filled with, and that a shell reads every name as one word."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from typing import Any

import pytest
from msgspec import structs

from aioprowler import Account, Fail, Manual, Pass, Region, Resource, Verdict, check, field
from aioprowler.declarations.commands import Command
from aioprowler.engine.judge import Subject, finding, place
from aioprowler.judging.verdicts import at_severity, worst

ACCOUNT = Account(id="123456789012", partition="aws-cn", default_region="cn-north-1")
HOSTILE = ["$(touch x)", "`id`", "it's", 'a"b', "a b;c", "x\\", "$HOME", "!!", "*", "-rf", "naïve 🪣", "<bucket>"]


class DBProxy(Resource, id="name", type="AwsRdsDbProxy", arn="arn:{partition}:rds:{region}:{account_id}:proxy/{name}"):
    name: str = field(name="Name")
    vpc_id: str | None = None
    port: int = 0
    open: bool = False

    @property
    def owner(self) -> str:
        return f"team of {self.name}"

    @property
    def broken(self) -> str:
        raise ValueError


def filled(text: str, **fields: Any) -> str:
    proxy = DBProxy(**{"name": "web", **fields})
    return Command(text, DBProxy).filled(ACCOUNT, "cn-north-1", "arn:aws-cn:rds:::proxy", proxy)


def test_a_command_names_what_the_finding_knows() -> None:
    text = "aws x --region <region> <account-id> <partition> <arn> <db-proxy> <name> <vpc-id> <port> <owner>"
    assert filled(text, vpc_id="vpc-1", port=3306) == (
        "aws x --region cn-north-1 123456789012 aws-cn arn:aws-cn:rds:::proxy web web vpc-1 3306 'team of web'"
    )


@pytest.mark.parametrize(
    "text",
    ["<your-key>", "<proxy>", "<account>", "<vpc-id>", "<open>", "<broken>", "<log group>", "<", "a < b > c", ""],
)
def test_what_nobody_knows_stays(text: str) -> None:
    assert filled(text) == text


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[201~b", "\u202eb", "a\u3164", "##vso[x]", ""])
def test_a_name_that_cannot_be_seen_is_not_pasted(name: str) -> None:
    assert filled("aws x <db-proxy>", name=name) == "aws x <db-proxy>"


def several(proxy: DBProxy) -> Verdict:
    """Proxies are good

    ## Risk
    r

    ## Remediation
    Say `--key`, by `aws a <db-proxy>`, or first `aws b
    --region <region>`, then `aws a <db-proxy>`, at last `aws c <your-key> <db-proxy>`.
    """
    return Fail("")


def test_each_command_of_the_text_is_for_the_resource() -> None:
    subject = Subject.of(DBProxy(name="web proxy", account=structs.replace(ACCOUNT, profile="p"), region="cn-north-1"))
    failed = finding(check(fails="Bad", severity="low")(several), subject, Fail("bad"), "")
    assert failed.command == "aws --profile p a 'web proxy'"
    assert failed.further_commands == (
        "aws --profile p b --region cn-north-1", "aws --profile p c <your-key> 'web proxy'",
    )  # fmt: skip
    first, second, third = failed.command, *failed.further_commands
    assert failed.advice == f"Say `--key`, by `{first}`, or first `{second}`, then `{first}`, at last `{third}`."
    assert structs.replace(failed, further_commands=()).advice.endswith("at last `aws c <your-key> <db-proxy>`.")


TEMPLATES = ["{}", "s3://{}/x", "'{}'", "'a={},b'", '"{}"', '"a \\" {} b"', "'it'\\''s {}'", "\\'{}", "{}{}"]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_shell_reads_a_strangers_name_as_text(template: str, name: str) -> None:
    plain = template.replace("{}", "NAME")
    (wanted,) = (word.replace("NAME", name) for word in shlex.split(plain))
    command = filled("printf %s " + template.replace("{}", "<db-proxy>"), name=name)
    assert shlex.split(command)[2:] == [wanted]
    for shell in filter(shutil.which, ("sh", "bash")):
        told = subprocess.run([shell, "-c", command], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
        assert told.stdout.decode() == wanted


DOCUMENTATION = """{}

## Risk
r

## Remediation
Mend it: `aws rds modify-db-proxy --db-proxy-name <db-proxy> --key <your-key> --region <region>`.
"""


def mends(proxy: DBProxy) -> Verdict:
    return Fail("")


def mends_a_region(region: Region) -> Verdict:
    return Fail("")


mends.__doc__ = mends_a_region.__doc__ = DOCUMENTATION.format("Proxies are good")
PROXY = check(fails="Proxy is bad", severity="low")(mends)
REGION = check(fails="Region is bad", severity="low")(mends_a_region)


def test_a_failure_has_the_command_for_its_resource_and_the_checks_own_stays_general() -> None:
    subject = Subject.of(DBProxy(name="web proxy", account=ACCOUNT, region="cn-north-1"))
    failed = finding(PROXY, subject, Fail("bad"), "")
    assert failed.command == (
        "aws rds modify-db-proxy --db-proxy-name 'web proxy' --key <your-key> --region cn-north-1"
    )
    assert failed.remediation.cli == (
        "aws rds modify-db-proxy --db-proxy-name <db-proxy> --key <your-key> --region <region>"
    )
    assert failed.advice == f"Mend it: `{failed.command}`."
    others = [finding(PROXY, subject, verdict, "") for verdict in (Pass("good"), Manual("?"))]
    assert [(each.command, each.further_commands) for each in others] == [("", ())] * 2
    assert [each.advice for each in others] == [failed.remediation.text] * 2


@pytest.mark.parametrize(
    ("profile", "told"),
    [("", ""), ("prod", " --profile prod"), ("my prod", " --profile 'my prod'"), (None, " --profile <your-profile>")],
)
def test_each_call_of_a_command_leads_into_the_account(profile: str | None, told: str) -> None:
    command = Command("aws x <account-id> \\\n  --aws aws\naws y", DBProxy)
    made = command.filled(structs.replace(ACCOUNT, profile=profile), "", "", None)
    assert made == f"aws{told} x 123456789012 \\\n  --aws aws\naws{told} y"


def test_a_failure_of_a_region_names_the_region() -> None:
    failed = finding(REGION, place(REGION, ACCOUNT, "cn-northwest-1"), Fail("bad"), "")
    assert failed.command.endswith("--db-proxy-name <db-proxy> --key <your-key> --region cn-northwest-1")


def test_a_command_is_of_the_part_that_the_verdict_is_about() -> None:
    command = Command("aws x <arn>", DBProxy)
    subject = Subject.of(DBProxy(name="web"))
    assert command.filled(ACCOUNT, "", "arn:of:part", subject.resource) == "aws x arn:of:part"


# ------------------------------------------------------------- what the verdict says
class Subnet(Resource, id="name", arn="arn:{partition}:ec2:{region}:{account_id}:subnet/{name}"):
    name: str = field(name="Name")


def named(text: str, *names: dict[str, str], kind: Any = DBProxy, resource: Any = None) -> str:
    return Command(text, kind).filled(ACCOUNT, "cn-north-1", "arn", resource, names)


def test_a_command_names_the_part_that_the_verdict_names() -> None:
    text = "aws x <db-proxy> <your-part> <your-db-proxy> <your-key>"
    names = {"part": "a b", "name": "no placeholder of it"}
    assert named(text, names, resource=DBProxy(name="web")) == "aws x web 'a b' <your-db-proxy> <your-key>"


def test_a_command_names_the_resource_that_the_verdict_is_about() -> None:
    text = "aws x --proxy <your-db-proxy> --subnet <your-subnet>"
    assert named(text, kind=Region, resource=DBProxy(name="web")) == "aws x --proxy web --subnet <your-subnet>"
    assert named(text, kind=Account, resource=Subnet(name="s-1")) == "aws x --proxy <your-db-proxy> --subnet s-1"
    assert named(text, kind=Region) == text


def test_another_thing_of_the_subjects_type_is_never_taken_for_it() -> None:
    """`<your-subnet>` in a command about a subnet is a second one."""
    assert named("aws x <subnet> <your-subnet>", kind=Subnet, resource=Subnet(name="s-1")) == "aws x s-1 <your-subnet>"


def test_a_command_is_there_for_each_part_and_what_is_common_once() -> None:
    text = "aws make \\\n  --for <db-proxy>\naws set <your-part>"
    made = named(text, {"part": "a"}, {"part": "b"}, {"part": "a"}, resource=DBProxy(name="web"))
    assert made == "aws make \\\n  --for web\naws set a\naws set b"


@pytest.mark.parametrize("name", [*HOSTILE, "<your-part>"])
def test_a_shell_reads_a_part_as_text(name: str) -> None:
    assert shlex.split(named("printf '%s' <your-part>", {"part": name}))[2:] == [name]


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[201~b", ""])
def test_a_part_that_cannot_be_seen_is_not_pasted(name: str) -> None:
    assert named("aws x <your-part>", {"part": name}) == "aws x <your-part>"


def test_the_whole_names_the_parts_by_which_it_fails() -> None:
    part, other, good = Fail("a", names=({"part": "a"},)), Fail("b", names=({"part": "b"},)), Pass("c")
    assert worst([part, good, other]) == Fail("a b", names=({"part": "a"}, {"part": "b"}))
    assert at_severity(part, "low").names == part.names
