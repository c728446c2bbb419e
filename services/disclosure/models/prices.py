"""Prices of lots as catalog told them, to notice when the price of a listed lot changes."""

from typing import Any

from services.disclosure.models.base import (
    Base,
    key_column,
    number_column,
    number_key_column,
    optional_json_column,
)


class ListingPrices(Base, table=True):
    """One version of a listing: what its lots cost, and once decided, which of them are listed.

    The two are told apart by catalog and may arrive in any order.
    """

    __tablename__ = "listing_prices"

    listing_id: str = key_column()
    version: int = number_key_column()
    submitted: dict[str, Any] | None = optional_json_column()
    listed: list[str] | None = optional_json_column()


class ListedPrice(Base, table=True):
    """The price of a lot that the log has last."""

    __tablename__ = "listed_price"

    lot_id: str = key_column()
    listing_version: int = number_column()
    price_fen: int = number_column()
