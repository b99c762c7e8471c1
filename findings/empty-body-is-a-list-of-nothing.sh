#!/usr/bin/env bash
# botocore 1.43.117, Python 3.11, seen on 2026-11-30.
#
# A reply of status 200 without a body, as a server sends for a path that it only half knows, is a list of nothing to
# botocore where the service speaks JSON or S3's XML: ListTables, ListFunctions and ListBuckets give no table, function
# or bucket, and paginators end without an error. Where it speaks the query protocols (EC2, IAM) the same reply raises
# ResponseParserError. So an inventory made against such a server is empty for half of the services, and no code says so.
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
from botocore.parsers import ResponseParserError

ASKED = {
    "list_tables": ("dynamodb", "TableNames"),
    "list_functions": ("lambda", "Functions"),
    "list_buckets": ("s3", "Buckets"),
    "describe_vpcs": ("ec2", "Vpcs"),
    "list_users": ("iam", "Users"),
}


class Silent(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = botocore.session.Session()
session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
url = f"http://127.0.0.1:{server.server_port}"
seen = {}
for operation, (service, key) in ASKED.items():
    config = Config(retries={"total_max_attempts": 1})
    client = session.create_client(service, region_name="eu-west-1", endpoint_url=url, config=config)
    try:
        seen[operation] = sum(len(page.get(key, ())) for page in client.get_paginator(operation).paginate())
    except ResponseParserError as error:
        seen[operation] = type(error).__name__
    print(f"{service}: {operation} {seen[operation]}")
server.shutdown()
silent = dict.fromkeys(("list_tables", "list_functions", "list_buckets"), 0)
raised = dict.fromkeys(("describe_vpcs", "list_users"), "ResponseParserError")
assert seen == silent | raised, f"this has changed: {seen}"
PYTHON
