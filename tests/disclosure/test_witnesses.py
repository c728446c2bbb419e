"""Witnesses: what they refuse, as the specification numbers it, and what a log can do with and without them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from deploy.sandbox.witness.app import create_app
from deploy.sandbox.witness.settings import WitnessSettings
from services.disclosure.actions import publishing
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.witnesses import read_witnesses
from services.disclosure.ledger.checkpoint import CheckpointRefused, Head, Policy, open_checkpoint, sign_checkpoint
from services.disclosure.ledger.merkle import prove_consistency
from services.disclosure.ledger.notes import COSIGNATURE_V1, SignerKey, VerifierKey, parse_signature
from services.disclosure.ledger.reader import LogBroken, check_growth
from services.disclosure.ledger.witnessing import Request, WitnessRefused, read_answer
from tests.apps import settings_of
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log, decision
from tests.disclosure.ledger import naive
from tests.disclosure.ledger.published import ORIGIN, PublishedLog
from tests.serving import listening

LOG_KEY = SignerKey(ORIGIN, 1, bytes(range(32)))
Asked = Callable[..., Any]


def witness_app(folder: Path, name: str = "witness.example/paper", logs: str | None = None) -> FastAPI:
    """A witness that knows our log."""
    return create_app(WitnessSettings(name=name, state=folder, logs=str(LOG_KEY.verifier) if logs is None else logs))


@pytest.fixture
def published() -> PublishedLog:
    """A log of twenty entries."""
    return PublishedLog(naive.records(20), LOG_KEY)


@pytest.fixture
async def witness(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """A witness that has seen nothing yet."""
    async with AsyncClient(transport=ASGITransport(witness_app(tmp_path)), base_url="http://witness") as client:
        yield client


def request(log: PublishedLog, old: int, new: int) -> bytes:
    """An honest request."""
    return Request(old, tuple(prove_consistency(log.tree.node, old, new)), log.signed(new)).encode()


async def test_a_witness_signs_what_grew(witness: AsyncClient, published: PublishedLog) -> None:
    key = VerifierKey.parse((await witness.get("/key")).text)
    for old, new in ((0, 0), (0, 7), (7, 7), (7, 16), (16, 20)):
        answer = await witness.post("/add-checkpoint", content=request(published, old, new))
        assert answer.status_code == 200
        policy = Policy(LOG_KEY.verifier, (key,), 1)
        assert open_checkpoint(published.signed(new) + answer.text, policy).head.size == new
    assert (await witness.get("/heads")).json()[0]["size"] == 20


async def test_a_witness_refuses_as_the_specification_says(witness: AsyncClient, published: PublishedLog) -> None:
    await witness.post("/add-checkpoint", content=request(published, 0, 10))
    stranger = PublishedLog(published.entries, SignerKey.new(ORIGIN))
    unknown = PublishedLog(published.entries, SignerKey.new("other.example/ledger"))
    fork = PublishedLog([b"another", *published.entries[1:]], LOG_KEY)
    wrong_proof = Request(10, (bytes(32),) * 4, published.signed(20)).encode()
    cases = {
        b"": 400,
        b"old 10\n": 400,
        b"old 010\n\n" + published.signed().encode(): 400,
        b"old -1\n\n" + published.signed().encode(): 400,
        b"old 10\nnot base64\n\n" + published.signed().encode(): 400,
        b"old 10\n" + b"A" * 44 + b"\n\n" + published.signed().encode(): 400,
        b"\xff": 400,
        Request(10, (bytes(32),) * 64, published.signed(20)).encode(): 400,
        Request(10, (), "no checkpoint").encode(): 400,
        Request(20, (), published.signed(10)).encode(): 400,
        request(stranger, 10, 20): 403,
        request(unknown, 10, 20): 404,
        request(published, 0, 20): 409,
        request(published, 7, 20): 409,
        request(fork, 10, 10): 409,
        wrong_proof: 422,
        Request(10, (), published.signed(20)).encode(): 422,
        request(fork, 10, 20): 422,
        b"old 0\n\n" + b"x" * 200_000: 400,
    }
    for body, status in cases.items():
        answer = await witness.post("/add-checkpoint", content=body)
        assert (answer.status_code, body[:40]) == (status, body[:40])
        if status == 409:
            assert (answer.headers["content-type"], answer.text) == ("text/x.tlog.size", "10\n")
    assert (await witness.post("/add-checkpoint", content=request(published, 10, 20))).status_code == 200


async def test_a_bad_signature_of_a_known_key_is_refused(witness: AsyncClient, published: PublishedLog) -> None:
    lines = published.signed(20).splitlines()
    other = PublishedLog([b"another"], LOG_KEY).signed().splitlines()
    forged = "\n".join([*lines[:-1], other[-1]]) + "\n"
    answer = await witness.post("/add-checkpoint", content=Request(0, (), forged).encode())
    assert answer.status_code == 403


async def test_a_witness_that_was_restarted_remembers(tmp_path: Path, published: PublishedLog) -> None:
    for status, body in ((200, request(published, 0, 20)), (409, request(published, 0, 7))):
        app = witness_app(tmp_path)
        async with AsyncClient(transport=ASGITransport(app), base_url="http://witness") as client:
            assert (await client.post("/add-checkpoint", content=body)).status_code == status


async def test_of_two_requests_from_one_old_size_only_one_is_signed(
    witness: AsyncClient, published: PublishedLog
) -> None:
    fork = PublishedLog([*published.entries[:19], b"another"], LOG_KEY)
    await witness.post("/add-checkpoint", content=request(published, 0, 7))
    answers = await asyncio.gather(
        *(witness.post("/add-checkpoint", content=request(log, 7, 20)) for log in (published, fork))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_a_log_does_not_believe_every_answer(published: PublishedLog) -> None:
    key = SignerKey.new("witness.example/paper", COSIGNATURE_V1).verifier
    text = published.checkpoint().note.text
    own = parse_signature(published.signed().splitlines()[-1]).line()
    for status, body in ((200, ""), (200, "hello"), (200, own), (500, "oops"), (409, "many"), (301, "")):
        with pytest.raises(WitnessRefused):
            read_answer(status, body, text, key)


def test_witness_settings_that_give_no_quorum_are_refused() -> None:
    one = SignerKey.new("witness.example/one", COSIGNATURE_V1).verifier
    log = SignerKey.new("witness.example/log").verifier
    assert read_witnesses(f" {one}=http://a:1/ , ", 1)[0].address == "http://a:1"
    for setting, quorum in (
        (f"{one}=http://a", 2),
        (f"{one}=http://a,{one}=http://b", 1),
        (str(one), 0),
        (f"{log}=http://a", 0),
        ("x=http://a", 0),
    ):
        with pytest.raises(ValueError):
            read_witnesses(setting, quorum)
    with pytest.raises(ValueError):
        Surroundings.of(settings_of("disclosure", ledger_quorum=1))  # type: ignore[arg-type]  # It is that class.


class Town:
    """A log and its witnesses; some of them may be away."""

    def __init__(self, service_app: ServiceOf, folder: Path, stack: AsyncExitStack) -> None:
        self.service_app = service_app
        self.folder = folder
        self.stack = stack

    async def log(self, quorum: int, *names: str, away: tuple[str, ...] = ()) -> Log:
        """A log whose checkpoints these witnesses are asked to sign."""
        parts = []
        for name in names:
            app = witness_app(self.folder / name, f"witness.example/{name}")
            async with AsyncClient(transport=ASGITransport(app), base_url="http://witness") as client:
                key = (await client.get("/key")).text.strip()
            address = "http://127.0.0.1:9" if name in away else await self.stack.enter_async_context(listening(app))
            parts.append(f"{key}={address}")
        service = await self.service_app(
            "disclosure", ledger_key=LOG_KEY.seed.hex(), ledger_quorum=quorum, ledger_witnesses=",".join(parts)
        )
        return Log(service)


@pytest.fixture
async def town(committing_service_app: ServiceOf, tmp_path: Path) -> AsyncIterator[Town]:
    """Where a log and its witnesses live."""
    async with AsyncExitStack() as stack:
        yield Town(committing_service_app, tmp_path, stack)


async def test_a_checkpoint_is_published_with_the_signatures_of_its_witnesses(town: Town) -> None:
    log = await town.log(2, "paper", "school")
    for number in range(3):
        await log.hear(*(decision(number * 10 + more) for more in range(10)))
    opened = open_checkpoint((await log.client.get("/ledger/checkpoint")).content, await log.policy(quorum=2))
    assert opened.head.size == 30
    told = (await log.client.get("/ledger")).json()
    assert [(witness["name"], witness["size"], witness["refusal"]) for witness in told["witnesses"]] == [
        ("witness.example/paper", 30, None),
        ("witness.example/school", 30, None),
    ]
    assert told["key"] == str(LOG_KEY.verifier)


async def test_without_a_quorum_nothing_new_is_published(town: Town) -> None:
    log = await town.log(2, "paper", "school", away=("school",))
    await log.hear(decision())
    assert (await log.client.get("/ledger/checkpoint")).status_code == 404


async def test_a_quorum_is_enough_when_a_witness_is_away(town: Town) -> None:
    log = await town.log(1, "paper", "school", away=("school",))
    await log.hear(decision())
    told = (await log.client.get("/ledger")).json()
    assert [witness["cosigned_at"] is not None for witness in told["witnesses"]] == [True, False]
    assert "cannot be reached" in told["witnesses"][1]["refusal"]


class Kept(logging.Handler):
    """Keeps what one logger says, whatever is done to the root of all loggers meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@pytest.fixture
