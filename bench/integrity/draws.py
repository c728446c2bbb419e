"""Draws that the simulator uses again and again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Block = dict[str, Array]
Dice = np.random.Generator


def zipf(count: int, slope: float) -> Array:
    """Odds of `count` things of which few are common."""
    odds = 1.0 / np.arange(1, count + 1) ** slope
    return np.asarray(odds / odds.sum())


def chance(dice: Dice, count: int, odds: float) -> Array:
    """A yes or no for each, yes with these odds."""
    return dice.random(count) < odds


def spread(dice: Dice, count: int, median: float, sigma: float) -> Array:
    """Lognormal values around a median."""
    return np.exp(dice.normal(np.log(median), sigma, count))


def full(count: int, value: Any) -> Array:
    """The same value for each: integers as int64, texts as objects."""
    return np.full(count, value, dtype=object if isinstance(value, str) else np.int64)


def taken(block: Block, which: Array) -> Block:
    """Some rows of a block, by mask or by positions."""
    return {name: values[which] for name, values in block.items()}


def joined(blocks: list[Block]) -> Block:
    """Blocks below each other."""
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]} if blocks else {}


def size(block: Block) -> int:
    """Rows of a block."""
    return len(next(iter(block.values()))) if block else 0


def split(dice: Dice, total: int, parts: int) -> list[int]:
    """A total cut into uneven parts, none empty while it lasts."""
    weights = dice.dirichlet(np.full(parts, 2.0)) * total
    sizes = np.maximum(1, weights.astype(int))
    return [int(each) for each in sizes]
