"""CSV with the columns of Prowler's reports, so that dashboards made for those read it, and one of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from aioprowler._version import __version__
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.remembered import per_account, per_check
from aioprowler.outputs.writer import FileWriter
from aioprowler.texts import is_plain, visible, visible_lines

COLUMNS = (
    "AUTH_METHOD",
    "TIMESTAMP",
    "ACCOUNT_UID",
    "ACCOUNT_NAME",
    "ACCOUNT_EMAIL",
    "ACCOUNT_ORGANIZATION_UID",
    "ACCOUNT_ORGANIZATION_NAME",
    "ACCOUNT_TAGS",
    "FINDING_UID",
    "PROVIDER",
    "CHECK_ID",
    "CHECK_TITLE",
    "CHECK_TYPE",
    "STATUS",
    "STATUS_EXTENDED",
    "MUTED",
    "SERVICE_NAME",
    "SUBSERVICE_NAME",
    "SEVERITY",
    "RESOURCE_TYPE",
    "RESOURCE_UID",
    "RESOURCE_NAME",
    "RESOURCE_DETAILS",
    "RESOURCE_TAGS",
    "PARTITION",
    "REGION",
    "DESCRIPTION",
    "RISK",
    "RELATED_URL",
    "REMEDIATION_RECOMMENDATION_TEXT",
    "REMEDIATION_RECOMMENDATION_URL",
    "REMEDIATION_CODE_NATIVEIAC",
    "REMEDIATION_CODE_TERRAFORM",
    "REMEDIATION_CODE_CLI",
    "REMEDIATION_CODE_OTHER",
    "COMPLIANCE",
    "CATEGORIES",
    "DEPENDS_ON",
    "RELATED_TO",
    "NOTES",
    "PROWLER_VERSION",
    "ADDITIONAL_URLS",
    "ACCOUNT_OU_UID",
    "ACCOUNT_OU_NAME",
    "HEADLINE",
)
"""The last is ours: CHECK_TITLE says the good state, this what is wrong where the row is a FAIL."""

_FORMULA = re.compile(r'[ "]*[=+\-@＝＋－＠]')  # noqa: RUF001 - Excel reads these like the plain ones
_COMMA = re.compile(rf",(?={_FORMULA.pattern})")
_LINE = re.compile(r'\n(?="*[=+\-@＝＋－＠])')  # noqa: RUF001
"""Where a formula would begin for whoever reads with commas: amid a cell a quotation mark quotes nothing, and a line
break ends the row."""


def csv_field(text: str) -> str:
    """A name or sentence as one field: on one line, inert where a spreadsheet would take it for a formula, and quoted
    where it must be.
    """
    if is_plain(text):
        return text if ";" not in text and "," not in text else _cell(text)
    return _cell(visible(text)) if text else text


def csv_text(text: str) -> str:
    """Likewise a text that may have several lines: of a check, or a command."""
    return _cell(visible_lines(text)) if text else text


def _cell(text: str) -> str:
    if not text[:1].isalnum() and _FORMULA.match(text):
        text = f"'{text}"
    if "," in text:
        text = _COMMA.sub(",'", text)
    if "\n" in text:
        text = _LINE.sub("\n'", text)
    return '"' + text.replace('"', '""') + '"' if ";" in text or '"' in text or "\n" in text else text


def csv_fields(*texts: str) -> str:
    """Names and sentences as one row, without its end; the separator is Prowler's semicolon."""
    return ";".join(map(csv_field, texts))


def csv_texts(*texts: str) -> str:
    """Likewise texts of several lines."""
    return ";".join(map(csv_text, texts))


def unroll(pairs: Mapping[str, str], separator: str) -> str:
    """A dict in Prowler's spelling: `key=value | key=value`."""
    return " | ".join(f"{key}{separator}{value}" for key, value in pairs.items())


class _CheckCells(Struct, frozen=True):
    """The fields that all findings of a check share, in the runs in which the columns have them."""

    identity: str
    service: str
    resource_type: str
    texts: str
    cli: str
    rest: str
    title: str
    problem: str


class _AccountCells(Struct, frozen=True):
    identity: str
    unit: str


class CsvWriter(FileWriter):
    """Prowler's CSV: a row for each finding, in UTF-8, lines ending as RFC 4180 asks."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._check = per_check(_check_cells)
        self._account = per_account(_account_cells)
        self._resource: tuple[str, str, Mapping[str, str]] = "", "", {}
        self._resource_cells = csv_fields("", "", "", "")

    def _head(self) -> bytes:
        return ";".join(COLUMNS).encode() + b"\r\n"

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        return "".join(map(self._row, findings)).encode()

    def _row(self, finding: Finding) -> str:
        check = self._check(finding)
        account = self._account(finding)
        resource = self._about(finding)
        return (
            f";{_time(finding.timestamp)};{account.identity};{csv_field(finding.uid)};{check.identity};{finding.status};"
            f"{csv_field(finding.status_detail)};{finding.muted};{check.service};{finding.severity};{check.resource_type};"
            f"{resource};{_place(finding.partition, finding.region)};{check.texts};"
            f"{csv_text(finding.command) if finding.command else check.cli};{check.rest};{account.unit};"
            f"{check.problem if finding.status == 'FAIL' else check.title}\r\n"
        )

    def _about(self, finding: Finding) -> str:
        """The cells of the resource; the checks of one follow each other."""
        resource = finding.resource_arn, finding.resource_id, finding.resource_tags
        if resource != self._resource:
            arn, id_, tags = self._resource = resource
            self._resource_cells = csv_fields(arn, id_, "", unroll(tags, "="))
        return self._resource_cells


def _check_cells(finding: Finding) -> _CheckCells:
    mend = finding.remediation
    types = " | ".join(types_of(finding.check_id))
    compliance = unroll({name: ", ".join(ids) for name, ids in finding.compliance.items()}, ": ")
    return _CheckCells(
        identity=csv_fields("aws", finding.check_id, finding.title, types),
        service=csv_fields(finding.service, ""),
        resource_type=csv_field(finding.resource_type),
        texts=csv_texts(
            *(finding.description, finding.risk, ""),
            *(mend.text, mend.url, mend.cloudformation, mend.terraform),
        ),
        cli=csv_text(mend.cli),
        title=csv_field(finding.title),
        problem=csv_field(finding.problem),
        rest=csv_texts(
            *(mend.console, compliance, " | ".join(finding.categories)),
            *("", "", "", __version__, mend.url),
        ),
    )


def _account_cells(finding: Finding) -> _AccountCells:
    tags = unroll(finding.account_tags, ":")
    identity = csv_fields(finding.account_id, finding.account_name, finding.account_email, "", "", tags)
    return _AccountCells(identity, csv_fields("", finding.account_organizational_unit))


@lru_cache(maxsize=16)
def _time(timestamp: str) -> str:
    """In the very form of Prowler's reports: pandas reads the files of both into one table only if they agree."""
    day, _, time = timestamp.removesuffix("Z").partition("T")
    return csv_field(f"{day} {time}" + ("" if "." in time else ".000000"))


@lru_cache(maxsize=256)
def _place(partition: str, region: str) -> str:
    return csv_fields(partition, region)
