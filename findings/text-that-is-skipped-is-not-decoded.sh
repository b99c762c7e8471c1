#!/usr/bin/env bash
# msgspec 0.22.0, orjson 3.13.0, Python 3.11, seen on 2026-11-30.
#
# JSON with a byte in a member's name that is no UTF-8. `json.loads`, orjson and msgspec itself without a type refuse it.
# With a type that has the member, msgspec skips the name as one that it does not know, and the field has its default:
# the list that the document has is empty, and no error says so. So whether bytes are JSON depends on the type that they
# are decoded to. And where msgspec does refuse such bytes, it is with a UnicodeDecodeError, which is no MsgspecError:
# whoever catches that alone lets it through.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0 orjson==3.13.0
"$folder/venv/bin/python" - <<'PYTHON'
import json

import msgspec
import orjson


class Reply(msgspec.Struct):
    clusters: list[str] = []


BODY = b'{"clust\xffers": ["production"]}'
WAYS = {
    "json": lambda: json.loads(BODY),
    "orjson": lambda: orjson.loads(BODY),
    "msgspec": lambda: msgspec.json.decode(BODY),
    "msgspec, typed": lambda: msgspec.json.decode(BODY, type=Reply),
}
seen = {}
for way, read in WAYS.items():
    try:
        seen[way] = read()
    except ValueError as error:
        seen[way] = type(error).__name__
    print(f"{way}: {seen[way]}")
refused = {"json": "UnicodeDecodeError", "orjson": "JSONDecodeError", "msgspec": "UnicodeDecodeError"}
assert seen == refused | {"msgspec, typed": Reply()}, f"this has changed: {seen}"
assert not issubclass(UnicodeDecodeError, msgspec.MsgspecError)
PYTHON
