"""Every SQL statement of catalog, and the look-ups that answer reads."""

from services.catalog.store.admission import list_reviews
from services.catalog.store.cards import Wanted, find_cards, find_own_cards, search_cards
from services.catalog.store.documents import get_document, list_documents
from services.catalog.store.exports import export_out, get_export, list_exports
from services.catalog.store.finding import find_facets, suggest
from services.catalog.store.history import find_prices, list_edits
from services.catalog.store.imports import get_import, list_faults, list_imports
from services.catalog.store.listings import list_versions
from services.catalog.store.notable import find_attention, list_entries
from services.catalog.store.pages import find_listing, find_lot
from services.catalog.store.records import (
    ProducersAsked,
    get_mark,
    get_producer,
    get_specialty,
    list_marks,
    list_producers,
)

__all__ = [
    "ProducersAsked",
    "Wanted",
    "export_out",
    "find_attention",
    "find_cards",
    "find_facets",
    "find_listing",
    "find_lot",
    "find_own_cards",
    "find_prices",
    "get_document",
    "get_export",
    "get_import",
    "get_mark",
    "get_producer",
    "get_specialty",
    "list_documents",
    "list_edits",
    "list_entries",
    "list_exports",
    "list_faults",
    "list_imports",
    "list_marks",
    "list_producers",
    "list_reviews",
    "list_versions",
    "search_cards",
    "suggest",
]
