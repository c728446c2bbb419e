"""The HTTP face of a witness: checkpoints are brought to it, and anybody may ask what it has seen."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Response

from deploy.sandbox.witness.settings import WitnessSettings
from services.disclosure.ledger.checkpoint import Head
from services.disclosure.ledger.cosignatures import cosign
from services.disclosure.ledger.notes import SignerKey, VerifierKey, encoded
from services.disclosure.ledger.witnessing import (
    LARGEST_REQUEST_BYTES,
    SIZE_MEDIA_TYPE,
    WitnessAhead,
    WitnessRefused,
    judge,
)
from services.kit import clock

TABLE = "CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL)"
PLAIN = "text/plain; charset=utf-8"


class Memory:
    """The one head per log that the witness signed last, on disk before any answer leaves."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.db = sqlite3.connect(folder / "witness.sqlite", isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(TABLE)

    def find(self, origin: str) -> Head | None:
        """The head of that log."""
        row = self.db.execute("SELECT size, root FROM head WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else Head(origin, row[0], row[1])

    def heads(self) -> list[Head]:
        """Every head."""
        return [Head(*row) for row in self.db.execute("SELECT origin, size, root FROM head ORDER BY origin")]

    def sign(self, body: bytes, logs: dict[str, list[VerifierKey]], key: SignerKey) -> str:
        """Judge, remember and sign as one step, so that no two requests both rest on the same old head.

        Raises WitnessRefused.
        """
        self.db.execute("BEGIN IMMEDIATE")
        try:
            head, text = judge(body, logs, self.find)
            self.db.execute(
                "INSERT INTO head VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET size = ?, root = ?",
                (head.origin, head.size, head.root, head.size, head.root),
            )
        except WitnessRefused:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
        return cosign(text, key, clock.now()).line()


@dataclass(frozen=True)
class Witness:
    """Its memory, its key, and the logs it knows."""

    memory: Memory
    key: SignerKey
    logs: dict[str, list[VerifierKey]]


async def _witness(request: Request) -> Witness:
    found: Witness = request.app.state.witness
    return found


Me = Annotated[Witness, Depends(_witness)]
router = APIRouter()


@router.get("/readyz")
async def readyz() -> dict[str, str]:
    """Ready as soon as it listens."""
    return {"status": "ready"}


@router.get("/key")
async def read_key(me: Me) -> Response:
    """Its public key."""
    return Response(f"{me.key.verifier}\n", media_type=PLAIN)


@router.get("/heads")
async def read_heads(me: Me) -> list[dict[str, str | int]]:
    """What it has seen: a reader may compare a checkpoint with it."""
    return [{"origin": head.origin, "size": head.size, "root": encoded(head.root)} for head in me.memory.heads()]


@router.post("/add-checkpoint")
async def add_checkpoint(request: Request, me: Me) -> Response:
    """c2sp.org/tlog-witness: 200 with a cosignature, or 400, 403, 404, 409 or 422."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST_BYTES:
            return Response("The request is too large.\n", 400, media_type=PLAIN)
    try:
        return Response(me.memory.sign(body, me.logs, me.key), media_type=PLAIN)
    except WitnessAhead as ahead:
        # Not as media_type: a character set would be appended to a text type.
        return Response(ahead.why, ahead.status, headers={"content-type": SIZE_MEDIA_TYPE})
    except WitnessRefused as refused:
        return Response(refused.why, refused.status, media_type=PLAIN)


def create_app(settings: WitnessSettings | None = None) -> FastAPI:
    """One witness. Raises ValueError for settings that make none."""
    settings = settings or WitnessSettings()
    witness = Witness(Memory(settings.state), settings.signer(), settings.known_logs())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        witness.memory.db.close()

    app = FastAPI(title="Witness", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.witness = witness
    app.include_router(router)
    return app
