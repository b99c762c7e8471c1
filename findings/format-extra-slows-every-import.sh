#!/usr/bin/env bash
# jsonschema 4.26.0, rfc3987-syntax 1.1.0 and lark 1.3.1, Python 3.11, seen on 2026-12-01.
#
# An extra of jsonschema for the formats of texts makes `import jsonschema` take eighteen times the CPU, of whoever
# imports it and whether or not a format is ever checked: with `format-nongpl` comes rfc3987-syntax, which builds its
# grammar of IRIs with lark each time that it is imported, and jsonschema imports it in order to see whether it is there.
# So a package that asks for the extra (cyclonedx-python-lib does, in its own extra for validation) slows down all others
# of the same environment that import jsonschema.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "$@"; }
cpu() {  # the least seconds of five
    for _ in 1 2 3 4 5; do
        "$folder/venv/bin/python" -c 'import time; began = time.process_time(); import jsonschema; print(time.process_time() - began)'
    done | sort -g | head -1
}
install jsonschema==4.26.0
cpu >/dev/null  # compiles what is installed
plain=$(cpu)
install 'jsonschema[format-nongpl]==4.26.0' rfc3987-syntax==1.1.0 lark==1.3.1
cpu >/dev/null
extra=$(cpu)
"$folder/venv/bin/pip" uninstall --quiet --yes rfc3987-syntax lark
without=$(cpu)
echo "import jsonschema: $plain s, with format-nongpl $extra s, of that without rfc3987-syntax $without s"
python3 - "$plain" "$extra" "$without" <<'PYTHON'
import sys

plain, extra, without = map(float, sys.argv[1:])
assert extra > 5 * plain, "the import no longer takes five times as long"
assert without < extra / 3, "it is no longer rfc3987-syntax that takes it"
PYTHON
