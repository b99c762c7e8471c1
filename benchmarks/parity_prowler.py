"""Prowler's own program, made to reach an AWS on the loopback interface.

Runs in Prowler's environment, not in this project's, and takes Prowler's arguments. One more thing is changed: the
catalogue of ways to escalate privileges names CodeStar, which AWS ended and of which the catalogue of actions that is
installed with Prowler knows nothing any more, so that every policy passes with an error in the log.
"""

from __future__ import annotations

import socket
import sys
from importlib import import_module
from typing import Any

_resolve = socket.getaddrinfo


def _resolve_account_hosts(host: Any, *arguments: Any, **keywords: Any) -> Any:
    """S3 Control puts the account id in front of the host, but an IP address has no subdomains."""
    if isinstance(host, str) and host.endswith(".127.0.0.1"):
        host = "127.0.0.1"
    return _resolve(host, *arguments, **keywords)


def _forget_codestar() -> None:
    escalation = import_module("prowler.providers.aws.services.iam.lib.privilege_escalation")
    ways = escalation.privilege_escalation_policies_combination
    for name, actions in list(ways.items()):
        if any(action.startswith("codestar:") for action in actions):
            del ways[name]


def main() -> None:
    socket.getaddrinfo = _resolve_account_hosts
    _forget_codestar()
    sys.exit(import_module("prowler.__main__").prowler())


if __name__ == "__main__":
    main()
