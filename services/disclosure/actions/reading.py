"""What the public asks of the log, in words: its head and witnesses, its leaves."""

import json
from typing import Any

from services.disclosure.actions.proving import published, published_size
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.ledger.checkpoint import parse_head, witnesses_of
from services.disclosure.ledger.notes import encoded, parse_note
from services.disclosure.schemas.ledger import LeafOut, LeavesOut, LedgerOut, WitnessOut
from services.disclosure.store import leaves, tree
from services.kit.db import Database
from services.kit.page import decode_cursor, encode_cursor

NO_PLACE_YET = 2**62


async def get_ledger(database: Database, around: Surroundings) -> LedgerOut:
    """The log as it is published now."""
    checkpoint = await published(database)
    note = parse_note(checkpoint["note"])
    head = parse_head(note.text)
    keys = [witness.key for witness in around.witnesses]
    signed = {key.name: at for key, at in witnesses_of(note, keys)}
    async with database.readings() as db:
        answers = await tree.find_answers(db, [key.name for key in keys])
        signers = [row.public for row in await tree.list_keys(db)]
    return LedgerOut(
        origin=head.origin,
        key=str(around.signer().verifier),
        earlier_keys=[key for key in signers if key != str(around.signer().verifier)],
        size=head.size,
        root=encoded(head.root),
        published_at=checkpoint["published_at"],
        quorum=around.settings.ledger_quorum,
        witnesses=[
            WitnessOut(
                name=key.name,
                key=str(key),
                cosigned_at=signed.get(key.name),
                size=answers[key.name].size if key.name in answers else None,
                refusal=answers[key.name].refusal if key.name in answers else None,
            )
            for key in keys
        ],
    )


async def list_recent(database: Database, kind: str, cursor: str | None, limit: int) -> LeavesOut:
    """The newest leaves that have a place."""
    before = int(decode_cursor(cursor, int)[0]) if cursor else NO_PLACE_YET
    rows = await leaves.list_recent(database, before, limit + 1, kind)
    size = await published_size(database)
    shown = [leaf_out(row, size) for row in rows[:limit]]
    more = encode_cursor(rows[limit - 1]["place"]) if len(rows) > limit else None
    return LeavesOut(items=shown, next=more)


async def list_of_entity(database: Database, kind: str, entity_id: str, cursor: str | None, limit: int) -> LeavesOut:
    """The leaves of one entity, oldest first."""
    after = int(decode_cursor(cursor, int)[0]) if cursor else 0
    rows = await leaves.list_of_entity(database, kind, entity_id, after, limit + 1)
    size = await published_size(database)
    more = encode_cursor(rows[limit - 1]["seq"]) if len(rows) > limit else None
    return LeavesOut(items=[leaf_out(row, size) for row in rows[:limit]], next=more)


def leaf_out(row: Any, size: int) -> LeafOut:
    """A leaf as it is shown, while the published log has `size` leaves."""
    record = json.loads(row["record"])
    place = row["place"]
    return LeafOut(place=place, published=place is not None and place < size, **record)
