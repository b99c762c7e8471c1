"""The pinned versions with the hashes of all their files, written anew: `constraints*.txt`.

    python -m scripts.pins [--upgrade]

`uv` resolves for every platform at once, and takes versions and hashes from the package index that pip is set to use,
whose simple interface is enough. A version that still fits is kept; `--upgrade` takes the newest.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ALL: Final = "constraints.txt"
RUNTIME: Final = "constraints-runtime.txt"
"""What an installed aioprowler runs with, of `ALL`."""
SLOW: Final = "rfc3987-syntax"
"""Of a format that nobody here checks. Where it is there, `import jsonschema` takes two seconds longer, and so does
whatever uses moto.
"""
PEER: Final = "constraints-prowler.txt"
"""Prowler and all that it needs, in an environment of its own."""
BESIDE: Final[Mapping[str, tuple[str, frozenset[str], tuple[str, ...]]]] = {
    "constraints-newest.txt": ("aiobotocore", frozenset({"aiobotocore", "botocore"}), ()),
    "constraints-awscrt.txt": ("botocore[crt]", frozenset({"awscrt"}), ("--constraint", ALL)),
    "constraints-build.txt": (
        "hatchling",
        frozenset({"hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}),
        ("--constraint", ALL),
    ),
}
"""File -> what is asked for, the packages of it that are put before those of `ALL`, and what they must agree with."""

_UV: Final = (
    "pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes", "--no-annotate",
    "--no-strip-extras", "--custom-compile-command=make pins",
)  # fmt: skip
"""With extras, since pip demands a pin of `coverage[toml]` beside that of `coverage`."""
_NAME: Final = re.compile(r"[\w.-]+")


def main(words: Sequence[str]) -> int:
    """The exit code."""
    project = ("pyproject.toml", *words)
    compile_pins(ROOT / ALL, *project, "--extra=dev", f"--no-emit-package={SLOW}")
    compile_pins(ROOT / RUNTIME, *project, "--extra=cluster", "--extra=parquet", "--extra=secrets", "--constraint", ALL)
    compile_pins(ROOT / PEER, "benchmarks/prowler.in", *words)
    for file, (asked, packages, constraints) in BESIDE.items():
        beside(ROOT / file, asked, packages, (*constraints, *words))
    return 0


def beside(file: Path, asked: str, packages: Collection[str], arguments: Sequence[str]) -> None:
    """Pin some packages alone of what one of them needs."""
    with tempfile.TemporaryDirectory() as folder:
        whole, wish = Path(folder, "whole.txt"), Path(folder, "wish.in")
        wish.write_text(asked, encoding="utf-8")
        if file.exists():
            whole.write_bytes(file.read_bytes())
        compile_pins(whole, str(wish), *arguments)
        text = whole.read_text(encoding="utf-8")
    head = text[: text.index("\n", text.index("make pins")) + 1]
    file.write_text(head + "".join(pin for name, pin in pins(text) if name in packages), encoding="utf-8")


def pins(text: str) -> Iterator[tuple[str, str]]:
    """The name of each package, as the file spells it, and its lines."""
    for lines in re.split(r"(?m)^(?=\S)", text):
        if (name := _NAME.match(lines)) is not None:
            yield name[0], lines


def compile_pins(file: Path, *arguments: str) -> None:
    """Let `uv` write a file of pins."""
    command = (str(Path(sys.executable).with_name("uv")), *_UV, *arguments, f"--output-file={file}")
    subprocess.run(command, cwd=ROOT, env={**_pip_index(), **os.environ}, check=True)  # noqa: S603


def _pip_index() -> dict[str, str]:
    """What tells `uv` of the index that pip is set to use."""
    command = (sys.executable, "-m", "pip", "config", "get", "global.index-url")
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    index = os.environ.get("PIP_INDEX_URL") or told.stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
