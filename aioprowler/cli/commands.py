"""The commands and what each is for."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "scan": "Scan AWS accounts and stream what is found.",
    "demo": "Try it: scan a simulated organization on this machine, without any AWS account.",
    "report": "Make reports in other formats from the findings of a scan.",
    "diff": "Compare two scans: what fails anew, what is resolved, what has changed.",
    "checks": "List the checks (checks list), or read all about one (checks show ID).",
    "services": "List the AWS services that have checks.",
    "categories": "List the categories of checks.",
    "compliance": "List compliance frameworks (compliance list), or read one (compliance show ID).",
    "resource-groups": "List the groups of resources that checks are about.",
    "plan": "Show which AWS operations a scan calls, and how often.",
    "permissions": "Print the least-privilege IAM policy for a scan.",
    "mutelist": "See whether a mutelist is right, and what it mutes (mutelist check FILE).",
    "schema": "Print the JSON Schema of findings, or of the coverage report.",
    "completion": "Print what lets bash, zsh or fish complete commands and options.",
    "man": "Print the manual page.",
}
"""In the order of the help page."""
