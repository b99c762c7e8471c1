"""Whether a bucket policy refuses requests without TLS."""

from __future__ import annotations

from aioprowler.judging.policies.documents import Condition, Policy, Statement


def _reaches_objects(statement: Statement) -> bool:
    """Whether the resources take in all objects of the bucket, not the bucket alone or one of its prefixes."""
    names = (pattern.rpartition(":")[2] for pattern in statement.resources.patterns)
    return not statement.resources.negated and any(
        name.endswith("*") and name.partition("/")[2] in {"", "*"} for name in names
    )


def _is_about_plain_http(conditions: tuple[Condition, ...]) -> bool:
    return len(conditions) == 1 and (
        conditions[0].operator == "bool"
        and conditions[0].key == "aws:securetransport"
        and conditions[0].quantifier == ""
        and {value.lower() for value in conditions[0].values} == {"false"}
    )


def requires_secure_transport(policy: Policy) -> bool:
    """Whether a bucket policy denies everyone to read and write objects without TLS, on that condition alone.

    The rule is that of "Security best practices for Amazon S3": a Deny where ``aws:SecureTransport`` is false.
    """
    return any(
        statement.effect == "Deny"
        and any(principal.is_anyone for principal in statement.principals)
        and all(map(statement.covers_action, ("s3:GetObject", "s3:PutObject")))
        and _reaches_objects(statement)
        and _is_about_plain_http(statement.conditions)
        for statement in policy.statements
    )
