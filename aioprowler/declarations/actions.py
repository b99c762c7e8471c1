"""Which IAM actions permit an operation: mostly a prefix and the operation's name; the rows know the others.

The Service Authorization Reference has them all (https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from __future__ import annotations

from aioprowler.facts.services import row


def iam_action(service: str, operation: str) -> str:
    """The action that stands for it: `iam_action("s3", "ListBuckets")` is `s3:ListAllMyBuckets`."""
    known = row(service)
    name = known.actions.get(operation) or known.actions.get("*", operation)
    return f"{known.prefix or service}:{name}"


def iam_actions(service: str, operation: str) -> tuple[str, ...]:
    """All actions that it takes, that one first."""
    return iam_action(service, operation), *row(service).besides.get(operation, ())
