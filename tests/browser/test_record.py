"""The record of a broadcast that has everything in it, as a citizen reads it and as the county answers it."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import Page

from deploy.stack import Stack
from services.contracts.compliance import ReportUpheld
from services.disclosure.consumers import HANDLERS
from services.kit import inbox
from services.kit.db import Database
from services.kit.event import Event
from tests.browser.test_desk import sign_in
from tests.browser.test_public import LANGUAGES, faults
from tests.disclosure.broadcasts import (
    BROADCAST,
    EVIDENCE,
    ended,
    filing,
    listing,
    notes,
    order,
    sample,
    slow_sales,
    some_time_ago,
    viewers,
)

PATH, PATIENCE = f"/disclosures/{BROADCAST}", 60


def story() -> Iterator[Event]:
    """Goods sold below their declared cost: sixty orders, viewers, both segments, evidence and an upheld report."""
    at = some_time_ago(days=1)
    yield from (listing(farm_gate_fen=4_000), filing(slow_sales_ids=[EVIDENCE]), slow_sales(), *notes(at))
    yield from (viewers(at, 120), sample(ReportUpheld, about_kind="filing", about_id=filing().entity_id))
    yield from (*(order(number, at) for number in range(60)), ended(at))


async def tell(address: str) -> None:
    """Let the disclosure service hear the story, and nobody else: the other services know nothing of these pears."""
    database = Database.connect(address, "disclosure")
    for event in story():
        await inbox.handle_once(database, event, HANDLERS[type(event)])
    await database.close()


@pytest.fixture(scope="session")
def record(stack: Stack) -> str:
    """The path of the record, once the service has put it together by itself."""
    assert stack.postgres is not None
    # Playwright's own loop sits in this thread, so the story is told from another.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, tell(stack.postgres.service_url("disclosure"))).result()
    until = time.monotonic() + PATIENCE
    while httpx.get(f"{stack.url}/api/v1{PATH}").status_code != 200:
        assert time.monotonic() < until, "no record was put together"
        time.sleep(0.2)
    return PATH


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_with_figures_findings_and_releases_is_sound_on_a_phone(
    stack: Stack, record: str, phone: Page, language: str
) -> None:
    assert faults(phone, f"{stack.url}/{language}{record}", unfolded=True) == []
    found = phone.locator("main").inner_text()
    assert {"zh": "低于成本", "en": "below"}[language] in found
    assert phone.locator("main details[open]").count() > 2
    assert phone.locator("main details:not([open])").count() == 0


def test_the_county_reads_what_it_may_answer_at_a_desk_in_english(stack: Stack, record: str, desk: Page) -> None:
    sign_in(desk, stack, "dangshan-operator", "en")
    assert faults(desk, f"{stack.url}/en/desk{record.replace('disclosures', 'records')}", unfolded=True) == []
