"""What was real: the records of broadcasts, their releases, and those that are late."""

import asyncio
from datetime import date, timedelta
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import disclosures, record_parts
from gateway.views.speaking import own, place
from services.contracts import regions
from services.kit import clock

router = APIRouter(prefix="/{lang}")

Number = Annotated[int | None, Query(ge=1, le=100_000)]
Text = Annotated[str, Query(max_length=200)]


class Sought(NamedTuple):
    """How the list is narrowed; every word is empty where it is not."""

    region: str = ""
    since: str = ""
    until: str = ""
    stage: str = ""
    product: str = ""


async def _sought(
    region: Text = "", since: Text = "", until: Text = "", stage: Text = "", product: Text = ""
) -> Sought:
    return Sought(region.strip(), since.strip(), until.strip(), stage, product.strip())


@router.get("/disclosures")
async def show_disclosures(
    page: CurrentPage, sought: Annotated[Sought, Depends(_sought)], cursor: str | None = None
) -> Response:
    """Records, the broadcast that ended last first; of a region, a span of days, a stage, a product, if given."""
    asked = sought._asdict()
    try:
        since, until = (midnight(page, asked[name], after) for name, after in (("since", 0), ("until", 1)))
        listed = await page.disclosure.get(
            "/disclosures", **{**asked, "since": since, "until": until}, cursor=cursor, limit=20
        )
    except ServiceProblem as problem:
        if problem.status not in (404, 422):
            raise
        return _list(page, sought, {"items": [], "next": None}, first=False, said=str(problem))
    except NoDay as problem:
        return _list(page, sought, {"items": [], "next": None}, first=False, said=str(problem))
    return _list(page, sought, listed, first=cursor is not None)


class NoDay(ValueError):
    """What was given is no day."""


def midnight(page: Page, text: str, days_after: int) -> str | None:
    """The first instant, in China, of so many days after a day; None of none. Raises NoDay."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days_after)
    except (ValueError, OverflowError):
        raise NoDay(page._("%(text)s is no day. Write it as in 2026-11-28.", text=text[:40])) from None
    return f"{day.isoformat()}T00:00:00+08:00"


def _list(page: Page, sought: Sought, listed: Json, *, first: bool, said: str | None = None) -> Response:
    code = sought.region if regions.known(sought.region) else ""
    rows = [
        {
            "title": own(page, each, "title"),
            "href": f"/{page.language}/disclosures/{each['broadcast_id']}",
            "where": place(page, each["region_code"]),
            "ended_at": each["ended_at"],
            "stage": disclosures.stage_word(page, each["newest"]["stage"]),
            "number": each["newest"]["number"],
        }
        for each in listed["items"]
    ]
    return page.show(
        "disclosures/list.html",
        status=422 if said else 200,
        rows=rows,
        sought=sought,
        narrowed=any(sought),
        said=said,
        provinces=disclosures.province_options(page, clock.business_today(), sought.region),
        stages=disclosures.stage_options(page),
        region=code,
        region_name=place(page, code) if code else None,
        next_href=page.onward("/disclosures", listed["next"], **sought._asdict()),
        first_href=_first(page, sought) if first else None,
    )


def _first(page: Page, sought: Sought) -> str:
    kept = urlencode({name: value for name, value in sought._asdict().items() if value})
    return f"/{page.language}/disclosures" + (f"?{kept}" if kept else "")


@router.get("/disclosures/overdue")
async def show_overdue(page: CurrentPage) -> Response:
    """Records that are late, the longest first."""
    listed = await page.disclosure.get("/disclosures/overdue")
    rows = [
        {
            "title": own(page, each, "title"),
            "href": f"/{page.language}/broadcasts/{each['broadcast_id']}",
            "where": place(page, each["region_code"]),
            "late": disclosures.late_words(page, each["late"]),
            **{name: each[name] for name in ("ended_at", "summary_due_on", "full_due_on", "held_at")},
            "gate": disclosures.gate_answer(page, each["gate"]) if each["gate"] else None,
        }
        for each in [*listed["items"], *listed["failed"]]
    ]
    late = len(listed["items"])
    return page.show("disclosures/overdue.html", rows=rows[:late], failed=rows[late:])


@router.get("/disclosures/{broadcast_id}")
async def show_disclosure(page: CurrentPage, broadcast_id: str, release: Number = None) -> Response:
    """One record as a citizen reads it in a minute; with `release`, as it was published then."""
    path = item("disclosures", broadcast_id)
    document, releases = await asyncio.gather(
        page.disclosure.get(f"{path}/releases/{release}" if release else path),
        page.disclosure.get(f"{path}/releases"),
    )
    about = document["broadcast"]
    bounds = [disclosures.milliseconds(about[name]) for name in ("opened_at", "ended_at")]
    return page.show(
        "disclosures/one.html",
        document=document,
        title=own(page, about, "title"),
        where=place(page, about["region_code"]),
        stage=disclosures.stage_word(page, document["stage"]),
        newest=releases["items"][-1]["number"],
        held=disclosures.gate_answer(page, releases["held"]) if releases["held"] else None,
        publication=disclosures.gate_answer(page, document["publication"]) if document["publication"] else None,
        kept_back=disclosures.kept_back(page, document),
        figures=disclosures.figure_rows(page, document["sales"], document["viewers"]),
        questioned=disclosures.questioned_rows(page, document["sales"]),
        lots=disclosures.lot_rows(page, document),
        producers=disclosures.producer_rows(page, document),
        segments=disclosures.segment_rows(page, document),
        gate=disclosures.gate_rows(page, document),
        findings=disclosures.findings(page, document),
        drawing=disclosures.drawing(document, *bounds),
        times=disclosures.time_rows(page, document),
        changed=disclosures.changed_words(page, document),
        changes=record_parts.changes(page, document),
        corrections=record_parts.corrections(page, document),
        bands=disclosures.bands(document, *bounds),
        viewers=record_parts.viewer_lines(document, *bounds),
        viewer_rows=record_parts.viewer_rows(page, document),
        unsold=record_parts.unsold_rows(page, document),
        overrides=record_parts.overrides(page, document),
        upheld=record_parts.reports(page, document),
        answered=[
            record_parts.reply_row(page, each, document["broadcast"]["broadcast_id"])
            for each in document.get("replies", ())
        ],
        releases=disclosures.release_rows(page, releases["items"], broadcast_id),
        raw_href=f"/api/v1/disclosures/{broadcast_id}/releases/{document['number']}",
    )
