"""What is installed is what was pinned, and what is released is what is committed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from aioprowler._version import __version__
from scripts import audit, dist
from scripts.audit import advisories, said
from scripts.dist import bill_of_materials, builds, different
from scripts.pins import ALL, BESIDE, PEER, RUNTIME, pins

ROOT = Path(__file__).parent.parent
FILES = (ALL, RUNTIME, PEER, *BESIDE)


def text_of(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def pinned(file: str) -> dict[str, Requirement]:
    lines = (lines.splitlines()[0].rstrip(" \\") for _, lines in pins(text_of(file)))
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}


def hashes(file: str) -> dict[str, list[str]]:
    return {
        canonicalize_name(name): re.findall(r"--hash=sha256:[0-9a-f]{64}\b", lines)
        for name, lines in pins(text_of(file))
    }


@pytest.mark.parametrize("file", FILES)
def test_each_pin_is_one_version_with_its_hashes(file: str) -> None:
    assert [str(pin) for pin in pinned(file).values() if not re.fullmatch(r"==[^*,]+", str(pin.specifier))] == []
    assert [name for name, found in hashes(file).items() if not found] == []


def test_the_readme_tells_the_pythons_that_are_declared() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    declared = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert re.findall(r"^\| (3\.\d+) \|", text_of("README.md"), re.MULTILINE) == declared
    assert project["requires-python"] == f">={declared[0]}"


@pytest.mark.parametrize("file", FILES)
def test_no_file_of_pins_names_an_index(file: str) -> None:
    assert "://" not in text_of(file)
    assert "index" not in text_of(file)


def wanted(*extras: str) -> Iterator[Requirement]:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    texts = [*project["dependencies"], *(each for extra in extras for each in project["optional-dependencies"][extra])]
    yield from (each for each in map(Requirement, texts) if each.name != "aioprowler")


@pytest.mark.parametrize(
    ("file", "extras"),
    [(ALL, ("cluster", "demo", "parquet", "secrets", "dev")), (RUNTIME, ("cluster", "parquet", "secrets"))],
)
def test_the_pins_are_those_of_the_project(file: str, extras: tuple[str, ...]) -> None:
    pins_of_file = pinned(file)
    for each in wanted(*extras):
        (pin,) = pins_of_file[canonicalize_name(each.name)].specifier
        assert each.specifier.contains(pin.version), "run `make pins`"


def test_what_runs_is_what_is_tested() -> None:
    everything, hashed = pinned(ALL), hashes(ALL)
    assert {name: pin.specifier for name, pin in pinned(RUNTIME).items()}.items() <= {
        name: pin.specifier for name, pin in everything.items()
    }.items()
    assert hashes(RUNTIME).items() <= hashed.items()
    assert "pytest" not in pinned(RUNTIME)


def test_pins_are_for_each_platform() -> None:
    aiohttp = hashes(ALL)["aiohttp"]
    assert len(aiohttp) > 20
    assert str(pinned(ALL)["colorama"].marker) == 'sys_platform == "win32"'


def test_builds_are_equal(tmp_path: Path) -> None:
    sources = [tmp_path / name / "aioprowler" for name in ("one", "other")]
    for source in sources:
        shutil.copytree(ROOT / "aioprowler", source / "aioprowler", ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "README.md", "LICENSE", "Makefile", *FILES):
            shutil.copyfile(ROOT / file, source / file)
    one, other = builds(sources, 1_700_000_000)
    assert sorted(file.suffix for file in one.iterdir()) == [".gz", ".whl"]
    assert different(one, other) == []


def test_builds_that_differ_are_named(tmp_path: Path) -> None:
    for folder, text in (("one", "a"), ("other", "b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same").write_text("same", encoding="utf-8")
        (tmp_path / folder / "changed").write_text(text, encoding="utf-8")
    (tmp_path / "one" / "missing").write_text("", encoding="utf-8")
    assert different(tmp_path / "one", tmp_path / "other") == ["changed", "missing"]


def test_the_bill_of_materials_tells_what_needs_what() -> None:
    bill = json.loads(bill_of_materials(Path(sys.executable), 1_700_000_000))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert bill["metadata"]["component"]["purl"] == f"pkg:pypi/aioprowler@{__version__}"
    components = {each["bom-ref"]: each["purl"] for each in bill["components"]}
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    aiobotocore = f"aiobotocore=={version('aiobotocore')}"
    assert components[aiobotocore] == f"pkg:pypi/aiobotocore@{version('aiobotocore')}"
    assert aiobotocore in needs[bill["metadata"]["component"]["bom-ref"]]
    assert f"botocore=={version('botocore')}" in needs[aiobotocore]


def version(name: str) -> str:
    (pin,) = pinned(ALL)[name].specifier
    return pin.version


AUDITED: dict[str, Any] = {"name": "anyio", "version": "4.16.0", "vulns": []}
UNKNOWN: dict[str, Any] = {
    "name": "rich",
    "skip_reason": "Dependency not found and could not be audited: rich (15.0.0)",
}
FLAWED: dict[str, Any] = {
    "name": "jinja2",
    "version": "3.1.5",
    "vulns": [{"id": "PYSEC-2025-1", "aliases": ["CVE-2025-27516"], "fix_versions": ["3.1.6"], "description": "..."}],
}


def test_an_advisory_is_told_with_the_mended_version() -> None:
    assert list(advisories([AUDITED, UNKNOWN, FLAWED])) == ["jinja2 3.1.5: PYSEC-2025-1, mended in 3.1.6"]


def test_an_advisory_is_accepted_by_any_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-2025-27516": "no template of a stranger is rendered"})
    assert list(advisories([FLAWED])) == []


def test_a_bill_of_materials_that_does_not_fit_the_schema_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dist, "__version__", 1)
    with pytest.raises(ValueError, match="1 is not of type 'string'"):
        bill_of_materials(Path(sys.executable), 1_700_000_000)


def test_what_was_not_audited_is_said() -> None:
    assert said([AUDITED, FLAWED]) == "2 of 2 pinned packages were audited."
    assert said([AUDITED, UNKNOWN]) == (
        "1 of 2 pinned packages were audited.\n"
        "NOT AUDITED: rich: Dependency not found and could not be audited: rich (15.0.0)"
    )
    assert "NOT AUDITED: rich, rich, rich, rich, rich and 2 more: " in said([UNKNOWN] * 7)


@pytest.mark.parametrize(
    ("code", "stdout", "stderr", "exit_code", "told"),
    [
        (1, "", "WARNING: slow\nERROR: Could not connect to the feed\n", 0, "NOT AUDITED: ERROR: Could not connect"),
        (0, json.dumps({"dependencies": [AUDITED]}), "", 0, "1 of 1 pinned packages were audited."),
        (1, json.dumps({"dependencies": [FLAWED]}), "Found 1 known vulnerability", 1, "mended in 3.1.6"),
        (2, "", "unrecognized arguments", 1, "unrecognized arguments"),
    ],
    ids=["database not reached", "nothing known", "an advisory", "wrong usage"],
)
def test_the_audit_fails_for_advisories_and_not_for_the_network(
    code: int,
    stdout: str,
    stderr: str,
    exit_code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = subprocess.CompletedProcess[str]((), code, stdout, stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: result)
    assert audit.main() == exit_code
    assert told in "".join(capsys.readouterr())
