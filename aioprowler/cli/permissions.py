"""`aioprowler permissions`."""

from __future__ import annotations

import sys
from typing import Annotated, Any

from aioprowler.accounts.permissions import (
    ATTACHED_LIMIT,
    TemplateForm,
    actions,
    organization_policy,
    policies,
    role_template,
)
from aioprowler.cli.options import SELECT_ALL, Selecting, flag, one
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import print_json
from aioprowler.errors import UsageError

Template = Annotated[TemplateForm | None, one(
    None, "FORM", "Print a template of the role that a scan assumes in each account: cloudformation (for a stack, or a "
    "stack set of the whole organization) or terraform.", "--template",
)]  # fmt: skip
ForOrganization = Annotated[bool, flag(
    None, "Print instead the policy of the credentials that scan an organization: they list it, and assume the role in "
    "each of its accounts. The choice of checks does not matter to it.", "--organization",
)]  # fmt: skip
RoleName = Annotated[str | None, one(
    None, "NAME", "That role's name, with its path if it has one (default: aioprowler).", "--role-name",
)]  # fmt: skip
ForSecurityHub = Annotated[bool, flag(
    None, "Also what `aioprowler scan --security-hub` does: import findings, and read those that it has imported.",
    "--security-hub",
)]  # fmt: skip

Partition = Annotated[str | None, one(
    None, "NAME", "The organization's partition, with --organization: aws, aws-cn, aws-us-gov, ... (default: that of "
    "PROWLER_AWS_PARTITION, else of the configured region).", "--partition",
)]  # fmt: skip


def permissions(
    selection: Selecting = SELECT_ALL,
    *,
    template: Template = None,
    organization: ForOrganization = False,
    role_name: RoleName = None,
    partition: Partition = None,
    security_hub: ForSecurityHub = False,
) -> None:
    """Print the least-privilege IAM policy for a scan with the same options.

    It allows exactly the actions of the operations that `aioprowler plan` shows, all of which only read. Of what
    --security-hub adds, securityhub:BatchImportFindings writes.

    Names, units and tags of accounts are optional, and not in it: organizations:DescribeAccount, ListParents,
    DescribeOrganizationalUnit and ListTagsForResource, for the credentials that the scan begins with or for the role
    of --organizations-role.

    For a whole organization:
      aioprowler permissions --template cloudformation > role.yaml
      aioprowler permissions --organization > policy.json
      aioprowler permissions --organization --partition aws-us-gov > policy.json
    """
    from aioprowler.cli.credentials import role_of

    if template and organization:
        raise UsageError("--template is for the accounts, and --organization for who scans them: give one of them.")
    if role_name is not None and not template and not organization:
        raise UsageError("--role-name goes with --template or --organization.")
    if partition is not None and not organization:
        raise UsageError("--partition goes with --organization: the other policies are the same in every partition.")
    role = role_of(role_name)
    if organization:
        print_json(organization_policy(role, _partition(partition)))
        return
    found = _policies(selection, security_hub=security_hub)
    if template:
        sys.stdout.write(role_template(template, role, found))
    else:
        print_json(found[0] if len(found) == 1 else found)
    _tell_limits(len(found), is_attached=template is not None)


def _partition(named: str | None) -> str:
    """The named one, or that in which a scan would begin. Raises UsageError."""
    from botocore.exceptions import BotoCoreError

    from aioprowler.aws.homes import homes
    from aioprowler.aws.partitions import partition_of, partitions
    from aioprowler.errors import require

    if named is not None:
        require("partition", [named], partitions())
        return named
    try:
        return partition_of(homes()[0], "aws")
    except BotoCoreError as error:
        raise UsageError(f"{error}; or say --partition.") from None


def _policies(selection: Selecting, *, security_hub: bool) -> list[dict[str, Any]]:
    from aioprowler.scanning import ScanOptions, prepare

    prepared = prepare(ScanOptions(**selection.for_scan()))
    planned = prepared.plan
    for note in prepared.notes():
        complain(note)
    if not security_hub:
        return policies(actions(planned))
    from aioprowler.integrations.security_hub import OPERATIONS

    return policies(actions(planned, OPERATIONS))


def _tell_limits(count: int, *, is_attached: bool) -> None:
    """Where one role may not hold the policies, or whoever attaches them must know that there are several."""
    if count > ATTACHED_LIMIT:
        complain(
            f"these actions take {count} managed policies, and AWS lets a role hold {ATTACHED_LIMIT} unless you ask "
            "for more (Service Quotas): choose fewer checks, or ask."
        )
    elif count > 1 and not is_attached:
        complain(
            f"these actions exceed the size of one managed policy: attach all {count} policies of this JSON array."
        )
