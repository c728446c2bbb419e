"""The room of reviewers: the queue by urgency, the page of each case, and the words that people speak there."""

import asyncio

from fastapi import APIRouter, Response

from gateway.clients import Json
from gateway.pages.filling import key_of, posted, region_options
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.people import acts_on, attempt, reasons_in, subjects_of
from gateway.views import decisions, desk, events, facts, instant, people, show_instant
from gateway.views.broadcasts import stage_word
from gateway.views.speaking import chosen, own, place
from services.kit import clock
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk")

MOST_BESIDE = 6
FILTERS = ("state", "region", "rule", "kind")


@router.get("/reviews")
async def show_reviews(
    page: CurrentPage, state: str = "", region: str = "", rule: str = "", kind: str = "", cursor: str | None = None
) -> Response:
    """What waits for a person, the most urgent first, and beside it what waits for a second one."""
    page.require_role("reviewer", "inspector")
    asked = {"state": state, "region": region, "rule": rule, "kind": kind}
    given = {name: value for name, value in asked.items() if value}
    queue, proposed, appeals, rules = await asyncio.gather(
        page.compliance.get("/reviews", **given, cursor=cursor, limit=20),
        page.compliance.get("/overrides", limit=MOST_BESIDE),
        page.compliance.get("/appeals", state="open", limit=MOST_BESIDE),
        page.compliance.get("/rules"),
    )
    here = f"/{page.language}/desk/reviews"
    return page.show(
        "desk/reviews.html",
        shared=False,
        room="reviews",
        asked=asked,
        narrowed=bool(given),
        items=[desk.review_item(page, each) for each in queue["items"]],
        proposed=[people.override_row(page, row) for row in proposed["items"]],
        appeals=[people.appeal_row(page, row) for row in appeals["items"]],
        regions=region_options(page),
        rules=[(each["id"], chosen(page, each["title"])) for each in rules["items"]],
        following=page.onward("/desk/reviews", queue["next"], **given),
        first=here if cursor else None,
    )


@router.get("/reviews/{decision_id}")
async def show_case(page: CurrentPage, decision_id: str) -> Response:
    """Everything about one case, and what the visitor may do about each point, or why not."""
    page.require_role("reviewer", "inspector")
    case, decision = await asyncio.gather(
        page.compliance.get(item("cases", decision_id)), page.compliance.get(item("decisions", decision_id))
    )
    subject, used = case["subject"], decision["facts"]
    earlier, acts = await asyncio.gather(
        page.compliance.get("/decisions", subject_kind=subject["kind"], subject_id=subject["id"], limit=20),
        acts_on(page, subjects_of(decision)),
    )
    rulings = {each["rule"]: each for each in decisions.rulings(page, decision)}
    return page.show(
        "desk/case.html",
        shared=False,
        room="reviews",
        case=case,
        title=own(page, case, "title"),
        subject=decisions.subject_words(page, subject),
        where=place(page, case["region_code"]) if case["region_code"] else "",
        stage=stage_word(page, case["stage"]),
        late=not case["demonstration"] and instant(case["deadline_at"]) < clock.business_now(),
        points=[_point(page, rulings[point["rule"]], point) for point in case["points"]],
        parties=people.parties(page, case["parties"]),
        overrides={row["id"]: people.override_row(page, row) for row in case["overrides"]},
        appeals=[people.appeal_row(page, row) for row in case["appeals"]],
        referral=people.referable(page, case["referral"]),
        event=_event(page, used),
        suppliers=_suppliers(page, used),
        evidence=facts.groups(page, {"sales": used["sales"]}) if used.get("sales") else [],
        facts=facts.groups(page, used),
        earlier=[_earlier(page, row) for row in earlier["items"] if row["decision_id"] != decision_id],
        acts=acts,
        key=new_id(),
    )


def _point(page: Page, ruling: Json, point: Json) -> Json:
    return {
        "ruling": ruling,
        "rule": point["rule"],
        "codes": point["reason_codes"],
        "moves": people.moves(page, point),
        "nobody": people.nobody_moves(page, point),
    }


