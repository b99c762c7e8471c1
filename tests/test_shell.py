"""All shell of the documents runs, as strict as a CI system's, and what jobs are made of is what their readers take."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import lint
from cfnlint.core import get_rules
from distributed.cli import dask_scheduler, dask_worker

from aioprowler.findings.finding import to_json
from aioprowler.outputs.writer import encoded
from tests.outputs.samples import coverage, finding

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
STRICT = ("bash", "-eu", "-o", "pipefail", "-c")
STUBS = ("aws", "dask", "docker", "make", "pip", "prowler", "sha256sum", "systemctl")
"""Programs that change or reach something, or that not every machine has."""
PROGRAM = """#!/bin/bash
case "$*" in *" - "*) cat > /dev/null ;; esac
if [ "$1" = scan ]; then cat finding; exit "${SCAN:-0}"; fi
echo '{}'
"""
PYTHON = f"""#!/bin/bash
if [ "$1" = -m ]; then exit 0; fi
exec {sys.executable} "$@"
"""
RECORDS = ("monday", "tuesday", "friday", "today", "nightly", "main", "scan", "baseline", "aioprowler-1")
VALUES = ("run", "script", "commands")
"""Keys whose values are shell, in YAML of CI systems."""


class Loader(yaml.SafeLoader):
    """Takes CloudFormation's short forms as they are."""


Loader.add_multi_constructor("!", lambda *_: None)


