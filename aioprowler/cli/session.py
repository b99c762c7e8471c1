"""One scan at the command line: findings to stdout and files, progress to stderr, and the exit code."""

from __future__ import annotations

import datetime
import gc
import importlib.util
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, aclosing, contextmanager, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from typing import Final, TextIO

import anyio
from msgspec.structs import replace

from aioprowler import disk
from aioprowler.accounts.credentials import EntryError
from aioprowler.cli import INTERRUPTED, interruptible
from aioprowler.cli.app import ERROR, OK
from aioprowler.cli.opening import opening
from aioprowler.cli.options import Output, StdoutForm, mode_of
from aioprowler.cli.progress import Display, console_of, line_of
from aioprowler.cli.stopping import Stopping, handlers_kept
from aioprowler.cli.streams import (
    Stdout,
    complain,
    discard,
    finish,
    form_of,
    in_a_line,
    is_colored,
    is_dumb,
    is_piped,
    outwait_pager,
)
from aioprowler.cli.tables import counted
from aioprowler.cli.tally import Tally
from aioprowler.errors import cause_of
from aioprowler.findings.coverage import incomplete
from aioprowler.findings.finding import Finding
from aioprowler.integrations.integration import Ending, Integrations
from aioprowler.outputs.console import ConsoleLine
from aioprowler.outputs.files import Outputs
from aioprowler.outputs.jsonl import Lines
from aioprowler.outputs.writer import refusal
from aioprowler.scanning import Batch, Event, Progress, Scan
from aioprowler.scanning.journal import SUFFIX, Completed, Ended, Journal
from aioprowler.texts import visible_lines

FAILED, INCOMPLETE = 3, 4

_logger = logging.getLogger("aioprowler")

_TICK: Final = 0.1
_FLUSH: Final = 0.5
_REPORT: Final = 60.0
"""Seconds."""
_SCREENS: Final = 500
"""Lines that a terminal is given at once."""
_HELD: Final = 64
"""Batches of accounts that could not be entered which wait for one that could."""


