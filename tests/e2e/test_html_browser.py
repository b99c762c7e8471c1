"""The HTML report in a real browser: Debian's Chromium, headless, over the DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import csv
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from aioprowler.declarations.checks import Remediation
from aioprowler.findings.causes import FAMILIES, owner
from aioprowler.findings.coverage import SESSIONS, Coverage, Figures
from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.html.writer import HtmlWriter, LineKind, escaped_lines
from tests.e2e.browser import Page
from tests.outputs.samples import FINDING, HOSTILE, coverage, finding, gap, hostile, many, refused

Scenario = Callable[[Page], Awaitable[None]]


@pytest.fixture
def browse(port: int, tmp_path: Path) -> Callable[..., None]:
    """Runs a scenario on the report of some findings."""

    def run(
        findings: list[Finding],
        scenario: Scenario,
        *,
        cut: int | None = None,
        told: Coverage | None = None,
        frameworks: list[Any] | None = None,
        **options: Any,
    ) -> None:
        path = report(findings, tmp_path / "scan.html", told, frameworks)
        if cut is not None:
            path.write_bytes(path.read_bytes()[:cut])
        asyncio.run(go(path, scenario, options))

    async def go(path: Path, scenario: Scenario, options: dict[str, Any]) -> None:
        async with Page(port, path, **options) as page:
            await scenario(page)

    return run


class Report(HtmlWriter):
    """A report with frameworks of the test's own."""

    frameworks: list[Any] | None = None

    def _tail(self) -> bytes:
        if self.frameworks is not None:
            told, judged = self.frameworks
            numbers = [id_ for _, ids in judged for id_ in ids]
            numbered = [
                {
                    **each,
                    "requirements": [
                        [*one[:4], [*map(numbers.index, one[4])], *one[5:]] for one in each["requirements"]
                    ],
                }
                for each in told
            ]
            statuses = [(id_, status) for status, ids in judged for id_ in ids]
            compliance = ((LineKind.COMPLIANCE, each) for each in numbered)
            own = (b"[%d," % LineKind.COMPLIANCE, b"[%d," % LineKind.JUDGED)
            kept = [line for line in self._coverage.splitlines(keepends=True) if not line.startswith(own)]
            self._coverage = b"".join(kept) + escaped_lines([*compliance, (LineKind.JUDGED, statuses)])
        return super()._tail()


def report(
    findings: list[Finding], path: Path, told: Coverage | None = None, frameworks: list[Any] | None = None
) -> Path:
    writer = Report(path)
    writer.frameworks = frameworks
    writer.open()
    for start in range(0, len(findings), 500):
        writer.write(findings[start : start + 500])
    if told:
        writer.conclude(told)
    writer.close()
    return path


def number(findings: list[Finding], **wanted: Any) -> int:
    return sum(all(getattr(each, field) == value for field, value in wanted.items()) for each in findings)


def owned(findings: list[Finding]) -> list[Finding]:
    """Accounts with owners of their own; resources with none of theirs."""
    return [
        replace(
            each,
            resource_tags={},
            account_tags={"Owner": f"team-{int(each.account_id) % 3}"},
            account_email=f"aws+{each.account_id}@example.com",
            account_organizational_unit=f"unit-{int(each.account_id) % 2}",
        )
        for each in findings
    ]


def muted(findings: list[Finding]) -> list[Finding]:
    """Every tenth is muted."""
    mute = Mute(reason="Public on purpose", owner="web@example.com", expires="2026-12-31")
    return [replace(each, muted=True, mute=mute) if at % 10 == 0 else each for at, each in enumerate(findings)]


SOME = list(many(2000))
WORST_FIRST = ["critical", "high", "medium", "low", "informational"]
SHOWN = "document.querySelectorAll('#rows > .row').length"


