"""CSV with the columns of Prowler's reports, so that dashboards made for those read it, and one of ours."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from aioprowler._version import __version__
from aioprowler.compliance.frameworks import prowlers_spelling
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.remembered import per_check, per_place
from aioprowler.outputs.writer import FileWriter
from aioprowler.texts import each_shown, is_plain, visible, visible_lines

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


def csv_cells(texts: Sequence[str]) -> list[str]:
    """Each as one field; many together take hardly longer than one."""
    return each_shown(csv_field, texts, _is_no_cell)


def _is_no_cell(plain: str) -> bool:
    return ";" in plain or ("," in plain and _COMMA.search(plain) is not None)


def csv_fields(*texts: str) -> str:
    """Names and sentences as one row, without its end; the separator is Prowler's semicolon."""
    return ";".join(map(csv_field, texts))


def csv_texts(*texts: str) -> str:
    """Likewise texts of several lines."""
    return ";".join(map(csv_text, texts))


def unroll(pairs: Mapping[str, str], separator: str) -> str:
    """A dict in Prowler's spelling: `key=value | key=value`."""
    return " | ".join(f"{key}{separator}{value}" for key, value in pairs.items())


class _Check(NamedTuple):
    """The fields that all findings of a check share."""

    row: bytes
    """To be filled by `row % (...)` with what each finding has of its own."""
    cli: bytes
    title: bytes
    problem: bytes


class _Place(NamedTuple):
    """The fields that all findings of an account and region share, in the runs in which the columns have them."""

    method: bytes
    account: bytes
    place: bytes
    unit: bytes


class CsvWriter(FileWriter):
    """Prowler's CSV: a row for each finding, in UTF-8, lines ending as RFC 4180 asks."""

    def __init__(self, path: Path, *, unix_timestamps: bool = False) -> None:
        """`unix_timestamps`: times are seconds since 1970."""
        super().__init__(path)
        self._time = _seconds if unix_timestamps else _time
        self._check = per_check(_of_check)
        self._place = per_place(_of_place)

    def _head(self) -> bytes:
        return ";".join(COLUMNS).encode() + b"\r\n"

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        names = ["" if each.resource_name == each.resource_id else each.resource_name for each in findings]
        columns = (
            csv_cells([each.uid for each in findings]),
            csv_cells([each.status_detail for each in findings]),
            csv_cells([each.resource_arn for each in findings]),
            csv_cells([each.resource_id for each in findings]),
            csv_cells(names),
            csv_cells([unroll(each.resource_tags, "=") for each in findings]),
        )
        return b"".join(map(self._row, findings, *columns))

    def _row(self, finding: Finding, uid: str, detail: str, arn: str, id_: str, name: str, tags: str) -> bytes:
        check, place = self._check(finding), self._place(finding)
        return check.row % (
            place.method,
            self._time(finding.timestamp),
            place.account,
            uid.encode(),
            finding.status.encode(),
            detail.encode(),
            b"True" if finding.muted else b"False",
            finding.severity.encode(),
            f"{arn};{id_};{name};{tags}".encode(),
            place.place,
            csv_text(finding.command).encode() if finding.command else check.cli,
            place.unit,
            check.problem if finding.status == "FAIL" else check.title,
        )


def _of_check(finding: Finding) -> _Check:
    mend = finding.remediation
    types = " | ".join(types_of(finding.check_id))
    compliance = unroll({name: ", ".join(ids) for name, ids in prowlers_spelling(finding.compliance).items()}, ": ")
    identity = csv_fields("aws", finding.check_id, finding.title, types)
    texts = csv_texts(
        *(finding.description, finding.risk, ""),
        *(mend.text, mend.url, mend.cloudformation, mend.terraform),
    )
    rest = csv_texts(
        *(mend.console, compliance, " | ".join(finding.categories)),
        *("", "", "", __version__, mend.url),
    )
    shared = (identity, csv_fields(finding.service, ""), csv_field(finding.resource_type), texts, rest)
    first, service, type_, texts, rest = (each.replace("%", "%%") for each in shared)
    row = f"%b;%b;%b;%b;{first};%b;%b;%b;{service};%b;{type_};%b;%b;{texts};%b;{rest};%b;%b\r\n"
    return _Check(
        row.encode(),
        csv_text(mend.cli).encode(),
        csv_field(finding.title).encode(),
        csv_field(finding.problem).encode(),
    )


def _of_place(finding: Finding) -> _Place:
    tags = unroll(finding.account_tags, ":")
    organization = (finding.account_organization_arn, finding.account_organization_id)
    identity = csv_fields(finding.account_id, finding.account_name, finding.account_email, *organization, tags)
    place = csv_fields(finding.partition, finding.region)
    unit = csv_fields(finding.account_organizational_unit_id, finding.account_organizational_unit)
    return _Place(csv_field(finding.auth_method).encode(), identity.encode(), place.encode(), unit.encode())


@lru_cache(maxsize=16)
def _time(timestamp: str) -> bytes:
    """In the very form of Prowler's reports: pandas reads the files of both into one table only if they agree."""
    day, _, time = timestamp.removesuffix("Z").partition("T")
    return csv_field(f"{day} {time}" + ("" if "." in time else ".000000")).encode()


@lru_cache(maxsize=16)
def _seconds(timestamp: str) -> bytes:
    return str(int(datetime.datetime.fromisoformat(timestamp).timestamp())).encode()
