"""What the program runs on, for reports of mistakes: `aioprowler --version -v`."""

from __future__ import annotations

import platform
from importlib.metadata import version

from aioprowler._version import __version__
from aioprowler.aws.models import newest


def versions() -> str:
    """A line each."""
    models = newest()
    lines = [f"aioprowler {__version__}", f"Python {platform.python_version()}"]
    lines += [f"{name} {version(name)}" for name in ("aiobotocore", "botocore")]
    return "\n".join([*lines, f"AWS's service models as in botocore {models.botocore} of {models.date}", ""])
