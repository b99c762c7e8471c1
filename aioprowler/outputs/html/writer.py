"""Writes the HTML report while the scan runs.

The page is a head, which is rendered once, then blocks of data, then nothing that it needs. A block is a `<script>` of
a type that browsers do not run, with one JSON array a line; js/data.js says what each means. Things that many findings
have in common (checks, accounts, owners) are named once, and numbers refer to them. The texts of each finding and
resource are in a block of their own behind the numbers, because a page reads them only when it shows them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, TypeVar

import msgspec

from aioprowler._version import __version__
from aioprowler.catalog import installed
from aioprowler.compliance.frameworks import Frameworks
from aioprowler.compliance.results import CheckStatus, FrameworkResult, RequirementResult, frameworks_of, results
from aioprowler.declarations.checks import SEVERITIES, STATUSES
from aioprowler.findings.causes import FAMILIES, owner
from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.writer import FileWriter, scrub
from aioprowler.texts import visible_json

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage

SCRIPTS = (
    "base",
    "data",
    "state",
    "query",
    "details",
    "overview",
    "standings",
    "findings",
    "export",
    "compliance",
    "coverage",
    "controls",
    "print",
    "main",
)
"""Files in js/, which share one scope: a name is used after the file that gives it."""

_NAMES_KEPT = 4096
"""How many checks, accounts or mutes the writer remembers; past that it names them anew, and the page sees that."""

LISTED = 200_000
"""How many findings a page lists whatever they are. Past that, what passed is counted: a browser has its limits."""

_ESCAPES = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
)

_STATUS = {status: number for number, status in enumerate(STATUSES)}
_SEVERITY = {severity: number for number, severity in enumerate(SEVERITIES)}
_encoder = msgspec.json.Encoder()

Line = tuple[object, ...]
Name = TypeVar("Name", str, Mute)


class LineKind(IntEnum):
    """What a line is: its first element."""

    CHECK = 0
    ACCOUNT = 1
    RESOURCE = 2
    FINDING = 3
    TIME = 4
    END = 5
    COVERAGE = 6
    COMPLIANCE = 7
    MUTE = 8
    TITLES = 9
    JUDGED = 10
    PASSED = 11
    NUMBERS = 12
    REGION = 13
    OWNER = 14


def escaped_lines(lines: Sequence[Line]) -> bytes:
    """JSON that holds no character that means something to HTML: each is legal only in a string, where JSON has \\u."""
    try:
        text = _encoder.encode_lines(lines)
    except UnicodeEncodeError:
        text = _encoder.encode_lines(scrub(lines))
    text = visible_json(text)
    for plain, escape in _ESCAPES:
        text = text.replace(plain, escape)
    return text


class HtmlWriter(FileWriter):
    """A report that opens however the scan ended: without its end it says that it is incomplete."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._checks: dict[str, int] = {}
        self._accounts: dict[str, int] = {}
        self._mutes: dict[Mute, int] = {}
        self._regions: dict[str, int] = {}
        self._owners: dict[str, int] = {}
        self._names = 0
        self._named: list[Line] = []
        """Of the block that is gathered: what its numbers name, then the numbers."""
        self._resource_numbers: list[int] = []
        self._finding_numbers: list[int] = []
        self._resource: Line = ()
        self._time = ""
        self._count = 0
        self._passed = 0
        """What is counted and not listed."""
        self._coverage = b""
        self._known = Frameworks()

    def conclude(self, coverage: Coverage) -> None:
        """The page shows it, and as long as there is none says why."""
        self._known = frameworks_of(coverage)
        found = results(coverage, coverage.frameworks, existing=installed().listed)
        told = _judged(each for each in found if each.is_told)
        self._coverage = b"".join(told) + escaped_lines([(LineKind.COVERAGE, msgspec.to_builtins(coverage))])

    def _head(self) -> bytes:
        return render_head().encode()

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        lines: list[Line] = []
        for finding in findings:
            if self._count >= LISTED and finding.outcome == "PASS":
                self._passed += 1
            else:
                self._count += 1
                self._add(finding, lines)
        return escaped_lines(lines)

    def _units(self, batches: list[bytes]) -> list[bytes]:
        if not self._finding_numbers:
            return []
        numbers: Line = (LineKind.NUMBERS, self._resource_numbers, self._finding_numbers)
        data = escaped_lines([*self._named, numbers])
        self._named, self._resource_numbers, self._finding_numbers = [], [], []
        return [_block(data) + _block(b"".join(batches), "texts")]

    def _tail(self) -> bytes:
        end: list[Line] = [(LineKind.PASSED, self._passed)] if self._passed else []
        end.append((LineKind.END, self._count))
        lines = escaped_lines([_titles(self._known)]) + self._coverage + escaped_lines(end)
        return _block(lines) + b"</body>\n</html>\n"

    def _add(self, finding: Finding, texts: list[Line]) -> None:
        if finding.timestamp != self._time:
            self._time = finding.timestamp
            self._named.append((LineKind.TIME, finding.timestamp))
        resource = (
            finding.resource_arn,
            finding.resource_id,
            finding.region,
            finding.account_id,
            finding.resource_tags,
        )
        is_another = resource != self._resource
        if is_another:
            self._resource = resource
            self._resource_numbers += self._numbers_of_resource(finding)
            texts.append(_resource_line(finding))
        mute = self._mute(finding) if finding.muted else 0
        status, severity = _STATUS[finding.status], _SEVERITY[finding.severity]
        self._finding_numbers += (self._check(finding), status, severity, mute, int(is_another))
        line = (LineKind.FINDING, finding.status_detail, finding.uid)
        commands = (finding.command, *finding.further_commands)
        texts.append((*line, *commands) if any(commands) else line)

    def _numbers_of_resource(self, finding: Finding) -> tuple[int, ...]:
        """It may come again, with other tags: what tells it apart is the last number."""
        account = self._account(finding)
        region = self._number(self._regions, finding.region, LineKind.REGION)
        whose = self._number(self._owners, owner(finding), LineKind.OWNER)
        return account, region, whose, len(finding.resource_tags), _identity(finding)

    def _check(self, finding: Finding) -> int:
        number = self._checks.get(finding.check_id)
        if number is None:
            number = self._name(self._checks, finding.check_id)
            self._named.append(_check_line(number, finding))
        return number

    def _account(self, finding: Finding) -> int:
        number = self._accounts.get(finding.account_id)
        if number is None:
            number = self._name(self._accounts, finding.account_id)
            place = (finding.account_name, finding.account_email, finding.account_organizational_unit)
            self._named.append((LineKind.ACCOUNT, number, finding.account_id, *place, finding.account_tags))
        return number

    def _mute(self, finding: Finding) -> int:
        mute = finding.mute or Mute()
        number = self._mutes.get(mute)
        if number is None:
            number = self._name(self._mutes, mute)
            self._named.append((LineKind.MUTE, number, mute.reason, mute.owner, mute.expires))
        return number

    def _number(self, known: dict[str, int], name: str, kind: LineKind) -> int:
        """Of what is nothing but a name."""
        number = known.get(name)
        if number is None:
            number = self._name(known, name)
            self._named.append((kind, number, name))
        return number

    def _name(self, known: dict[Name, int], name: Name) -> int:
        if len(known) >= _NAMES_KEPT:
            known.clear()
        self._names += 1
        known[name] = self._names
        return self._names


