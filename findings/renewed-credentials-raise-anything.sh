#!/usr/bin/env bash
# botocore 1.43.117, Python 3.11, seen on 2026-11-29.
#
# What a client raises when its `credential_process` fails depends on how it fails, and on whether it is the first time.
# A program that ends with an error is CredentialRetrievalError; one that prints no JSON is json's own exception; and one
# whose second answer is as old as the first (a stale cache of a login, say) is a bare RuntimeError. A long-running
# program that catches botocore's exceptions (BotoCoreError, ClientError) around its calls ends with the latter two, after
# an hour of calls that went well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check botocore==1.43.117
cat >"$folder/login.py" <<'PYTHON'
"""A credential process: good keys at first, then as it is told."""
import json
import pathlib
import sys
from datetime import datetime, timedelta, timezone

counter = pathlib.Path(sys.argv[1])
counter.write_text(counter.read_text() + "x" if counter.exists() else "x")
calls, way = len(counter.read_text()), sys.argv[2]
if calls > 1 and way == "no-json":
    print("Session ended. Please log in.")
    sys.exit(0)
if calls > 1 and way == "error":
    sys.exit(1)
ends = datetime.now(timezone.utc) + timedelta(seconds=2)
if calls > 1 and way == "stale":
    ends -= timedelta(seconds=60)
print(json.dumps({"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "Expiration": ends.isoformat()}))
PYTHON
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import os
import sys
import time

import botocore.session
from botocore.exceptions import BotoCoreError

folder = sys.argv[1]
seen = {}
for way in ("error", "no-json", "stale"):
    config = f"{folder}/config-{way}"
    with open(config, "w") as file:
        print(f"[default]\ncredential_process = {sys.executable} {folder}/login.py {folder}/count-{way} {way}", file=file)
    os.environ["AWS_CONFIG_FILE"], os.environ["AWS_SHARED_CREDENTIALS_FILE"] = config, os.devnull
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    credentials = botocore.session.Session().get_credentials()
    assert credentials.method == "custom-process"
    time.sleep(2.5)  # what it gave at first is over
    try:
        credentials.get_frozen_credentials()
    except Exception as error:
        seen[way] = type(error).__name__, isinstance(error, BotoCoreError)
        print(f"{way}: {type(error).__name__}, botocore's own: {isinstance(error, BotoCoreError)}")
assert seen == {
    "error": ("CredentialRetrievalError", True),
    "no-json": ("JSONDecodeError", False),
    "stale": ("RuntimeError", False),
}, f"this has changed: {seen}"
PYTHON
