"""A signed checkpoint goes to the witnesses, and is published once enough of them have signed it too."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from services.disclosure.actions.growing import integrate_leaves, sequence_leaves, sign_head
from services.disclosure.actions.proving import growth_proof
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.witnesses import Witness
from services.disclosure.ledger.checkpoint import witnesses_of
from services.disclosure.ledger.notes import Note, Signature, VerifierKey, parse_note
from services.disclosure.ledger.witnessing import Request, WitnessAhead, WitnessRefused, read_answer
from services.disclosure.models import Checkpoint
from services.disclosure.store import tree
from services.kit import clock
from services.kit.db import Database

log = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=5, connect=2)
LARGEST_ANSWER_BYTES = 10_000


@dataclass(frozen=True)
class Answer:
    """What one witness did with a checkpoint. `size`: the size that it has seen."""

    name: str
    size: int
    signatures: tuple[Signature, ...] = ()
    refusal: str | None = None


class Witnesses:
    """The witnesses of the settings, and the connections to them."""

    def __init__(self, around: Surroundings) -> None:
        self.known = around.witnesses
        self.quorum = around.settings.ledger_quorum
        self._session: aiohttp.ClientSession | None = None

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Whose signatures count."""
        return tuple(witness.key for witness in self.known)

    async def post(self, address: str, body: bytes) -> tuple[int, str]:
        """Bring a request to a witness. Raises WitnessRefused when it cannot be reached."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        url = f"{address}/add-checkpoint"
        try:
            async with self._session.post(url, data=body, allow_redirects=False) as answer:
                raw = await answer.content.read(LARGEST_ANSWER_BYTES)
                return answer.status, raw.decode(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise WitnessRefused(0, f"It cannot be reached: {type(error).__name__}.") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


async def grow_once(database: Database, around: Surroundings, witnesses: Witnesses) -> int:
    """One round: places, tree, checkpoint, witnesses; how many leaves entered the tree."""
    async with database.sessions.begin() as db:
        await sequence_leaves(db)
    async with database.sessions.begin() as db:
        grown = await integrate_leaves(db)
    async with database.sessions.begin() as db:
        checkpoint = await sign_head(db, around)
    if checkpoint is not None:
        await publish(database, checkpoint, witnesses)
    return grown


async def publish(database: Database, checkpoint: Checkpoint, witnesses: Witnesses) -> None:
    """Ask the witnesses that have not signed yet, and publish when a quorum has. No row is locked meanwhile."""
    note = parse_note(checkpoint.note)
    signed = {key for key, _ in witnesses_of(note, witnesses.keys)}
    waiting = [witness for witness in witnesses.known if witness.key not in signed]
    if checkpoint.published_at is not None and not waiting:
        return
    answers = await ask(database, checkpoint, note, waiting, witnesses)
    lines = [line for answer in answers for line in answer.signatures]
    async with database.sessions.begin() as db:
        if answers:
            await tree.save_answers(db, {answer.name: (answer.size, answer.refusal) for answer in answers})
        row = await tree.lock_checkpoint(db, checkpoint.size)
        whole = parse_note(row.note).with_signatures(lines)
        row.note = str(whole)
        if row.published_at is None and len(witnesses_of(whole, witnesses.keys)) >= witnesses.quorum:
            row.published_at = clock.now()


async def ask(
    database: Database,
    checkpoint: Checkpoint,
    note: Note,
    waiting: Sequence[Witness],
    witnesses: Witnesses,
) -> list[Answer]:
    """What these witnesses answer."""
    async with database.readings() as db:
        known = await tree.find_answers(db, [witness.key.name for witness in waiting])
    sizes = {name: row.size for name, row in known.items()}
    asked = [
        _ask_one(database, checkpoint.size, note, witness, sizes.get(witness.key.name, 0), witnesses)
        for witness in waiting
    ]
    return list(await asyncio.gather(*asked))


async def _ask_one(
    database: Database, size: int, note: Note, witness: Witness, seen: int, witnesses: Witnesses
) -> Answer:
    """Ask one witness; when it has seen another size than we remember, once more from that size."""
    key = witness.key
    for _ in range(2):
        try:
            async with database.readings() as db:
                proof = await growth_proof(db, min(seen, size), size)
            request = Request(min(seen, size), tuple(proof), str(note))
            status, text = await witnesses.post(witness.address, request.encode())
            return Answer(key.name, size, read_answer(status, text, note.text, key))
        except WitnessAhead as ahead:
            if ahead.size > size:
                return _alarm(key.name, ahead.size, f"It has seen {ahead.size} leaves and is shown {size}.")
            if ahead.size == size:
                return _alarm(key.name, size, f"It has seen another tree of {size} leaves.")
            seen = ahead.size
        except WitnessRefused as refused:
            if refused.status == 422:
                return _alarm(key.name, seen, "It has seen another tree before this one.")
            return Answer(key.name, seen, refusal=f"{refused.status} {refused.why}".strip())
    return Answer(key.name, seen, refusal="Its size changed while it was asked.")


def _alarm(name: str, size: int, refusal: str) -> Answer:
    """A witness remembers another past than we do: the log was rolled back, restored from a copy, or forked."""
    log.error("The witness %s refuses the log's checkpoint. %s The log was rolled back or changed.", name, refusal)
    return Answer(name, size, refusal=f"{refusal} The log was rolled back or changed.")
