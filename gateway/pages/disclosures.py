"""What was real: the records of broadcasts, their releases, and those that are late."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.pages.frame import CurrentPage
from gateway.pages.market import item
from gateway.views import disclosures, record_parts
from gateway.views.speaking import own, place
from services.contracts import regions

router = APIRouter(prefix="/{lang}")

Number = Annotated[int | None, Query(ge=1, le=100_000)]


@router.get("/disclosures")
async def show_disclosures(page: CurrentPage, region: str = "", cursor: str | None = None) -> Response:
    """Records, the broadcast that ended last first; of a region and all below it, if one is named."""
    code = region if regions.known(region) else ""
    listed = await page.disclosure.get("/disclosures", region=code, cursor=cursor, limit=20)
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
        rows=rows,
        region=code,
        region_name=place(page, code) if code else None,
        next_href=page.onward("/disclosures", listed["next"], region=code),
        first_href=f"/{page.language}/disclosures" if cursor else None,
    )


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
        producers=disclosures.producer_rows(document),
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
        answered=[record_parts.reply_row(page, each) for each in document.get("replies", ())],
        releases=disclosures.release_rows(page, releases["items"], broadcast_id),
        raw_href=f"/api/v1/disclosures/{broadcast_id}/releases/{document['number']}",
    )
