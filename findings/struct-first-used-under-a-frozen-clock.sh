#!/usr/bin/env bash
# freezegun 1.5.5 and msgspec 0.22.0, Python 3.11, seen on 2026-11-29.
#
# A msgspec Struct that is declared before the clock is frozen, and used for the first time while it is, can never again
# read a date from JSON in that process, although the clock runs again: msgspec looks up a Struct's annotations when the
# type is first decoded, not when the class is made, finds freezegun's class under the name `datetime.datetime`, and
# keeps it. One frozen test so breaks decoding in tests that freeze nothing. A Struct that was used once before is safe,
# and so is one that is only given datetime objects.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check freezegun==1.5.5 msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
from __future__ import annotations

import datetime

import msgspec
from freezegun import freeze_time

LINE = b'{"at": "2026-01-01T00:00:00Z"}'


class UsedBefore(msgspec.Struct):
    at: datetime.datetime


class UsedWhileFrozen(msgspec.Struct):
    at: datetime.datetime


def decoded(kind: type) -> str:
    try:
        return str(msgspec.json.decode(LINE, type=kind).at)
    except msgspec.ValidationError as error:
        return str(error)


decoded(UsedBefore)
with freeze_time("2026-06-01"):
    frozen = decoded(UsedBefore), decoded(UsedWhileFrozen)
after = decoded(UsedBefore), decoded(UsedWhileFrozen)
print("while frozen:", *frozen, sep="\n  ")
print("afterwards:", *after, sep="\n  ")
good = "2026-01-01 00:00:00+00:00"
bad = "Expected `FakeDatetime`, got `str` - at `$.at`"
assert frozen == after == (good, bad), "this has changed"
PYTHON
