#!/usr/bin/env bash
# aiohttp 3.14.5, Python 3.11, seen on 2026-11-29.
#
# A GET whose connection the server closes before it answers is sent a second time by aiohttp's session itself, also on
# a connection that was made for this very request, where it cannot have been an idle one that went stale. A program that
# counts its own tries, or pays for each request, makes twice as many as it knows of. A POST is sent once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio

import aiohttp

seen: list[str] = []


async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads a request's head and closes the connection, as a load balancer does whose target has gone."""
    head = await reader.readuntil(b"\r\n\r\n")
    seen.append(head.split()[0].decode())
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(closes, "127.0.0.1")
    url = "http://127.0.0.1:{}/".format(server.sockets[0].getsockname()[1])
    for method in ("GET", "POST"):
        async with aiohttp.ClientSession() as session:  # a new one: no connection is used again
            try:
                await session.request(method, url)
            except aiohttp.ServerDisconnectedError as error:
                print(method, "by the program: 1, by the server's count:", seen.count(method), "-", error)
    server.close()


asyncio.run(main())
assert (seen.count("GET"), seen.count("POST")) == (2, 1), f"this has changed: {seen}"
PYTHON
