"""What the tests that make clients have in common."""

from __future__ import annotations

import os
from functools import cache

import pytest
from botocore.loaders import create_loader

shared_loader = cache(create_loader)


def isolate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own AWS configuration or proxies reaches a test; botocore's models are read once."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("botocore.session.create_loader", shared_loader)
