#!/usr/bin/env bash
# DuckDB 2.0.1 and 1.3.2 for Python, seen on 2026-11-30.
#
# JSON lines in which a member is null in each of the first lines, and has a value in the last one. `read_json` decides
# on types by the first 20,480 lines, says its documentation. 1.3.2 reads the value all the same. 2.0.1 gives the member
# a type of its own, "NULL", and reads each later value as NULL: no error, no warning, and the rows are all there, so
# that a query for those with a value finds nothing. With `sample_size=-1` both read all that is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - "$folder/lines.jsonl" <<'PYTHON'
import json
import sys

with open(sys.argv[1], "w") as file:
    for number in range(60_000):
        file.write(json.dumps({"number": number, "note": {"by": "ann"} if number == 59_999 else None}) + "\n")
PYTHON
cat > "$folder/count.py" <<'PYTHON'
import sys

import duckdb

path, *options = sys.argv[1:]
read = "read_json('%s'%s)" % (path, "".join(", " + each for each in options))
((kind,),) = duckdb.sql(f"SELECT column_type FROM (DESCRIBE SELECT note FROM {read})").fetchall()
((rows, notes),) = duckdb.sql(f"SELECT count(*), count(note) FROM {read}").fetchall()
print(kind.strip('"'), rows, notes)
PYTHON
for version in 1.3.2 2.0.1; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "duckdb==$version"
    for options in "" "sample_size=-1"; do
        found=$("$folder/$version/bin/python" "$folder/count.py" "$folder/lines.jsonl" ${options:+"$options"})
        echo "$version ${options:-(as it is)}: $found"
        case "$version $options: $found" in
            "2.0.1 : NULL 60000 0") ;;
            "1.3.2 : "*" 60000 1" | *"sample_size=-1: "*" 60000 1") ;;
            *) echo "this has changed"; exit 1 ;;
        esac
    done
done
