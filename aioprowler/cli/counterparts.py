"""What Prowler's users say, and what it is here: of words that mean nothing, or something else, in this program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_READS_ONLY: Final = "aioprowler only reads: each finding has its `remediation`, with a command where there is one."
_LISTED: Final[Mapping[str, str]] = {
    "--list-checks": "checks list",
    "-l": "checks list",
    "--list-checks-json": "checks list --json",
    "--list-services": "services",
    "--list-categories": "categories",
    "--list-resource-groups": "resource-groups",
    "--list-compliance": "compliance list",
    "--list-compliances": "compliance list",
    "--list-compliance-requirements": "compliance show ID",
}

COUNTERPARTS: Final[Mapping[str, str]] = {
    **{option: f"say `aioprowler {command}`." for option, command in _LISTED.items()},
    **dict.fromkeys(("--fixer", "--fixer-config", "--list-fixer", "--list-fixers", "--list-remediations"), _READS_ONLY),
    **dict.fromkeys(
        ("--quick-inventory", "-i"), "there is no inventory here: AWS Resource Explorer and AWS Config list resources."
    ),
    "--allowlist-file": "say `--mutelist-file`, which takes the same file.",
    "--ignore-unused-services": "what nothing uses is judged with `--scan-unused-services` alone.",
    "--sts-endpoint-region": "STS is asked in the region where the scan begins: the configured one, else `--region`.",
    "--push-to-cloud": "no service stands behind aioprowler: `--webhook URL` sends findings to one of yours.",
    "aws": "say `aioprowler scan`, with the same options.",
    "dashboard": "Prowler's own reads what `-M csv` and `-M prowler:cis_3.0` write; here it is the HTML report.",
}
"""Option or command -> what to do, as the end of a sentence."""
