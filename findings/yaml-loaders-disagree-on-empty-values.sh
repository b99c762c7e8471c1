#!/usr/bin/env bash
# PyYAML 6.0.3 with its libyaml, Python 3.11, seen on 2026-11-29.
#
# CSafeLoader is no drop-in for SafeLoader: a key without a value inside braces, `{name:, regions: []}`, is None for the
# one and an error for the other. YAML 1.2 lets a flow mapping leave a value out (section 7.4.2), people do so in
# inventories, and whoever switches to the C loader for its speed refuses files that were read before. The same key in a
# block, `name:`, is None for both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: PyYAML==6.0.3
"$folder/venv/bin/python" - <<'PYTHON'
import yaml


def read(text: str, loader: type) -> str:
    try:
        return repr(yaml.load(text, loader))
    except yaml.YAMLError as error:
        return f"{type(error).__name__}: {error.problem}"


seen = {}
for text in ("{name:, regions: []}", "name:\nregions: []"):
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        seen[text, loader.__name__] = read(text, loader)
        print(f"{loader.__name__:12} {text!r:24} {seen[text, loader.__name__]}")
none = "{'name': None, 'regions': []}"
assert list(seen.values()) == [none, "ScannerError: found unexpected ':'", none, none], f"this has changed: {seen}"
PYTHON
