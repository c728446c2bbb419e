"""The oversell test of a release: the storm of orders, then kills; its three failure kinds and its load, for the site.

`python3 sunfair.py bench oversell [KILLS]` (8 unless said otherwise) writes gateway/static/oversell.json, which the
page on performance shows. Nothing is written unless nothing was oversold, nothing lost, and everything adds up. The
file names the code that orders go through by its hash, so a test sees when that has changed since.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import dangshan, kill_orders
from bench.dangshan import BUYERS, CALLERS, Failures, Level
from services.kit import clock
from tools.order_path import order_path_sha256

KILLS = 8
PUBLISHED = Path(__file__).resolve().parent.parent / "gateway" / "static" / "oversell.json"
LOST = ("orders that a buyer was told of and that are lost", "paid orders that were not told")
OVERSOLD = ("units sold beyond what was offered",)


async def main(kills: int) -> int:
    """Both storms; 0 when the figures were written."""
    with tempfile.TemporaryDirectory(prefix="sunfair-oversell-") as folder:
        ((level, failures),) = await dangshan.on_one_database(("action",), Path(folder))
    with tempfile.TemporaryDirectory(prefix="sunfair-oversell-") as folder:
        killed = await under_kills(Path(folder), kills)
    storms = [_rush(level, failures), killed]
    print(json.dumps(storms, indent=2))
    if any(storm[kind] for storm in storms for kind in ("oversold", "lost", "differences")):
        return 1
    document = {
        "schema": "sunfair-oversell/1",
        "measured_at": clock.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "order_path_sha256": order_path_sha256(),
        "processors": os.cpu_count(),
        # Of a machine that has other work as well the rates say little; the three failure kinds say the same.
        "load_average": round(os.getloadavg()[1], 1),
        "storms": storms,
    }
    PUBLISHED.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


def _rush(level: Level, failures: Failures) -> dict[str, Any]:
    return {
        "name": "rush",
        "buyers": BUYERS,
        "at_once": CALLERS,
        "kills": 0,
        "placed": level.placed,
        "sold_out": level.refused,
        "seconds": round(level.seconds, 1),
        "p50_ms": round(level.within(0.50)),
        "p99_ms": round(level.within(0.99)),
        **vars(failures),
    }


async def under_kills(folder: Path, kills: int) -> dict[str, Any]:
    """The storm in which processes of a whole market fall; who gets no answer asks again with the same key."""
    stack = kill_orders.calm_stack(folder)
    try:
        await asyncio.to_thread(stack.start)
        begun = time.monotonic()
        raging, found = await kill_orders.storm(stack, kills)
        seconds = time.monotonic() - begun
    finally:
        await asyncio.to_thread(stack.stop)
    return {
        "name": "kills",
        "buyers": kill_orders.BUYERS,
        "at_once": kill_orders.CALLERS,
        "kills": kills,
        "placed": len(raging.told.checkouts),
        "sold_out": raging.told.sold_out,
        "seconds": round(seconds, 1),
        "p50_ms": None,
        "p99_ms": None,
        "oversold": sum(found[name] for name in OVERSOLD),
        "lost": sum(found[name] for name in LOST),
        "differences": sum(count for name, count in found.items() if name not in (*OVERSOLD, *LOST)),
    }


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS)))
