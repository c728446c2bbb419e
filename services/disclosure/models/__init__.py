"""The tables of disclosure."""

from services.disclosure.models.base import Base
from services.disclosure.models.ledger import Checkpoint, Document, Head, Leaf, LedgerKey, Tile, Witness
from services.disclosure.models.open_data import OpenMonth
from services.disclosure.models.prices import ListedPrice, ListingPrices
from services.disclosure.models.receipts import ErasedAccount, Receipt, ReceiptTree
from services.disclosure.models.record import Copy, Course, Draft, Fact, Release

__all__ = [
    "Base",
    "Checkpoint",
    "Copy",
    "Course",
    "Document",
    "Draft",
    "ErasedAccount",
    "Fact",
    "Head",
    "Leaf",
    "LedgerKey",
    "ListedPrice",
    "ListingPrices",
    "OpenMonth",
    "Receipt",
    "ReceiptTree",
    "Release",
    "Tile",
    "Witness",
]
