#!/usr/bin/env bash
# aiobotocore 2.25.1, aiohttp 3.14.5, Python 3.11, seen on 2026-11-30.
#
# Clients of one aiobotocore session share its models, its resolver and its credentials, but no trust store. Each client
# makes an SSL context of its own when it sends its first request, also one over plain HTTP, and reads the whole file of
# certificates into it: most of a megabyte that stays, and milliseconds in which the event loop does nothing else. A
# program with a client for each of 30 services in 17 regions holds hundreds of megabytes of equal certificates.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiobotocore==2.25.1 aiohttp==3.14.5 botocore==1.40.61 certifi
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import ssl
import time
from contextlib import AsyncExitStack

from aiobotocore.session import get_session

CLIENTS = 40
read = []
load = ssl.SSLContext.load_verify_locations


def counted(self, *files, **more):
    began = time.perf_counter()
    load(self, *files, **more)
    read.append((id(self), time.perf_counter() - began))


ssl.SSLContext.load_verify_locations = counted


def resident() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


async def answer(reader, writer) -> None:
    while await reader.read(65536):  # a request is one write
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}")


async def main() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = "http://%s:%s" % server.sockets[0].getsockname()
    session = get_session()
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                session.create_client(
                    "dynamodb", region_name="us-east-1", endpoint_url=address,
                    aws_access_key_id="x", aws_secret_access_key="x",
                )
            )
            for _ in range(CLIENTS)
        ]  # fmt: skip
        made, before = len(read), resident()
        for client in clients:
            await client.list_tables()
        grown = (resident() - before) / 1024
    server.close()
    seconds = sum(took for _, took in read[made:])
    contexts = {context for context, _ in read[made:]}
    print(f"{CLIENTS} clients of one session, plain HTTP: none read certificates when made ({made}), {len(contexts)} have")
    print(f"read them after one request each: {1000 * seconds / CLIENTS:.1f} ms a client, {grown:.0f} MB in all")
    assert made == 0, "this has changed"
    assert len(contexts) == len(read) == CLIENTS, "this has changed"


asyncio.run(main())
PYTHON
