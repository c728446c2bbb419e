"""The tables of disclosure."""

from services.disclosure.models.base import Base
from services.disclosure.models.cases import CaseAct, FindingCase, ReferralFile
from services.disclosure.models.ledger import Checkpoint, Document, Head, Leaf, LedgerKey, Tile, Witness
from services.disclosure.models.prices import ListedPrice, ListingPrices
from services.disclosure.models.record import Copy, Course, Draft, Fact, Release

__all__ = [
    "Base",
    "CaseAct",
    "Checkpoint",
    "Copy",
    "Course",
    "Document",
    "Draft",
    "Fact",
    "FindingCase",
    "Head",
    "Leaf",
    "LedgerKey",
    "ListedPrice",
    "ListingPrices",
    "ReferralFile",
    "Release",
    "Tile",
    "Witness",
]
