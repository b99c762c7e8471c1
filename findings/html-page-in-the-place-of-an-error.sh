#!/usr/bin/env bash
# botocore 1.43.117, Python 3.11, seen on 2026-11-29.
#
# A proxy's HTML page in the place of an S3 error has one of two error codes, by how its HTML was written. Where it
# happens to be well-formed XML, botocore takes it for AWS's error document and the code is empty; where it is not (a <br>
# that nobody closes), the code is the HTTP status. Whoever tells errors apart by `error.response["Error"]["Code"]` and
# knows that unreadable ones are "403" or "502" takes the first kind for an error of its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check botocore==1.43.117
"$folder/venv/bin/python" - <<'PYTHON'
import http.server
import threading

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

PAGES = {
    "well-formed": b"<html><head><title>Blocked</title></head><body><p>By the proxy.</p></body></html>",
    "as browsers take it": b"<html><head><title>Blocked</title></head><body>By the<br>proxy.</body></html>",
}


class Proxy(http.server.BaseHTTPRequestHandler):
    page = b""

    def do_GET(self) -> None:
        self.send_response(403)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self.page)))
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_: object) -> None:
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = botocore.session.Session()
session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
url = f"http://127.0.0.1:{server.server_port}"
client = session.create_client("s3", region_name="eu-west-1", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
seen = {}
for name, Proxy.page in PAGES.items():
    try:
        client.list_buckets()
    except ClientError as error:
        seen[name] = error.response["Error"].get("Code")
        print(f"{name}: code {seen[name]!r} - {error}")
server.shutdown()
assert seen == {"well-formed": "", "as browsers take it": "403"}, f"this has changed: {seen}"
PYTHON
