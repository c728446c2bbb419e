"""One function per use case of catalog."""

from services.catalog.actions.admission import decide_review, republish_producers, take_step
from services.catalog.actions.answers import keep_filing, record_decision, republish_listings
from services.catalog.actions.documents import add_document, read_document
from services.catalog.actions.drafts import create_listing, read_draft, read_facts, update_listing
from services.catalog.actions.records import (
    create_mark,
    create_producer,
    create_specialty,
    update_mark,
    update_producer,
    update_specialty,
)
from services.catalog.actions.submissions import submit_listing, withdraw_listing
from services.catalog.actions.suspensions import end_suspension, lift_suspension, suspend_producer

__all__ = [
    "add_document",
    "create_listing",
    "create_mark",
    "create_producer",
    "create_specialty",
    "decide_review",
    "end_suspension",
    "keep_filing",
    "lift_suspension",
    "read_document",
    "read_draft",
    "read_facts",
    "record_decision",
    "republish_listings",
    "republish_producers",
    "submit_listing",
    "suspend_producer",
    "take_step",
    "update_listing",
    "update_mark",
    "update_producer",
    "update_specialty",
    "withdraw_listing",
]
