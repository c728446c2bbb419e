"""Records in the shape of the Open Contracting Data Standard: one release, or all of them linked."""

import json
from typing import Any

import msgspec

from services.disclosure.actions.disclosing import get_release
from services.disclosure.domain.open_data.contracting import Place, record_package, release_package
from services.disclosure.store import releases
from services.kit.db import Database

# Amounts are exact decimals, and numbers to whoever reads them.
_ENCODER = msgspec.json.Encoder(decimal_format="number")


async def get_record(database: Database, base: str, broadcast_id: str) -> bytes:
    """The record of a broadcast with every release. Raises NotFound."""
    async with database.readings() as db:
        documents = await releases.list_bodies(db, broadcast_id)
    if not documents:
        await get_release(database, broadcast_id, None)
    return _encoded(record_package(Place(base), documents))


async def get_package(database: Database, base: str, broadcast_id: str, number: int) -> bytes:
    """One release. Raises NotFound."""
    found = await get_release(database, broadcast_id, number)
    return _encoded(release_package(Place(base), json.loads(found["body"])))


def _encoded(package: dict[str, Any]) -> bytes:
    return _ENCODER.encode(package)
