#!/usr/bin/env bash
# msgspec 0.22.0, Python 3.11, seen on 2026-11-29.
#
# `msgspec.convert(thing, Type, from_attributes=True)` takes a property that raises for one that is not there, whatever it
# raises, and not AttributeError alone as `getattr` with a default does: a field with a default silently has the default,
# a required one is "missing", and the exception is neither the cause nor the context of the error. A bug in a property
# so turns into a plausible value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
import msgspec


class Order:
    """Has a bug in how it counts."""

    @property
    def total(self) -> int:
        return 100 // 0


class WithDefault(msgspec.Struct):
    total: int = 0


class Required(msgspec.Struct):
    total: int


converted = msgspec.convert(Order(), WithDefault, from_attributes=True)
print("with a default:", converted)
assert converted == WithDefault(0), "this has changed"
try:
    msgspec.convert(Order(), Required, from_attributes=True)
except msgspec.ValidationError as error:
    print("required:", error, "- cause:", error.__cause__, "- context:", error.__context__)
    told = str(error), error.__cause__, error.__context__
assert told == ("Object missing required field `total`", None, None), "this has changed"
PYTHON
