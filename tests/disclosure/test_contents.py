"""A record tells everything that the rule wants, and a later release says what changed and why."""

from typing import Any

import pytest

from services.contracts.broadcast import FilingScheduled
from services.contracts.compliance import ForceMajeureChanged, OverrideConfirmed, ReportUpheld
from services.contracts.orders import ComplaintChanged
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.counted import held_count
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import (
    BROADCAST,
    EVIDENCE,
    LOTS,
    changed,
    ended,
    filing,
    listing,
    notes,
    order,
    refund,
    sample,
    slow_sales,
    some_time_ago,
    viewers,
)

PATH = f"/disclosures/{BROADCAST}"
DUE = "UPDATE disclosure.course SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL"


class Record:
    """The record of one broadcast, and the service that makes it."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.at = some_time_ago(days=1)

    async def begin(self, buyers: int = 60, **said: Any) -> None:
        """A broadcast that ended a day ago, with certified evidence, and its first release."""
        whole = filing(slow_sales_ids=[EVIDENCE], **said)
        event = sample(ForceMajeureChanged, entity_id=whole.event_id)
        await self.service.hear(listing(), whole, slow_sales(), event, *notes(self.at), viewers(self.at, 120))
        await self.service.hear(*(order(number, self.at) for number in range(buyers)), ended(self.at))
        await self.look()

    async def look(self) -> dict[str, Any]:
        """The newest release after another look."""
        async with self.service.database.sessions.begin() as db:
            await (await db.connection()).exec_driver_sql(DUE)
        await prepare_next(self.service.database, self.service.app.state.surroundings)
        return await self.newest()

    async def newest(self) -> dict[str, Any]:
        """The newest release."""
        document: dict[str, Any] = (await self.service.client.get(PATH)).json()
        return document

    async def after(self, *events: Any) -> dict[str, Any]:
        """The newest release after these were told."""
        await self.service.hear(*events)
        return await self.look()


@pytest.fixture
async def record(service_app: ServiceOf) -> Record:
    """Nothing yet."""
    return Record(await service_app("disclosure"))


def complaints(count: int, at: Any, **said: Any) -> list[ComplaintChanged]:
    """So many complaints about goods."""
    return [
        sample(ComplaintChanged, entity_id=f"complaint-{n}", broadcast_id=BROADCAST, received_at=at, **said)
        for n in range(count)
    ]


def change_of(document: dict[str, Any], section: str) -> dict[str, Any]:
    """What is said of one section that changed."""
    found: list[dict[str, Any]] = [each for each in document["changes"] if each["section"] == section]
    assert len(found) == 1
    return found[0]


async def test_unsold_goods_are_told_before_and_after(record: Record) -> None:
    await record.begin()
    (told,) = (await record.look())["slow_sales"]
    assert (told["unsold_grams"], told["sold_grams"]) == (40_000_000, 60 * 2_500)
    assert told["unsold_after_grams"] == 40_000_000 - 60 * 2_500
    assert told["sources"][0]["org"] == "市农业农村局"


async def test_viewers_are_told_over_the_broadcast_in_round_numbers(record: Record) -> None:
    await record.begin()
    told = (await record.look())["viewers"]
    assert len(told["over_time"]) == 12
    assert all(each["raw_about"] % 10 == 0 for each in told["over_time"])
    assert max(each["raw_about"] for each in told["over_time"]) >= 50
    assert all(each["verified_about"] <= each["raw_about"] for each in told["over_time"])


async def test_the_declarations_of_the_event_are_told_as_they_were_published(record: Record) -> None:
    document = {"declarations": [{"title": "公告", "doc_no": "1 号", "issued_at": "2020-01-24T16:30:00Z"}]}
    document["declarations"][0]["authority"] = {"name": "安徽省人民政府", "kind": "government"}  # type: ignore[assignment]
    await record.begin()
    found = await record.after(sample(ForceMajeureChanged, entity_id=filing().event_id, version=99, document=document))
    (told,) = found["event"]["declarations"]
    assert told == {
        "title": "公告",
        "number": "1 号",
        "issued_on": "2020-01-25",
        "authority": "安徽省人民政府",
        "lifted_on": None,
    }


async def test_late_refunds_say_what_moved_and_why(record: Record) -> None:
    await record.begin()
    told = await record.after(*(changed(n, record.at, refunds=[refund(n, record.at)]) for n in range(0, 60, 3)))
    sales = change_of(told, "sales")
    assert {"name": "verified.net_fen", "before": 60 * 2_990, "now": 40 * 2_990} in sales["figures"]
    assert {"name": "refunded_fen", "before": 0, "now": 20 * 2_990} in sales["figures"]
    assert {"zh": "上一版公开后又有退款。", "en": "Buyers were paid back after the release before."} in sales["why"]
    assert "Buyers were paid back" in told["corrections"][-1]["why_en"]


async def test_an_upheld_report_makes_a_release_that_says_so_and_names_nobody(record: Record) -> None:
    await record.begin()
    upheld = sample(ReportUpheld, about_kind="filing", about_id=filing().entity_id)
    told = await record.after(upheld)
    (report,) = told["reports"]
    assert report["published_text"] == upheld.published_text
    assert upheld.entity_id not in str(told)
    assert change_of(told, "reports")["why"][0]["en"].startswith("A report about this broadcast was upheld")
    corrected = upheld.model_copy(
        update={
            "version": 9,
            "message_id": new_id(),
            "corrected_at": some_time_ago(),
            "correction_zh": "已撤回。",
            "correction_en": "Withdrawn.",
        }
    )
    again = await record.after(corrected)
    assert again["reports"][0]["correction_en"] == "Withdrawn."
    assert [each["release"] for each in again["corrections"]] == [2, 3]


@pytest.mark.parametrize(
    ("kind", "subject"), [("lot", LOTS[0]), ("broadcast", BROADCAST), ("listing", "listing-of-pears")]
)
async def test_an_override_makes_a_release_with_both_reasons(record: Record, kind: str, subject: str) -> None:
    await record.begin()
    overruled = sample(OverrideConfirmed, about_kind=kind, about_id=subject)
    told = await record.after(overruled)
    (override,) = told["overrides"]
    assert override["reason_zh"] == overruled.reason_zh
    assert override["proposed_by_organ"] == overruled.proposed_by_organ
    assert override["confirmed_by_organ"] == overruled.confirmed_by_organ


async def test_what_is_about_another_broadcast_changes_nothing(record: Record) -> None:
    await record.begin()
    told = await record.after(sample(OverrideConfirmed, about_kind="lot", about_id="a-lot-of-somebody-else"))
    assert told["number"] == 1


async def test_late_outcomes_of_complaints_make_a_release(record: Record) -> None:
    await record.begin()
    open_ones = {"acknowledged_at": None, "decided_at": None, "upheld": None, "refunded_at": None, "version": 1}
    first = await record.after(*complaints(30, record.at, **open_ones))
    assert (first["complaints"]["received"], first["complaints"]["decided"]) == (30, 0)
    decided = {"decided_at": record.at, "upheld": True, "version": 2}
    later = await record.after(*complaints(30, record.at, **decided))
    assert later["complaints"] == {"few": False, "received": 30, "decided": 30, "upheld": 30}
    moved = {each["name"]: (each["before"], each["now"]) for each in change_of(later, "complaints")["figures"]}
    assert moved == {"decided": (0, 30), "upheld": (0, 30)}


async def test_three_more_complaints_wait_until_they_tell_of_nobody(record: Record) -> None:
    await record.begin()
    await record.after(*complaints(30, record.at, version=1))
    told = await record.after(*complaints(33, record.at, version=2))
    assert told["complaints"]["received"] == 30


def test_a_count_is_held_while_it_differs_by_a_few_from_any_that_was_printed() -> None:
    assert held_count(30, [], 10) == 30
    assert held_count(33, [30], 10) == 30
    assert held_count(41, [30], 10) == 41
    assert held_count(31, [30, 45, None], 10) == 45
    assert held_count(30, [30, 45], 10) == 30


async def test_text_in_other_languages_is_told_as_it_is(record: Record) -> None:
    await record.begin(title_zh="砀山ᠮᠣᠩᠭᠣᠯ 🍐 نَصّ", title_en="Пеʀи — “Dangshan” ﷽")
    told = await record.look()
    assert told["broadcast"]["title_zh"] == "砀山ᠮᠣᠩᠭᠣᠯ 🍐 نَصّ"


async def test_ten_times_the_orders_are_counted_all_the_same(record: Record) -> None:
    await record.begin(buyers=600)
    sales = (await record.look())["sales"]
    assert sales["claimed"]["orders"] == 600
    assert sum(cell["orders"] for cell in sales["by_lot"]) == 600


async def test_a_filing_that_lacks_everything_is_still_a_record(record: Record) -> None:
    whole = filing().model_dump()
    bare = FilingScheduled.model_validate(whole | {"message_id": new_id(), "facts": {}, "title_en": "", "version": 99})
    await record.begin()
    told = await record.after(bare)
    assert told["costs"]["cost_fen"] is None
    assert told["approvals"] == []
