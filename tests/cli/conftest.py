from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aioprowler.cli.app import run
from tests.cli.stub import Stub, serving

ROOT = Path(__file__).parents[2]


@dataclass
class Program:
    """The real program in processes of its own, in an environment that knows of no AWS but the stub."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def arguments(self, *options: str, **streams: Any) -> dict[str, Any]:
        return {
            "args": [sys.executable, "-m", "aioprowler", *options],
            "cwd": self.folder,
            "env": self.environment,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            **streams,
        }

    def __call__(self, *options: str, **streams: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(**self.arguments(*options, **streams), timeout=100)

    def start(self, *options: str, **streams: Any) -> subprocess.Popen[str]:
        process: subprocess.Popen[str] = subprocess.Popen(**self.arguments(*options, **streams))
        return process


@dataclass
class Here:
    """The same in this process: what needs no process of its own is faster."""

    folder: Path
    captured: pytest.CaptureFixture[str]

    def __call__(self, *options: str) -> subprocess.CompletedProcess[str]:
        code = run(options)
        output = self.captured.readouterr()
        return subprocess.CompletedProcess(options, code, output.out, output.err)


@pytest.fixture(scope="session")
def aws() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture
def stub(aws: Stub) -> Stub:
    """As it is at first."""
    aws.reset()
    return aws


@pytest.fixture
def program(tmp_path: Path, stub: Stub) -> Program:
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or name.startswith("COVERAGE")
    }
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_DEFAULT_REGION": "us-east-1"}
    place = {"AWS_ENDPOINT_URL": stub.url, "AWS_EC2_METADATA_DISABLED": "true", "PYTHONPATH": str(ROOT)}
    return Program(tmp_path, {**kept, **nowhere, **keys, **place})


@pytest.fixture
def here(program: Program, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    for name, value in program.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(program.folder)
    return Here(program.folder, capfd)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command prints that has nothing to complain of."""

    def call(*options: str) -> str:
        assert run(options) == 0
        output = capsys.readouterr()
        assert output.err == ""
        return output.out

    return call