def _event(page: Page, used: Json) -> Json | None:
    event = used.get("event")
    if not event:
        return None
    return {
        "title": event.get("title") or "–",
        "href": f"/{page.language}/events/{event['id']}" if event.get("id") else None,
        "declarations": events.declarations(page, event, clock.now()),
    }


def _suppliers(page: Page, used: Json) -> list[list[str]]:
    """Name, kind, place and share of each supplier, as the gate was told."""
    named = ("name", "kind", "region_code", "offered_share_bp")
    return [
        [facts.value_of(page, name, row[name]) if row.get(name) is not None else "–" for name in named]
        for row in used.get("suppliers") or ()
    ]


def _earlier(page: Page, row: Json) -> Json:
    return {
        "href": f"/{page.language}/desk/reviews/{row['decision_id']}",
        "outcome": row["outcome"],
        "when": show_instant(row["decided_at"], page.language),
        "current": row["current"],
        "binding": row["binding"],
    }


@router.post("/reviews/{decision_id}")
async def answer_review(page: CurrentPage, decision_id: str) -> Response:
    """Accept or refuse one point with a reason that everyone can read."""
    form = await posted(page, "reviewer")
    body = {name: str(form.get(name) or "").strip() for name in ("rule", "reason_code", "resolution")}
    path = f"{item('decisions', decision_id)}/review"
    sent = page.compliance.send("POST", path, body | reasons_in(form), key=key_of(form))
    done = await attempt(page, sent, f"/desk/reviews/{decision_id}")
    if isinstance(done, Response):
        return done
    said = page._("Your answer is kept and published; the gate decides again.")
    return page.go(f"/desk/reviews/{done['decision_id']}", said)


@router.post("/reviews/{decision_id}/override")
async def propose_override(page: CurrentPage, decision_id: str) -> Response:
    """Propose to override a soft fail; a second person of another organ must confirm it."""
    form = await posted(page, "reviewer")
    body = {name: str(form.get(name) or "").strip() for name in ("rule", "reason_code")} | reasons_in(form)
    if until := str(form.get("valid_until") or "").strip():
        body["valid_until"] = f"{until}T23:59:00+08:00"
    sent = page.compliance.send("POST", f"{item('decisions', decision_id)}/overrides", body, key=key_of(form))
    done = await attempt(page, sent, f"/desk/reviews/{decision_id}")
    if isinstance(done, Response):
        return done
    said = page._("Your proposal is kept and published. It speaks once a person of another organ confirms it.")
    return page.go(f"/desk/reviews/{decision_id}", said)


@router.post("/reviews/{decision_id}/override/{override_id}")
async def answer_override(page: CurrentPage, decision_id: str, override_id: str) -> Response:
    """Confirm or decline what another organ proposed."""
    form = await posted(page, "reviewer")
    answer = "confirm" if form.get("answer") == "confirm" else "decline"
    path = f"{item('overrides', override_id)}/{answer}"
    sent = page.compliance.send("POST", path, reasons_in(form), key=key_of(form))
    done = await attempt(page, sent, f"/desk/reviews/{decision_id}")
    if isinstance(done, Response):
        return done
    if answer == "decline":
        return page.go(f"/desk/reviews/{decision_id}", page._("Declined and published. The answer of the gate stays."))
    said = page._("Confirmed and published; the gate has decided again.")
    return page.go(f"/desk/reviews/{done['new_decision_id'] or decision_id}", said)


@router.post("/reviews/{decision_id}/refer")
async def refer_decision(page: CurrentPage, decision_id: str) -> Response:
    """Put the failed notice of an earlier decision before inspectors; one that has its referral already shows it."""
    form = await posted(page, "inspector")
    sent = page.compliance.send("POST", f"{item('decisions', decision_id)}/referral", key=key_of(form))
    done = await attempt(page, sent, f"/desk/reviews/{decision_id}")
    if isinstance(done, Response):
        return done
    return page.go(
        f"/desk/referrals/{done['id']}", page._("The referral is open. Forward it, or close it with a reason.")
    )
