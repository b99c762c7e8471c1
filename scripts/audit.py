"""Whether advisories are known of a pinned version.

    python -m scripts.audit

Asks the vulnerability database that `pip-audit` asks. Advisories are an error. Where the database, or what it says of
a package, cannot be reached, a line says which packages were not audited, and that is no error: pip-audit itself calls
packages that the database does not answer for skipped, and all of them together "no known vulnerabilities".
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from scripts.pins import ALL, ROOT

ACCEPTED: Final[Mapping[str, str]] = {}
"""Advisory -> why it does not concern aioprowler."""

_NAMED: Final = 5
_WRONG_USAGE: Final = 2


def main() -> int:
    """The exit code."""
    options = ("--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json")
    command = (sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / ALL), *options)
    audit = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if audit.returncode == _WRONG_USAGE:
        print(audit.stderr, file=sys.stderr)
        return 1
    if not audit.stdout.startswith("{"):
        print(f"NOT AUDITED: {(audit.stderr.strip() or 'pip-audit said nothing').splitlines()[-1]}")
        return 0
    packages = orjson.loads(audit.stdout)["dependencies"]
    found = list(advisories(packages))
    print("\n".join([*found, said(packages)]))
    return 1 if found else 0


def advisories(packages: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each advisory that is not accepted, of the dependencies of pip-audit's JSON."""
    for package in packages:
        for found in package.get("vulns", ()):
            if ACCEPTED.keys().isdisjoint([found["id"], *found["aliases"]]):
                mended = ", ".join(found["fix_versions"]) or "no version yet"
                yield f"{package['name']} {package['version']}: {found['id']}, mended in {mended}"


def said(packages: list[dict[str, Any]]) -> str:
    """How many packages were looked at, and which not and why."""
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    audited = f"{len(packages) - len(skipped)} of {len(packages)} pinned packages were audited."
    if not skipped:
        return audited
    reason = next(each["skip_reason"] for each in packages if "skip_reason" in each)
    more = f" and {len(skipped) - _NAMED} more" if len(skipped) > _NAMED else ""
    return f"{audited}\nNOT AUDITED: {', '.join(skipped[:_NAMED])}{more}: {reason}"


if __name__ == "__main__":
    sys.exit(main())
