"""Why: the rules in plain words, the decisions that explain themselves, the registered events."""

import asyncio
import json
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Response

from gateway.clients import Json
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import drawings_of, item
from gateway.pages.people import CONCERNED, entries_on, subjects_of
from gateway.views import changes, decisions, events, facts, people, rulebook
from gateway.views.broadcasts import broadcast_card, stage_word
from gateway.views.speaking import chosen
from services.kit import clock
from services.kit.problem import NotFound

router = APIRouter()

MOST_STOPPED = 6


@router.get("/{lang}/rules")
async def show_rules(page: CurrentPage, at: str = "") -> Response:
    """The rulebook as it stands on a day: every rule in a sentence."""
    day = _day(at)
    answer = await page.compliance.get("/rules", at=day)
    return page.show(
        "rules/rulebook.html",
        chapters=rulebook.chapters(page, answer["items"]),
        announced=rulebook.announced(page, answer["items"], clock.business_today().isoformat()),
        ruleset=answer["ruleset"],
        law_date=answer["law_date"],
        at=day or "",
    )


@router.get("/{lang}/rules/{rule_id}")
async def show_rule(page: CurrentPage, rule_id: str, at: str = "") -> Response:
    """One rule: in plain words, its articles and parameters by date, all it can say."""
    day = _day(at)
    rule, book, history, stopped = await asyncio.gather(
        page.compliance.get(item("rules", rule_id), at=day),
        page.compliance.get("/rules", at=day),
        page.compliance.get(f"{item('rules', rule_id)}/changes", limit=50),
        _stopped_by(page, rule_id),
    )
    today = clock.business_today().isoformat()
    before, after = rulebook.neighbours(page, book["items"], rule_id)
    return page.show(
        "rules/rule.html",
        rule=rule,
        title=chosen(page, rule["title"]),
        summary=chosen(page, rule["summary"]),
        stages=[stage_word(page, stage) for stage in rule["stages"]],
        grounds=rulebook.ground_lines(page, rule["grounds"]),
        parameters=rulebook.parameter_tables(page, rule["parameters"], today),
        reasons=rulebook.reason_lines(page, rule["reasons"]),
        at=day or "",
        today=today,
        history=[changes.history_item(page, each) for each in history["items"]],
        before=before,
        after=after,
        tail=f"?at={day}" if day else "",
        stopped=stopped,
    )


async def _stopped_by(page: Page, rule_id: str) -> list[Json]:
    """Broadcasts that this rule stopped, the newest first, among the last ones that were stopped at all."""
    answer = await page.broadcast.get("/broadcasts", state="blocked", order="latest", limit=10)
    rows: list[Json] = answer["items"]
    pages = await asyncio.gather(*(page.broadcast.find(item("broadcasts", row["id"])) for row in rows))
    told = await asyncio.gather(*(_failing_rules(page, each) for each in pages))
    found = [row for row, rules in zip(rows, told, strict=True) if rule_id in rules][:MOST_STOPPED]
    drawings = await drawings_of(page, found)
    return [broadcast_card(page, row, drawings, clock.business_today()) for row in found]


async def _failing_rules(page: Page, broadcast: Json | None) -> set[str]:
    failed = [each for each in (broadcast or {}).get("decisions", ()) if each["outcome"] == "fail"]
    found = await asyncio.gather(*(page.compliance.find(item("decisions", each["decision_id"])) for each in failed))
    return {
        result["rule"] for each in found if each is not None for result in each["results"] if result["result"] == "fail"
    }


def _day(at: str) -> str | None:
    """The day asked for. Raises NotFound for what is no day."""
    if not at:
        return None
    try:
        return date.fromisoformat(at).isoformat()
    except ValueError as error:
        raise NotFound(
            "There is no such day. Write it as 2020-05-09.", "没有这样的日期，请写成 2020-05-09 的形式。"
        ) from error


@router.get("/{lang}/decisions/{decision_id}")
async def show_decision(page: CurrentPage, decision_id: str, link: str | None = None) -> Response:
    """A decision that explains itself, with everything needed to check it."""
    decision = await page.compliance.get(item("decisions", decision_id), link=link)
    entries = await entries_on(page, subjects_of(decision))
    reasons = people.published_reasons(page, decision, entries)
    found = [{**each, "said": reasons.get(each["rule"], ())} for each in decisions.rulings(page, decision)]
    return page.show(
        "rules/decision.html",
        shared=link is None,
        decision=decision,
        link=quote(link) if link else None,
        title=decisions.title(page, decision),
        summary=decisions.summary(page, decision),
        against=[each for each in found if _decided_it(each)],
        quiet=[each for each in found if not _decided_it(each)],
        texts=decisions.marked_texts(page, decision),
        counts=decisions.counts(decision),
        subject=decisions.subject_words(page, decision["subject"]),
        subject_href=await _subject_href(page, decision),
        subject_title=decisions.subject_title(page, decision["facts"]),
        stage=stage_word(page, decision["stage"]),
        facts=facts.groups(page, decision["facts"]),
        raw=json.dumps(decision["facts"], ensure_ascii=False, indent=2),
        acts=people.trail(page, entries),
        ours=bool(subjects_of(decision)),
        appeal=_appeal_href(page, decision),
    )


def _decided_it(ruling: Json) -> bool:
    """What holds or blocks, and what passed only because people said so."""
    return ruling["result"] in ("fail", "review") or ruling["resolved_by"] is not None


def _appeal_href(page: Page, decision: Json) -> str | None:
    """Where those concerned begin an appeal; the rule that they object to is put behind it."""
    if page.visitor.roles.isdisjoint(CONCERNED) or not subjects_of(decision):
        return None
    return f"/{page.language}/desk/decisions/{decision['decision_id']}/appeal?rule="


async def _subject_href(page: Page, decision: Json) -> str | None:
    """Where the subject has a public page of its own; a filing has that of its broadcast."""
    subject = decision["subject"]
    if not subject or not subject.get("version") or decision["trial"]:
        return None
    if subject["kind"] == "filing":
        name = (decision["facts"].get("filing") or {}).get("broadcast_id")
        found = await page.broadcast.find(item("broadcasts", name)) if isinstance(name, str) else None
        return f"/{page.language}/broadcasts/{found['id']}" if found else None
    folder = {"listing": "listings", "lot": "lots", "broadcast": "broadcasts"}.get(subject["kind"])
    return f"/{page.language}/{folder}/{subject['id']}" if folder else None


@router.get("/{lang}/events/{event_id}")
async def show_event(page: CurrentPage, event_id: str) -> Response:
    """A registered event of force majeure with its declarations and the zones in which a disease stops movement."""
    event = await page.compliance.get(item("events", event_id))
    now = clock.now()
    return page.show(
        "rules/event.html",
        event=event,
        head=events.event_head(page, event, now),
        declarations=events.declarations(page, event["document"], now),
        zones=events.zones(page, event["document"], now),
    )
