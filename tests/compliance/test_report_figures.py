"""Reports in figures: time limits, withheld cells, months that do not change any more, and what is forgotten."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.compliance.actions import report_figures
from services.compliance.domain import reports as domain
from services.compliance.models import Report
from services.compliance.rules.law import released_parameters
from services.compliance.settings import ComplianceSettings
from services.compliance.store import reports as store
from services.kit import clock
from services.kit.ids import new_id
from tests import papers
from tests.apps import ServiceUnderTest, Tokens, instant
from tests.compliance.test_reports import everything_stored
from tests.compliance.tip import Tips, reason
from tests.papers import NOTICE

JUNE = instant("2026-06-10T09:00:00")
LATE_JULY = instant("2026-07-08T00:00:00")


@pytest.fixture
def tips(service: ServiceUnderTest, tokens: Tokens) -> Tips:
    return Tips(service, tokens)


async def received(
    service: ServiceUnderTest,
    count: int,
    *,
    at: datetime = JUNE,
    acknowledged: timedelta | None = timedelta(hours=2),
    decided: timedelta | None = None,
    state: str = "not_upheld",
    kind: str = "apportionment",
) -> None:
    """So many reports as the table holds them."""
    terms = domain.terms_at(released_parameters(), at)
    rows = [
        Report(
            id=new_id(),
            code_hash=new_id(),
            kind=kind,
            region_code="341321",
            region_line=["341321"],
            barred=[],
            received_at=at,
            acknowledge_by=terms.acknowledge_by(at),
            decide_by=terms.decide_by(at),
            acknowledged_at=at + acknowledged if acknowledged else None,
            decided_at=at + decided if decided else None,
            state=state if decided else "received",
        )
        for _ in range(count)
    ]
    async with service.database.sessions.begin() as db:
        await store.save(db, *rows)


async def figures(service: ServiceUnderTest, at: datetime) -> dict[str, Any]:
    """What is published at an instant."""
    with clock.set_to(at):
        async with service.database.sessions() as db:
            return (await report_figures.figures(db)).model_dump(mode="json")


def row_of(told: dict[str, Any], kind: str = "apportionment") -> list[int | None]:
    (month,) = told["months"]
    row = next(each for each in month["kinds"] if each["kind"] == kind)
    return [row[name] for name in ("received", "acknowledged_in_time", "decided_in_time", "upheld")]


async def test_figures_count_what_was_acknowledged_and_decided_within_the_limits(service: ServiceUnderTest) -> None:
    await received(service, 20, decided=timedelta(days=7), state="upheld")
    await received(service, 20, decided=timedelta(days=6, hours=23))
    await received(service, 20, acknowledged=timedelta(hours=25), decided=timedelta(days=7, hours=1), state="upheld")
    assert row_of(await figures(service, LATE_JULY)) == [60, 40, 40, 20]


async def test_fewer_than_ten_and_what_would_let_them_be_reckoned_are_withheld(service: ServiceUnderTest) -> None:
    await received(service, 9)
    assert row_of(await figures(service, LATE_JULY)) == [None, None, None, None]
    await received(service, 21, acknowledged=None)
    await received(service, 4, kind="conflict")
    told = await figures(service, LATE_JULY)
    assert row_of(told) == [30, None, None, None]
    assert row_of(told, "conflict") == [None] * 4


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((10, 10, 10, 10), [10, 10, 10, 10]),
        ((30, 25, 20, 10), [30, None, 20, 10]),
        ((30, 20, 15, 5), [30, 20, None, None]),
        ((9, 9, 9, 9), [None] * 4),
        ((0, 0, 0, 0), [None] * 4),
    ],
)
def test_no_difference_of_two_figures_points_at_fewer_than_ten(counts: tuple[int, ...], told: list[int | None]) -> None:
    assert domain.told_beside(counts) == told


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([], [("abcdef", False)]),
        ([(1, 3), (2, 4), (4, 5)], [("a", False), ("bcde", True), ("f", False)]),
        ([(0, 99)], [("abcdef", True)]),
        ([(3, 3), (5, 2), (-2, 1)], [("a", True), ("bcdef", False)]),
    ],
)
def test_words_are_marked_where_the_rule_points_whatever_the_spans(
    spans: list[tuple[int, int]], pieces: list[tuple[str, bool]]
) -> None:
    assert domain.marked("abcdef", spans) == pieces


async def test_a_month_is_published_when_its_last_deadline_has_passed_and_never_changes(
    service: ServiceUnderTest,
) -> None:
    await received(service, 12, acknowledged=None)
    before = await figures(service, LATE_JULY - timedelta(seconds=1))
    assert (before["months"], before["next_month"], before["next_on"]) == ([], "2026-06", "2026-07-08")
    published = await figures(service, LATE_JULY)
    assert row_of(published) == [12, None, None, None]
    async with service.database.sessions.begin() as db:
        when = LATE_JULY + timedelta(days=1)
        await db.execute(sa.update(Report).values(state="upheld", acknowledged_at=when, decided_at=when))
    late = await figures(service, LATE_JULY + timedelta(days=20))
    assert late["months"] == published["months"]


async def test_without_any_report_the_figures_say_when_there_will_be_some(service: ServiceUnderTest) -> None:
    told = await figures(service, JUNE)
    assert (told["months"], told["next_month"]) == ([], "2026-06")
    answer = await service.client.get("/reports/figures")
    assert (answer.status_code, answer.json()["fewest"]) == (200, 10)


async def test_no_figure_and_no_public_report_ranks_regions(tips: Tips) -> None:
    document = (await tips.service.client.get("/openapi.json")).json()
    figure = document["components"]["schemas"]["FigureOut"]["properties"]
    assert set(figure) == {"kind", "received", "acknowledged_in_time", "decided_in_time", "upheld"}


async def test_the_limits_come_from_the_dated_parameters(service: ServiceUnderTest) -> None:
    terms = (await service.client.get("/reports/terms")).json()
    assert (terms["acknowledge_hours"], terms["decide_days"], terms["kept_days"]) == (24, 7, 180)
    assert domain.months_between(date(2026, 11, 30), date(2027, 1, 1)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]


async def forget(tips: Tips, kept_days: int) -> int:
    """One round of forgetting, by settings that keep nothing longer than so many days."""
    around = tips.service.app.state.surroundings
    settings: ComplianceSettings = around.settings
    around.settings = settings.model_copy(update={"report_kept_days": kept_days})
    return await report_figures.forget_reports(tips.service.database, around)


async def test_words_and_files_are_deleted_in_time_and_case_and_outcome_stay(tips: Tips) -> None:
    closed = await tips.tip(("n.txt", NOTICE.encode()), words="gone-words", organ="gone-organ")
    shared = await tips.tip(("n.txt", NOTICE.encode()), ("p.png", papers.png()), words="kept-words")
    await tips.do(closed["id"], "uphold", reason(published_text=NOTICE))
    assert await forget(tips, kept_days=180) == 0
    assert "gone-words" in await everything_stored(tips.service)

    assert await forget(tips, kept_days=0) == 1

    stored = await everything_stored(tips.service)
    answers = [line for line in stored.splitlines() if not line.startswith("idempotency")]
    assert [word for word in ("gone-words", "gone-organ") if word in "\n".join(answers)] == []
    assert "kept-words" in stored
    followed = await tips.follow(closed["code"])
    assert (followed["forgotten"], followed["state"], followed["files"]) == (True, "upheld", [])
    case = await tips.case(shared["id"])
    assert [file["position"] for file in case["files"]] == [1, 2]
    for number in (1, 2):
        path = f"/reports/{shared['id']}/files/{number}"
        assert (await tips.service.client.get(path, headers=tips.inspector())).status_code == 200
    assert (await tips.case(closed["id"]))["texts"] == []
    assert await forget(tips, kept_days=0) == 0


async def test_a_file_that_no_report_names_is_cleared_away(tips: Tips) -> None:
    files = tips.service.app.state.surroundings.report_files
    orphan = await files.put(b"brought by a process that was killed")
    await forget(tips, kept_days=180)
    assert await files.get(orphan) is None
