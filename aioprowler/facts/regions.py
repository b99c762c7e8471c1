"""What is known of regions, and botocore does not say."""

from __future__ import annotations

from typing import Final

ALWAYS_ENABLED: Final = {
    "aws": (
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    ),
}  # fmt: skip
"""Partition -> regions that no account can turn off; in a partition that is not here, all of its regions
(https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html)."""
