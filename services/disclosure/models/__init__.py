"""The tables of disclosure."""

from services.disclosure.models.base import Base
from services.disclosure.models.cases import CaseAct, FindingCase, ReferralFile
from services.disclosure.models.ledger import Checkpoint, Document, Head, Leaf, LedgerKey, Tile, Witness
from services.disclosure.models.open_data import OpenMonth
from services.disclosure.models.prices import ListedPrice, ListingPrices
from services.disclosure.models.receipts import ErasedAccount, Receipt, ReceiptTree
from services.disclosure.models.record import Copy, Course, Draft, Fact, Release
from services.disclosure.models.regions import EntityRegion
from services.disclosure.models.replies import Reply

__all__ = [
    "Base",
    "CaseAct",
    "Checkpoint",
    "Copy",
    "Course",
    "Document",
    "Draft",
    "EntityRegion",
    "ErasedAccount",
    "Fact",
    "FindingCase",
    "Head",
    "Leaf",
    "LedgerKey",
    "ListedPrice",
    "ListingPrices",
    "OpenMonth",
    "Receipt",
    "ReceiptTree",
    "ReferralFile",
    "Release",
    "Reply",
    "Tile",
    "Witness",
]
