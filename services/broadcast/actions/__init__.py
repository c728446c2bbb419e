"""The use cases of the broadcast service."""

from services.broadcast.actions.decisions import take_decision
from services.broadcast.actions.declarations import declare_interests, list_declarations, withdraw_declaration
from services.broadcast.actions.filings import (
    clone_filing,
    create_filing,
    read_facts,
    read_filing,
    read_history,
    revise_filing,
)
from services.broadcast.actions.listings import take_listing_decided, take_listing_withdrawn
from services.broadcast.actions.moves import (
    approve_filing,
    cancel_filing,
    read_notice,
    return_filing,
    submit_filing,
    withdraw_filing,
)
from services.broadcast.actions.officials import (
    add_host,
    add_official,
    add_room,
    revise_host,
    revise_official,
)
from services.broadcast.actions.viewing import (
    crowd_facts,
    end_stays,
    erase_watcher,
    forget_watched,
    republish_stays,
    take_stays,
)

__all__ = [
    "add_host",
    "add_official",
    "add_room",
    "approve_filing",
    "cancel_filing",
    "clone_filing",
    "create_filing",
    "crowd_facts",
    "declare_interests",
    "end_stays",
    "erase_watcher",
    "forget_watched",
    "list_declarations",
    "read_facts",
    "read_filing",
    "read_history",
    "read_notice",
    "republish_stays",
    "return_filing",
    "revise_filing",
    "revise_host",
    "revise_official",
    "submit_filing",
    "take_decision",
    "take_listing_decided",
    "take_listing_withdrawn",
    "take_stays",
    "withdraw_declaration",
    "withdraw_filing",
]
