"""What the tests that make clients have in common."""

from __future__ import annotations

import os
from functools import cache

import pytest
from botocore.loaders import create_loader

shared_loader = cache(create_loader)


def isolate(monkeypatch: pytest.MonkeyPatch) -> None:
    """No AWS configuration of the machine's files reaches a test; botocore's models are read once."""
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("botocore.session.create_loader", shared_loader)
