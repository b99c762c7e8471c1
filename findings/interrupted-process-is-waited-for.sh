#!/usr/bin/env bash
# anyio 4.16.0 on asyncio, Python 3.11, seen on 2026-11-29.
#
# `anyio.run_process` kills its process when a cancel scope of anyio's ends it, but not when asyncio itself cancels the
# task, as Ctrl-C does under `anyio.run` and `task.cancel()` anywhere: then the program that was to end waits for the
# process, however long that takes, and the process does all its work.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check anyio==4.16.0
cat >"$folder/program.py" <<'PYTHON'
import os
import signal
import sys
import threading

import anyio

way, mark = sys.argv[1:]
COMMAND = [sys.executable, "-c", f"import time; time.sleep(3); open({mark!r}, 'w').close()"]


async def main() -> None:
    if way == "interrupt":
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        await anyio.run_process(COMMAND)
    else:
        with anyio.move_on_after(1):
            await anyio.run_process(COMMAND)


try:
    anyio.run(main)
except KeyboardInterrupt:
    pass
print(f"ended by the {way}: the process", "was waited for and did its work" if os.path.exists(mark) else "was killed")
PYTHON
for way in interrupt scope; do
    # of its own process group, so that the signal is for the program alone
    setsid "$folder/venv/bin/python" "$folder/program.py" "$way" "$folder/mark-$way"
done
sleep 4
[ -e "$folder/mark-interrupt" ] && [ ! -e "$folder/mark-scope" ] || { echo "this has changed"; exit 1; }
