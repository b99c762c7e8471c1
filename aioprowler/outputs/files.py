"""The formats that there are, and several files of one scan as one."""

from __future__ import annotations

import difflib
import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import msgspec
from msgspec import Struct

from aioprowler import disk
from aioprowler.compliance.frameworks import Frameworks, frameworks
from aioprowler.disk import PRIVATE
from aioprowler.findings.finding import Finding
from aioprowler.findings.record import put_aside
from aioprowler.outputs.writer import (
    Concluding,
    FileWriter,
    OutputError,
    Writer,
    encoded,
    make_folder,
    refusal,
    write_whole,
)
from aioprowler.texts import visible

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage


class Format(Struct, frozen=True):
    """An output format. Its writer is imported when it is wanted: only a scan that wants HTML pays for Jinja2."""

    extension: str
    writer: str
    """`module:class`, called with the path."""
    has_times: bool = False
    """Whether the writer is called with `unix_timestamps` too."""
    framework: str = ""
    """Of a format that is about one compliance framework: which. Its writer is called with that too."""

    def path(self, directory: Path, stem: str) -> Path:
        """Of Prowler's compliance files, where its dashboard looks for them."""
        if self.framework:
            return directory / "compliance" / f"{stem}_{self.framework}_aws.{self.extension}"
        return directory / f"{stem}.{self.extension}"

    def make(self, path: Path, known: Frameworks, *, unix_timestamps: bool = False) -> Writer:
        """A writer for the file, not opened yet; its module is imported now."""
        about = (known.get(self.framework),) if self.framework else ()
        options = {"unix_timestamps": unix_timestamps} if self.has_times else {}
        made: Writer = pkgutil.resolve_name(self.writer)(path, *about, **options)
        return made


def prowlers(framework_id: str) -> str:
    """The format of Prowler's file about a compliance framework."""
    return f"prowler:{framework_id}"


def _of_framework(id_: str) -> Format:
    return Format("csv", "aioprowler.outputs.prowler_compliance:ProwlerComplianceWriter", framework=id_)


FORMATS: dict[str, Format] = {
    "jsonl": Format("jsonl", "aioprowler.outputs.jsonl:JsonLinesWriter"),
    "csv": Format("csv", "aioprowler.outputs.csv:CsvWriter", has_times=True),
    "html": Format("html", "aioprowler.outputs.html:HtmlWriter"),
    "json-ocsf": Format("ocsf.json", "aioprowler.outputs.ocsf:OcsfWriter"),
    "json-asff": Format("asff.json", "aioprowler.outputs.asff:AsffWriter"),
    "sarif": Format("sarif", "aioprowler.outputs.sarif:SarifWriter"),
    "junit": Format("junit.xml", "aioprowler.outputs.junit:JunitWriter"),
    "markdown": Format("md", "aioprowler.outputs.markdown:MarkdownWriter"),
    "parquet": Format("parquet", "aioprowler.outputs.parquet:ParquetWriter"),
    "compliance": Format("compliance.csv", "aioprowler.outputs.compliance:ComplianceWriter"),
    **{prowlers(id_): _of_framework(id_) for id_ in frameworks()},
}
PLAIN = tuple(name for name, each in FORMATS.items() if not each.framework)
"""Those that are not about one compliance framework."""
DEFAULT_FORMATS = ("jsonl", "csv", "html")
COMPLIANCE_FORMATS = (*DEFAULT_FORMATS, "compliance")
"""By default of a scan for a compliance framework."""
ALIASES = {"ocsf": "json-ocsf", "asff": "json-asff", "junit-xml": "junit", "md": "markdown"}
"""Other names for some of them."""


UNFINISHED: Final = ".unfinished"
"""Ends the stem of files that take the place of others once they are whole."""


def is_taken(directory: Path, stem: str, formats: Iterable[str], known: Frameworks) -> bool:
    """Whether files of these formats have their names already. Raises OutputError for a format that is none."""
    return any(os.path.lexists(each.path(directory, stem)) for each in resolve(formats, known).values())


def spelled(names: Iterable[str]) -> list[str]:
    """The formats by their own names, each once."""
    return list(dict.fromkeys(ALIASES.get(name, name) for name in names))


def resolve(names: Iterable[str], known: Frameworks) -> dict[str, Format]:
    """The formats that these names mean, by their own names. Raises OutputError for one that means none."""
    formats = FORMATS | {prowlers(id_): _of_framework(id_) for id_ in known.own}
    for name in spelled(names):
        if name not in formats:
            near = difflib.get_close_matches(name[:80].lower(), [*formats, *ALIASES], n=1, cutoff=0.4)
            hint = f"Did you mean {near[0]}?" if near else f"Say one of {', '.join(PLAIN)}."
            raise OutputError(f"There is no output format {name!r:.80}. {hint}")
    return {name: formats[name] for name in spelled(names)}


def refuse_names(directory: Path, stem: str) -> None:
    """Raises OutputError for what is no plain name: both become part of keys in S3, and of what is printed."""
    if not stem or stem != Path(stem).name or not is_name(stem):
        raise OutputError(f"{stem!r:.80} is not a file name: give one without a folder, an extension, or line breaks.")
    if not is_name(folder_name(directory)):
        raise OutputError(f"{str(directory)!r:.80} is not a folder's name: give one without line breaks and the like.")


def is_name(text: str) -> bool:
    """Whether it leads nowhere else as a part of a path, and is seen for what it is."""
    return text not in (".", "..") and "/" not in text and visible(text) == text


