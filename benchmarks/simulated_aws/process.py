"""The simulated AWS in a process of its own, for the length of a `with` block."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from benchmarks.simulated_aws.config import Config
from benchmarks.simulated_aws.faults import Rule


class SimulatedAws:
    """`with SimulatedAws(Config(accounts=10)) as aws:` serves at `aws.url` until the block ends."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self.url = ""
        self.certificate: Path | None = None
        """For AWS_CA_BUNDLE, where TLS is used."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="simulated-aws-")
        command = [sys.executable, "-m", "benchmarks.simulated_aws", "--config", self._configured()]
        if self.config.tls:
            self.certificate = Path(self._folder.name) / "certificate.pem"
            command += ["--certificate", str(self.certificate)]
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            self.__exit__(None, None, None)
            raise RuntimeError("the simulated AWS did not start")
        return self

    def _configured(self) -> str:
        path = Path(self._folder.name) / "config.json"
        path.write_bytes(msgspec.json.encode(self.config))
        return str(path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()
        self._folder.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        """What a client's environment takes to speak to it as the management account, and to nobody else."""
        made = {
            **os.environ,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": f"AKIA{self.config.management_account}BASE",
            "AWS_SECRET_ACCESS_KEY": "simulated",
            "AWS_DEFAULT_REGION": self.config.regions[0],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        if self.certificate:
            made["AWS_CA_BUNDLE"] = str(self.certificate)
        return made

    def statistics(self) -> dict[str, Any]:
        report: dict[str, Any] = self._control("statistics", None)
        return report

    def reset(self) -> dict[str, Any]:
        """The statistics up to now, which begin anew; every token bucket is full again."""
        report: dict[str, Any] = self._control("statistics", b"")
        return report

    def break_with(self, rules: Sequence[Rule]) -> None:
        """These mishaps from now on, and no others."""
        self._control("faults", msgspec.json.encode(rules))

    def _control(self, name: str, body: bytes | None) -> Any:
        context = ssl.create_default_context(cafile=str(self.certificate)) if self.certificate else None
        opened = urllib.request.urlopen(f"{self.url}/_simulated/{name}", body, 10, context=context)  # noqa: S310
        with opened as reply:
            return json.load(reply)