# ------------------------------------------------------------------------- overview
def test_summary(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert (await page.text("#scope")) == [
            "2,000 findings · 12 accounts · 5 regions · 8 services · 8 checks · 1 June 2026 at 12:00 UTC"
        ]
        tiles = await page.text(".tile b")
        assert tiles == [f"{number(SOME, status=status):,}" for status in ("FAIL", "MANUAL", "PASS")]
        failed = [number(SOME, status="FAIL", region=region) for region in {each.region for each in SOME}]
        assert await page.text("[data-facet=region] .much b") == [str(n) for n in sorted(failed, reverse=True)]
        assert await page.js("document.getElementById('notice').hidden")
        assert await page.count() == "2,000 findings"

    browse(SOME, look)


def test_the_worst_problems_come_first(browse: Callable[..., None]) -> None:
    failed = [each for each in SOME if each.status == "FAIL"]
    by_check = {each.check_id: [other for other in failed if other.check_id == each.check_id] for each in failed}
    wanted = sorted(by_check.values(), key=lambda findings: (WORST_FIRST.index(findings[0].severity), -len(findings)))

    async def look(page: Page) -> None:
        assert await page.text(".problem .what > span") == [findings[0].fails for findings in wanted]
        resources = len({each.resource_arn for each in wanted[0]})
        accounts = len({each.account_id for each in wanted[0]})
        assert (await page.text(".problem .where"))[0] == f"{resources} resources fail in {accounts} accounts"

    browse(SOME, look)


def test_what_one_resource_fails_in_a_family_is_one_problem(browse: Callable[..., None]) -> None:
    ports = [
        replace(FINDING, uid=f"{group}{port}", severity="critical", check_id=f"{FAMILIES[2]}{port}", fails=port,
                resource_id=group, resource_arn=f"arn:{group}")
        for group, opened in (("one", ("tcp_port_22", "all_ports", "tcp_port_3389")), ("two", ("tcp_port_22",)))
        for port in opened
    ]  # fmt: skip
    others = [
        replace(FINDING, uid=f"other{n}", severity="critical", check_id="ec2_ebs_public_snapshot", fails="Snapshot",
                resource_id=f"{n}", resource_arn=f"arn:snap-{n}")
        for n in range(2)
    ]  # fmt: skip

    async def look(page: Page) -> None:
        assert await page.text(".problem .what > span") == ["Snapshot", "all_ports (and 2 more checks)", "tcp_port_22"]
        assert (await page.text(".problem .where"))[1] == "1 resource fails in 1 account"
        await page.js("document.querySelectorAll('.problem')[1].click()")
        assert (await page.text(".owners tbody tr td:first-child")) == ["3"]

    browse([*ports, *others], look)


def test_a_problem_opens_to_its_remediation_and_owners(browse: Callable[..., None]) -> None:
    findings = owned(SOME)

    async def look(page: Page) -> None:
        check, title = (
            await page.js("document.querySelector('.problem .what small').textContent"),
            await page.text(".problem .what > span"),
        )
        check = check.split(" · ")[1]
        await page.click(".problem")
        (details,) = await page.text(".problem-details")
        assert FINDING.remediation.cli in details
        assert FINDING.risk in details
        rows = await page.text(".owners tbody tr")
        counts = {
            each.account_id: number(findings, check_id=check, status="FAIL", account_id=each.account_id)
            for each in findings
        }
        assert len(rows) == sum(count > 0 for count in counts.values())
        first = max(counts, key=lambda account_id: counts[account_id])
        assert rows[0].startswith(str(counts[first]))
        for text in (f"team-{int(first) % 3}", f"unit-{int(first) % 2}", f"aws+{first}@example.com"):
            assert any(text in row for row in rows)
        await page.follow(".owners a")
        assert await page.count() == f"{max(counts.values())} of 2,000 findings"
        assert set(await page.text("#rows .open-it")) == {title[0]}
        assert await page.js("document.activeElement !== null && !document.getElementById('findings').hidden")
        await page.back()
        assert not await page.js("document.getElementById('overview').hidden")

    browse(findings, look)


def test_an_open_problem_lists_what_fails_and_is_in_the_address(browse: Callable[..., None]) -> None:
    failed = [each for each in SOME if each.status == "FAIL" and each.check_id == "vpc_flow_logs_enabled"]

    async def look(page: Page) -> None:
        await page.go("#problem=vpc_flow_logs_enabled")
        assert await page.text(".resources td:first-child") == [each.resource_name for each in failed][:50]
        assert (await page.text(".resources .copy"))[0] == "Copy"
        await page.follow(".resources a")
        assert (await page.address())["finding"] == [failed[0].uid]
        assert failed[0].status_detail in (await page.text(".details"))[0]
        await page.back()
        assert (await page.address()) == {"problem": ["vpc_flow_logs_enabled"]}
        await page.key("Escape")
        assert (await page.text(".problem-details"), await page.address()) == ([], {})
        await page.click(".problem")
        assert (await page.address())["problem"]

    browse(SOME, look)


def test_who_is_worst(browse: Callable[..., None]) -> None:
    findings = owned(SOME)

    def figures(owner: str) -> list[int]:
        theirs = [each for each in findings if each.status == "FAIL" and each.account_tags["Owner"] == owner]
        return [number(theirs, severity="critical"), number(theirs, severity="high"), len(theirs)]

    async def look(page: Page) -> None:
        wanted = sorted(({"team-0", "team-1", "team-2"}), key=figures, reverse=True)
        rows = await page.text(".standings > :first-child tbody tr")
        assert rows == [owner + "".join(map(str, figures(owner))) for owner in wanted]
        assert (await page.text(".standing thead th:first-child")) == ["Owner", "Unit", "Account"]
        await page.follow(".standing tbody td a")
        assert await page.count() == f"{figures(wanted[0])[0]} of 2,000 findings"

    browse(findings, look)


def test_the_chosen_findings_are_saved_as_a_file(browse: Callable[..., None]) -> None:
    name = "=cmd()|'x'; \u202e,=1"
    findings = [*SOME, finding(uid="own", resource_name=name, resource_id="q", command="aws x <your-key>")]
    keep = (
        "window.saved = null; URL.createObjectURL = (blob) => { blob.text().then((t) => { saved = t; }); return '#'; };"
        "HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; }"
    )

    async def saved(page: Page, form: str) -> str:
        await page.js(f"window.saved = null; void document.getElementById('save-{form}').click()")
        await page.wait("window.saved !== null")
        return str(await page.js("saved"))

    async def look(page: Page) -> None:
        await page.js(keep)
        await page.go("#view=findings&resource=" + FINDING.resource_arn)
        (line,) = [json.loads(each) for each in (await saved(page, "jsonl")).splitlines()]
        assert await page.js("savedAs") == "scan-chosen.jsonl"
        same = ("uid", "status", "severity", "check_id", "status_detail", "region", "resource_name", "command")
        assert [line[each] for each in same] == [getattr(findings[-1], each) for each in same]
        head, row = csv.reader((await saved(page, "csv")).splitlines(), delimiter=";")
        assert row[head.index("resource_name")] == "'=cmd()|'x'; <U+202E>,'=1"
        assert row[head.index("uid")] == "own"
        await page.go("#view=findings&status=FAIL")
        assert len((await saved(page, "jsonl")).splitlines()) == number(findings, status="FAIL")

    browse(findings, look)


def test_categories_are_a_filter(browse: Callable[..., None]) -> None:
    sorts = {"kms": ("encryption", "secrets"), "rds": ("encryption",)}
    findings = [replace(each, categories=sorts.get(each.service, ())) for each in SOME]

    async def look(page: Page) -> None:
        await page.tick("category", "encryption")
        wanted = sum(each.service in sorts for each in SOME)
        assert (await page.count(), await page.address()) == (
            f"{wanted} of 2,000 findings", {"category": ["encryption"]},
        )  # fmt: skip

    browse(findings, look)


def test_escape_closes_what_is_open_wherever_the_focus_is(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.go("#view=findings")
        await page.click(".open-it")
        await page.js("document.querySelector('.details a').focus()")
        await page.key("Escape")
        assert await page.text(".details") == []
        assert await page.js("document.activeElement.classList.contains('open-it')")
        await page.click('[aria-controls="menu-status"]')
        await page.js("document.activeElement.blur()")
        await page.key("Escape")
        assert await page.js("document.getElementById('menu-status').hidden")

    browse(SOME, look)


def test_what_is_counted_and_not_listed_is_told(browse: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioprowler.outputs.html.writer.LISTED", 1000)

    async def look(page: Page) -> None:
        listed = int((await page.text(".tile.PASS b"))[0].replace(",", ""))
        counted = number(SOME, status="PASS") - listed
        assert counted > 0
        assert await page.text(".tile.PASS small") == [f"and {counted} counted only"]
        assert f"{counted} PASS are counted only" in (await page.text("#part"))[0]
        assert await page.js("document.getElementById('notice').hidden")
        assert (await page.text(".tile.FAIL b")) == [str(number(SOME, status="FAIL"))]

    browse(SOME, look)


def test_a_long_list_has_pages(browse: Callable[..., None]) -> None:
    findings = list(many(100_020))

    async def look(page: Page) -> None:
        await page.go("#view=findings&sort=resource")
        assert await page.text("#pager span") == ["Lines 1 to 100,000 of 100,020"]
        assert await page.js("document.querySelector('[data-key=\"page/Previous\"]').disabled")
        await page.click("[data-key='page/Next']")
        assert await page.text("#pager span") == ["Lines 100,001 to 100,020 of 100,020"]
        assert len(await page.text("#rows .resource > span")) > 0
        assert (await page.text("#rows .resource > span"))[-1] == max(each.resource_name for each in findings)
        await page.go(f"#view=findings&sort=resource&finding={findings[0].uid}")
        assert await page.text("#pager span") == ["Lines 1 to 100,000 of 100,020"]
        assert findings[0].uid in (await page.text(".details"))[0]

    browse(findings, look)


def test_a_search_that_was_cleared_comes_back(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.search("item-0001")
        await page.wait("location.hash === '#q=item-0001'")
        await page.js(
            "const field = document.getElementById('text'); field.value = '';field.dispatchEvent(new Event('input'))"
        )
        await page.wait("location.hash === ''")
        await page.back()
        assert await page.js("document.getElementById('text').value") == "item-0001"

    browse(SOME, look)


def test_each_command_of_the_advice_is_for_the_resource(browse: Callable[..., None]) -> None:
    own = {
        "command": "aws --profile p a b",
        "further_commands": ("aws --profile p c d", "aws --profile p e <your-key>"),
    }
    text = "By `aws a <x>`, or `aws c <x>`, then `aws a <x>`, then `aws e <your-key>`."
    found = finding(uid="it", remediation=Remediation(text=text, cli="aws a <x>"), **own)

    async def look(page: Page) -> None:
        await page.go("#view=findings&finding=it")
        first, second, third = found.command, *found.further_commands
        assert await page.text(".details .prose code") == [first, second, first, third]

    browse([found], look)


def test_a_command_marks_what_is_to_be_filled_in_and_its_button_names_it(browse: Callable[..., None]) -> None:
    whole = "aws --profile prod x --name 'a b'"
    open_ = "aws --profile <your-profile> x --key <your-key> --other <your-key>"

    async def look(page: Page) -> None:
        told = []
        for uid in ("whole", "open"):
            await page.go(f"#view=findings&finding={uid}")
            told.append(
                (await page.text(".details .command mark"), await page.text(".details :not(details) > .command .copy"))
            )
        marks = ["<your-profile>", "<your-key>", "<your-key>"]
        assert told == [([], ["Copy"]), (marks, ["Copy, then fill in <your-profile>, <your-key>"])]

    browse([finding(uid="whole", command=whole), finding(uid="open", command=open_, resource_id="b")], look)


def test_muted_is_no_failure(browse: Callable[..., None]) -> None:
    findings = muted(SOME)

    async def look(page: Page) -> None:
        wanted = [number(findings, status=status, muted=False) for status in ("FAIL", "MANUAL", "PASS")]
        assert await page.text(".tile b") == [f"{count:,}" for count in (*wanted, number(findings, muted=True))]
        failing = sum(
            [int(text.split()[0].replace(",", "")) for text in await page.text("[data-facet=region] .much b")]
        )
        assert failing == wanted[0]
        await page.follow(".tile.MUTED")
        assert await page.count() == "200 of 2,000 findings"
        assert await page.text(".problem") == []
        await page.follow("#tab-findings")
        assert set(await page.text("#rows .status")) == {"~MUTED"}
        await page.click(".open-it")
        (details,) = await page.text(".details")
        for text in ("Public on purpose", "web@example.com", "2026-12-31", "Verdict"):
            assert text in details
        await page.go("#view=findings")
        assert set((await page.text("#rows .status"))[:20]) == {"!FAIL"}

    browse(findings, look)


# -------------------------------------------------------------------------- filters
def test_filters(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow(".tile.MANUAL")
        assert await page.count() == f"{number(SOME, status='MANUAL')} of 2,000 findings"
        await page.click("[data-key='service/more']")
        await page.follow("[data-key='service/kms']")
        await page.follow("[data-key='region/eu-west-1']")
        wanted = {"status": "MANUAL", "service": "kms", "region": "eu-west-1"}
        assert await page.count() == f"{number(SOME, **wanted)} of 2,000 findings"
        assert await page.text(".chip > span:first-of-type") == ["MANUAL", "kms", "eu-west-1"]
        await page.follow("[data-key='region/us-east-1']")
        either = number(SOME, **wanted) + number(SOME, **(wanted | {"region": "us-east-1"}))
        assert await page.count() == f"{either} of 2,000 findings"
        await page.follow(".chip[data-key='chip/region/eu-west-1']")
        assert await page.count() == f"{number(SOME, **(wanted | {'region': 'us-east-1'}))} of 2,000 findings"
        await page.follow("#clear")
        assert await page.count() == "2,000 findings"
        await page.tick("severity", "low")
        await page.tick("account", "111111111113")
        wanted = {"severity": "low", "account_id": "111111111113"}
        assert await page.count() == f"{number(SOME, **wanted)} of 2,000 findings"
        await page.follow("[data-facet=severity] [aria-pressed=true]")
        assert await page.count() == f"{number(SOME, account_id='111111111113')} of 2,000 findings"

    browse(SOME, look)


def test_owners(browse: Callable[..., None]) -> None:
    """The tags of the resource say it, else those of the account, else its e-mail address."""
    findings = owned(SOME)
    findings[0] = replace(findings[0], resource_tags={"squad": "night"}, resource_arn="arn:aws:one", status="FAIL")
    findings[1] = replace(findings[1], account_id="5", account_tags={}, account_email="five@example.com")

    async def look(page: Page) -> None:
        expected = sum(int(each.account_id) % 3 == 1 for each in findings[2:])
        await page.follow("[data-key='owner/team-1']")
        assert await page.count() == f"{expected:,} of 2,000 findings"
        await page.go("#view=findings&owner=night")
        assert await page.text("#rows .owner") == ["night"]
        await page.go("#view=findings&owner=five%40example.com")
        assert await page.count() == "1 of 2,000 findings"
        await page.go("#unit=unit-0")
        assert await page.count() == f"{number(findings, account_organizational_unit='unit-0'):,} of 2,000 findings"

    browse(findings, look)


def test_the_page_and_the_program_agree_on_owners(browse: Callable[..., None]) -> None:
    """Whoever `report --split owner` and `report --owner` take for one."""
    kept = {
        "Owner": "a",
        "TEAM": " b ",
        "squad-name": "c",
        "business-contact": "d",
        "aws:owner": "e",
        "team": "",
        "x": "f",
    }
    tagged = [dict([one, other]) for one, other in permutations(kept.items(), 2)]
    findings = [
        finding(uid=f"{at}", resource_id=f"{at}", resource_tags=mine, account_tags=theirs, account_id=f"{at % 7}",
                account_email="m@example.com" if at % 2 else "", account_organizational_unit="u" if at % 3 else "")
        for at, (mine, theirs) in enumerate(zip([*tagged, *[{}] * 42], [*[{}] * 42, *tagged], strict=True))
    ]  # fmt: skip

    async def look(page: Page) -> None:
        told = Counter(owner(each) for each in findings)
        await page.go("#view=findings&group=owner")
        titles, figures = await page.text("#rows .open-it"), await page.text("#rows .all")
        assert dict(zip((each.strip("▸") for each in titles), figures, strict=True)) == {
            name: f"{count} finding{'s' if count > 1 else ''}" for name, count in told.items()
        }

    browse(findings, look)


def test_a_resource_that_comes_again_is_the_same_and_has_its_tags(browse: Callable[..., None]) -> None:
    bare, other = finding(uid="1", resource_tags={}), finding(uid="2", resource_arn="arn:other")
    again = [finding(uid="3", resource_tags={"owner": "web"}), other, finding(uid="4", resource_tags={})]

    async def look(page: Page) -> None:
        await page.go("#view=findings&group=resource&owner=web")
        assert await page.text("#rows .all") == ["3 findings"]
        await page.go(f"#view=findings&resource={quote(FINDING.resource_arn)}")
        assert await page.count() == "3 of 5 findings"
        assert await page.text("#rows .owner") == ["web"] * 3
        await page.search("owner=web")
        assert await page.count() == "3 of 5 findings"

    browse([bare, other, *again], look)


@pytest.mark.parametrize("name", ["reports", 'a <b> & "c"', "\u202egnp", "日本語"])
def test_a_resource_is_found_by_its_name_in_the_address(name: str, browse: Callable[..., None]) -> None:
    own = finding(uid="own", resource_id=name, resource_name=name, resource_arn="")

    async def look(page: Page) -> None:
        await page.load(f"#view=findings&resource={quote(name)}")
        await page.settle()
        assert await page.text("#rows .finding small") == [FINDING.status_detail]

    browse([*SOME, own], look)


def test_a_menu_by_keyboard(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.js("document.querySelector('[aria-controls=menu-account]').focus()")
        await page.key("Enter")
        assert await page.js("document.activeElement.type") == "search"
        await page.command("Input.insertText", text="account 11")
        assert len(await page.text("#menu-account label")) == 1
        await page.key("ArrowDown")
        assert await page.js("document.activeElement.type") == "checkbox"
        await page.click("#menu-account input[type=checkbox]")
        await page.settle()
        assert await page.js("document.activeElement.checked"), "the focus stays where it was"
        await page.key("Escape")
        assert await page.js("document.activeElement.getAttribute('aria-expanded')") == "false"
        assert await page.count() == f"{number(SOME, account_name='Account 11')} of 2,000 findings"

    browse(SOME, look)


def test_text_search(browse: Callable[..., None]) -> None:
    findings = [*SOME[:-1], finding(resource_id="item-000300", check_id="vpc_flow_logs_enabled")]
    findings = [replace(each, resource_tags={"team": "web" if each.region > "us" else "data"}) for each in findings]

    async def look(page: Page) -> None:
        await page.go("#view=findings")
        await page.search("ITEM-000300 flow_logs")
        wanted = number(findings, resource_id="item-000300", check_id="vpc_flow_logs_enabled")
        assert await page.count() == f"{wanted} of 2,000 findings"
        await page.search(" nothing has this")
        assert await page.text("#empty") == ["No finding matches these filters."]
        for text, found in {
            "team=web": sum(each.resource_tags.get("team") == "web" for each in findings),
            "aws@example.com": 2000,
            "workloads/prod": 2000,
            findings[7].uid: 1,
        }.items():
            await page.go("#q=" + text.replace("/", "%2F").replace("@", "%40").replace("=", "%3D"))
            assert await page.count() == f"{found:,} of 2,000 findings"

    browse(findings, look)


# ------------------------------------------------------------------------ the address
def test_the_address_keeps_what_is_chosen(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow("[data-key='severity/high']")
        await page.follow("[data-key='severity/critical']")
        await page.follow("#tab-findings")
        await page.search("item")
        await page.follow("[data-key='sort/resource']")
        await page.follow("[data-key='sort/resource']")
        await page.pick("group", "check")
        await page.click(".open-it")
        await page.click("#rows .inner .open-it")
        uid = (await page.address())["finding"][0]
        assert await page.address() == {
            "view": ["findings"], "severity": ["high", "critical"], "q": ["item"], "sort": ["-resource"],
            "group": ["check"], "finding": [uid],
        }  # fmt: skip
        before = await page.count(), await page.text(".lead"), await page.text("#rows .group .open-it")
        await page.load(await page.js("location.hash"))
        assert (await page.count(), await page.text(".lead"), await page.text("#rows .group .open-it")) == before
        assert await page.js("document.getElementById('text').value") == "item"
        box = await page.js(
            "(({top, bottom}) => [top, bottom])(document.querySelector('.lead').getBoundingClientRect())"
        )
        assert 0 < box[0] < box[1] < 1000

    browse(SOME, look)


def test_back_and_forward(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        counts = [await page.count()]
        for key in ("status/FAIL", "severity/high", "region/eu-west-1"):
            await page.follow(f"[data-key='{key}']")
            counts.append(await page.count())
        await page.follow("#tab-findings")
        await page.js("scrollTo(0, 500)")
        await page.wait("scrollY > 400")
        for wanted in counts[::-1]:
            await page.back()
            assert await page.count() == wanted
            assert not await page.js("document.getElementById('overview').hidden")
        await page.js("history.forward()")
        await page.wait(f"document.getElementById('count').textContent === {counts[1]!r}")
        assert await page.text(".tile[aria-pressed=true] .name") == ["FAIL"]

    browse(SOME, look)


def test_typing_is_one_step_back(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.search("item")
        await page.search("-0001")
        await page.search("2")
        await page.back()
        assert await page.count() == "2,000 findings"
        assert await page.js("document.getElementById('text').value") == ""

    browse(SOME, look)


def test_an_address_with_what_is_not_there(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        for name in ("sort=toString", "sort=__proto__", "group=constructor", "requirement=__proto__/a", "framework=x"):
            await page.load(f"#view=findings&{name}")
            assert "2,000 findings" in await page.count()
        await page.load("#view=nothing&account=999&sort=size&group=colour&finding=0&only=X&show=Y&requirement=a/b&x=1")
        assert await page.count() == "0 of 2,000 findings"
        assert await page.text(".chip > span:first-of-type") == ["999", "a b"]
        await page.follow("#clear")
        assert await page.count() == "2,000 findings"

    browse(SOME, look)


# --------------------------------------------------------------- the list of findings
def test_sorting(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow("#tab-findings")
        assert set((await page.text("#rows .status"))[:20]) == {"!FAIL"}
        await page.follow("[data-key='sort/resource']")
        assert (await page.text("#rows .resource span"))[:4] == ["item-000000"] * 3 + ["item-000003"]
        await page.follow("[data-key='sort/resource']")
        assert (await page.text("#rows .resource span"))[0] == "item-001998"
        assert await page.js("document.querySelector('[aria-sort=descending]').textContent") == "Resource"
        await page.follow("[data-key='sort/status']")
        await page.js("scrollTo(0, document.body.scrollHeight)")
        await page.wait("[...document.querySelectorAll('#rows .status')].at(-1).textContent === '✓PASS'")

    browse(SOME, look)


def ends(texts: Iterable[str]) -> list[str]:
    """The first and the last in their order."""
    inside = sorted(texts)
    return [inside[0], inside[-1]]


COLUMNS: dict[str, tuple[str, list[str]]] = {
    "severity": (".severity", ["critical", "informational"]),
    "check": (".open-it", ends(each.fails for each in SOME)),
    "service": (".service", ends(each.service for each in SOME)),
    "region": (".region", ends(each.region for each in SOME)),
    "account": (".account small", ["Account 0", "Account 11"]),
    "owner": (".owner", ["data", "web"]),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_sorting_by_every_column(column: str, browse: Callable[..., None]) -> None:
    selector, wanted = COLUMNS[column]

    async def look(page: Page) -> None:
        for order, end in zip(("", "-"), wanted, strict=True):
            await page.go(f"#view=findings&sort={order}{column}")
            assert (await page.text(f"#rows {selector}"))[0] == end

    browse(SOME, look)


def test_groups_by_check(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow("#tab-findings")
        await page.pick("group", "check")
        assert len(await page.text("#rows .group-row")) == 8
        assert await page.js(SHOWN) == 8
        fails = (await page.text("#rows .group .open-it"))[0].removeprefix("▸")
        (title,) = {each.title for each in SOME if each.fails == fails}
        figures = (await page.text("#rows .figures"))[0]
        for status in ("FAIL", "MANUAL", "PASS"):
            assert f"{number(SOME, title=title, status=status)} {status}" in figures
        assert f"{number(SOME, title=title)} findings" in figures
        await page.click(".open-it")
        assert set(await page.text("#rows .inner .open-it")) == {fails}
        assert await page.js("document.getElementById('table').ariaRowCount") == str(9 + number(SOME, title=title))
        await page.click("#rows .inner .open-it")
        assert len(await page.text(".details")) == 1
        await page.click("#rows .group .open-it")
        assert (await page.js(SHOWN), await page.text(".details")) == (8, [])

    browse(SOME, look)


def test_groups_by_resource(browse: Callable[..., None]) -> None:
    """Findings of one resource are in one group, wherever they stand in the file."""
    findings = [
        *SOME,
        *[replace(each, uid=f"{at}", severity="critical", status="FAIL") for at, each in enumerate(SOME[:5])],
    ]

    async def look(page: Page) -> None:
        await page.go("#view=findings&group=resource")
        resources = len({(each.resource_arn, each.account_id) for each in findings})
        assert await page.js("document.getElementById('table').ariaRowCount") == str(resources + 1)
        assert "critical" in (await page.text("#rows .figures"))[0]
        await page.go(f"#view=findings&group=resource&q={SOME[0].resource_arn}")
        same = number(findings, resource_arn=SOME[0].resource_arn)
        assert f"{same} findings" in (await page.text("#rows .figures"))[0]
        await page.go("#view=findings&group=resource&sort=resource")
        names = [text.removeprefix("▸") for text in await page.text("#rows .group .open-it")]
        assert names == sorted(names)

    browse(findings, look)


@pytest.mark.parametrize("width", [320, 420, 800])
def test_a_group_is_as_high_as_its_content(width: int, browse: Callable[..., None]) -> None:
    """On a narrow screen, where the height of a finding is that of a card."""
    rows = "[...document.querySelectorAll('#rows > .row')].map((r) => r.getBoundingClientRect())"
    fits = (
        "[...document.querySelectorAll('.group-row')].every((r) => r.scrollHeight <= r.clientHeight + 1 &&"
        "r.clientHeight - 20 <= r.lastElementChild.getBoundingClientRect().bottom -"
        " r.firstElementChild.getBoundingClientRect().top)"
    )

    async def look(page: Page) -> None:
        one_below_the_other = f"{rows}.every((r, at, all) => !at || Math.abs(r.top - all[at - 1].bottom) <= 1)"
        for group in ("check", "resource", "owner"):
            await page.go(f"#view=findings&group={group}")
            assert await page.js(f"{fits} && {one_below_the_other}"), group
            await page.click("#rows .group-row:nth-child(2) .open-it")
            assert await page.js(f"{fits} && {one_below_the_other}"), group
            await page.js("scrollTo(0, 3000)")
            await page.wait("scrollY > 2500")
            await page.wait(f"{rows}.some((r) => r.top < 0) && {rows}.some((r) => r.bottom > innerHeight)")
            assert await page.js(one_below_the_other), group
        await page.go("#view=findings&group=resource")
        await page.js("document.querySelector('.open-it').focus()")
        await page.key("End")
        at = "document.activeElement.closest('.row')"
        assert await page.js(f"{at}.ariaRowIndex === document.getElementById('table').ariaRowCount")
        assert await page.js(f"{at}.getBoundingClientRect().bottom <= innerHeight")
        uid = SOME[1500].uid
        await page.go(f"#view=findings&group=check&finding={uid}")
        await page.wait("document.querySelector('.details') !== null")
        below = "document.querySelector('.details').getBoundingClientRect().top"
        assert abs(await page.js(f"{below} - document.querySelector('.row.open').getBoundingClientRect().bottom")) <= 1

    browse(muted(SOME), look, width=width, height=800)


def test_groups_by_keyboard(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        at = "document.activeElement.closest('.row').ariaRowIndex"
        await page.go("#view=findings&group=check")
        await page.js("document.querySelector('.open-it').focus()")
        await page.key("ArrowRight")
        assert len(await page.text("#rows .inner")) > 5
        await page.key("ArrowDown")
        await page.key("ArrowDown")
        assert await page.js(at) == "4"
        await page.key("ArrowLeft")
        assert await page.js(at) == "2"
        await page.key("ArrowLeft")
        assert await page.text("#rows .inner") == []

    browse(SOME, look)


def test_details(browse: Callable[..., None]) -> None:
    remediation = replace(
        FINDING.remediation,
        text=f"Do `{FINDING.remediation.cli}`, not `put-public-access-block`.",
        cloudformation="Resources: {}",
        console="Open S3. Block it.",
    )
    told = finding(remediation=remediation, compliance={"cis": ("1.1", "2.3"), "pci": ("8",)})

    async def look(page: Page) -> None:
        await page.follow("#tab-findings")
        await page.click(".open-it")
        (details,) = await page.text(".details")
        for text in (FINDING.status_detail, FINDING.title, "Block Public Access counts.", FINDING.risk, FINDING.uid):
            assert text in details
        assert remediation.cli not in details
        for text in (FINDING.command, FINDING.resource_arn, "team = data", "123456789012 (Production)"):
            assert text in details
        for text in (remediation.cloudformation, remediation.terraform, remediation.console, "aws@example.com"):
            assert text in details
        assert "put-public-access-block" in await page.text(".prose code")
        assert await page.js("document.querySelector('.read-more a').href") == remediation.url
        assert await page.text(".frameworks dt, .frameworks a") == ["cis", "1.1", "2.3", "pci", "8"]
        await page.click(".open-it")
        assert await page.text(".details") == []

    browse([told], look)


@pytest.mark.parametrize("clipboard", [True, False])
def test_copying(clipboard: bool, browse: Callable[..., None]) -> None:
    """With the clipboard's interface, and without, as in files that some browsers open from the disk."""
    stub = "{ writeText: async (text) => { window.copied = text; } }" if clipboard else "undefined"

    async def look(page: Page) -> None:
        await page.js(f"Object.defineProperty(navigator, 'clipboard', {{ value: {stub} }}); null")
        await page.js("addEventListener('copy', () => { window.copied = document.activeElement.value; }); null")
        await page.go("#view=findings")
        await page.click(".open-it")
        for selector, wanted in {
            ".details .command .copy": FINDING.command,
            ".more-code .copy": FINDING.remediation.terraform,
            ".facts .copy": FINDING.resource_arn,
        }.items():
            await page.js(f"document.querySelector({selector!r}).closest('details')?.setAttribute('open', '')")
            await page.command(
                "Runtime.evaluate", expression=f"document.querySelector({selector!r}).click()", userGesture=True
            )
            await page.wait(f"document.querySelector({selector!r}).textContent === 'Copied'")
            assert await page.js("window.copied") == wanted
            assert await page.text("#said") == ["Copied"]

    browse([FINDING], look)


def test_keyboard(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        focused = "document.activeElement.closest('.row')?.getAttribute('aria-rowindex')"
        await page.key("2")
        await page.settle()
        assert not await page.js("document.getElementById('findings').hidden")
        await page.key("/")
        assert await page.js("document.activeElement.id") == "text"
        await page.key("ArrowDown")
        assert await page.js(focused) == "2"
        await page.key("ArrowDown")
        assert await page.js(focused) == "3"
        await page.key("Enter")
        assert await page.js("document.activeElement.getAttribute('aria-expanded')") == "true"
        assert len(await page.text(".details")) == 1
        await page.key("Escape")
        assert await page.text(".details") == []
        await page.key("End")
        assert await page.js(focused) == "2001"
        await page.key("ArrowUp")
        assert await page.js(focused) == "2000"
        box = await page.js("(({top, bottom}) => [top, bottom])(document.activeElement.getBoundingClientRect())")
        assert 0 < box[0] < box[1] < 1000
        assert await page.js("document.querySelectorAll('.open-it[tabindex=\"0\"]').length") == 1
        await page.key("?")
        assert await page.js("document.getElementById('help').open")
        await page.key("Escape")
        assert not await page.js("document.getElementById('help').open")

    browse(SOME, look)


def test_one_open_finding_stays_in_its_place(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow("#tab-findings")
        await page.js("scrollTo(0, 3000)")
        await page.wait("document.querySelectorAll('#rows .row').length > 20 && scrollY > 2900")
        place = "document.querySelectorAll('.open-it')[{}].getBoundingClientRect().top"
        await page.click("#rows .row:nth-child(12) .open-it")
        before = await page.js(place.format(15))
        await page.js("document.querySelectorAll('.open-it')[15].click()")
        assert abs(await page.js("document.querySelector('.row.open').getBoundingClientRect().top") - before) < 30
        tops = await page.js("[...document.querySelectorAll('#rows > .row')].map((r) => r.getBoundingClientRect().top)")
        assert tops == sorted(tops)

    browse(SOME, look)


# ------------------------------------------------------------------------ compliance
def frameworks(*, text: str = "Ensure it") -> list[Any]:
    """The frameworks, and the checks that their requirements name, by status."""
    checks = sorted({each.check_id for each in SOME})
    cis = [
        ["1.1", text, "Storage", "FAIL", checks[:2], 30, 10, 1, 2, ["max_days is 180; allowed: 45 or less"]],
        ["1.2", text, "Storage", "PASS", checks[2:3], 0, 8, 0, 0],
        ["2.1", text, "Network", "MANUAL", [], 0, 0, 0, 0],
    ]
    found = [
        {"id": "cis", "title": "CIS Benchmark", "version": "3.0", "score": 66.68, "requirements": cis},
        {
            "id": "nis",
            "title": text,
            "version": "",
            "score": None,
            "requirements": [["9", "", "", "PASS", [], 0, 0, 0, 0]],
        },
        {"id": "pci", "title": "PCI", "version": "4.0", "score": 99.99, "requirements": cis[1:]},
    ]
    return [found, [["PASS", checks]]]


def test_compliance(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow("#tab-compliance")
        assert await page.text(".framework .what") == ["CIS Benchmark 3.0", "PCI 4.0", "Ensure it"]
        assert await page.text(".framework b") == ["66.6 %", "99.9 %", "not scored"]
        assert await page.text(".framework small") == [
            "1 of 2 judged, 1 not judged", "1 of 1 judged, 1 not judged", "1 of 1 judged",
        ]  # fmt: skip
        assert "Score: 66.6 % (1 of 2 judged, 1 not judged)" in (await page.text("#framework .about"))[0]
        assert await page.text(".section summary bdi") == ["Storage", "Network"]
        assert await page.text(".requirement .what b") == ["1.1", "1.2", "2.1"]
        why = "30 failed, 1 manual, 10 passed, 2 muted · max_days is 180; allowed: 45 or less"
        assert why in (await page.text(".requirement"))[0]
        await page.follow("[data-key='only/MANUAL']")
        assert await page.text(".requirement .what b") == ["2.1"]
        await page.follow("[data-key='framework/pci']")
        assert await page.text(".requirement .what b") == ["1.2", "2.1"]
        await page.back()
        await page.back()
        await page.follow("a.requirement")
        checks = sorted({each.check_id for each in SOME})[:2]
        assert await page.count() == f"{sum(each.check_id in checks for each in SOME)} of 2,000 findings"
        assert await page.text(".chip > span:first-of-type") == ["cis 1.1: Ensure it"]
        assert len(await page.text("#rows .group-row")) == 2
        await page.back()
        assert await page.text("#framework h2") == ["CIS Benchmark 3.0"]

    browse(SOME, look, frameworks=frameworks())


def test_findings_by_what_they_are_evidence_for(browse: Callable[..., None]) -> None:
    findings = [
        replace(
            each,
            compliance={"cis": (each.service,), "pci": ("1",)} if each.service == "kms" else {"cis": (each.service,)},
        )
        for each in SOME
    ]

    async def look(page: Page) -> None:
        kms = number(findings, service="kms")
        assert await page.text("[data-facet=framework] .what") == ["cis", "pci"]
        assert (await page.text("[data-facet=framework] .much"))[
            1
        ] == f"{number(findings, service='kms', status='FAIL')} failed of  / {kms}"
        await page.follow("[data-key='framework/pci']")
        assert await page.count() == f"{kms} of 2,000 findings"
        await page.go("#requirement=cis%2Fs3")
        assert await page.count() == f"{number(findings, service='s3')} of 2,000 findings"
        await page.follow("#tab-compliance")
        (why,) = await page.text("#compliance-none")
        assert why.startswith("Frameworks are judged with the scan's coverage file")
        assert "2 frameworks" in why

    browse(findings, look)


def test_without_frameworks_at_all(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow("#tab-compliance")
        untold = "Frameworks are judged with the scan's coverage file, which this report was made without."
        assert await page.text("#compliance-none") == [untold]
        assert await page.text("#framework, #frameworks") == ["", ""]

    browse(SOME, look)


def requirement(id_: str, status: str, *checks: str, **counts: int) -> list[Any]:
    figures = [counts.get(name, 0) for name in ("failed", "passed", "manual", "muted")]
    return [id_, "", "All", status, [*checks], *figures]


def test_a_requirement_tells_why(browse: Callable[..., None]) -> None:
    here = min(each.check_id for each in SOME)
    checks = {
        "PASS": [here],
        "FAIL": ["gone"],
        "MANUAL": ["blind"],
        "not implemented": ["new", "newer"],
        "not run": ["idle"],
        "nothing found": ["none"],
    }
    parts = ("not implemented: 1 of 3 checks", "not run: 1 of 3 checks", "nothing found")
    wanted = {
        "10 passed · not implemented: 2 of 3 checks": requirement("1", "MANUAL", here, "new", "newer", passed=10),
        "not implemented": requirement("2", "MANUAL", "new"),
        " · ".join(parts): requirement("3", "MANUAL", "new", "idle", "none"),
        "nothing found": requirement("4", "MANUAL", "none"),
        "not everything could be looked at": requirement("5", "MANUAL", "blind"),
        "2 manual, 3 passed": requirement("6", "MANUAL", here, "blind", manual=2, passed=3),
        "no check: a person must judge": requirement("7", "MANUAL"),
        "4 failed · not in this report": requirement("8", "FAIL", "gone", "new", failed=4),
        "4 failed, 10 passed": requirement("9", "FAIL", here, "gone", failed=4, passed=10),
        "10 passed": requirement("10", "PASS", here, "none", passed=10),
    }
    cis = {"id": "cis", "title": "CIS", "version": "", "score": 1, "requirements": list(wanted.values())}

    async def look(page: Page) -> None:
        await page.go("#view=compliance")
        assert await page.text(".requirement small") == list(wanted)
        assert await page.text("a.requirement b") == ["1", "6", "9", "10"], "only those with findings lead to them"
        assert await page.text(".checks") == []
        assert (await page.text(".section li > .more"))[0] == "3 checks"
        await page.click(".section li > .more")
        assert await page.text(".checks li") == [f"{here}: PASS", "new: not implemented", "newer: not implemented"]
        assert await page.text(".checks a") == [here]
        assert await page.js("document.querySelector('.section li > .more').ariaExpanded") == "true"
        await page.follow(".checks a")
        assert await page.count() == f"{number(SOME, check_id=here)} of 2,000 findings"
        await page.back()
        await page.click(".section li > .more")
        await page.click(".section li > .more")
        assert await page.text(".checks") == []

    browse(SOME, look, frameworks=[[cis], list(checks.items())])


def test_chosen_frameworks_come_first(browse: Callable[..., None]) -> None:
    """With their scores, which lead to their requirements; all have their titles."""
    named = {"cis_3.0": ("1.1",), "hipaa": ("a",), "cisa": ("b",), "own": ("c",)}
    findings = [
        replace(each, compliance=named if each.service == "kms" else {"cisa": ("b",), "own": ("c",)}) for each in SOME
    ]
    cis = {"id": "cis_3.0", "title": "CIS Benchmark", "version": "3.0", "score": 66.68}
    pci: dict[str, Any] = {"id": "pci_4.0", "title": "PCI", "version": "4.0", "score": None, "requirements": []}
    judged = [[{**cis, "requirements": [requirement("1.1", "FAIL", "x", failed=1)]}, pci], [["FAIL", ["x"]]]]

    async def look(page: Page) -> None:
        assert await page.text("[data-facet=framework] .what") == [
            "cis_3.0CIS Benchmark 3.0", "pci_4.0PCI 4.0", "cisaCISA Cyber Essentials framework", "own",
            "hipaaHIPAA compliance framework",
        ]  # fmt: skip
        assert await page.text("[data-facet=framework] .score") == ["66.6 %", "not scored"]
        assert await page.text("[data-facet=framework] h2 small") == ["failed / all · score"]
        await page.click("[aria-controls=menu-framework]")
        assert await page.js("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert (await page.text("#menu-framework label > span"))[:3] == [
            "cis_3.0 CIS Benchmark 3.0 Score 66.6 %", "pci_4.0 PCI 4.0 Score not scored",
            "cisa CISA Cyber Essentials framework ",
        ]  # fmt: skip
        await page.follow("[data-key='score/cis_3.0']")
        assert await page.text("#framework h2") == ["CIS Benchmark 3.0"]
        await page.back()
        await page.follow("[data-key='framework/cis_3.0']")
        assert await page.text(".chip > span:first-of-type") == ["cis_3.0 CIS Benchmark 3.0"]

    browse(findings, look, told=coverage(frameworks=("pci_4.0", "cis_3.0")), frameworks=judged)


def test_compliance_is_told_at_the_end(browse: Callable[..., None], tmp_path: Path) -> None:
    async def look(page: Page) -> None:
        await page.follow("#tab-compliance")
        assert (await page.text("#compliance-none"))[0].startswith("The frameworks are judged when the scan ends.")

    data = report(SOME, tmp_path / "whole.html", coverage(), frameworks()).read_bytes()
    browse(SOME, look, told=coverage(), frameworks=frameworks(), cut=data.rindex(b'<script type="application/json"'))


# --------------------------------------------------------------------------- coverage
def test_coverage(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert (await page.text("#seen"))[0].startswith("Not everything was seen: 1 account could not be entered")
        await page.follow("#seen a")
        (missing,) = await page.text("#coverage-brief b")
        assert missing == (
            "1 account could not be entered, every call failed in 1 region of some accounts, "
            "2 causes kept something from view"
        )
        assert await page.text("#coverage-brief small") == [
            "998 of 999 accounts · 3 regions · 5 services · 1,234,567 calls · 41 min 7 s"
        ]
        assert (await page.text(".coverage h3"))[:3] == [
            "Could not be entered", "Not scanned, or not to the end", "Could not look",
        ]  # fmt: skip
        assert (await page.text(".lines li"))[0].startswith("999999999999 LegacyCould not enter AWS with role")
        (scp,) = [text for text in await page.text(".lines li") if "4 actions of 4 services were denied" in text]
        assert "998 accounts · ap-south-1 · 61,876 failed calls" in scp
        assert "ec2:DescribeVpcs, kms:ListKeys" in scp
        assert (await page.text(".coverage h3"))[-1] == "Not there"
        assert (await page.text(".coverage .about"))[-1] == (
            "1 service that a region or partition does not have, or that an account has not subscribed to. Nothing is "
            "judged of them there."
        )
        assert (await page.text(".lines li"))[-1].startswith("Bedrock is not there: the region does not have it")
        facts = await page.text(".looked dd")
        assert "3 regions in 990 accounts: ap-south-1, eu-west-1, us-east-11 region in 8 accounts: us-east-1" in facts
        assert "1,234,567 calls, 62,000 failed, 12 throttled, 15 retried" in facts
        assert (await page.text(".calls tbody tr"))[1] == "ec2:Describe1123,4551001·"
        assert await page.js("document.getElementById('notice').hidden")

    browse(SOME, look, told=coverage())


def test_how_sessions_of_roles_were_limited_is_told(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.follow("#seen a")
        assert "Sessions of roles" in await page.text(".looked dt")
        assert SESSIONS["managed"] in await page.text(".looked dd")

    browse(SOME, look, told=coverage(session_policy="managed"))


def test_a_region_that_may_be_off_is_told(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert (await page.text("#seen"))[0].startswith(
            "Not everything was seen: AWS did not tell whether 1 region is enabled"
        )
        await page.follow("#seen a")
        assert await page.text(".lines li") == ["me-south-1AWS did not tell whether 3 accounts enabled it"]

    browse(SOME, look, told=coverage(not_entered=(), unseen={}, gaps=(), unsupported=(), unknown={"me-south-1": 3}))


def test_coverage_by_keyboard(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        shown = "[...document.querySelectorAll('.calls tbody tr')].filter((row) => row.offsetHeight).length"
        assert await page.js("document.getElementById('seen').hidden"), "nothing is missing"
        await page.follow("#tab-coverage")
        assert await page.text("#coverage-brief b") == ["nothing was kept from view"]
        assert await page.js(shown) == 10
        await page.js("document.querySelector('.calls .more').focus()")
        await page.key("Enter")
        assert await page.js(shown) == 14
        assert await page.text(".calls .more") == ["Show fewer"]
        assert await page.js("document.activeElement.getAttribute('aria-expanded')") == "true"

    browse(SOME, look, told=coverage(not_entered=(), unseen={}, gaps=()))


def test_coverage_is_told_at_the_end(browse: Callable[..., None], tmp_path: Path) -> None:
    untold = "What was looked at, and what not, is told when the scan ends. It still runs, or was stopped."

    async def look(page: Page) -> None:
        assert await page.text("#seen") == [f"Coverage: {untold} "]
        assert await page.text("#coverage-brief") == [untold]
        assert await page.js("document.getElementById('coverage-body').hidden")

    data = report(SOME, tmp_path / "whole.html", coverage()).read_bytes()
    browse(SOME, look, told=coverage(), cut=data.rindex(b'<script type="application/json"'))


def test_a_report_without_coverage_says_so(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert await page.text("#seen") == ["Coverage: This report was made without it. "]
        assert await page.js("document.getElementById('part').hidden")

    browse(SOME, look)


# ------------------------------------------------------------------- a part, by choice
def counts(findings: list[Finding]) -> dict[str, Any]:
    """What a scan's coverage counts of its findings."""
    statuses = ("PASS", "FAIL", "MANUAL")
    return {
        "findings": {status: number(findings, status=status, muted=False) for status in statuses},
        "muted": {status: number(findings, status=status, muted=True) for status in statuses},
    }


PASSED = [each for each in SOME if each.status == "PASS"]
FAILED = number(SOME, status="FAIL")
ALL_MANUAL = number(SOME, status="MANUAL")
ONLY_PASSED = "Only findings with status PASS are in this report: "
PARTS: dict[str, tuple[list[Finding], dict[str, Any], list[str], str]] = {
    "whole": (PASSED, counts(PASSED), [], "Nothing failed."),
    "baseline": (
        [],
        {**counts(PASSED), "known": {"FAIL": 288, "MANUAL": 12}, "statuses": ("FAIL", "MANUAL")},
        [
            "Only new findings: 300 known from the baseline are not in this report (288 FAIL, 12 MANUAL).",
            f"{ONLY_PASSED.replace('PASS', 'FAIL and MANUAL')}{len(PASSED):,} PASS were found and left out.",
        ],
        "No finding in this report is FAIL: 288 FAIL are left out of it.",
    ),
    "statuses": (
        PASSED,
        {**counts(SOME), "statuses": ("PASS",)},
        [f"{ONLY_PASSED}{FAILED} FAIL and {ALL_MANUAL} MANUAL were found and left out."],
        f"No finding in this report is FAIL: {FAILED} FAIL are left out of it.",
    ),
    "no others": (
        PASSED,
        {**counts(PASSED), "statuses": ("PASS",), "resumed": True},
        [f"{ONLY_PASSED}no others were found; what the interrupted scan left out is not counted."],
        "No finding in this report is FAIL.",
    ),
    "all statuses": (PASSED, {**counts(PASSED), "statuses": ("PASS", "FAIL", "MANUAL")}, [], "Nothing failed."),
    "left out later": (
        PASSED,
        counts([*PASSED, finding(), finding(muted=True)]),
        ["Not all findings are in this report: 1 FAIL and 1 MUTED were found and left out."],
        "No finding in this report is FAIL: 1 FAIL is left out of it.",
    ),
    "resources": (
        PASSED,
        {**counts(PASSED), "resource_arns": ("arn:a", "arn:b", "arn:c", "arn:d"), "resource_tags": ("env=prod",)},
        ["Only these resources were judged: arn:a, arn:b, arn:c and 1 more, where they have the tag env=prod."],
        "No finding in this report is FAIL.",
    ),
    "tags": (
        PASSED,
        {**counts(PASSED), "resource_tags": ("env=prod", "owner")},
        ["Only resources with the tags env=prod and owner were judged."],
        "No finding in this report is FAIL.",
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_report_that_holds_only_part_says_so(part: str, browse: Callable[..., None]) -> None:
    findings, fields, wanted, worst = PARTS[part]

    async def look(page: Page) -> None:
        shown = [f"{each} " for each in wanted]
        assert "".join(await page.text("#part p")) == "".join(shown) + "See coverage" * bool(wanted)
        assert await page.js("document.getElementById('part').hidden") == (not wanted)
        assert await page.text("#worst-about") == [worst]
        await page.go("#view=coverage")
        assert await page.text(".looked .facts > dt:has(+ dd > p)") == ["Regions", *(["Only a part"] if wanted else [])]
        assert (await page.text(".looked dd > p"))[2:] == wanted
        await page.go("#view=findings")
        if not findings:
            assert await page.text("#empty") == [" ".join(["This report has no findings.", *wanted])]
        await page.go("#severity=critical")
        assert (await page.text("#worst-about"))[0].startswith(
            "No finding among what is chosen is FAIL: " if ":" in worst else "Nothing failed among what is chosen."
        )

    browse(findings, look, told=coverage(**fields))


def test_an_interrupted_scan_is_told_as_such(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert (await page.text("#notice"))[0].startswith("This report is incomplete: the scan was stopped. It shows")
        assert not await page.js("document.getElementById('notice').hidden")
        assert any("went on with an interrupted one" in text for text in await page.text(".looked dd"))

    browse(SOME, look, told=coverage(ended=False, resumed=True))


# -------------------------------------------------------------------- paper and themes
def test_the_overview_is_one_page_on_paper(browse: Callable[..., None]) -> None:
    long = [
        finding(uid=f"long{at}", check_id=f"check_{at}", severity="critical", fails="What is wrong here is long " * 5,
                account_id=f"{at}", account_email=f"somebody.with.a.long.name.{at}@long.example.com", resource_tags={})
        for at in range(12)
    ]  # fmt: skip
    findings = [replace(each, account_name="An account with a long name " * 3) for each in (*owned(SOME), *long, *long)]

    async def look(page: Page) -> None:
        await page.go("#status=FAIL&severity=critical&severity=high&severity=medium&severity=low")
        await page.click(".problem")
        for width, height in ((8.27, 11.69), (8.5, 11)):
            paper = await page.command("Page.printToPDF", paperWidth=width, paperHeight=height)
            pages = re.findall(rb"/Type */Page\b", base64.b64decode(paper["data"]))
            assert len(pages) == 1
        assert await page.text(".problem-details") != [], "what was open stays so"

    browse(findings, look, told=coverage(), frameworks=frameworks())


def test_paper(browse: Callable[..., None]) -> None:
    """Of the findings: the overview, what failed by check, the coverage with all of it open; nothing to click on."""

    async def look(page: Page) -> None:
        await page.go("#view=findings")
        shut = "document.querySelectorAll('#coverage details:not([open])').length"
        before = await page.js(shut)
        await page.command("Emulation.setEmulatedMedia", media="print")
        await page.js("dispatchEvent(new Event('beforeprint'))")
        assert (before > 0, await page.js(shut)) == (True, 0)
        assert await page.js("[...document.querySelectorAll('.coverage li, .calls tr')].every((e) => e.offsetHeight)")
        for selector in ("#sticky", ".tabs", ".tools", "#findings"):
            assert not await page.js(f"document.querySelector({selector!r}).offsetHeight")
        assert await page.js("document.querySelectorAll('.problem').length") == 8
        printed = await page.text(".printed h3")
        assert printed == [
            a + " " + b
            for a, b in zip(
                await page.text(".problem .severity"), await page.text(".problem .what > span"), strict=True
            )
        ]
        assert len(await page.text(".printed tbody tr")) == 8 * 25
        assert any(text.startswith("and ") for text in await page.text(".printed .about"))
        await page.js("dispatchEvent(new Event('afterprint'))")
        assert (await page.js(shut), await page.text(".printed")) == (before, [])

    browse(SOME, look, told=coverage(not_entered=tuple(refused(str(number)) for number in range(30))))


def test_a_theme_is_chosen_and_remembered(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        dark = "luminance < 0.1"
        page_color = "getComputedStyle(document.body).backgroundColor"
        assert luminance(await page.js(page_color)) > 0.5, dark
        await page.click("#theme")
        assert await page.text("#theme") == ["Colours: light"]
        await page.click("#theme")
        assert luminance(await page.js(page_color)) < 0.1
        await page.load()
        assert luminance(await page.js(page_color)) < 0.1
        assert await page.text("#theme") == ["Colours: dark"]
        await page.click("#theme")
        assert luminance(await page.js(page_color)) > 0.5

    browse(SOME, look)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(scheme: str, browse: Callable[..., None]) -> None:
    """The page follows the system's scheme, and its colours are readable on its surfaces (WCAG AA)."""

    async def look(page: Page) -> None:
        style = (
            "(() => {{ const e = document.body.appendChild(document.createElement('i')); e.style.color = 'var(--{})';"
            "const color = getComputedStyle(e).color; e.remove(); return color; }})()"
        )
        surfaces = [await page.js(style.format(name)) for name in ("page", "card", "wash")]
        assert (luminance(surfaces[0]) < 0.1) == (scheme == "dark")
        for name in (
            "ink",
            "soft",
            "accent",
            "FAIL",
            "MANUAL",
            "PASS",
            "critical",
            "high",
            "medium",
            "low",
            "informational",
            "MUTED",
        ):
            color = await page.js(style.format(name))
            for surface in surfaces:
                assert contrast(color, surface) >= 4.5, (name, color, surface)

    browse([FINDING], look, scheme=scheme)


def luminance(color: str) -> float:
    """Of `rgb(r, g, b)`."""
    channels = [int(digits) / 255 for digits in re.findall(r"\d+", color)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("width", [320, 375, 768])
def test_a_narrow_screen_has_no_horizontal_scroll(width: int, browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        fits = f"document.documentElement.scrollWidth <= {width}"
        await page.click(".problem")
        assert await page.js(fits)
        for view in ("#view=compliance", "#view=coverage", "#view=findings&group=resource", "#view=findings"):
            await page.go(view)
            assert await page.js(fits), view
        await page.click(".open-it")
        assert await page.js(fits)
        assert await page.js("document.querySelector('.details').scrollWidth") <= width
        assert not await page.js(
            "[...document.querySelectorAll('.row')].some((r) => r.scrollHeight > r.clientHeight + 1)"
        )

    long = finding(resource_arn="arn:aws:" + "x" * 300, resource_tags={"k" * 80: "v" * 200}, status_detail="y" * 200)
    told = coverage(not_entered=(refused("1", "n" * 200, "r" * 300),), notes=("o" * 200,))
    browse([long, *SOME], look, width=width, height=800, told=told, frameworks=frameworks(text="z" * 200))


# -------------------------------------------------------------------------- hostile text
VIEWS = (
    "#",
    "#view=findings",
    "#view=findings&group=resource",
    "#view=findings&group=owner",
    "#view=compliance&show=nis",
    "#view=coverage",
)
FOREIGN = "document.querySelectorAll('script:not([nonce]), img, svg, iframe, b b, [onerror], [onload]').length"


def everywhere(text: str) -> Finding:
    """Hostile in the check's texts, too: a custom check may quote AWS."""
    remediation = replace(
        FINDING.remediation, text=text, cli=text, cloudformation=text, terraform=text, console=text, url=text
    )
    return replace(
        hostile(text), title=text, service=text, region=text, resource_type=text, description=text, risk=text,
        check_id=text, categories=(text,), remediation=remediation, compliance={text: (text,)}, account_id=text,
        muted=True, mute=Mute(reason=text, owner=text, expires=text),
    )  # fmt: skip


def test_hostile_text_stays_text_in_every_view(browse: Callable[..., None]) -> None:
    findings = [
        each
        for text in HOSTILE
        for each in (hostile(text), everywhere(text), replace(everywhere(text), uid=text, muted=False))
    ]
    told = coverage(
        not_entered=tuple(refused("", text, text) for text in HOSTILE),
        gaps=tuple(gap(actions=(text, text), explanation=text, account_ids=(text,)) for text in HOSTILE),
        regions=(),
        services=HOSTILE,
        notes=HOSTILE,
        calls={text: Figures(calls=1) for text in HOSTILE},
        resource_arns=HOSTILE[:3],
        resource_tags=HOSTILE,
        statuses=("FAIL",),
    )
    hostile_frameworks = [
        [
            {
                "id": text,
                "title": text,
                "version": text,
                "score": 1,
                "requirements": [[text, text, text, "MANUAL", [text, text], 1, 1, 1, 1]],
            }
            for text in HOSTILE
        ],
        [[text, [text]] for text in HOSTILE],
    ]

    async def look(page: Page) -> None:
        for view in VIEWS:
            await page.go(view)
            await page.js("document.querySelectorAll('.more, .menu-button').forEach((button) => button.click())")
            for at in range(3 * len(HOSTILE)):
                await page.js(f"document.querySelectorAll('.problem, .open-it, .framework')[{at}]?.click()")
                await page.settle()
                assert await page.js(FOREIGN) == 0
        await page.js("dispatchEvent(new Event('beforeprint'))")
        assert await page.js(FOREIGN) == 0
        assert await page.js("window.pwned") is None
        await page.go("#view=findings")
        assert await page.js("[...document.querySelectorAll('a')].every((a) => /^(file|https):/.test(a.href))")
        names = await page.text(".resource span, .lines strong")
        assert {"</script><script>window.pwned=1</script>", "&lt;b&gt; &amp;"} <= set(names)
        assert any("<U+202E>gnp.exe" in text and "<U+001B>[31m" in text for text in names)

    browse(findings, look, told=told, frameworks=hostile_frameworks)


def test_what_is_hidden_is_shown(browse: Callable[..., None]) -> None:
    """Wherever a name is shown; what is copied is what is seen."""
    name = "report\u202egpj.exe\u200b\u3164\u00a0x\ty"
    shown = "report<U+202E>gpj.exe<U+200B><U+3164><U+00A0>x<U+0009>y"

    async def look(page: Page) -> None:
        for view in ("#view=findings", "#view=findings&group=owner", "#view=coverage"):
            await page.go(view)
            await page.js("document.querySelector('.open-it')?.click()")
            await page.settle()
            assert shown in await page.js("document.body.textContent")
            assert not await page.js(r"/[\u202e\u200b\u3164\u00a0\t]/.test(document.body.textContent)")
        await page.go("#view=findings")
        await page.click(".open-it")
        await page.settle()
        await page.js("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }")
        await page.click(".details .command .copy")
        assert await page.js("window.copied") == f"aws s3api put-public-access-block --bucket {shown}"

    told = coverage(not_entered=(refused("1", name, name),), notes=(name,))
    browse([replace(hostile(name), account_tags={"Owner": name}, resource_tags={})], look, told=told)


def test_a_hostile_address_stays_text(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        for name in ("account", "q", "requirement", "check", "show", "finding", "sort", "view", "__proto__"):
            await page.load(f"#view=findings&{name}=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E")
            assert await page.js(FOREIGN) == 0
        assert await page.js("window.pwned") is None

    browse(SOME, look)


def test_a_link_is_only_ever_to_the_web(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.go("#view=findings")
        await page.click(".open-it")
        assert await page.js("document.querySelectorAll('.details .read-more a').length") == 0

    mend = type(FINDING.remediation)(text="x", url="javascript:window.pwned=1")
    browse([finding(remediation=mend)], look)


# ---------------------------------------------------------------------- what is there
@pytest.mark.parametrize("part", [0.0, 0.31, 0.5, 0.999])
def test_a_stopped_report_shows_what_is_there(part: float, browse: Callable[..., None], tmp_path: Path) -> None:
    data = report(SOME, tmp_path / "whole.html").read_bytes()
    start = data.index(b'<script type="application/json"')
    cut = start + int(part * (len(data) - start - 200))
    complete = data[:cut].count(b"\n[3,") - (0 if data[:cut].endswith(b"]\n") else 1)

    async def look(page: Page) -> None:
        assert "the scan was stopped or is still running" in (await page.text("#notice"))[0]
        assert not await page.js("document.getElementById('notice').hidden")
        assert abs(int(await page.js("document.body.dataset.ready")) - complete) <= 1
        await page.follow("#tab-findings")
        assert (await page.js(SHOWN) > 10) == (part > 0)

    browse(SOME, look, cut=cut)


def test_no_findings(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert await page.text("#worst-about") == ["No finding in this report is FAIL."]
        await page.follow("#tab-findings")
        assert await page.text("#empty") == ["This report has no findings."]
        assert await page.js("document.getElementById('notice').hidden")

    browse([], look)


def test_a_hundred_thousand_findings(browse: Callable[..., None]) -> None:
    """All of it is there, little of it is in the document; how long it takes is told by benchmarks/html.py."""
    findings = list(many(100_000))

    async def look(page: Page) -> None:
        assert await page.count() == "100,000 findings"
        await page.follow(".tile.FAIL")
        assert await page.count() == f"{number(findings, status='FAIL'):,} of 100,000 findings"
        await page.follow("#tab-findings")
        await page.search("item-0999")
        found = sum("item-0999" in each.resource_id and each.status == "FAIL" for each in findings)
        assert await page.count() == f"{found} of 100,000 findings"
        await page.go("#view=findings&group=resource&sort=-resource")
        assert (await page.text("#rows .open-it"))[0] == "▸item-099999"
        await page.js("document.querySelector('.open-it').focus()")
        await page.key("End")
        assert (await page.text("#rows .open-it"))[-1] == "▸item-000000"
        assert await page.js("document.querySelectorAll('*').length") < 2000

    browse(findings, look)
