"""Whether a bucket policy refuses requests without TLS."""

from __future__ import annotations

from aioprowler.judging.policies.documents import Condition, Policy, Statement


def requires_secure_transport(policy: Policy) -> bool:
    """Whether a bucket policy denies everyone to read and to write objects without TLS, on that condition alone.

    The rule is that of "Security best practices for Amazon S3": a Deny where ``aws:SecureTransport`` is false. Reading
    and writing may be denied by a statement each.
    """
    denials = [statement for statement in policy.denials if _refuses_plain_http(statement)]
    return all(any(denial.covers_action(action) for denial in denials) for action in ("s3:GetObject", "s3:PutObject"))


def _refuses_plain_http(denial: Statement) -> bool:
    """Whether everyone is refused, on all objects, and by all its conditions for the lack of TLS."""
    return (
        any(principal.is_anyone for principal in denial.principals)
        and _reaches_objects(denial)
        and bool(denial.conditions)
        and all(map(_is_about_plain_http, denial.conditions))
    )


def _reaches_objects(statement: Statement) -> bool:
    """Whether the resources take in all objects of the bucket, not the bucket alone or one of its prefixes."""
    names = (pattern.rpartition(":")[2] for pattern in statement.resources.patterns)
    return not statement.resources.negated and any(
        name.endswith("*") and name.partition("/")[2] in {"", "*"} for name in names
    )


def _is_about_plain_http(condition: Condition) -> bool:
    """Whether it holds of every request without TLS. Such a request has no version of TLS: a lowest one that is asked
    for refuses it only where ``...IfExists``, or ``Null``, says so of a version that is missing.
    """
    if condition.key == "aws:securetransport":
        is_bool = condition.operator == "bool" and condition.quantifier == ""
        return is_bool and {value.lower() for value in condition.values} == {"false"}
    if condition.key != "s3:tlsversion":
        return False
    if condition.operator == "null":
        return {value.lower() for value in condition.values} == {"true"}
    return condition.operator in {"numericlessthan", "numericlessthanequals"} and condition.if_exists