def fences(page: Path, *languages: str) -> Iterator[str]:
    for language, text in re.findall(
        r"^```(\w+)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        if language in languages:
            yield text


def typed(session: str) -> str:
    """What is typed: after the prompt, with the lines that go on with it."""
    commands: list[str] = []
    end = ""
    for line in session.splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
            end = found[1] if (found := re.search(r"<<'(\w+)'", line)) else ""
        elif commands and (commands[-1].endswith("\\") or end):
            commands.append(line)
            end = "" if line == end else end
    return "\n".join(commands)


def steps(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in VALUES and isinstance(each, str | list):
                yield from [each] if isinstance(each, str) else (line for line in each if isinstance(line, str))
            else:
                yield from steps(each)
    elif isinstance(value, list):
        for each in value:
            yield from steps(each)


def scripts(page: Path) -> Iterator[str]:
    yield from map(typed, fences(page, "console"))
    yield from fences(page, "bash", "sh")
    for text in fences(page, "yaml"):
        yield from steps([*yaml.load_all(text, Loader)])
    for text in fences(page, "cron"):
        yield from (line.split(maxsplit=5)[5] for line in text.splitlines())
    for text in fences(page, "ini"):
        yield from re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with what the documents speak of."""
    for folder in ("bin", "output", "home", "tmp"):
        (tmp_path / folder).mkdir()
    programs = {"aioprowler": PROGRAM, "python": PYTHON, "man": "#!/bin/bash\ncat > /dev/null\n"}
    for name, text in {**programs, **dict.fromkeys(STUBS, "#!/bin/bash\n")}.items():
        path = tmp_path / "bin" / name
        path.write_text(text)
        path.chmod(0o755)
    (tmp_path / "finding").write_bytes(to_json(finding(severity="critical")) + b"\n")
    for place in (tmp_path, tmp_path / "output"):
        for name in RECORDS:
            (place / f"{name}.jsonl").write_bytes((tmp_path / "finding").read_bytes())
            (place / f"{name}.md").write_text("# Report\n")
            (place / f"{name}.coverage.json").write_bytes(encoded(coverage()))
            (place / f"{name}.compliance.csv").write_text("STATUS;FRAMEWORK\nPASS;cis_3.0\n")
    subprocess.run(["gzip", "--keep", str(tmp_path / "nightly.jsonl")], check=True)
    (tmp_path / "aioprowler-0.1.0-py3-none-any.whl").touch()
    return tmp_path


def shell(desk: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    for there, here in (("/tmp/", f"{desk}/tmp/"), ("/srv/audit", str(desk)), ("/opt/aioprowler/bin/", "")):
        script = script.replace(there, here)
    environment = {
        "PATH": f"{desk / 'bin'}:{os.environ['PATH']}", "HOME": str(desk / "home"), "AWS_TOKEN": "token",
        "GITHUB_STEP_SUMMARY": str(desk / "summary"), "GITHUB_OUTPUT": str(desk / "outputs"), "PIP_TARGET": "x",
    }  # fmt: skip
    return subprocess.run(
        [*STRICT, script], cwd=desk, env={**environment, **variables}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_shell_of_a_page_runs(page: Path, desk: Path) -> None:
    for script in scripts(page):
        done = shell(desk, script)
        assert done.returncode == 0, f"{script}\n{done.stderr}"


@pytest.mark.parametrize("page", ["guide", "ci"])
@pytest.mark.parametrize("code", ["0", "3", "4", "1"])
def test_the_nightly_script_ends_as_its_scan_and_tells_what_is_missing(page: str, code: str, desk: Path) -> None:
    (script,) = [text for text in fences(ROOT / "docs" / f"{page}.md", "bash") if "nightly" in text]
    done = shell(desk, script, SCAN=code)
    assert (done.returncode, done.stderr) == (int(code), "")
    assert ("999999999999 Could not enter" in done.stdout) == (code == "4")


def test_systemd_takes_findings_for_no_failure() -> None:
    service, timer = fences(ROOT / "docs" / "ci.md", "ini")
    for unit, section in ((service, "Service"), (timer, "Timer")):
        parsed = configparser.ConfigParser(strict=True, interpolation=None)
        parsed.read_string(unit)
        assert {"Unit", section} <= {*parsed}
    assert "\nSuccessExitStatus=3\n" in service


@pytest.mark.parametrize("page", ["ci", "cluster"])
def test_tasks_of_a_template_may_do_what_their_scan_does(page: str) -> None:
    (template,) = [text for text in fences(ROOT / "docs" / f"{page}.md", "yaml") if "AWSTemplateFormatVersion" in text]
    faults = lint(template, get_rules([], [], ["I", "W", "E"]), ["eu-west-1"])
    assert [str(each) for each in faults] == []
    told = subprocess.run(
        [sys.executable, "-m", "aioprowler", "permissions", "--organization"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for action in json.loads(told.stdout)["Statement"][0]["Action"]:
        assert f"- {action}\n" in template, action


def pods(page: str) -> Iterator[dict[str, Any]]:
    """What pods are made of, wherever in a page's manifests."""
    for text in fences(ROOT / "docs" / f"{page}.md", "yaml"):
        for manifest in yaml.load_all(text, Loader):
            spec = manifest.get("spec", {})
            spec = spec.get("jobTemplate", {}).get("spec", spec)
            if "template" in spec:
                yield spec["template"]["spec"]


@pytest.mark.parametrize(("page", "many"), [("ci", 1), ("cluster", 3)])
def test_pods_run_as_the_user_of_the_image_and_write_where_it_does(page: str, many: int) -> None:
    image = dict(line.split(" ", 1) for line in dockerfile().splitlines() if re.match("(USER|VOLUME|WORKDIR) ", line))
    found = [*pods(page)]
    assert len(found) == many
    for pod in found:
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert image["USER"] == str(pod["securityContext"]["runAsUser"])
        written = {each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")}
        assert written <= {*json.loads(image["VOLUME"])}
        assert image["WORKDIR"] in written or container.get("command")


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8").partition("\nFROM ")[2]


def test_certificates_are_made_of_one_authority(desk: Path) -> None:
    (script,) = [text for text in fences(ROOT / "docs" / "cluster.md", "bash") if "openssl" in text]
    assert shell(desk, script).returncode == 0
    names = ("scheduler", "worker", "scan")
    done = shell(desk, "openssl verify -CAfile ca.pem " + " ".join(f"{name}.pem" for name in names))
    assert done.stdout.splitlines() == [f"{name}.pem: OK" for name in names]
    assert {path.stat().st_mode & 0o077 for path in desk.glob("*.key")} == {0}


def dask_commands() -> Iterator[list[str]]:
    """Each that the page of the cluster has, in manifests and by hand."""
    page = ROOT / "docs" / "cluster.md"
    for text in fences(page, "yaml"):
        for value in mappings([*yaml.load_all(text, Loader)]):
            for first, more in (("entrypoint", "command"), ("command", "args"), ("EntryPoint", "Command")):
                if isinstance(words := value.get(first), list) and words[:1] == ["dask"]:
                    yield [*words, *value[more]]
    for text in fences(page, "bash"):
        for line in text.replace("\\\n", " ").splitlines():
            if line.startswith("dask "):
                yield line.split()


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from mappings(each)


def test_dask_has_the_options_that_its_commands_are_given() -> None:
    commands = [*dask_commands()]
    assert len(commands) == 8
    for kind, program in (("scheduler", dask_scheduler.main), ("worker", dask_worker.main)):
        known = {name for each in program.params for name in (*each.opts, *each.secondary_opts)}
        given = {word for command in commands if command[1] == kind for word in command if word.startswith("--")}
        assert given <= known, kind


def test_the_image_is_made_of_what_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    named = {name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE) for name in line.split()}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"}
    assert named == let_in
    assert all((ROOT / name).exists() for name in named)
    assert text.count("--require-hashes") == text.count("--requirement") == 2


def container_engine() -> str | None:
    """A program that runs containers here."""
    there = filter(shutil.which, ("docker", "podman"))
    return next((name for name in there if not subprocess.run([name, "info"], capture_output=True).returncode), None)


@pytest.mark.timeout(900)
def test_the_image_runs_with_a_file_system_that_is_read_only() -> None:
    engine = container_engine()
    if engine is None:
        pytest.skip("nothing runs containers here")
    subprocess.run([engine, "build", "--tag", "aioprowler-test", str(ROOT)], check=True)
    run = (engine, "run", "--rm", "--read-only", "--tmpfs", "/tmp", "aioprowler-test")
    done = subprocess.run([*run, "checks", "list", "--service", "s3"], capture_output=True, text=True, check=True)
    assert "s3_bucket_public_access" in done.stdout


def action() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("code", ["0", "3", "4"])
def test_the_action_ends_as_its_scan_and_runs_nothing_that_its_inputs_say(code: str, desk: Path) -> None:
    *_, step = action()["runs"]["steps"]
    assert "${{" not in step["run"]
    (desk / "bin" / "aioprowler").write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" > arguments; exit {code}\n')
    (desk / "output" / "aioprowler.md").write_text("# Report\n")
    options = "--region eu-west-1 $(touch ran)\n--check *"
    done = shell(desk, step["run"], OPTIONS=options, FAIL_ON="critical high", FOLDER="output")
    assert (done.returncode, done.stderr) == (int(code), "")
    arguments = (desk / "arguments").read_text().split("\n")
    assert arguments[-9:-1] == ["critical", "high", "--region", "eu-west-1", "$(touch", "ran)", "--check", "*"]
    assert not (desk / "ran").exists()
    assert (desk / "outputs").read_text() == f"exit-code={code}\n"
    assert (desk / "summary").read_text() == "# Report\n"


def test_the_action_takes_what_the_page_gives_it() -> None:
    (text,) = [text for text in fences(ROOT / "docs" / "ci.md", "yaml") if "acme/aioprowler@" in text]
    (step,) = [each for each in yaml.safe_load(text)["jobs"]["scan"]["steps"] if "acme" in each["uses"]]
    assert {*step["with"]} <= {*action()["inputs"]}
    assert {*re.findall(r"steps\.scan\.outputs\.(\w+)", text)} <= {*action()["outputs"]}
