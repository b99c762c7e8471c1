#!/usr/bin/env bash
# aiobotocore 2.25.1 (the newest that aioboto3 15.5.0 takes), beside 3.10.0, Python 3.11, seen on 2026-11-29.
#
# A session's default client configuration loses its `http_session_cls` as soon as a client is made with a configuration
# of its own, whatever that says: `AioConfig.merge` takes over the parameters that botocore knows and the connector's
# arguments, and the class that sends requests is the default one again, silently. Whoever sets it for the whole session
# (to count, to record, to keep requests from going elsewhere) has it for some clients and not for others. In 3.10.0 it
# stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/merge.py" <<'PYTHON'
import sys

from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession


class Recording(AIOHTTPSession):
    """A transport of one's own."""


default = AioConfig(http_session_cls=Recording, read_timeout=7)
merged = default.merge(AioConfig(connect_timeout=5))
print(f"timeout {merged.read_timeout}, transport {merged.http_session_cls.__name__}")
expected = AIOHTTPSession if sys.argv[1] == "2.25.1" else Recording
sys.exit((merged.read_timeout, merged.http_session_cls) != (7, expected))
PYTHON
for version in 2.25.1 3.10.0; do
    python3 -m venv "$folder/venv$version"
    "$folder/venv$version/bin/pip" install --quiet --disable-pip-version-check "aiobotocore==$version"
    echo -n "aiobotocore $version: "
    "$folder/venv$version/bin/python" "$folder/merge.py" "$version" || { echo "this has changed"; exit 1; }
done
