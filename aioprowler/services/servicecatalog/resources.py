"""Portfolios, and whom they are shared with."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Resource, call, constant, field, listing


class Portfolio(
    Resource,
    id="portfolio_id",
    type="Other",
    group="governance",
    noun="Portfolio",
    gone=["ResourceNotFoundException"],
):
    """Products that the account offers; those that others share with it are not listed."""

    source = listing("servicecatalog", "ListPortfolios", "PortfolioDetails")
    portfolio_id: str = field(name="Id")
    name: str = field(name="DisplayName")
    arn: str = field(name="ARN")


class PortfolioShare(msgspec.Struct, frozen=True, rename="pascal"):
    """Whom a portfolio is shared with."""

    principal_id: str = ""


class AccountShares(Facet[Portfolio]):
    """The shares with single accounts.

    AWS tells shares of one type at a time: those with the organization, its units and its members are others
    (https://docs.aws.amazon.com/servicecatalog/latest/dg/API_DescribePortfolioShares.html).
    """

    source = call(
        "servicecatalog",
        "DescribePortfolioShares",
        PortfolioId="portfolio_id",
        Type=constant("ACCOUNT"),
        pages=True,
    )
    shares: tuple[PortfolioShare, ...] = field(name="PortfolioShareDetails")
