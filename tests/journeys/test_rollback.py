"""An operator puts back an old copy of the public log; a witness and a visitor who remember do not go along."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from tests.disclosure.announcing import decision
from tests.journeys.street import Street
from tests.journeys.test_ledger import asks
from tests.journeys.town import as_owner, seen_by_owner

# What the log is made of. The documents that it names stay where they are.
TABLES = ("leaf", "tile", "head", "checkpoint")


async def copied(street: Street) -> int:
    """A copy of the log as it is now, as anybody who runs a database has one; its size."""
    tables = "; ".join(f"CREATE TABLE copy_of.{name} AS TABLE disclosure.{name}" for name in TABLES)
    await as_owner(street.stack, f"CREATE SCHEMA copy_of; {tables}")
    kept = await seen_by_owner(
        street.stack, "SELECT max(size) AS size FROM copy_of.checkpoint WHERE published_at IS NOT NULL"
    )
    return int(kept["size"])


async def put_back(street: Street) -> None:
    """The copy in place of what stands there; the owner of a database may switch its triggers off."""
    swaps = "; ".join(
        f"DELETE FROM disclosure.{name}; INSERT INTO disclosure.{name} OVERRIDING SYSTEM VALUE TABLE copy_of.{name}"  # noqa: S608  Our own names.
        for name in TABLES
    )
    await as_owner(street.stack, f"BEGIN; SET LOCAL session_replication_role = replica; {swaps}; COMMIT")


async def grown_to(street: Street, size: int) -> None:
    """The log, once so many leaves of it are published."""
    await street.until("/ledger", lambda told: told.get("size", 0) >= size, None)


async def believed(street: Street, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a visitor finds who asks until the copy that the door keeps for some seconds has gone."""
    for _ in range(30):
        visited = asks(street, folder, "growth", "seen.txt")
        if visited.returncode:
            break
        await asyncio.sleep(1.0)
    return visited


@pytest.mark.xdist_group("stack")
async def test_an_old_copy_of_the_log_is_signed_by_no_witness_and_believed_by_no_visitor(
    street: Street, tmp_path: Path
) -> None:
    await street.tell(*(decision(number) for number in range(5)))
    await grown_to(street, 5)
    old = await copied(street)
    await street.tell(*(decision(number) for number in range(5, 20)))
    await grown_to(street, 20)
    remembered = asks(street, tmp_path, "growth", "seen.txt", "--remember")
    # More than the copy that is put back has; what offices did may have come into the log beside it.
    assert int(re.findall(r"remembered (\d+) leaves", remembered.stdout)[0]) >= 20, remembered.stderr

    await put_back(street)
    await street.tell(*(decision(number) for number in range(100, 130)))
    told = await street.until("/ledger", lambda now: bool(now["witnesses"][0]["refusal"]), None)

    assert "The log was rolled back or changed." in told["witnesses"][0]["refusal"]
    assert told["size"] == old, "without the witness nothing newer is published"
    visited = await believed(street, tmp_path)
    assert (visited.returncode, "DOES NOT HOLD" in visited.stderr) == (1, True), visited.stdout