def alarms() -> Iterator[list[str]]:
    """What is said while checkpoints are published."""
    logger, kept = logging.getLogger(publishing.__name__), Kept()
    logger.addHandler(kept)
    logger.disabled = False
    yield kept.said
    logger.removeHandler(kept)


async def test_a_witness_sees_that_the_log_was_rolled_back(
    town: Town, service_app: ServiceOf, alarms: list[str]
) -> None:
    """An operator restores an old copy of the database, and the log grows again with other leaves."""
    log = await town.log(1, "paper")
    await log.hear(*(decision(number) for number in range(5)))
    old = await log.checkpoint()
    await log.hear(*(decision(number) for number in range(5, 20)))
    seen = (await log.client.get("/ledger/checkpoint")).content
    settings = log.around.settings.model_dump(include={"ledger_quorum", "ledger_witnesses"})

    # The copy of when there were five leaves: the same leaves, the same key, the same witness.
    restored = Log(await service_app("disclosure", ledger_key=LOG_KEY.seed.hex(), **settings))
    await restored.hear(*(decision(number) for number in range(5)))
    assert (await restored.client.get("/ledger/checkpoint")).status_code == 404
    await restored.hear(*(decision(number) for number in range(100, 115)))
    await restored.hear(*(decision(number) for number in range(115, 125)))
    assert (await restored.client.get("/ledger/checkpoint")).status_code == 404

    told = [said for said in alarms if "rolled back" in said]
    assert len(told) == 3
    assert "It has seen 20 leaves and is shown 5." in told[0]
    assert "It has seen another tree of 20 leaves." in told[1]
    assert "It has seen another tree before this one." in told[2]

    # And whoever kept a head from before sees it too, even if the log's own key signs the new one.
    forged = sign_checkpoint(Head(ORIGIN, 30, bytes(32)), LOG_KEY)
    believed = open_checkpoint(seen, Policy(LOG_KEY.verifier))
    with pytest.raises(LogBroken):
        check_growth(dict[str, bytes]().get, believed, old)
    with pytest.raises(LogBroken):
        check_growth(dict[str, bytes]().get, believed, open_checkpoint(str(forged), Policy(LOG_KEY.verifier)))


async def test_a_changed_key_signs_the_head_that_stands_and_the_old_one_stays_known(
    committing_service_app: ServiceOf,
) -> None:
    before = Log(await committing_service_app("disclosure"))
    await before.hear(decision())
    old = await before.policy()
    after = Log(await committing_service_app("disclosure", ledger_key=LOG_KEY.seed.hex()))
    await after.grow()
    note = (await after.client.get("/ledger/checkpoint")).content
    told = (await after.client.get("/ledger")).json()
    assert (told["key"], told["earlier_keys"]) == (str(LOG_KEY.verifier), [str(old.log)])
    # The head that stands has both signatures; the next one only the new key's, and those who know the old one see it.
    assert open_checkpoint(note, old).head == open_checkpoint(note, Policy(LOG_KEY.verifier)).head
    await after.hear(decision(2))
    note = (await after.client.get("/ledger/checkpoint")).content
    assert open_checkpoint(note, Policy(LOG_KEY.verifier)).head.size == 2
    with pytest.raises(CheckpointRefused, match="not signed by the log's key"):
        open_checkpoint(note, old)
