"""From the options to the integrations. Their secrets come from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from aioprowler.cli.credentials import sources
from aioprowler.cli.options import Access, Sending
from aioprowler.errors import UsageError
from aioprowler.integrations.integration import Integration, Integrations

if TYPE_CHECKING:
    from aioprowler.integrations.s3 import S3
    from aioprowler.integrations.security_hub import SecurityHub
    from aioprowler.outputs.files import Outputs

Note = Callable[[str], None]


def integrations(
    sending: Sending, access: Access, outputs: Outputs | None, hub: SecurityHub | None, note: Note
) -> Integrations:
    """Those that the options ask for. `note` is told what belongs into the coverage report. Raises UsageError."""
    return Integrations([*_each(sending, access, outputs, hub)], note)


def _each(sending: Sending, access: Access, outputs: Outputs | None, hub: SecurityHub | None) -> Iterator[Integration]:
    """In the order in which they are told of the end: Slack is last, and so can tell what failed with the others."""
    if hub is not None:
        yield hub
    elif sending.skip_sh_update or sending.send_sh_only_fails:
        raise UsageError("--skip-sh-update and --send-sh-only-fails go with --security-hub.")
    if (url := sending.webhook) is not None:
        from aioprowler.integrations.webhook import SECRET_VARIABLE, Webhook

        yield Webhook(url, os.environ.get(SECRET_VARIABLE), insecure=sending.insecure_webhook)
    if sending.bucket is not None or sending.bucket_no_assume is not None:
        yield _s3(sending, access, outputs)
    elif sending.bucket_owner is not None:
        raise UsageError("--output-bucket-owner goes with --output-bucket.")
    if sending.slack:
        from aioprowler.integrations.slack import Slack

        yield Slack(os.environ, insecure=sending.insecure_webhook)


def security_hub(sending: Sending, done: Collection[str], note: Note) -> SecurityHub | None:
    """Security Hub, if it is to be told. `done`: accounts that an earlier run has finished."""
    if not sending.security_hub:
        return None
    from aioprowler.integrations.security_hub import SecurityHub

    return SecurityHub(only_fails=sending.send_sh_only_fails, archives=not sending.skip_sh_update, done=done, note=note)


def _s3(sending: Sending, access: Access, outputs: Outputs | None) -> S3:
    from aioprowler.integrations.s3 import S3, Destination

    if sending.bucket is not None and sending.bucket_no_assume is not None:
        raise UsageError("--output-bucket and --output-bucket-no-assume: give one of them.")
    if outputs is None:
        raise UsageError("--output-bucket uploads the files, and --no-files writes none: leave one of them out.")
    if sending.bucket is not None and access.roles and (access.mfa or access.mfa_serial):
        raise UsageError("An MFA code can be used once, and the scan needs it: upload with --output-bucket-no-assume.")
    option = "--output-bucket" if sending.bucket is not None else "--output-bucket-no-assume"
    destination = Destination.of(option, sending.bucket or sending.bucket_no_assume or "", sending.bucket_owner)
    first = sources(access)[0]
    if sending.bucket is None:
        first = structs.replace(first, role_arn=None, external_id=None)
    return S3(destination, lambda: first, access.chosen, is_limited=not access.no_session_policy)
