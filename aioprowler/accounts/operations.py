"""What is asked of AWS before any check: who the credentials are, and where the account may have resources."""

from __future__ import annotations

from aioprowler.declarations.sources import Operation

GET_CALLER_IDENTITY = Operation("sts", "GetCallerIdentity")
ASSUME_ROLE = Operation("sts", "AssumeRole")
DESCRIBE_REGIONS = Operation("ec2", "DescribeRegions")
LIST_REGIONS = Operation("account", "ListRegions")
ENTRY_OPERATIONS = (GET_CALLER_IDENTITY, DESCRIBE_REGIONS)
"""What every scan asks; `LIST_REGIONS` only where DescribeRegions is refused."""

LIST_ROOTS = Operation("organizations", "ListRoots")
LIST_UNITS_OF_UNIT = Operation("organizations", "ListOrganizationalUnitsForParent")
LIST_ACCOUNTS_OF_UNIT = Operation("organizations", "ListAccountsForParent")
LIST_ACCOUNT_TAGS = Operation("organizations", "ListTagsForResource")
DESCRIBE_ACCOUNT = Operation("organizations", "DescribeAccount")
LIST_PARENTS = Operation("organizations", "ListParents")
DESCRIBE_UNIT = Operation("organizations", "DescribeOrganizationalUnit")
ORGANIZATION_OPERATIONS = (LIST_ROOTS, LIST_UNITS_OF_UNIT, LIST_ACCOUNTS_OF_UNIT, LIST_ACCOUNT_TAGS)
"""What a scan of an organization asks besides, with the base credentials."""
DESCRIBING_OPERATIONS = (DESCRIBE_ACCOUNT, LIST_PARENTS, DESCRIBE_UNIT, *ORGANIZATION_OPERATIONS)
"""What any other scan asks besides, if it may."""
