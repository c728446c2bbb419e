"""`python -m deploy.seed --gateway URL --state DIR`: load the demonstration data, or add what is missing of it."""

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from deploy.seed import catalogue, filings, onair, people, registry, reports, rolling
from deploy.seed.book import Book
from deploy.seed.data import rows
from deploy.seed.desk import Desk, side_by_side
from deploy.seed.goods import producers
from deploy.seed.market import Market, Refused
from deploy.stack import administrator_password


def main() -> int:
    """0 when all of it stands, 1 when something could not be loaded."""
    asked = argparse.ArgumentParser(prog="python -m deploy.seed", description=__doc__)
    asked.add_argument("--gateway", required=True, help="where the gateway listens, such as http://127.0.0.1:8000")
    asked.add_argument("--state", required=True, type=Path, help="the folder of demo.json")
    asked.add_argument("--top-up", action="store_true", help="only the broadcasts that roll with the present")
    given = asked.parse_args()
    troubles: list[str] = []
    try:
        troubles += asyncio.run(load(given.gateway, given.state, only_rolling=given.top_up))
    except* (Refused, TimeoutError, OSError) as failures:
        troubles += [str(failure) or type(failure).__name__ for failure in leaves(failures)]
    for trouble in troubles:
        print(f"The demo data is not complete: {trouble}", file=sys.stderr)
    return 1 if troubles else 0


def leaves(failures: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The single failures, each once."""
    found: list[BaseException] = []
    for failure in failures.exceptions:
        found += leaves(failure) if isinstance(failure, BaseExceptionGroup) else [failure]
    return found


async def load(gateway: str, state: Path, *, only_rolling: bool = False) -> list[str]:
    """Bring the demonstration data to where it should be; answers what went astray. A second run changes nothing."""
    password = people.demo_password(state)
    passwords = {person["username"]: password for person in rows("people")}
    passwords[people.ADMIN] = administrators_password(state)
    book = Book(state / "seed.json")
    async with Market(gateway, passwords) as market:
        desk = Desk(market, book, say)
        try:
            await _begin(desk)
            # The password is written down before the first account has it: an interrupted run must know it.
            people.write_list(state, password, book.get("api-key") or "", gateway)
            if not only_rolling:
                await _the_past(desk, password)
                await reports.report(desk)
                people.write_list(state, password, await people.make_api_key(desk), gateway)
            added = await rolling.top_up(desk, datetime.now(UTC))
            if added:
                say(f"  {added} broadcasts of these days looked after.")
            await people.make_accounts(desk, password)
            if await onair.go_on_air(desk):
                say("  one broadcast is on air.")
        finally:
            book.save()
    return desk.astray


def say(line: str) -> None:
    """Progress, a line at a time."""
    print(line, flush=True)


async def _begin(desk: Desk) -> None:
    """Open the book for this installation: its first administrator tells it from another."""
    admin = await desk.market.get("/me", people.ADMIN)
    desk.book.open_for(str(admin["id"]))
    others = await desk.market.get("/accounts", people.ADMIN, limit=2)
    desk.fresh = len(others["items"]) < 2


async def _the_past(desk: Desk, password: str) -> None:
    if "the-past" in desk.book:
        return
    say("  accounts …")
    await people.make_accounts(desk, password)
    say("  specialties, producers and events …")
    await side_by_side([catalogue.enter_specialties(desk), catalogue.enter_producers(desk)])
    await registry.register_events(desk)
    say("  listings and filings of 2020 to 2025, each with the clock of its own day …")
    known = producers()
    await side_by_side(catalogue.submit_listing(desk, case, known) for case in rows("listings"))
    await side_by_side(filings.file_broadcast(desk, case) for case in rows("filings"))
    if not desk.astray:
        desk.book.note("the-past", "loaded")


def administrators_password(state: Path) -> str:
    """As the launcher gives it, else derived from the installation's secret as the launcher does."""
    if given := os.environ.get("SUNFAIR_FIRST_ADMINISTRATOR_PASSWORD"):
        return given
    return administrator_password((state / "secret").read_text().strip())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Interrupted. The next run goes on from here.", file=sys.stderr)
        sys.exit(130)