class Session:
    """Drives one scan. Findings are held back until an account was entered: where none can be, no file is made."""

    def __init__(
        self,
        scan: Scan,
        outputs: Outputs | None,
        options: Output,
        journal: Journal | None = None,
        kept: Callable[[Path], Iterable[list[Finding]]] | None = None,
        integrations: Integrations | None = None,
        read: Mapping[str, str] | None = None,
        divide: Callable[[Callable[[], None]], list[Path]] | None = None,
    ) -> None:
        """`kept`: the findings of an interrupted scan that hold, from its record. `integrations`: who else is told.
        `read`: what the scan takes from files of the user's, by what it is. `divide`: makes pages of the parts of a
        scan that came to its end, and calls every now and then what it is given; the index comes last.
        """
        self._journal = journal
        self._kept = kept
        self.progress: Progress = scan.progress
        self.tally = Tally(selects=scan.options.statuses is not None or scan.options.baseline is not None)
        self.integrations = Integrations() if integrations is None else integrations
        self._scan = scan
        self._outputs = outputs
        self._open = False
        self._is_closed = False
        self._held: list[list[Finding]] = []
        self._shown: list[str] = []
        self._read = read or {}
        self._divide = divide
        self._announced = False
        self._form = form_of(options, has_files=outputs is not None)
        self._is_piped = self._form in ("jsonl", "lines") and is_piped()
        tells, on_terminal = not (options.no_progress or options.quiet), sys.stderr.isatty()
        live = tells and on_terminal and not self._is_piped and not is_dumb()
        self._has_colors = options.has_colors
        self.display = Display(scan.progress, live=live, quiet=options.quiet, has_colors=self._has_colors)
        self._reports = tells and not on_terminal
        self._only_failures = self._form == "lines" and not options.statuses
        self._stdout, self._line = self._destination(self._form)

    @property
    def files(self) -> list[Path]:
        """Paths of the files being written; none before they are open."""
        return self._outputs.files if self._outputs and self._open else []

    @property
    def written(self) -> list[Path]:
        """What to tell of: the files, and of the pages of parts the one that leads to them."""
        return [*(self._outputs.pages[-1:] if self._outputs else []), *self.files]

    @property
    def report(self) -> Path | None:
        """The one to open in a browser."""
        return self._outputs.paths.get("html") if self._outputs and self._open else None

    def _destination(self, form: StdoutForm) -> tuple[Stdout | None, ConsoleLine | None]:
        """Where findings are shown: a descriptor, or the live display that shares its terminal with them."""
        if form in ("none", "summary"):
            return None, None
        descriptor = sys.stdout.fileno()
        if form == "jsonl":
            lines = Lines()
            return Stdout(lambda finding: lines([finding]), descriptor), None
        is_terminal = sys.stdout.isatty()
        width = shutil.get_terminal_size((120, 24)).columns if is_terminal else None
        line = ConsoleLine(width, color=is_colored(sys.stdout, refused=not self._has_colors))
        if self.display.shares_terminal:
            return None, line
        return Stdout(lambda finding: line(finding).encode() + b"\n", descriptor), None

    async def run(self) -> None:
        """To the end of the scan. Raises EntryError and OutputError. Files are closed properly always."""
        async with self.integrations:
            await self._run()
            if self._divide and self._outputs and self.progress.complete:
                check = anyio.from_thread.check_cancelled
                self._outputs.pages = await anyio.to_thread.run_sync(self._divide, check)
            await self.integrations.conclude(
                lambda: Ending(self._scan.coverage(), self._outputs if self._open else None)
            )

    async def _run(self) -> None:
        with ExitStack() as closing:
            closing.enter_context(self.display)
            closing.callback(self.close)
            try:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._planned)
                    tasks.start_soon(self._tick)
                    tasks.start_soon(self._report)
                    tasks.start_soon(self._flush_often)
                    await self._consume()
                    tasks.cancel_scope.cancel()
            except BaseExceptionGroup as group:
                raise cause_of(group) from None

    async def _planned(self) -> None:
        await self._scan.planned.wait()
        gc.freeze()  # what is loaded stays to the end: looking through it again and again costs a fifth of the engine
        gc.set_threshold(50_000)  # garbage in cycles is rare here, and a look for it goes through all that waits
        plan = self._scan.plan
        checks, operations = counted(len(plan.checks), "check"), counted(len(plan.operations), "operation")
        _logger.info("%s planned, which take %s", checks, operations)

    async def _consume(self) -> None:
        if self._kept is not None:
            await self._release()
        async with aclosing(self._scan.events()) as happening:  # type: ignore[type-var]
            async for events in happening:
                await self._happened(events)
                if self._is_alone:
                    return
        await self._release()
        if self._journal and self._outputs:
            self._complete([Ended()])
        if self._stdout:
            await self._stdout.flush()
        await self.integrations.drain()

    async def _happened(self, events: Sequence[Event]) -> None:
        """Findings first, then what they complete, at once: being killed loses what is under way and no more. Readers
        come last, for they may take their time.
        """
        are_first = not self._open
        found: list[Batch] = []
        completed: list[Completed] = []
        for event in events:
            if not isinstance(event, list):
                completed.append(event)
            elif self._waits(event):
                self._held.append(event)
            else:
                found.append(event)
        if found or (completed and self._journal):
            await self._release()
        for batch in found:
            self._record(batch)
        if completed and self._journal:
            self._complete(completed)
        for batch in found:
            await self._tell(batch)
        if found and are_first and self._stdout:
            await self._stdout.flush()

    def _waits(self, batch: Sequence[Finding]) -> bool:
        return not self._open and len(self._held) < _HELD and self._is_refused(batch[0])

    def _is_refused(self, finding: Finding) -> bool:
        """Whether its account could not be entered (the summary says so once, better than a line for each check)."""
        return not finding.account_id or finding.account_id in self.progress.incomplete

    async def _release(self) -> None:
        if not self._open:
            if self._outputs:
                await self._open_files(self._outputs)
            self._open = True
        held, self._held = self._held, []
        for batch in held:
            self._record(batch)
            await self._tell(batch)

    def _announce(self) -> None:
        """What is scanned and how, once, before the first finding."""
        if not (self._announced or self.display.quiet):
            width = self.display.console.width if sys.stderr.isatty() else None
            for line in opening(self._scan, self._read, width):
                self.display.say(line)
        self._announced = True

    async def _open_files(self, outputs: Outputs) -> None:
        if self._kept is None:
            outputs.open()
        if self._journal:
            with _journaling(self._journal):  # before the record is written anew, on whose size nothing depends then
                self._journal.open()
        if self._kept is not None:
            for batch in outputs.reopen(self._kept):
                self.tally.add(batch)
                self._scan.recall(batch)
                await self.integrations.recall(batch)
            if self._journal:
                with _journaling(self._journal):
                    self._journal.open(outputs.save())

    def _complete(self, completed: Sequence[Completed]) -> None:
        assert self._journal, "asked only of those who have one"
        assert self._outputs, "a journal belongs to a record"
        with _journaling(self._journal):
            self._journal.add(self._outputs.save(), completed)

    def _record(self, batch: Batch) -> None:
        self.tally.add(batch)
        if self._outputs:
            self._outputs.write(batch)

    async def _tell(self, batch: Batch) -> None:
        self._announce()
        await self.integrations.take(batch)
        shown = [each for each in batch if each.outcome == "FAIL"] if self._only_failures else batch
        if self._stdout:
            await self._stdout.write(shown)
        if self._line:
            self._shown += [self._line(finding) for finding in shown if not self._is_refused(finding)]
            if len(self._shown) >= _SCREENS:
                self._show()

    def _show(self) -> None:
        """Together, because each time the live panel is drawn anew."""
        if self._shown:
            lines, self._shown = self._shown, []
            self.display.lines(lines)

    def sum_up(self) -> None:
        """Prints the summary to standard error, unless the user wants it quiet or on standard output."""
        from aioprowler.cli.summary import print_summary  # rich, which the first findings need not wait for

        console = self.display.console
        if self._form == "summary":
            console = console_of(sys.stdout, has_colors=self._has_colors)
        elif self.display.quiet:
            return
        elif self._is_piped and sys.stderr.isatty():
            discard(sys.stdout.fileno())  # its reader sees the end
            outwait_pager()
        print_summary(console, self._scan.coverage(), self.tally, self.written, self.resumable)

    def exit_code(self, failing: Collection[str], *, excused: bool) -> int:
        """What was chosen and not looked at outweighs all else; then what is broken, and who was not told. The first
        two are told.

        `failing`: severities of failures, and `manual`, that make it 3. `excused`: this AWS need not tell what all
        checks read.
        """
        progress, coverage = self.progress, self._scan.coverage()
        if excused:
            coverage = replace(coverage, unjudged=())
        if progress.mistaken:
            complain(f"broken: {broken_checks(progress.mistaken)}. --debug shows where.")
        if (lacking := incomplete(coverage)) or progress.incomplete:
            complain(f"incomplete: {'; '.join(lacking or progress.incomplete.values())}.")
            return INCOMPLETE
        if progress.mistaken or self.integrations.has_failed:
            return ERROR
        if any(progress.failed[each] for each in failing) or ("manual" in failing and progress.findings["MANUAL"]):
            return FAILED
        if not progress.complete:
            complain("incomplete: ended early, because nobody reads standard output any more.")
            return INCOMPLETE
        return OK

    @property
    def _is_alone(self) -> bool:
        """Whether nobody reads what is found any more."""
        unread = self._outputs is None and self._stdout is not None and self._stdout.closed
        return unread and not self.integrations

    async def _tick(self) -> None:
        done = 0
        while True:
            await anyio.sleep(_TICK)
            if self.progress.accounts_done != done:
                done = self.progress.accounts_done
                _logger.info("%d of %d accounts are done", done, self.progress.accounts)
            self._show()
            self.display.refresh()
            if self._stdout:
                await self._stdout.flush()

    async def _report(self) -> None:
        """Progress for whoever reads a log."""
        while self._reports:
            await anyio.sleep(_REPORT)
            self.display.say(f"aioprowler: {line_of(self.progress)}")

    async def _flush_often(self) -> None:
        """To where a reader sees them; and what a power cut is not to lose, to the disk."""
        while True:
            await anyio.sleep(_FLUSH)
            if self._outputs and self._open:
                self._outputs.flush()
                if self._journal and self._journal.has_news:
                    with _journaling(self._journal):
                        await anyio.to_thread.run_sync(self._journal.sync, self._outputs.persist)

    def close(self) -> None:
        """Whatever is open, so that each file is whole; a second call does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._show()
            if self._stdout:
                self._stdout.close()
        finally:
            if self._outputs and self._open:
                self._close_files(self._outputs)

    def _close_files(self, outputs: Outputs) -> None:
        with ExitStack() as closing:
            if self._journal:
                closing.callback(self._journal.close)
            closing.callback(outputs.close)
            closing.callback(lambda: outputs.conclude(self._scan.coverage()))
            outputs.flush()
            if self._journal and self._journal.has_news:
                with _journaling(self._journal):
                    self._journal.sync(outputs.persist)
        if self.progress.complete:
            self._settle_files(outputs)

    def _settle_files(self, outputs: Outputs) -> None:
        """A journal never lies beside a record that it is not of, whenever this is interrupted."""
        final = outputs.directory / f"{outputs.final}{SUFFIX}"
        beside = self._journal if self._journal and self._journal.path != final else None
        if beside:
            disk.remove(final)
        outputs.settle()
        if beside:
            beside.move(final)

    def settle(self) -> None:
        """The scan came to its end: its journal is needed only if something was left out, or may be had later."""
        if self._journal and not self.progress.incomplete and not self.progress.transient:
            self._journal.remove()

    @property
    def resumable(self) -> Path | None:
        """The journal of a scan that can go on."""
        return self._journal.path if self._journal and self._journal.path.exists() else None


def carry_out(session: Session, failing: Collection[str], *, excused: bool = False) -> int:
    """Run the scan, sum it up, and tell the exit code: see `Session.exit_code`. Raises EntryError and OutputError."""
    interruptible()
    stopping = Stopping(session.display.say, partial(_end, session))
    try:
        with handlers_kept(), redirect_stdout(sys.stderr):  # what a check of the user's prints is no finding
            anyio.run(stopping.run, session.run, backend_options={"use_uvloop": _has_uvloop()})
    except EntryError:
        if len(session.progress.incomplete) > 1:
            session.sum_up()
        raise
    finally:
        _end_logging()
    if stopping.has_stopped:
        return _end(session)
    session.settle()
    session.sum_up()
    return session.exit_code(failing, excused=excused)


def broken_checks(mistaken: Mapping[str, str]) -> str:
    """The first of them with what it raised, and how many more. `mistaken`: check id -> what failed itself."""
    check_id, told = min(mistaken.items())
    what = told if told.startswith(f"{check_id} ") else f"{check_id}: {told}"
    return f"{what}, and {counted(len(mistaken) - 1, 'more check')}" if len(mistaken) > 1 else what


def _has_uvloop() -> bool:
    return importlib.util.find_spec("uvloop") is not None


@contextmanager
def _journaling(journal: Journal) -> Iterator[None]:
    """Raises OutputError where the journal cannot be written."""
    try:
        yield
    except OSError as error:
        raise refusal(journal.path, error) from error


def _end(session: Session) -> int:
    """Of a scan that was interrupted: its files are closed, and what is kept is told."""
    session.close()
    session.display.stop()
    complain(_kept(session))
    return finish(INTERRUPTED)


def _kept(session: Session) -> str:
    if not session.files:
        return f"interrupted after {session.tally.total:,} findings; no files were written."
    files = ", ".join(str(path) for path in session.files)
    kept = f"interrupted; {session.tally.total:,} findings are kept in {files}."
    if session.resumable is None:
        return kept
    return f"{kept} Go on with `aioprowler scan --resume {session.resumable}` and the same options."


class _LogLines(logging.Handler):
    """Log records as single lines above the live panel; tracebacks only where they are wanted."""

    display: Display | None = None
    tracebacks = False

    def emit(self, record: logging.LogRecord) -> None:
        lines = [f"aioprowler: {record.levelname.lower()}: {in_a_line(record.getMessage())}"]
        if self.tracebacks and (trace := _traceback(record)):
            lines += visible_lines(trace).split("\n")
        say = self.display.say if self.display else partial(print, file=sys.stderr)
        for line in lines:
            say(line)


_log = _LogLines()


def _traceback(record: logging.LogRecord) -> str:
    """Empty where there is none. What a worker has logged brings its own."""
    return record.exc_text or (logging.Formatter().formatException(record.exc_info) if record.exc_info else "")


class _LogFile(logging.StreamHandler[TextIO]):
    """Log records as JSON, a line each."""

    def __init__(self, path: Path, mode: int) -> None:
        """Raises OSError."""
        super().__init__(os.fdopen(disk.create(path, mode), "w", encoding="utf-8"))
        self._path = path

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        told = {"timestamp": time, "level": record.levelname, "message": record.getMessage()}
        if trace := _traceback(record):
            told["traceback"] = trace
        return json.dumps(told)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name
        _logger.removeHandler(self)
        _logger.warning("%s cannot be written: the log goes on here alone", self._path)

    def close(self) -> None:
        with suppress(OSError):
            self.stream.close()
        super().close()


def set_up_logging(session: Session, options: Output) -> None:
    """Only this package's messages: those of the AWS libraries at that level would show credentials. Raises OSError
    where the log file cannot be made.
    """
    _logger.setLevel(options.level)
    _logger.propagate = False
    _logger.handlers = [_log]
    if options.log_file is not None:
        _logger.addHandler(_LogFile(options.log_file, mode_of(options.mode)))
    _log.display, _log.tracebacks = session.display, options.level == "DEBUG"


def _end_logging() -> None:
    _log.display = None
    for handler in _logger.handlers[1:]:
        _logger.removeHandler(handler)
        handler.close()
