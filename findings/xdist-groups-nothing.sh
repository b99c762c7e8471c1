#!/usr/bin/env bash
# pytest 9.2.0 with pytest-xdist 3.8.0, Python 3.11, seen on 2026-12-01.
#
# `--dist=loadgroup` groups nothing any more: tests with the same `xdist_group` mark are spread over all processes, so
# that each of them makes what a module or session has made once, and tests that must not meet do. Nothing is said of it,
# and no test fails: pytest-xdist hands a test's group on in an attribute from which pytest 9.2 no longer takes its name.
# With pytest 9.1.1 the same tests are grouped. The sign is that `-v` shows no `@group` after the names.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "$@"; }
cat >"$folder/test_groups.py" <<'PYTHON'
import os
import time

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_in_a_group(number):
    time.sleep(0.05)
    with open(os.path.join(os.path.dirname(__file__), "processes"), "a") as file:
        print(os.getpid(), file=file)
PYTHON
processes() {  # that carry out the tests of one group
    rm -f "$folder/processes"
    (cd "$folder" && "$folder/venv/bin/python" -m pytest -q -n 2 --dist=loadgroup -p no:cacheprovider test_groups.py >/dev/null)
    sort -u "$folder/processes" | wc -l
}
install pytest==9.1.1 pytest-xdist==3.8.0
before=$(processes)
install pytest==9.2.0
after=$(processes)
echo "processes that carry out one group: $before with pytest 9.1.1, $after with pytest 9.2.0"
test "$before" = 1
test "$after" = 2
