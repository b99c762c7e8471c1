from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.judging.authorization import authorized


@pytest.mark.parametrize(
    ("asked", "verdict", "said"),
    [
        ({}, Fail, "nor methods"),
        ({"GET /": "AWS_IAM"}, Pass, "all its methods"),
        ({"GET /": "AWS_IAM", "PUT /": "NONE"}, Fail, "open to all: PUT /."),
        ({"GET /": "PASSKEY", "PUT /": "NONE"}, Fail, "open to all: PUT /."),
        ({"GET /": "AWS_IAM", "PUT /": "PASSKEY"}, Manual, "PASSKEY"),
    ],
)
def test_what_methods_ask_of_who_calls(asked: dict[str, str], verdict: type, said: str) -> None:
    found = authorized("API a", "methods", asked, {"AWS_IAM"})
    assert isinstance(found, verdict)
    assert found.detail.startswith("API a has ")
    assert said in found.detail
