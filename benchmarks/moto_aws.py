"""moto's own server, an AWS with nothing in it: what both scanners are tried on that knows neither of them."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, Self

ACCOUNT: Final = "111122223333"
_BEGINS: Final = 60.0
"""Seconds that it may take to begin."""


class MotoAws:
    """The server in a process of its own, as its users start it."""

    def __enter__(self) -> Self:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name) / "log"
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._earlier = 0
        self._wait(port)
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def _wait(self, port: int) -> None:
        ends = time.monotonic() + _BEGINS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except ConnectionRefusedError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.1)
            else:
                return

    @property
    def environment(self) -> dict[str, str]:
        """What a program that uses AWS has to have."""
        keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}
        place = {"AWS_ENDPOINT_URL": self.url, "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
        return keys | place | {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}

    def statistics(self) -> dict[str, Any]:
        """As the simulated AWS tells them."""
        return {"calls": self._calls() - self._earlier, "throttled": 0}

    def reset(self) -> None:
        """The statistics begin anew."""
        self._earlier = self._calls()

    def _calls(self) -> int:
        return sum(b" HTTP/1.1" in line for line in self._log.read_bytes().splitlines())
