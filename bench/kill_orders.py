"""Kill -9 of orders, the gateway, PostgreSQL and NATS in turn while buyers order and pay; then everything adds up.

`python3 sunfair.py bench kill_orders [KILLS]` (100 unless said otherwise), in a market of its own. Buyers are patient:
who gets no answer asks again with the same key until there is one. Then nothing may be oversold, no order lost that a
buyer was told of, no payment without order or refund, no event missing or told twice.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import nats
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig

from bench.fair import Buyer, Fair, add_buyers, market_key, open_fair
from bench.kill import administrators_address
from deploy.nats import Nats
from deploy.postgres import Postgres
from deploy.process import remembered_port
from deploy.stack import Stack, token_secret
from deploy.supervisor import Service, wait_until_ready
from services.kit.db import Database
from services.kit.ids import new_id
from services.orders import actions

KILLS = 100
BUYERS, CALLERS = 400, 16
SCARCE_UNITS, PLENTY_UNITS = 60, 1_000_000
PAUSES = (0.3, 2.5)
PATIENCE_SECONDS = 180.0
CALM = {"SUNFAIR_LOG_LEVEL": "ERROR", "SUNFAIR_ADDRESS_LIMIT": "10000000", "SUNFAIR_VISITOR_LIMIT": "10000000"}

Unit = Service | Postgres | Nats


@dataclass
class Told:
    """What the buyers were told: checkout id by key, which they paid for, and how often there was no answer."""

    checkouts: dict[str, str] = field(default_factory=dict)
    sold_out: int = 0
    paid: set[str] = field(default_factory=set)
    unanswered: int = 0


class Storm:
    """Buyers at the gateway of a market whose processes are being killed."""

    def __init__(self, stack: Stack, fair: Fair, buyers: Sequence[Buyer]) -> None:
        self.stack = stack
        self.fair = fair
        self.buyers = buyers
        self.told = Told()
        self.over = asyncio.Event()
        self.dice = random.Random(20200302)  # noqa: S311  Nothing here is secret.

    async def rage(self, kills: int) -> None:
        """Kill while the buyers order, then let every buyer finish."""
        timeout = aiohttp.ClientTimeout(total=15)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            callers = [asyncio.create_task(self.call(session)) for _ in range(CALLERS)]
            victims = victims_of(self.stack)
            for number in range(kills):
                await asyncio.sleep(self.dice.uniform(*PAUSES))
                await asyncio.to_thread(strike, victims[number % len(victims)])
                if (number + 1) % 10 == 0:
                    print(f"  {number + 1} of {kills} kills, {len(self.told.checkouts)} orders told", flush=True)
            await asyncio.sleep(1.0)
            self.over.set()
            await asyncio.wait_for(asyncio.gather(*callers), PATIENCE_SECONDS)

    async def call(self, session: aiohttp.ClientSession) -> None:
        """One buyer after another orders, and every second one pays, until the storm is over."""
        while not self.over.is_set():
            buyer, key = self.dice.choice(self.buyers), new_id()
            lot_id = self.fair.lot_ids[self.dice.random() < 0.7]
            status, answer = await self.ask(session, buyer, "/checkouts", self.fair.body(buyer, lot_id), key)
            if status == 409:
                self.told.sold_out += 1
                continue
            self.told.checkouts[key] = answer["checkout_id"]
            if self.dice.random() < 0.5:
                await self.pay(session, buyer, answer["checkout_id"])

    async def pay(self, session: aiohttp.ClientSession, buyer: Buyer, checkout_id: str) -> None:
        """Go to the provider's page and press its button."""
        _, payment = await self.ask(session, buyer, f"/checkouts/{checkout_id}/payment", b"{}", new_id())
        async with session.post(payment["pay_url"], data={"act": "pay"}, allow_redirects=False) as pressed:
            pressed.raise_for_status()
        self.told.paid.add(checkout_id)

    async def ask(
        self, session: aiohttp.ClientSession, buyer: Buyer, path: str, body: bytes, key: str
    ) -> tuple[int, dict[str, Any]]:
        """Ask until there is an answer: with the same key, so that asking again orders nothing more."""
        headers = {
            "authorization": f"Bearer {buyer.token}",
            "idempotency-key": key,
            "content-type": "application/json",
        }
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with session.post(f"{self.stack.url}/api/v1{path}", data=body, headers=headers) as response:
                    answer = await response.json(content_type=None)
                    if response.status in (200, 201):
                        return response.status, answer
                    if answer["type"].endswith("/sold-out"):
                        return 409, answer
                    if response.status < 500 and not answer["type"].endswith("-running"):
                        raise RuntimeError(f"A buyer was told {answer}")
            self.told.unanswered += 1
            await asyncio.sleep(0.3)

    async def differences(self) -> dict[str, int]:
        """What does not add up, by name; every figure must be 0."""
        connection = await asyncpg.connect(administrators_address(self.stack))
        try:
            known = await connection.fetch(
                "SELECT idempotency_key, id, state FROM orders.checkout WHERE broadcast_id = $1", self.fair.broadcast_id
            )
            counts = {name: await connection.fetchval(sql) for name, sql in MUST_BE_NONE.items()}
            sent = {row[0] for row in await connection.fetch("SELECT event_id FROM orders.outbox")}
        finally:
            await connection.close()
        kept = {row["idempotency_key"]: row["id"] for row in known}
        paid = {row["id"] for row in known if row["state"] == "paid"}
        streamed = Counter(await messages_of(self.stack))
        counts["orders that a buyer was told of and that are lost"] = len(self.told.checkouts.items() - kept.items())
        counts["orders of which no buyer was told"] = len(kept.items() - self.told.checkouts.items())
        counts["payments that nobody acknowledged"] = len(self.told.paid - paid)
        counts["checkouts that are paid although nobody paid"] = len(paid - self.told.paid)
        counts["events missing in the stream"] = len(sent - set(streamed))
        counts["events that stand in the stream twice"] = sum(streamed.values()) - len(streamed)
        counts["events in the stream that were never said"] = len(set(streamed) - sent)
        counts["differences of the reconciliation"] = await self.unbalanced()
        return counts

    async def unbalanced(self) -> int:
        """How many differences the public reconciliation lists."""
        database = orders_of(self.stack)
        try:
            async with database.readings() as db:
                report = await actions.reconcile(db, self.fair.broadcast_id)
        finally:
            await database.close()
        for difference in report.differences:
            print(f"  {difference}")
        return len(report.differences)

    async def settled(self) -> dict[str, int]:
        """The differences, once what was still on its way has arrived."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            too_late = time.monotonic() > deadline
            try:
                found = await self.differences()
                if too_late or not any(found.values()):
                    return found
            except (NatsError, OSError, asyncpg.PostgresError):
                # The last to fall may still be coming up.
                if too_late:
                    raise
            await asyncio.sleep(1.0)


MUST_BE_NONE = {
    "events not sent": "SELECT count(*) FROM orders.outbox WHERE sent_at IS NULL",
    "dead letters": "SELECT count(*) FROM orders.dead_letter",
    "units sold beyond what was offered": """