def _resource_line(finding: Finding) -> Line:
    name = "" if finding.resource_name == finding.resource_id else finding.resource_name
    line = (LineKind.RESOURCE, finding.resource_id, finding.resource_arn, name)
    return (*line, finding.resource_tags) if finding.resource_tags else line


def _identity(finding: Finding) -> int:
    """A number of the resource's own, of as many bits as numbers have in JavaScript."""
    place = "\x1f".join((finding.account_id, finding.region, finding.resource_arn, finding.resource_id))
    digest = blake2b(place.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 11


def _check_line(number: int, finding: Finding) -> Line:
    return (
        *(LineKind.CHECK, number, finding.check_id, finding.title, finding.service, finding.resource_type),
        *(finding.categories, finding.description, finding.risk, finding.remediation, finding.compliance),
        finding.fails,
    )


def _titles(known: Frameworks) -> Line:
    """Findings name frameworks by their ids alone."""
    return LineKind.TITLES, [(each.id, each.title, each.version) for each in known.named()]


def _framework(result: FrameworkResult, numbers: dict[str, int]) -> dict[str, object]:
    return {
        "id": result.framework.id,
        "title": result.framework.title,
        "version": result.framework.version,
        "score": result.score,
        "requirements": [_requirement(each, numbers) for each in result.requirements],
    }


def _requirement(result: RequirementResult, numbers: dict[str, int]) -> Line:
    requirement = result.requirement
    line = (
        *(requirement.id, requirement.name, requirement.section, result.status),
        [numbers[check] for check in requirement.checks],
        *(result.failed, result.passed, result.manual, result.muted),
    )
    return (*line, [str(each) for each in result.loosened]) if result.loosened else line


def _judged(found: Iterable[FrameworkResult]) -> Iterator[bytes]:
    """A line for each framework; then each check that requirements name, once: its place there is its number."""
    statuses: dict[str, CheckStatus] = {}
    numbers: dict[str, int] = {}
    for each in found:
        for check in (check for one in each.requirements for check in one.checks):
            numbers.setdefault(check.id, len(numbers))
            statuses[check.id] = check.status
        yield escaped_lines([(LineKind.COMPLIANCE, _framework(each, numbers))])
    yield escaped_lines([(LineKind.JUDGED, [*statuses.items()])])


def _block(lines: bytes, kind: str = "data") -> bytes:
    return f'<script type="application/json" class="{kind}">\n'.encode() + lines + b"</script>\n"


def render_head() -> str:
    """Everything before the data: style, script and the empty page. What is put into it is our own."""
    here = files(__package__)
    return Template(here.joinpath("report.html").read_text("utf-8")).substitute(
        nonce=secrets.token_urlsafe(18),
        style=here.joinpath("report.css").read_text("utf-8"),
        script="\n".join(here.joinpath("js", f"{name}.js").read_text("utf-8") for name in SCRIPTS),
        version=__version__,
        statuses=" ".join(STATUSES),
        severities=" ".join(SEVERITIES),
        families=" ".join(FAMILIES),
    )
