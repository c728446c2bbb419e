"""The tables of disclosure."""

from services.disclosure.models.base import Base
from services.disclosure.models.ledger import Checkpoint, Document, Head, Leaf, LedgerKey, Tile, Witness
from services.disclosure.models.prices import ListedPrice, ListingPrices

__all__ = [
    "Base",
    "Checkpoint",
    "Document",
    "Head",
    "Leaf",
    "LedgerKey",
    "ListedPrice",
    "ListingPrices",
    "Tile",
    "Witness",
]
