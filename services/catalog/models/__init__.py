"""The tables of catalog, one module per theme."""

from services.catalog.models.base import Base
from services.catalog.models.history import ChangeReview, Edit, EditUntold, Offer, PriceChange
from services.catalog.models.imports import ExportJob, ImportFault, ImportJob, ImportProgress
from services.catalog.models.listings import (
    HeldFiling,
    Listing,
    ListingDocument,
    ListingVersion,
    Lot,
    LotVersion,
    SearchEntry,
)
from services.catalog.models.records import Mark, Producer, Specialty, StoredDocument

__all__ = [
    "Base",
    "ChangeReview",
    "Edit",
    "EditUntold",
    "ExportJob",
    "HeldFiling",
    "ImportFault",
    "ImportJob",
    "ImportProgress",
    "Listing",
    "ListingDocument",
    "ListingVersion",
    "Lot",
    "LotVersion",
    "Mark",
    "Offer",
    "PriceChange",
    "Producer",
    "SearchEntry",
    "Specialty",
    "StoredDocument",
]
