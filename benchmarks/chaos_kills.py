"""Scans by the real program that are killed with SIGKILL and resumed, and what each kill has to leave behind."""

from __future__ import annotations

import csv
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aioprowler.catalog import load
from aioprowler.engine.cells import Cell, cell
from aioprowler.engine.plan import Plan
from aioprowler.errors import AioprowlerError
from aioprowler.outputs.html.writer import LineKind
from aioprowler.scanning import ScanOptions, plan
from aioprowler.scanning.journal import SUFFIX, Done
from aioprowler.scanning.resuming import read
from benchmarks.chaos_faults import Found, Seen, TwiceError, deviations, recorded

_END = re.compile(rb"\[%d,(\d+)\]\n</script>" % LineKind.END)


@dataclass(frozen=True)
class Victim:
    """A scan in a folder of its own."""

    folder: Path
    """Its findings are in `output` there."""
    command: Sequence[str]
    """The program, its command `scan`, and options."""
    environment: Mapping[str, str]
    options: Sequence[str] = ()
    """How it is begun, and resumed."""

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def journal(self) -> Path | None:
        return next(iter(self.output.glob(f"*{SUFFIX}")), None)

    @property
    def record(self) -> Path | None:
        """Where the findings are: put aside while a resumed scan writes them anew."""
        record = next(iter(self.output.glob("*.jsonl")), None)
        aside = next(iter(self.output.glob("*.jsonl.former")), None)
        return aside or record

    def start(self) -> subprocess.Popen[str]:
        """Begin, or go on where there is something to go on with."""
        if self.journal is None:
            for old in self.output.glob("*"):
                old.unlink()
        words = (*self.options, "--resume", str(self.output)) if self.journal else self.options
        return subprocess.Popen(
            [*self.command, *words], cwd=self.folder, env=dict(self.environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def kill_after(self, seconds: float) -> bool:
        """Whether it was still alive then."""
        with self.start() as process:
            time.sleep(seconds)
            alive = process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.communicate()
        return alive and process.returncode == -signal.SIGKILL

    def finish(self) -> tuple[int, str]:
        """To the end: the exit code, and what it said."""
        with self.start() as process:
            _, said = process.communicate()
        return process.returncode, said


def whole_plan() -> Plan:
    """Of a scan with all checks."""
    return plan(ScanOptions(), load(()))


def survivors(victim: Victim, undisturbed: Found, scanned: Plan) -> list[str]:
    """What is wrong with the files that a killed scan left: a finding lost of what the journal calls complete, one that
    the undisturbed scan does not have, one that is there twice, or a line that cannot be read.
    """
    if victim.journal is None or victim.record is None:
        return []  # killed before there was anything to lose
    try:
        _, done = read(victim.journal)
        left = recorded(victim.record)
    except (AioprowlerError, TwiceError, ValueError) as error:
        return [str(error)]
    kept, expected = (_complete(found, scanned, done) for found in (left, undisturbed))
    others = {uid: undisturbed[uid] for uid in left.keys() - kept.keys() if uid in undisturbed}
    return deviations(expected | others, left)


def _complete(found: Found, scanned: Plan, done: Done) -> dict[str, Seen]:
    cells = _cells(scanned)
    return {uid: each for uid, each in found.items() if cells(each) in done}


def _cells(scanned: Plan) -> Callable[[Seen], Cell]:
    units = scanned.units
    return lambda each: cell(each.account, units[each.check], each.region)


def reports(victim: Victim, undisturbed: Found) -> list[str]:
    """What is wrong with the files of a scan that came to its end."""
    record = victim.record
    if record is None:
        return ["there is no record"]
    return [*_ended(victim, record, undisturbed)]


def _ended(victim: Victim, record: Path, undisturbed: Found) -> Iterator[str]:
    try:
        yield from deviations(undisturbed, recorded(record))
    except TwiceError as error:
        yield str(error)
    left = [path.name for path in victim.output.iterdir() if path.suffix in (SUFFIX, ".former", ".part")]
    if left:
        yield f"{', '.join(left)} should be gone"
    for table in victim.output.glob("*.csv"):
        with table.open(newline="") as file:
            rows = [row["FINDING_UID"] for row in csv.DictReader(file, delimiter=";")]
        if sorted(rows) != sorted(undisturbed):
            yield f"the CSV file has {len(rows):,} findings of {len(undisturbed):,}"
    for page in victim.output.glob("*.html"):
        ends = _END.findall(page.read_bytes())
        if ends != [b"%d" % len(undisturbed)]:
            yield f"the HTML report ends with {ends} findings of {len(undisturbed):,}"
