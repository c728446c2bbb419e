"""Who came first, what was recorded and who watched: checked by anybody against the heads that the log has."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from services.contracts.orders import TicketsSealed
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.ledger.verify import NotAsLogged, check_recording, check_tickets, check_viewers
from tests.conftest import ServiceOf
from tests.disclosure.announcing import AT, Log
from tests.disclosure.broadcasts import BROADCAST, ended, filing, listing, notes, order, some_time_ago, viewers
from tests.serving import listening
from tools.verify import BROKEN, HOLDS, NOT_FOUND, main

Line = dict[str, Any]
LEAVES = [hashlib.sha256(f"order-{number}|{number}|0".encode()).hexdigest() for number in range(1, 6)]


def head_after(leaves: list[str]) -> str:
    """As docs/tickets.md tells a stranger to compute it."""
    head = bytes(32)
    for leaf in leaves:
        head = hashlib.sha256(head + bytes.fromhex(leaf)).digest()
    return head.hex()


def record(count: int) -> list[Line]:
    """The record of a room, as its replay tells it."""
    before = hashlib.sha256(f"sunfair-room-record/1:{BROADCAST}".encode()).hexdigest()
    entries: list[Line] = []
    for number in range(1, count + 1):
        entry: Line = {"seq": number, "at": f"2026-11-28T03:00:0{number}Z", "stream_ms": number, "kind": "beat"}
        entry["body"] = {"number": number}
        before = hashlib.sha256(rfc8785.dumps({"before": before, "broadcast_id": BROADCAST, **entry})).hexdigest()
        entries.append(entry | {"hash": before})
    return entries


HEADS = {3: head_after(LEAVES[:3]), 5: head_after(LEAVES)}


def test_tickets_hold_under_every_head_that_was_logged() -> None:
    assert check_tickets(HEADS, LEAVES) == 5
    assert check_tickets({}, []) == 0


@pytest.mark.parametrize(
    "shown",
    [LEAVES[:4], [*LEAVES[:1], LEAVES[2], LEAVES[1], *LEAVES[3:]], [LEAVES[4], *LEAVES[:4]], [*LEAVES[:2], "no hex"]],
    ids=["one left out", "two exchanged", "the last one first", "nonsense"],
)
def test_tickets_in_another_order_do_not_hold(shown: list[str]) -> None:
    with pytest.raises(NotAsLogged):
        check_tickets(HEADS, shown)


def test_a_record_holds_up_to_the_entry_at_which_the_broadcast_ended() -> None:
    entries = record(6)
    logged = {"broadcast_id": BROADCAST, "entries": 4, "record_sha256": entries[3]["hash"]}
    check_recording(logged, entries)
    moved = [entries[1], entries[0], *entries[2:]]
    changed = [*entries[:2], entries[2] | {"kind": "notice"}, entries[3]]
    anew = [*record(3), record(4)[3] | {"body": {"number": 9}}]
    for shown in (entries[:3], moved, changed, anew, [{}, *entries[1:]]):
        with pytest.raises(NotAsLogged):
            check_recording(logged, shown)
    with pytest.raises(NotAsLogged):
        check_recording(logged | {"record_sha256": entries[4]["hash"]}, entries)


COUNTED = {"told": True, "counted": 600, "verified": 110, "few_questioned": False, "interval": [90, 120]}


@pytest.mark.parametrize(
    "shown",
    [
        {"number": 1, "viewers": COUNTED | {"verified": 600}},
        {"number": 1, "viewers": COUNTED | {"counted": 700}},
        {"number": 1, "viewers": {"told": False, "fewest_viewers": 10}},
        {"number": 1},
        {"number": 2, "viewers": COUNTED},
    ],
    ids=["verified raised", "counted raised", "withheld", "left out", "another release"],
)
def test_figures_of_viewers_that_are_not_those_of_the_log_do_not_hold(shown: Line) -> None:
    logged = [{"release": 1, "viewers": COUNTED}]
    kept: Line = {"number": 1, "viewers": COUNTED | {"over_time": [{"from_ms": 1}]}}
    assert check_viewers(logged, [rfc8785.dumps(kept)]) == logged
    with pytest.raises(NotAsLogged):
        check_viewers(logged, [rfc8785.dumps(shown)])


async def test_a_stranger_checks_who_watched_as_counted_and_as_verified(
    service_app: ServiceOf, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Log(await service_app("disclosure"))
    at = some_time_ago(days=1)
    await log.hear(listing(), filing(), *notes(at), viewers(at, 120), *(order(n, at) for n in range(60)), ended(at))
    assert await prepare_next(log.service.database, log.service.app.state.surroundings) == BROADCAST
    await log.grow()
    release = (await log.client.get(f"/disclosures/{BROADCAST}")).json()
    (leaf,) = await log.leaves("viewers")
    document = await log.document(leaf)
    assert document["viewers"] == {name: told for name, told in release["viewers"].items() if name != "over_time"}
    assert (document["release"], document["stage"], document["definition"]["name"]) == (
        1,
        "summary",
        "sunfair-viewers/1",
    )
    async with listening(Starlette(routes=[Mount("/api/v1", log.service.app)])) as url:
        where = ["--from", url, "--key", (await log.client.get("/ledger")).json()["key"]]
        assert await asyncio.to_thread(main, ["viewers", BROADCAST, *where]) == HOLDS
        assert await asyncio.to_thread(main, ["viewers", "another", *where]) == NOT_FOUND
    assert "release 1: 120 as counted, 120 verified (sunfair-viewers/1)" in capsys.readouterr().out


@pytest.fixture
async def market(service_app: ServiceOf) -> AsyncIterator[tuple[dict[str, list[Line]], list[str]]]:
    """A market that shows tickets and a record, whose heads are logged; and the words that ask about it."""
    log = Log(await service_app("disclosure"))
    chain = {"lot_id": "lot-1", "tickets": 3, "head": HEADS[3]}
    sealed: Line = {"entity_id": BROADCAST, "region_code": "341321", "version": 1, "closed": False, "chains": [chain]}
    whole = sealed | {"version": 2, "closed": True, "chains": [chain | {"tickets": 5, "head": HEADS[5]}]}
    kept = {"record_entries": 4, "record_sha256": record(4)[3]["hash"], "record_kept_until": AT + timedelta(days=1_096)}
    await log.hear(*(TicketsSealed.model_validate(each) for each in (sealed, whole)), ended(AT, **kept))
    shown: dict[str, list[Line]] = {"tickets": [{"leaf": leaf} for leaf in LEAVES], "record": record(6)}

    async def page(request: Any) -> JSONResponse:
        lines, start = shown[request.url.path.rpartition("/")[2]], int(request.query_params.get("cursor", 0))
        more = str(start + 2) if start + 2 < len(lines) else None
        return JSONResponse({"items": lines[start : start + 2], "next": more})

    routes = [Route("/api/v1/sales/{id}/tickets", page), Route("/api/v1/broadcasts/{id}/room/record", page)]
    async with listening(Starlette(routes=[*routes, Mount("/api/v1", log.service.app)])) as url:
        yield shown, ["--from", url, "--key", (await log.client.get("/ledger")).json()["key"]]


async def test_a_stranger_checks_tickets_and_record_against_the_log(
    market: tuple[dict[str, list[Line]], list[str]],
) -> None:
    shown, where = market

    async def asks(*words: str) -> int:
        return await asyncio.to_thread(main, [*words, *where])

    assert await asks("tickets", BROADCAST) == HOLDS
    assert await asks("recording", BROADCAST) == HOLDS
    assert await asks("tickets", "another") == NOT_FOUND
    shown["tickets"].reverse()
    shown["record"][1]["body"] = {"number": 7}
    assert await asks("tickets", BROADCAST) == BROKEN
    assert await asks("recording", BROADCAST) == BROKEN
