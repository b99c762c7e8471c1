"""The end of a scan, for a person: what was found, what could not be looked at, where it was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import indent
from typing import Final

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from aioprowler.catalog import installed
from aioprowler.cli.tables import broken, counted, duration
from aioprowler.cli.tally import Tally
from aioprowler.compliance.results import FrameworkResult, loosened_told, results
from aioprowler.declarations.checks import SEVERITIES, Severity, Status
from aioprowler.findings.causes import Cause, owner
from aioprowler.findings.coverage import SESSIONS, Coverage, Gap, NotEntered
from aioprowler.outputs.console import SHORT_SEVERITY
from aioprowler.texts import visible, visible_lines

_WORST: Final = 10
"""Problems."""
_INDENT: Final = 12
"""Of their texts."""
_LISTED: Final = 4
"""Indent of what goes on in a list."""
_WIDE: Final = 1000
"""Columns that hold any table."""
_MOST: Final = 12
"""Lines of one list; the files have the rest."""
_NAMED: Final = 3
"""Regions that a line names."""
_NOTHING: Final = (
    "Nothing was judged: there is nothing of the kind that these checks look at, or no chosen region is enabled."
)
_DENIED: Final = "AWS denied everything: nothing could be judged."
_GRANT: Final = " `aioprowler permissions` prints the policy that the scanning identity needs."
_SEVERITY_STYLES: Final = {"critical": "bold magenta", "high": "red", "medium": "yellow", "low": "cyan"}
_STATUS_STYLES: Final[dict[Status, str]] = {"PASS": "green", "MANUAL": "yellow", "FAIL": "bold red"}


def print_summary(
    console: Console, coverage: Coverage, tally: Tally, files: Sequence[Path], resumable: Path | None = None
) -> None:
    """The worst problems, all that was found, what was not seen and how to see it, the files. `resumable`: the journal
    by which the rest can be looked at.
    """
    width = console.width if console.is_terminal else None
    for block in _blocks(coverage, tally, files, resumable, width):
        console.print(block, soft_wrap=isinstance(block, Text))


def _blocks(
    coverage: Coverage, tally: Tally, files: Sequence[Path], resumable: Path | None, width: int | None
) -> Iterator[RenderableType]:
    more = f", in {visible(str(files[-1]))}" if files else ""
    if everything_denied(coverage):
        yield Text(_DENIED + ("" if all(gap.policy for gap in coverage.gaps) else _GRANT), "bold red")
    if causes := tally.causes.ranked():
        yield _worst(causes, width)
    if tally.total:
        yield _table(tally, width)
    if coverage.frameworks:
        found = [*results(coverage, coverage.frameworks, existing=installed().listed)]
        yield from _compliance(found, more, width)
    yield from _not_seen(coverage, more, width)
    if resumable is not None:
        again = f"aioprowler scan --resume {visible(str(resumable))}, and the same options"
        yield Text(f"Not everything was seen. Once the cause is mended: {again}", "bold yellow")
    yield Text("\n".join(broken(_figures(coverage, tally), 0, width)), "bold")
    if files:
        yield _list("Written:", [str(path) for path in files], None, style="bold")


def _worst(causes: Sequence[Cause], width: int | None) -> Text:
    """Each with the command for its example, into which no line end is put, for a person copies it. `width`: of the
    terminal, at which texts go on in a line of their own; without one they are not broken.
    """
    text = Text("Worst problems:", "bold red")
    for each in causes[:_WORST]:
        text.append(f"\n  {SHORT_SEVERITY[each.severity]:<10}", _SEVERITY_STYLES.get(each.severity, ""))
        lines = [line for told in (each.told, _where(each)) for line in broken(told, _INDENT, width)]
        text.append(f"\n{' ' * _INDENT}".join(lines), "default")
        if command := each.example.command:
            text.append(indent(f"\n{visible_lines(command)}", " " * _INDENT), "cyan")
    if len(causes) > _WORST:
        text.append(f"\n  and {counted(len(causes) - _WORST, 'more problem')}", "default")
    return text


def _where(cause: Cause) -> str:
    """Resource, account and owner, as far as more is known of this one than the account."""
    example = cause.example
    account = " ".join(filter(None, (example.account_id, example.account_name)))
    more = f", and {counted(cause.resources - 1, 'more resource')}" if cause.resources > 1 else ""
    name = example.resource_name or example.resource_id
    whose = owner(example)
    owned = "" if whose in (example.account_id, example.account_name) else f" · owner {whose}"
    return f"{name} · {example.region} · {account}{owned}{more}"


def _not_seen(coverage: Coverage, more: str, width: int | None) -> Iterator[Text]:
    """What could not be looked at, with the mend of each cause. `more`: where the rest is."""
    if coverage.not_entered:
        yield _list("Could not be entered:", _refusals(coverage.not_entered), width, more)
    if coverage.unfinished or coverage.unseen or coverage.unknown or coverage.without_region:
        cut_off = [f"{each.account_id}: {each.reason}" for each in coverage.unfinished]
        cut_off += [f"{each}: no region is left to scan" for each in coverage.without_region]
        yield _list("Not scanned, or not to the end:", [*cut_off, *_unseen(coverage)], width, more)
    if coverage.gaps:
        yield _list("Could not look:", [_cause(gap) for gap in coverage.gaps], width, more)
    if not coverage.total_findings and not coverage.known and not coverage.not_entered and not coverage.unfinished:
        yield Text(_NOTHING, "bold yellow")
    if notes := [*coverage.notes, *_not_enabled(coverage), *_not_there(coverage.unsupported)]:
        yield _list("Notes:", notes, width, more)


def everything_denied(coverage: Coverage) -> bool:
    """Whether there are findings, none of which is a judgement, because of denials."""
    judged = coverage.findings["PASS"] + coverage.findings["FAIL"] + coverage.known.get("FAIL", 0)
    return not judged and bool(coverage.gaps) and all(gap.is_permission for gap in coverage.gaps)


def _list(title: str, lines: Sequence[str], width: int | None, more: str = "", style: str = "bold yellow") -> Text:
    """`more`: where those are that are left out."""
    text = Text(title, style)
    for line in lines[:_MOST]:
        text.append("\n  " + f"\n{' ' * _LISTED}".join(broken(line, _LISTED, width)), "default")
    if len(lines) > _MOST:
        text.append(f"\n  and {len(lines) - _MOST:,} more{more}", "default")
    return text


def _refusals(accounts: Sequence[NotEntered]) -> list[str]:
    """Alike ones as one: the first, and how many more there are."""
    causes: dict[tuple[str, ...], list[NotEntered]] = {}
    for each in accounts:
        alike = each.reason.replace(each.account_id, "") if each.account_id else each.reason
        causes.setdefault((each.kind, each.action, each.code, alike), []).append(each)
    return [_refusal(*alike) for alike in sorted(causes.values(), key=len, reverse=True)]


def _refusal(account: NotEntered, *others: NotEntered) -> str:
    who = " ".join(filter(None, (account.account_id, account.name)))
    told = f"{who}: {account.reason}" if who else account.reason
    if not others:
        return told
    named = ", ".join(each.account_id for each in others[:_NAMED])
    return f"{told} [likewise {named}{f' and {len(others) - _NAMED:,} more' if len(others) > _NAMED else ''}]"


def _unseen(coverage: Coverage) -> Iterator[str]:
    """A line for the regions of equally many accounts."""
    for accounts, met in groupby(coverage.unseen.items(), lambda item: item[1]):
        yield f"{_named([region for region, _ in met])}: every call failed in {counted(accounts, 'account')}"
    for region, accounts in coverage.unknown.items():
        yield f"{region}: AWS did not tell whether {counted(accounts, 'account')} enabled it"


def _not_enabled(coverage: Coverage) -> Iterator[str]:
    for region, accounts in coverage.not_enabled.items():
        yield f"{region} is not among the regions of {counted(accounts, 'account')}: not scanned there."


def _not_there(lacking: Sequence[Gap]) -> Iterator[str]:
    """Services, and in how many accounts and regions they are not there."""
    if not lacking:
        return
    services = {each.action.removesuffix(":*") for each in lacking}
    told = [
        f"{each.action.removesuffix(':*')} ({counted(each.accounts, 'account')}, {_named([*each.regions])})"
        for each in lacking[:_NAMED]
    ]
    more = f" and {len(lacking) - _NAMED:,} more" if len(lacking) > _NAMED else ""
    yield f"{counted(len(services), 'service')} not there, and not judged: {', '.join(told)}{more}."


def _named(regions: Sequence[str]) -> str:
    more = f" and {counted(len(regions) - _NAMED, 'more region')}" if len(regions) > _NAMED else ""
    return ", ".join(regions[:_NAMED]) + more


def _cause(gap: Gap) -> str:
    sentence = gap.explanation.removeprefix("Could not look: ")
    extent = (counted(gap.accounts, "account"), _named([*gap.regions]), counted(gap.calls, "call"))
    return f"{sentence} [{', '.join(extent)}]"


def _table(tally: Tally, width: int | None) -> Table:
    """Where the `width` does not hold all severities, with those of failures, the worst ones first."""
    failed = [each for each in SEVERITIES if tally.count(None, "FAIL", each)]
    tables = [_table_of(tally, SEVERITIES), *(_table_of(tally, failed[:many]) for many in range(len(failed), -1, -1))]
    console = Console(width=_WIDE)
    fitting = (t for t in tables if width is None or Measurement.get(console, console.options, t).maximum <= width)
    return next(fitting, tables[-1])


def _table_of(tally: Tally, severities: Sequence[Severity]) -> Table:
    names = [SHORT_SEVERITY[each] for each in severities]
    shown = f"{names[0]} to {names[-1]}" if len(names) == len(SEVERITIES) else ", ".join(names)
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_footer=len(tally.services) > 1, caption_justify="left",
        caption=f"{shown}: what failed, by severity" if shown and tally.count(None, "FAIL") else None,
    )  # fmt: skip
    table.add_column("service", "total", overflow="fold")
    styles = _STATUS_STYLES | ({"muted": "dim"} if tally.count(None, "muted") else {})
    for status, style in styles.items():
        table.add_column(status, _cell(tally.count(None, status)), justify="right", style=style)
    for severity in severities:
        total = _cell(tally.count(None, "FAIL", severity))
        table.add_column(SHORT_SEVERITY[severity], total, justify="right", style=_SEVERITY_STYLES.get(severity, ""))
    for service in tally.services:
        statuses = [_cell(tally.count(service, status)) for status in styles]
        failed = [_cell(tally.count(service, "FAIL", severity)) for severity in severities]
        table.add_row(visible(service), *statuses, *failed)
    return table


def _compliance(found: Sequence[FrameworkResult], more: str, width: int | None) -> Iterator[RenderableType]:
    yield _scores(found)
    if loosened := loosened_told(found):
        yield _list("Configured otherwise than requirements allow, so that they cannot PASS:", loosened, width, more)


def _scores(found: Sequence[FrameworkResult]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, caption_justify="left",
        caption="score: PASS among PASS and FAIL",
    )  # fmt: skip
    table.add_column("framework", overflow="fold")
    for status, style in _STATUS_STYLES.items():
        table.add_column(status, justify="right", style=style)
    table.add_column("score", justify="right")
    for each in found:
        statuses = [_cell(each.count(status)) for status in _STATUS_STYLES]
        table.add_row(each.framework.id, *statuses, "·" if each.score is None else f"{each.score:g} %")
    return table


def _cell(number: int) -> str:
    return f"{number:,}" if number else "·"


def _figures(coverage: Coverage, tally: Tally) -> str:
    hidden, total = tally.hidden_from(coverage), coverage.total
    parts = [
        f"{coverage.accounts.scanned} of {counted(coverage.accounts.found, 'account')}",
        counted(tally.total, "finding") + (f" ({hidden:,} more of other statuses)" if hidden else ""),
        f"{sum(coverage.known.values()):,} known from the baseline" if coverage.known else "",
        f"roles {limited}" if (limited := SESSIONS[coverage.session_policy]) else "",
        counted(total.calls, "call"),
        f"{total.throttled:,} throttled" if total.throttled else "",
        f"{total.retried:,} retried" if total.retried else "",
        duration(coverage.seconds) + (f" on {counted(coverage.workers, 'worker')}" if coverage.workers else ""),
        "resumed: calls and time are those of this run" if coverage.resumed else "",
    ]
    return " · ".join(part for part in parts if part)
