#!/usr/bin/env bash
# botocore 1.40.61 with and without awscrt 0.27.6, Python 3.11, seen on 2026-11-29.
#
# Installing awscrt changes the requests that botocore prepares, although nothing asks for it: its signers write an
# explicit Host header into the request, where botocore's own leave that to the connection. Whoever takes a prepared
# request as a template for another host (another bucket, a proxy) sends the first one's Host with it, and only where
# that package happens to be installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/headers.py" <<'PYTHON'
import botocore.session


class CaughtError(Exception):
    """Carries a request out before it is sent."""


session = botocore.session.Session()
session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
client = session.create_client("s3", region_name="eu-west-1")


def catch(request, **_):
    raise CaughtError(sorted(name.lower() for name in request.headers))


client.meta.events.register_first("before-send", catch)
try:
    client.get_bucket_acl(Bucket="reports")
except CaughtError as caught:
    print("host" in caught.args[0])
PYTHON
for extra in "" awscrt==0.27.6; do
    python3 -m venv "$folder/venv$extra"
    # shellcheck disable=SC2086
    "$folder/venv$extra/bin/pip" install --quiet --disable-pip-version-check botocore==1.40.61 $extra
done
without=$("$folder/venv/bin/python" "$folder/headers.py")
with=$("$folder/venvawscrt==0.27.6/bin/python" "$folder/headers.py")
echo "an explicit Host header: without awscrt $without, with awscrt $with"
[ "$without $with" = "False True" ] || { echo "this has changed"; exit 1; }
