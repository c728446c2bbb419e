"""The published files of the log: checkpoint, tiles and entries (c2sp.org/tlog-tiles). Everybody's, kept by any cache.

All but the checkpoint never change once they are there.
"""

from fastapi import APIRouter, Request, Response

from services.disclosure.actions.proving import beyond, published
from services.disclosure.ledger.tiles import TileRefused, encode_bundle, parse_path
from services.disclosure.store import leaves, tree
from services.kit.db import database_of
from services.kit.problem import NotFound

router = APIRouter(prefix="/ledger", tags=["ledger"])

FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=2"


class NoteResponse(Response):
    """A signed note."""

    media_type = "text/plain; charset=utf-8"


class BytesResponse(Response):
    """A tile."""

    media_type = "application/octet-stream"


@router.get("/checkpoint", response_class=NoteResponse)
async def get_ledger_checkpoint(request: Request) -> Response:
    """The newest published checkpoint: origin, size, root, and the signatures of the log and of its witnesses."""
    checkpoint = await published(database_of(request))
    return NoteResponse(checkpoint["note"], headers={"Cache-Control": A_MOMENT})


@router.get("/tile/{path:path}", response_class=BytesResponse)
async def get_ledger_tile(path: str, request: Request) -> Response:
    """A tile (`<level>/<n>[.p/<width>]`) or a bundle of entries (`entries/<n>[.p/<width>]`)."""
    database = database_of(request)
    try:
        tile = parse_path(f"tile/{path}")
    except TileRefused as error:
        raise NotFound(
            "This is no path of a tile. They are <level>/<n> and entries/<n>, as in 0/000 or entries/x001/234.p/17.",
            "瓦片路径无效。格式为 <层级>/<编号> 或 entries/<编号>，例如 0/000、entries/x001/234.p/17。",
        ) from error
    size = (await published(database))["size"]
    count = size if tile.level is None else size >> (8 * tile.level)
    if tile.start + tile.width > count:
        raise beyond(size)
    if tile.level is None:
        body = encode_bundle(await leaves.list_entries(database, tile.start, tile.start + tile.width))
    else:
        body = await tree.find_tile(database, tile.level, tile.index, tile.width) or b""
    return BytesResponse(body, headers={"Cache-Control": FOR_EVER})
