"""The log of the service: what enters it, what it publishes, and that nothing of it can be changed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.contracts.accounts import AccountActsLogged
from services.contracts.broadcast import StepsLogged
from services.contracts.catalog import EditsLogged
from services.contracts.compliance import TrailLogged
from services.contracts.orders import OrderActsLogged, TicketsSealed
from services.disclosure.actions.growing import MOST_AT_ONCE, integrate_leaves, sequence_leaves
from services.disclosure.domain.leaves import decision_leaf, new_leaf, without_floats
from services.disclosure.ledger.canonical import sha256_hex
from services.disclosure.ledger.proofs import parse_proof, verify_proof
from services.disclosure.ledger.reader import check_growth, rebuild
from services.disclosure.ledger.tiles import all_bundles, all_tiles
from services.disclosure.store import leaves as store
from tests.conftest import ServiceOf
from tests.disclosure.announcing import AT, DIGEST, Log, decided, decision, override, parameter, submitted, withdrawal
from tests.disclosure.broadcasts import ended


async def test_an_empty_log_has_a_signed_head(log: Log) -> None:
    assert (await log.checkpoint()).head.size == 0
    assert (await log.client.get("/ledger/leaves")).json()["items"] == []


async def test_a_public_decision_becomes_a_leaf_that_anybody_can_prove(log: Log) -> None:
    await log.hear(decision(1), decision(2))
    leaf = (await log.leaves())[0]
    assert (leaf["kind"], leaf["id"], leaf["place"], leaf["published"]) == ("decision", "decision-1", 0, True)
    raw = await log.client.get("/ledger/leaves/0/proof")
    proof = parse_proof(raw.content)
    assert proof.extra is not None
    verify_proof(proof, proof.extra, await log.policy())
    body = (await log.client.get(f"/ledger/documents/{leaf['sha256']}")).content
    assert sha256_hex(body) == leaf["sha256"]
    assert sha256_hex(body).encode() in proof.extra
    assert (await log.document(leaf))["answer_sha256"] == decision().answer_sha256


async def test_a_decision_that_is_not_public_leaves_no_trace(log: Log) -> None:
    await log.hear(decision(public=False, binding=False))
    assert await log.leaves() == []


async def test_what_is_announced_twice_is_one_leaf(log: Log) -> None:
    again = decision(occurred_at=AT + timedelta(days=3))
    await log.hear(decision(), again)
    await log.hear(parameter(), parameter(revision=7, occurred_at=AT))
    assert [leaf["kind"] for leaf in await log.leaves()] == ["decision", "parameter"]


async def test_a_published_value_and_its_withdrawal_are_two_leaves(log: Log) -> None:
    await log.hear(
        parameter(value={"share": 0.5, "list": [1, 2.25]}), withdrawal(value={"share": 0.5, "list": [1, 2.25]})
    )
    published, taken_back = await log.leaves()
    assert (await log.document(published))["value"] == {"share": "0.5", "list": [1, "2.25"]}
    assert (await log.document(taken_back))["withdrawal_en"] == "Taken back."


async def test_an_override_is_a_leaf_that_names_organs_and_reasons(log: Log) -> None:
    await log.hear(override(), override())
    (leaf,) = await log.leaves("override")
    document = await log.document(leaf)
    assert (document["proposed_by_organ"], document["confirmed_by_organ"]) == ("first organ", "second organ")
    assert (document["decision_id"], document["new_decision_id"]) == ("decision-1", "decision-2")


async def test_the_order_of_arrival_enters_the_log_as_it_is_sealed(log: Log) -> None:
    chains = [{"lot_id": "lot-1", "tickets": 3, "head": DIGEST}]
    said = {"entity_id": "broadcast-1", "region_code": "341321", "chains": chains}
    await log.hear(TicketsSealed.model_validate(said | {"version": 1, "closed": False}))
    await log.hear(TicketsSealed.model_validate(said | {"version": 2, "closed": True}))
    sealed = [await log.document(leaf) for leaf in await log.leaves("tickets")]
    assert [(each["closed"], each["chains"]) for each in sealed] == [(False, chains), (True, chains)]


async def test_changes_by_an_office_enter_the_log_as_hashes_under_its_region(log: Log) -> None:
    said = {"version": 1, "region_code": "341321", "sha256": [DIGEST, "cd" * 32]}
    await log.hear(EditsLogged.model_validate(said | {"entity_id": "batch-1"}))
    await log.hear(EditsLogged.model_validate(said | {"entity_id": "batch-2"}))
    leaves = await log.leaves("edits")
    assert [leaf["id"] for leaf in leaves] == ["341321", "341321"]
    assert (await log.document(leaves[0]))["sha256"] == [DIGEST, "cd" * 32]


async def test_acts_and_steps_enter_the_log_beside_the_changes_of_their_region(log: Log) -> None:
    said = {"entity_id": "batch-3", "version": 1, "region_code": "341321", "sha256": [DIGEST]}
    kinds = (TrailLogged, StepsLogged, AccountActsLogged, OrderActsLogged)
    await log.hear(*(kind.model_validate(said) for kind in kinds))
    shown = [await log.document(leaf) for leaf in await log.leaves("edits")]
    assert [each["trail"] for each in shown] == ["trail", "steps", "account_acts", "order_acts"]
    assert {each["sha256"][0] for each in shown} == {DIGEST}


async def test_the_record_of_a_room_enters_the_log_when_it_has_ended_and_not_before(log: Log) -> None:
    record = {"record_entries": 7, "record_sha256": DIGEST, "record_kept_until": AT + timedelta(days=1_096)}
    await log.hear(ended(AT, state="open", ended_at=None), ended(AT, version=10))
    assert await log.leaves("recording") == []
    await log.hear(ended(AT, version=11, **record), ended(AT, version=12, **record))
    (leaf,) = await log.leaves("recording")
    document = await log.document(leaf)
    assert (document["entries"], document["record_sha256"]) == (7, DIGEST)
    assert document["kept_until"] == "2029-11-28T03:00:00Z"


def test_only_floats_are_written_as_text() -> None:
    assert without_floats([1, True, None, "a", {"b": 0.1}, (2.0,)]) == [1, True, None, "a", {"b": "0.1"}, ["2.0"]]


async def test_the_price_of_a_listed_lot_is_logged_when_it_changes_and_only_then(log: Log) -> None:
    await log.hear(submitted(1, a=4800, b=5000, c=None), decided(1, a="listed", b="blocked", c="listed"))
    await log.hear(submitted(2, a=4800, b=5000), decided(2, a="listed", b="listed"))
    await log.hear(submitted(3, a=3900, b=5000), decided(3, a="in_review", b="listed"))
    await log.hear(decided(3, a="listed", b="listed"))
    documents = [await log.document(leaf) for leaf in await log.leaves("price")]
    told = [(d["lot_id"], d["listing_version"], d["before_fen"], d["price_fen"]) for d in documents]
    assert told == [("a", 1, None, 4800), ("b", 2, None, 5000), ("a", 3, 4800, 3900)]


async def test_answers_that_arrive_before_their_listing_or_late_log_the_same(log: Log) -> None:
    await log.hear(decided(2, a="listed"), submitted(2, a=3900))
    await log.hear(submitted(1, a=4800), decided(1, a="listed"))
    assert [(await log.document(leaf))["price_fen"] for leaf in await log.leaves("price")] == [3900]


async def test_the_leaves_of_one_entity_are_found(log: Log) -> None:
    await log.hear(decision(1), decision(2), decision(1, outcome="fail"))
    found = (await log.client.get("/ledger/entities/decision/decision-1", params={"limit": 1})).json()
    assert [leaf["place"] for leaf in found["items"]] == [0]
    rest = (await log.client.get("/ledger/entities/decision/decision-1", params={"cursor": found["next"]})).json()
    assert [leaf["place"] for leaf in rest["items"]] == [2]


async def test_a_leaf_that_waits_for_its_checkpoint_says_so(log: Log) -> None:
    await log.service.hear(decision())
    waiting = (await log.client.get("/ledger/entities/decision/decision-1")).json()["items"][0]
    assert (waiting["place"], waiting["published"]) == (None, False)
    async with log.service.database.sessions.begin() as db:
        await sequence_leaves(db)
    problem = await log.client.get("/ledger/leaves/0/proof")
    assert (problem.status_code, problem.json()["type"].rsplit("/", 1)[1]) == (409, "not-published-yet")


async def test_the_whole_log_is_rebuilt_from_what_the_service_publishes(log: Log) -> None:
    await log.hear(*(decision(number) for number in range(259)))
    await log.hear(parameter())
    head = (await log.checkpoint()).head
    assert head.size == 260
    paths = [tile.path() for tile in (*all_tiles(260), *all_bundles(260))]
    files = await log.files(paths)
    entries = list(rebuild(files.get, head))
    assert [b'"kind":"decision"' in entry for entry in entries] == [True] * 259 + [False]


async def test_growth_between_two_checkpoints_is_proven(log: Log) -> None:
    await log.hear(*(decision(number) for number in range(5)))
    old = await log.checkpoint()
    await log.hear(*(decision(number) for number in range(5, 300)))
    new = await log.checkpoint()
    paths = [tile.path() for tile in all_tiles(300)]
    proof = check_growth((await log.files(paths)).get, old, new)
    answer = (await log.client.get("/ledger/growth", params={"old": 5})).json()
    assert (answer["new"], len(answer["hashes"])) == (300, len(proof))


async def test_published_files_are_kept_by_caches_and_the_checkpoint_is_not(log: Log) -> None:
    await log.hear(decision())
    tile = await log.client.get("/ledger/tile/0/000.p/1")
    entries = await log.client.get("/ledger/tile/entries/000.p/1")
    checkpoint = await log.client.get("/ledger/checkpoint")
    assert {tile.headers["cache-control"], entries.headers["cache-control"]} == {"public, max-age=31536000, immutable"}
    assert tile.headers["content-type"] == "application/octet-stream"
    assert checkpoint.headers["cache-control"] == "public, max-age=2"
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tile/0/000", 404),
        ("tile/0/000.p/2", 404),
        ("tile/1/000.p/1", 404),
        ("tile/entries/000", 404),
        ("tile/entries/x001/000", 404),
        ("tile/0/nothing", 404),
        ("tile/63/x999/x999/x999/x999/x999/x999/999", 404),
        ("leaves/1", 404),
        ("leaves/1/proof", 404),
        ("leaves/-1", 422),
        ("leaves/99999999999999999999", 422),
        ("leaves/x", 422),
        ("leaves?cursor=x", 422),
        ("growth?old=2", 404),
        ("growth?old=1&new=0", 404),
        ("growth?old=-1", 422),
        ("documents/00", 422),
        (f"documents/{'0' * 64}", 404),
        ("entities/Kind/x", 422),
    ],
)
async def test_what_is_beyond_the_log_is_answered_with_a_sentence(log: Log, path: str, status: int) -> None:
    await log.hear(decision())
    answer = await log.client.get(f"/ledger/{path}", headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE disclosure.leaf SET place = place + 1",
        "UPDATE disclosure.leaf SET place = NULL",
        "UPDATE disclosure.leaf SET record = 'forged'",
        "UPDATE disclosure.leaf SET entity_id = 'another'",
        "DELETE FROM disclosure.leaf",
        "TRUNCATE disclosure.leaf",
    ],
)
async def test_not_even_the_service_can_change_a_leaf(log: Log, statement: str) -> None:
    await log.hear(decision())
    async with log.service.database.sessions() as db:
        with pytest.raises(DBAPIError, match=r"neither changed nor removed|permission denied"):
            await db.execute(sa.text(statement))


async def test_a_leaf_waits_for_nobody_and_holds_nobody_up(committing_service_app: ServiceOf) -> None:
    log = Log(await committing_service_app("disclosure"))
    database = log.service.database
    first, second = (decision_leaf(decision(number)) for number in (1, 2))
    assert first is not None
    assert second is not None
    async with database.sessions.begin() as slow:
        await store.add_leaves(slow, [first])
        async with asyncio.timeout(10), database.sessions.begin() as quick:
            await store.add_leaves(quick, [second])
        async with asyncio.timeout(10):
            await log.grow()
        assert [leaf["id"] for leaf in await log.leaves()] == ["decision-2"]
    await log.grow()
    assert [(leaf["place"], leaf["id"]) for leaf in await log.leaves()] == [(0, "decision-2"), (1, "decision-1")]


async def test_two_replicas_grow_one_log(committing_service_app: ServiceOf) -> None:
    log = Log(await committing_service_app("disclosure"))
    for batch in range(5):
        await log.service.hear(*(decision(batch * 20 + number) for number in range(20)))
        await asyncio.gather(log.grow(), log.grow(), log.grow())
    while await log.grow():
        pass
    head = (await log.checkpoint()).head
    files = await log.files([tile.path() for tile in (*all_tiles(100), *all_bundles(100))])
    assert len(list(rebuild(files.get, head))) == 100


async def test_a_log_that_was_broken_off_anywhere_goes_on(log: Log) -> None:
    await log.service.hear(decision(1))
    async with log.service.database.sessions.begin() as db:
        assert await sequence_leaves(db) == 1
    await log.service.hear(decision(2))
    async with log.service.database.sessions.begin() as db:
        assert await integrate_leaves(db) == 1
    await log.grow()
    assert (await log.checkpoint()).head.size == 2


async def test_ten_thousand_leaves_are_one_batch(committing_service_app: ServiceOf) -> None:
    log = Log(await committing_service_app("disclosure"))
    many = [new_leaf("decision", f"d-{number}", AT, {"number": number}) for number in range(MOST_AT_ONCE)]
    async with log.service.database.sessions.begin() as db:
        await store.add_leaves(db, many)
    assert await log.grow() == MOST_AT_ONCE
    assert (await log.checkpoint()).head.size == MOST_AT_ONCE


async def test_a_restarted_service_signs_with_the_same_key(service_app: ServiceOf) -> None:
    keys = []
    for _ in range(2):
        log = Log(await service_app("disclosure"))
        await log.grow()
        keys.append((await log.client.get("/ledger")).json()["key"])
    assert keys[0] == keys[1]


async def test_the_log_is_described_in_words(log: Log) -> None:
    await log.hear(decision())
    told: dict[str, Any] = (await log.client.get("/ledger")).json()
    assert (told["origin"], told["size"], told["quorum"], told["witnesses"]) == ("sunfair.example/ledger", 1, 0, [])
