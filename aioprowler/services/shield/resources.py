"""What Shield Advanced protects in an account."""

from __future__ import annotations

import msgspec

from aioprowler import Account, Facet, call


class Subscription(Facet[Account]):
    """Whether the account has Shield Advanced, `ACTIVE` or `INACTIVE`.

    Only this is told without a subscription:
    https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_GetSubscriptionState.html
    """

    source = call("shield", "GetSubscriptionState")
    subscription_state: str


def is_subscribed(subscription: Subscription) -> bool:
    """Only then does anything tell protections, or have any."""
    return subscription.subscription_state != "INACTIVE"


class Protection(msgspec.Struct, frozen=True, rename="pascal"):
    """What is protected, by its ARN."""

    resource_arn: str


class Protections(Facet[Account]):
    """All that Shield Advanced protects in the account."""

    source = call("shield", "ListProtections", when=is_subscribed, pages=True)
    protections: tuple[Protection, ...]

    @property
    def arns(self) -> frozenset[str]:
        """What is protected."""
        return frozenset(each.resource_arn for each in self.protections)
