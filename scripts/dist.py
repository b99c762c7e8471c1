"""A release of the commit that is checked out: `dist/`, with wheel, sdist, bill of materials and their checksums.

    python -m scripts.dist [FOLDER]

All is built twice, in other folders, under another umask and time zone: builds that are not equal, byte by byte, are an
error. The bill of materials (CycloneDX) tells what a new environment has in which the wheel is installed with its pins.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aioprowler._version import __version__
from scripts.pins import ROOT, RUNTIME

_SURROUNDINGS: Final = ((0o022, "UTC"), (0o077, "Asia/Kolkata"))
"""umask and time zone of each build."""


def main(words: Sequence[str]) -> int:
    """The exit code."""
    target = Path(words[0]) if words else ROOT / "dist"
    seconds = commit_time()
    with tempfile.TemporaryDirectory() as scratch:
        sources = [Path(scratch, name, "aioprowler") for name in ("first", "second")]
        for source in sources:
            _export(source)
        built, again = builds(sources, seconds)
        if differing := different(built, again):
            print(f"Two builds are not equal: {', '.join(differing)}.", file=sys.stderr)
            return 1
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(built, target)
        python = install(next(target.glob("*.whl")), Path(scratch, "installed"))
        bill = target / f"aioprowler-{__version__}.cdx.json"
        bill.write_text(bill_of_materials(python, seconds), encoding="utf-8")
    sums = "".join(f"{_sum(file)}  {file.name}\n" for file in sorted(target.iterdir()))
    (target / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(f"{target}: two builds are equal.\n{sums}", end="")
    return 0


def commit_time() -> int:
    """When what is checked out was committed, in seconds since 1970."""
    return int(_git("log", "-1", "--format=%ct", "HEAD"))


def builds(sources: Sequence[Path], seconds: int) -> list[Path]:
    """Build what is in each folder, differently surrounded. The folders with a wheel and an sdist."""
    folders = [source / "dist" for source in sources]
    for source, (umask, zone) in zip(sources, _SURROUNDINGS, strict=True):
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(seconds), "TZ": zone}
        command = (sys.executable, "-m", "hatchling", "build", "-d", "dist")
        subprocess.run(command, cwd=source, env=environment, umask=umask, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return folders


def different(one: Path, other: Path) -> list[str]:
    """The names of files that are not the same in both folders."""
    sums = [{file.name: _sum(file) for file in folder.iterdir()} for folder in (one, other)]
    return sorted({name for name, _ in sums[0].items() ^ sums[1].items()})


def install(wheel: Path, environment: Path) -> Path:
    """Install a wheel with its pins, and nothing else, in a new environment. Its Python."""
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    pip = (str(python), "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(*pip, "install", "--require-hashes", "--requirement", str(ROOT / RUNTIME))
    _run(*pip, "install", "--no-deps", str(wheel))
    _run(*pip, "check")
    _run(str(environment / "bin" / "aioprowler"), "--version")
    _run(*pip, "uninstall", "--yes", "setuptools", "pip")
    return python


def bill_of_materials(python: Path, seconds: int) -> str:
    """What an environment has beside aioprowler, and what needs what, as CycloneDX's schema wants it."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator  # its import takes seconds, also of who needs no bill

    tool = (sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--no-validate")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(seconds)}
    project = f"--pyproject={ROOT / 'pyproject.toml'}"
    written = subprocess.run((*tool, project, str(python)), env=environment, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603
    bill = json.loads(written)
    # The tool reads the project's metadata from pyproject.toml, where the version is not.
    bill["metadata"]["component"] |= {"version": __version__, "purl": f"pkg:pypi/aioprowler@{__version__}"}
    text = json.dumps(bill, indent=2) + "\n"
    if (fault := JsonStrictValidator(SchemaVersion.from_version(bill["specVersion"])).validate_str(text)) is not None:
        raise ValueError(f"The bill of materials does not fit CycloneDX's schema: {fault}")
    return text


def _export(folder: Path) -> None:
    """What is committed, and nothing that lies about."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "HEAD"))) as archive:
        archive.extractall(folder, filter="data")


def _git(*words: str) -> bytes:
    return subprocess.run(("git", *words), cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603, S607


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
