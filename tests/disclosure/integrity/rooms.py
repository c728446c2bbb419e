"""Broadcasts for tests: a small honest crowd in memory, to which a test adds what it is about."""

from functools import cache
from typing import Any

import polars as pl

from bench.integrity.crowd import audience
from bench.integrity.draws import Block
from bench.integrity.files import token, whole_tables
from bench.integrity.scenarios import simulate
from bench.integrity.trade import shop, stock
from bench.integrity.world import World, new_world
from services.disclosure.integrity.engine import Outcome, examine
from services.disclosure.integrity.tables import Broadcast, from_frames

Frames = dict[str, pl.DataFrame]


def room(seed: int = 1, sessions: int = 2500, orders: int = 220) -> tuple[World, Block, Block]:
    """A world with an honest crowd that watched, bought and got its parcels; and who watched and ordered."""
    world = new_world(seed)
    stock(world)
    members, watched = audience(world, sessions)
    bought = shop(world, members, watched, orders)
    return world, watched, bought


def frames_of(world: World) -> tuple[dict[str, Any], Frames]:
    """The header and the tables as the engine reads them."""
    tables = whole_tables(world)
    frames = {
        name: pl.DataFrame(
            {column: values.tolist() if values.dtype == object else values for column, values in t.items()}
        )
        for name, t in tables.items()
    }
    header = {
        "broadcast_id": "b-1",
        "county_div": world.county,
        "start_ms": world.start,
        "end_ms": world.end,
        "observed_until_ms": world.until,
        "claimed": {"viewers": 0, "orders": 0, "sales_fen": 0},
    }
    return header, frames


def broadcast_of(world: World) -> Broadcast:
    """The world as the engine's broadcast."""
    header, frames = frames_of(world)
    return from_frames(header, frames)


def outcome_of(world: World) -> Outcome:
    """What the engine says of the world."""
    return examine(broadcast_of(world))


def found(outcome: Outcome) -> set[str]:
    """The abuses found."""
    return {str(finding["abuse"]) for finding in outcome.document["findings"]}


def marks(world: World, outcome: Outcome, abuse: str) -> tuple[float, float]:
    """Precision and recall of an abuse."""
    said = set(outcome.flags.filter(pl.col("abuse") == abuse)["id"])
    true = {
        int(each)
        for entity, name, _, ids in world.labels
        if name == abuse
        for each in token(ids, entity, world.seed).tolist()
    }
    hit = len(said & true)
    return hit / max(1, len(said)), hit / max(1, len(true))


def flagged_of_trap(world: World, outcome: Outcome, name: str) -> float:
    """The share of a trap's honest items that were flagged."""
    items = {
        (entity, int(each))
        for entity, trap, ids in world.traps
        if trap == name
        for each in token(ids, entity, world.seed).tolist()
    }
    assert items, f"nothing of {name} was made"
    said = set(outcome.flags.select("entity", "id").iter_rows())
    return len(items & said) / len(items)


@cache
def everything() -> tuple[dict[str, Any], Frames]:
    """A small broadcast with every abuse in it, made once."""
    return frames_of(simulate("mixed_low", 5, intensity=0.1, care=0.3, scale=0.2))
