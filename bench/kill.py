"""Kill -9 of whole services while the demonstration data is being loaded: no event lost, no effect twice.

`python3 sunfair.py bench kill [KILLS]` (100 unless said otherwise). A market of its own in a temporary folder; every
service and the gateway are killed in turn at random moments and started again, until the data stands all the same.
Then the outboxes, inboxes and decisions are compared row by row.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import asyncpg

from deploy.process import remembered_port
from deploy.seed.__main__ import load
from deploy.seed.market import Refused
from deploy.stack import Stack
from deploy.supervisor import Service, wait_until_ready
from tools.build_docs import hearers

KILLS = 100
PAUSES = (0.3, 2.5)
PATIENCE_SECONDS = 120.0
SERVICES = ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure")


async def storm(stack: Stack, kills: int) -> None:
    """Kill one process after another; each comes back at once."""
    dice = random.Random(20200302)  # noqa: S311  The same storm for the same number of kills.
    services = list(stack.services.values())
    for number in range(kills):
        victim = services[number % len(services)]
        await asyncio.sleep(dice.uniform(*PAUSES))
        await asyncio.to_thread(strike, victim)
        if (number + 1) % 10 == 0:
            print(f"  {number + 1} kills", flush=True)


def strike(victim: Service) -> None:
    """SIGKILL, then start again and wait until it is ready."""
    if victim.process.child is not None:
        with suppress(ProcessLookupError):
            os.kill(victim.process.child.pid, signal.SIGKILL)
        victim.process.child.wait()
    victim.start()
    wait_until_ready([victim], patience=60.0)


async def keep_loading(stack: Stack, over: asyncio.Event) -> None:
    """Load the data again and again, as a patient user would, until it stands and the storm is over."""
    while True:
        with suppress(BaseExceptionGroup, Refused, OSError, TimeoutError):
            troubles = await load(stack.url, stack.state)
            if not troubles and over.is_set():
                return
        await asyncio.sleep(1.0)


async def differences(stack: Stack) -> dict[str, int]:
    """What was lost or doubled, by name; every figure must be 0."""
    heard = hearers()
    counts: dict[str, int] = {}
    connection = await asyncpg.connect(administrators_address(stack))
    try:
        for speaker in SERVICES:
            unsent = f"SELECT count(*) FROM {speaker}.outbox WHERE sent_at IS NULL"  # noqa: S608  Our own names.
            counts[f"{speaker}: events not sent"] = await connection.fetchval(unsent)
            letters = f"SELECT count(*) FROM {speaker}.dead_letter"  # noqa: S608  As above.
            counts[f"{speaker}: dead letters"] = await connection.fetchval(letters)
        for subject, services in heard.items():
            speaker = subject.split(".")[0]
            for hearer in services if services != ["every service"] else SERVICES:
                lost = (
                    f"SELECT count(*) FROM {speaker}.outbox o WHERE o.subject = $1 "  # noqa: S608  As above.
                    f"AND NOT EXISTS (SELECT 1 FROM {hearer}.inbox i WHERE i.event_id = o.event_id)"
                )
                counts[f"{subject} not heard by {hearer}"] = await connection.fetchval(lost, subject)
        counts["lot versions with more than one decision"] = await connection.fetchval(DOUBLED)
    finally:
        await connection.close()
    return counts


# The same facts asked at another moment is another question: a lifted declaration has its lots asked again.
DOUBLED = """
SELECT count(*) FROM (
  SELECT subject_id, subject_version FROM compliance.decision
  WHERE subject_kind = 'lot' AND announced AND copied_from IS NULL
  GROUP BY subject_id, subject_version, facts_sha256, ruleset, at HAVING count(*) > 1) doubled
"""


def administrators_address(stack: Stack) -> str:
    """The database of the market, as its administrator."""
    if stack.postgres is None:
        raise RuntimeError("The market is not running.")
    return stack.postgres.admin_url.replace("+asyncpg", "")


async def settled(stack: Stack) -> dict[str, int]:
    """The differences, once what was still on its way has arrived."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = await differences(stack)
        if not any(found.values()) or time.monotonic() > deadline:
            return found
        await asyncio.sleep(1.0)


async def run(stack: Stack, kills: int) -> int:
    """The storm over a market that is being loaded; 0 when nothing was lost and nothing doubled."""
    over = asyncio.Event()
    loading = asyncio.create_task(keep_loading(stack, over))
    started = time.monotonic()
    await storm(stack, kills)
    over.set()
    await asyncio.wait_for(loading, 600)
    found = await settled(stack)
    wrong = {name: count for name, count in found.items() if count}
    print(f"{kills} kills in {time.monotonic() - started:.0f} s; {len(found)} comparisons, {len(wrong)} differences.")
    for name, count in wrong.items():
        print(f"  {name}: {count}")
    return 1 if wrong else 0


def main() -> int:
    """Run it in a market of its own."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    with tempfile.TemporaryDirectory(prefix="sunfair-kill-") as folder:
        stack = Stack(
            Path(folder),
            remembered_port(Path(folder) / "gateway.port"),
            seed=False,
            settings={"SUNFAIR_LOG_LEVEL": "ERROR"},
        )
        try:
            stack.start()
            if stack.watch is not None:
                stack.watch.stop()
            return asyncio.run(run(stack, kills))
        finally:
            stack.stop()


if __name__ == "__main__":
    sys.exit(main())
