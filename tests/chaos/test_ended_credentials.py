"""Base credentials that come from elsewhere, a program here, and end within the scan of an organization."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.simulated_aws import Config, SimulatedAws

CONFIG = Config(accounts=12, regions=("us-east-1",), preset="small", enforce_quotas=False)
GOOD = 14
"""Times that the program gives credentials: more than it takes to list the organization, fewer than to enter all."""
PROGRAM = f"""
import datetime, json, pathlib, sys
asked = pathlib.Path(sys.argv[1])
asked.write_text(asked.read_text() + "x" if asked.exists() else "x")
if len(asked.read_text()) > {GOOD}:
    sys.exit("Your session is over.\\nSign in with: corporate-login")
ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=4)
print(json.dumps({{"Version": 1, "AccessKeyId": "AKIA{CONFIG.management_account}BASE", "SecretAccessKey": "simulated",
    "SessionToken": "", "Expiration": ends.isoformat()}}))
"""


def test_the_scan_ends_at_once_in_a_line_and_can_be_resumed(tmp_path: Path) -> None:
    program, asked, config = tmp_path / "keys.py", tmp_path / "asked", tmp_path / "config"
    program.write_text(PROGRAM, encoding="utf-8")
    config.write_text(f"[default]\ncredential_process = {sys.executable} {program} {asked}\n", encoding="utf-8")
    command = [sys.executable, "-m", "aioprowler", "scan", "--organization", "--output-filename", "x"]
    command += ["--check", "ec2_ebs_default_encryption", "--api-budget", "1"]

    with SimulatedAws(CONFIG) as aws:
        environment = {name: value for name, value in aws.environment.items() if not name.startswith("AWS_ACCESS_KEY")}
        environment |= {"AWS_CONFIG_FILE": str(config)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    *told, last = done.stderr.splitlines()
    for said in ("\n".join(told), last):
        assert said.count("gave no credentials; run it by hand, and mend it") == 1, "of one account for all"
    assert "accounts not entered yet were not tried" in done.stderr
    assert "scan --resume" in done.stderr
    assert len(asked.read_text(encoding="utf-8")) == GOOD + 1, "nobody asks again for what has ended"
    (refused,) = json.loads((tmp_path / "output" / "x.coverage.json").read_bytes())["not_entered"]
    assert (refused["kind"], refused["code"]) == ("unauthenticated", "CredentialRetrievalError")
    assert refused["reason"].endswith("Your session is over. Sign in with: corporate-login)")
