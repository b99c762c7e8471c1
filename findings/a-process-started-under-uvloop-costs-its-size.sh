#!/usr/bin/env bash
# uvloop 0.23.0 with anyio 4.16.0, Python 3.11 on Linux, seen on 2026-12-01.
#
# To start a program, asyncio's own loop uses subprocess.Popen, which shares the memory with the child until it is the
# program (vfork), and costs the same whatever the size of the process. uvloop's libuv forks: the page tables are copied,
# and each page of the parent that is written to afterwards is a page fault, tens of thousands of them per program that a
# process of some hundred megabytes starts. `anyio.open_process` says nothing of it: it is the same call on both loops.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check anyio==4.16.0 uvloop==0.23.0
cat >"$folder/program.py" <<'PYTHON'
import mmap
import resource
import sys

import anyio

PAGE, PAGES = mmap.PAGESIZE, 30_000
used = mmap.mmap(-1, PAGE * PAGES, flags=mmap.MAP_PRIVATE)
used.madvise(mmap.MADV_NOHUGEPAGE)


def write_to_all() -> None:
    for number in range(PAGES):
        used[number * PAGE] = 1


def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


async def main() -> None:
    write_to_all()
    before = faults()
    process = await anyio.open_process(["true"], stdin=None, stdout=None, stderr=None)
    await process.wait()
    write_to_all()
    print(faults() - before)


anyio.run(main, backend_options={"use_uvloop": sys.argv[1] == "uvloop"})
PYTHON
declare -A faults
for loop in asyncio uvloop; do
    faults[$loop]=$("$folder/venv/bin/python" "$folder/program.py" "$loop")
    echo "$loop: ${faults[$loop]} page faults of the parent, which has 30,000 pages, after one program was started"
done
[ "${faults[uvloop]}" -ge 30000 ] && [ "${faults[asyncio]}" -lt 5000 ] || { echo "this has changed"; exit 1; }
