"""What it takes to make resources of replies: CPU and memory, beside a plain client's parser and an earlier build.

    python -m benchmarks.decode [--against REV] [--rounds N]

Replies are full ones, with every member of their shapes, and empty lists. The network is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import jmespath

from benchmarks.builds import Build, add_arguments, builds, interleaved
from benchmarks.decode_probe import SUBJECTS, Subject
from tests.aws.replies import value, write
from tests.operations import model

_FILTER: Final = re.compile(r"\[\?.*?\]")
FEW: Final = 5


def body(subject: Subject, number: int) -> bytes:
    """A reply that lists so many things, of which each has all that there is of the first."""
    operation = model(subject.source.operation)
    full = value(operation.output_shape, "full")
    path = _FILTER.sub("", subject.source.result)
    outer, _, inner = path.rstrip("[]").rpartition("[].")
    (first,) = jmespath.search(path, full)
    told = [{**first, subject.id: f"thing-{each}"} for each in range(number)]
    if outer:
        told = [{**full[outer][0], inner: group} for group in _grouped(told)]
    *above, last = (outer or inner).split(".")
    reply: dict[str, Any] = {last: told}
    for name in reversed(above):
        reply = {name: reply}
    return write(operation, operation.service_model.resolved_protocol, reply, "full").body


def _grouped(items: Sequence[Any]) -> Iterator[list[Any]]:
    """In ones, twos and threes."""
    rest = iter(items)
    for size in cycle((1, 2, 3)):
        group = [*islice(rest, size)]
        if not group:
            return
        yield group


def _write(folder: Path) -> None:
    for name, subject in SUBJECTS.items():
        for size, number in {"full": subject.items, "few": FEW, "empty": 0}.items():
            (folder / f"{name} {size}").write_bytes(body(subject, number))


def _probed(build: Build, *words: object) -> Any:
    command = [sys.executable, "-P", str(Path(__file__).with_name("decode_probe.py")), *map(str, words)]
    done = subprocess.run(command, env=os.environ | build.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def _cpu(found: Sequence[Build], folder: Path, rounds: int) -> None:
    least: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for build in interleaved(found, rounds):
        ways = ("own", "plain") if build is found[0] else ("own",)
        for name, took in _probed(build, "cpu", folder, *ways).items():
            for way, milliseconds in took.items():
                column = build.name if way == "own" else way
                least[name][column] = min(milliseconds, least[name].get(column, milliseconds))
    columns = ["plain", *(build.name for build in reversed(found))]
    others = columns[:-1]
    print(f"Milliseconds of CPU from a body to resources, the least of {rounds} rounds:\n")
    print(
        f"{'protocol':10}{'reply':28}{'kB':>7}", *(f"{each:>10.10}" for each in (*columns, *(f"{o} x" for o in others)))
    )
    for name, took in least.items():
        operation = model(SUBJECTS[name.split()[0]].source.operation)
        size = (folder / name).stat().st_size / 1000
        ratios = [took[each] / took["this"] for each in others]
        print(
            f"{operation.service_model.resolved_protocol:10}{name:28}{size:7,.0f}",
            *(f"{took[each]:10.3f}" for each in columns), *(f"{each:10.1f}" for each in ratios),
        )  # fmt: skip


def _memory(found: Sequence[Build], folder: Path) -> None:
    taken = {"plain": _probed(found[0], "memory", folder, "plain")}
    taken |= {build.name: _probed(build, "memory", folder, "own") for build in reversed(found)}
    print(f"\nMiB by which the first page of {next(iter(SUBJECTS))} lifts the peak of memory:\n")
    for name, peak in taken.items():
        print(f"{name:10.10} {peak:7.1f} {peak / taken['this']:5.1f} x")


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decode")
    add_arguments(parser, rounds=3)
    options = parser.parse_args(words)
    with builds(options.against) as found, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder)
        _cpu(found, folder, options.rounds)
        _memory(found, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