def folder_name(directory: Path) -> str:
    """What the folder is called, however it was named: also `.` and `..` are some folder. Empty for the root."""
    return Path(os.path.abspath(directory)).name  # noqa: PTH100 - Path.absolute keeps dots, resolve follows links


class Outputs:
    """Several formats of one scan, written side by side as `<directory>/<stem>.<extension>`. With a stem that ends in
    `UNFINISHED` they have the names without it from `settle` on.

    A context manager. Raises OutputError at once for a format or stem that cannot be. A writer that fails does not
    keep findings from the others; every call that it misses raises.
    """

    def __init__(
        self,
        directory: Path,
        stem: str,
        formats: Sequence[str],
        known: Frameworks | None = None,
        *,
        tells_coverage: bool = True,
        mode: int = PRIVATE,
        unix_timestamps: bool = False,
    ) -> None:
        """`known`: which compliance frameworks there are. `tells_coverage`: in a file of its own as well,
        `<stem>.coverage.json`. `mode`: of the files; folders that are made let in whoever may read these.
        `unix_timestamps`: seconds since 1970 in the CSV.
        """
        refuse_names(directory, stem)
        known = Frameworks() if known is None else known
        self.directory = directory
        self._formats = resolve(formats, known)
        self._name(stem)
        self._tells_coverage = tells_coverage
        self._mode = mode
        self.pages: list[Path] = []
        """Of the parts of the scan, once there are any; their index comes last."""
        self._writers = [
            each.make(self.paths[name], known, unix_timestamps=unix_timestamps) for name, each in self._formats.items()
        ]

    def _name(self, stem: str) -> None:
        self._stem = stem
        self.paths = {name: each.path(self.directory, stem) for name, each in self._formats.items()}
        self.coverage = self.directory / f"{stem}.coverage.json"

    @property
    def final(self) -> str:
        """The stem that they have in the end."""
        return self._stem.removesuffix(UNFINISHED)

    @property
    def finals(self) -> list[Path]:
        """Where each format's file is in the end."""
        return [each.path(self.directory, self.final) for each in self._formats.values()]

    def settle(self) -> None:
        """Closed and whole, they take the place of what has their names in the end. Raises OutputError."""
        written = self.files
        if self._stem == self.final:
            return
        self._name(self.final)
        for path, final in zip(written, self.files, strict=True):
            try:
                path.replace(final)
            except OSError as error:
                raise refusal(final, error) from error

    @property
    def files(self) -> list[Path]:
        """All that there is when the scan is concluded."""
        return [*self.paths.values(), *([self.coverage] if self._tells_coverage else [])]

    @property
    def record(self) -> Path | None:
        """The JSON lines file, from which a scan can be resumed."""
        return self.paths.get("jsonl")

    def reopen(self, kept: Callable[[Path], Iterable[list[Finding]]]) -> Iterator[list[Finding]]:
        """Make every file anew, with the findings that `kept` takes from the former record; these are yielded.

        The former record is put aside until they are written, so that nothing is lost if this is interrupted.
        """
        record = self.record
        assert record is not None
        former = put_aside(record)
        if not former.exists():
            record.rename(former)
        self.open()
        for batch in kept(former):
            self.write(batch)
            yield batch
        self.sync()
        former.unlink()

    def save(self) -> int:
        """Bring what was written so far to the record, where it outlives the program; the size of the record."""
        record = self._writers[[*self.paths].index("jsonl")]
        assert isinstance(record, FileWriter)
        record.flush()
        return record.size

    def sync(self) -> None:
        """Bring everything written so far to the disk itself."""
        self.flush()
        self.persist()

    def persist(self) -> None:
        """Bring the record, as far as it is flushed, to the disk itself. May run in a thread beside `write`."""
        if self.record is not None:
            with disk.open_there(self.record) as file:
                os.fsync(file.fileno())

    def open(self) -> None:
        """Make the directory and every file."""
        make_folder(self.directory, self._mode)
        for folder in {path.parent for path in self.paths.values()} - {self.directory}:
            make_folder(folder, self._mode, within=True)
        self._require_places()
        if self._tells_coverage:
            self.coverage.unlink(missing_ok=True)  # of an earlier scan by the same name
        with ExitStack() as undo:
            for writer in self._writers:
                undo.callback(writer.close)
                writer.open(self._mode)
            undo.pop_all()

    def _require_places(self) -> None:
        """What cannot be replaced in the end is refused at once."""
        for final in self.finals:
            try:
                disk.require_file(final)
            except OSError as error:
                raise refusal(final, error) from error

    def write(self, findings: Sequence[Finding]) -> None:
        """To all writers, also where one of them fails. Raises OutputError then."""
        self._all(lambda writer: writer.write(findings))

    def flush(self) -> None:
        """All writers, also where one of them fails. Raises OutputError then."""
        self._all(lambda writer: writer.flush())

    def conclude(self, coverage: Coverage) -> None:
        """Tell what was looked at, in a file of its own and in those that have a place for it."""
        self._all(lambda writer: writer.conclude(coverage) if isinstance(writer, Concluding) else None)
        if self._tells_coverage:
            write_whole(self.coverage, _json(coverage), self._mode)

    def close(self) -> None:
        """Each writer, whatever becomes of the others."""
        with ExitStack() as stack:
            for writer in reversed(self._writers):
                stack.callback(writer.close)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _all(self, action: Callable[[Writer], None]) -> None:
        errors: list[OutputError] = []
        for writer in self._writers:
            try:
                action(writer)
            except OutputError as error:
                errors.append(error)
        if errors:
            raise errors[0]


def _json(coverage: Coverage) -> bytes:
    """Indented, for people read it too."""
    return msgspec.json.format(encoded(coverage)) + b"\n"