SELECT count(*) FROM orders.counted_lot c JOIN orders.lot_units u USING (lot_id)
WHERE c.orders_reserved + c.orders_sold > u.offered""",
    "order versions told twice": """
SELECT count(*) FROM (SELECT 1 FROM orders.outbox WHERE subject LIKE 'orders.order.%'
  GROUP BY payload::jsonb ->> 'entity_id', payload::jsonb ->> 'version' HAVING count(*) > 1) doubled""",
    "paid orders that were not told": """
SELECT count(*) FROM orders."order" o WHERE o.state = 'paid' AND NOT EXISTS (
  SELECT FROM orders.outbox e WHERE e.subject = 'orders.order.paid' AND e.payload::jsonb ->> 'entity_id' = o.id)""",
}


def victims_of(stack: Stack) -> list[Unit]:
    """Who is killed, in this order."""
    if stack.postgres is None or stack.nats is None:
        raise RuntimeError("The market is not running.")
    return [stack.services["orders"], stack.services["gateway"], stack.postgres, stack.nats]


def strike(victim: Unit) -> None:
    """SIGKILL, then start again; a service is waited for until it says that it is ready."""
    process = victim.process
    if process is not None and process.child is not None:
        with suppress(ProcessLookupError):
            os.kill(process.child.pid, signal.SIGKILL)
        process.child.wait()
    victim.start()
    if isinstance(victim, Service):
        wait_until_ready([victim], patience=120.0)


def orders_of(stack: Stack) -> Database:
    """The database of orders in a running market."""
    if stack.postgres is None:
        raise RuntimeError("The market is not running.")
    return Database.connect(stack.postgres.service_url("orders"), "orders")


async def messages_of(stack: Stack) -> list[str]:
    """The ids of all messages in the stream of orders, each as often as it stands there."""
    if stack.nats is None:
        raise RuntimeError("The market is not running.")
    connection = await nats.connect(stack.nats.url("admin"))
    try:
        js = connection.jetstream()
        state = (await js.stream_info("ORDERS")).state
        # Unacknowledged messages are delivered up to a limit only.
        unacknowledged = ConsumerConfig(ack_policy=AckPolicy.NONE)
        reader = await js.pull_subscribe("orders.>", stream="ORDERS", config=unacknowledged)
        found: list[str] = []
        while len(found) < state.messages:
            messages = await reader.fetch(256, timeout=5)
            found.extend(str((message.headers or {}).get("Nats-Msg-Id")) for message in messages)
        return found
    finally:
        await connection.close()


async def prepared(stack: Stack) -> Storm:
    """A market with an open sale and a crowd, before the first kill."""
    database = orders_of(stack)
    connection = await asyncpg.connect(administrators_address(stack))
    try:
        key = await market_key(connection, token_secret(stack.secret))
        buyers = await add_buyers(connection, BUYERS, key)
        fair = await open_fair(database, {f"scarce-{new_id()}": SCARCE_UNITS, f"plenty-{new_id()}": PLENTY_UNITS})
    finally:
        await connection.close()
        await database.close()
    return Storm(stack, fair, buyers)


def calm_stack(folder: Path) -> Stack:
    """A market of its own without demo data, whose fallen are raised by the storm and by nobody else."""
    return Stack(folder, remembered_port(folder / "gateway.port"), seed=False, say=lambda _: None, settings=CALM)


async def storm(stack: Stack, kills: int) -> tuple[Storm, dict[str, int]]:
    """The whole storm over a market that has started; what was told, and what does not add up."""
    if stack.watch is not None:
        stack.watch.stop()
    raging = await prepared(stack)
    await raging.rage(kills)
    return raging, await raging.settled()


async def run(stack: Stack, kills: int) -> int:
    """The storm, and its figures; 0 when everything adds up."""
    started = time.monotonic()
    raging, found = await storm(stack, kills)
    told = raging.told
    print(
        f"{kills} kills in {time.monotonic() - started:.0f} s: {len(told.checkouts)} orders told, "
        f"{len(told.paid)} paid, {told.sold_out} times sold out, {told.unanswered} times no answer and asked again"
    )
    for name, count in found.items():
        print(f"  {count:>4}  {name}")
    return 1 if any(found.values()) else 0


def main() -> int:
    """Run it in a market of its own."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    with tempfile.TemporaryDirectory(prefix="sunfair-kill-orders-") as folder:
        stack = calm_stack(Path(folder))
        try:
            stack.start()
            return asyncio.run(run(stack, kills))
        finally:
            stack.stop()


if __name__ == "__main__":
    sys.exit(main())
