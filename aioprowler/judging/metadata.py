"""How the metadata service of instances is judged, from which their programs get the credentials of a role."""

from __future__ import annotations

from aioprowler.declarations.checks import Fail, Pass, Verdict
from aioprowler.judging.verdicts import told, unknown


def demands_tokens(label: str, endpoint: str | None, tokens: str | None) -> Verdict:
    """PASS where the service answers only calls with a session token (IMDSv2), or none.

    `endpoint` is `enabled` or `disabled`, `tokens` is `required` or `optional`. What a launch leaves out is for the
    caller to fill in. Raises UnreadableError for None, where it matters: AWS did not tell.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
    """
    if endpoint == "disabled":
        return Pass(f"{label} has no metadata service.")
    if tokens == "required":
        return Pass(f"{label} requires IMDSv2.")
    for member, value, bad in (("HttpTokens", tokens, "optional"), ("HttpEndpoint", endpoint, "enabled")):
        if (word := told(value, f"{member} of {label}")) != bad:
            return unknown(label, member, word)
    return Fail(f"{label} does not require IMDSv2.")
