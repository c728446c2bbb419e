"""The forms of “ask the gate”: a text, an event, or all facts as data; and the question that each becomes."""

import json
import typing
from collections.abc import Collection, Mapping
from typing import Any, Literal

from gateway.views.broadcasts import stage_word
from gateway.views.codes import word_of
from gateway.views.decisions import text_kind
from gateway.views.forms import Field, Section
from gateway.views.speaking import Speaker

Json = dict[str, Any]
About = Literal["text", "event", "facts"]
ABOUTS: tuple[About, ...] = typing.get_args(About)

# A notice speaks to staff, everything else to shoppers; each is read by the rules that are about it.
NOTICES = ("notice", "message")
PROMOTIONAL = ("title", "description", "script", "caption", "cover")
RULES_ON_NOTICES = ("notice.apportion",)
RULES_ON_PROMOTION = ("adm.company_text", "text.absolute", "text.claims", "text.official_image")
RULES_ON_EVENTS = ("fm.event", "fm.authority", "fm.coverage", "fm.window")

EVENT_TYPES = (
    *("natural", "public_health", "accident", "animal_disease", "crop_pest", "social_safety"),
    *("market_glut", "price_fall", "competition", "late_ripening", "trade_dispute", "poor_quality"),
)
MECHANISMS = ("damage", "transport", "market_closed", "labour", "lockdown", "downgrade")
DECLARATIONS = ("response", "disaster", "epidemic", "lockdown", "warning", "statement")
SYSTEMS = (
    *("weather", "flood_drought", "relief", "earthquake", "public_health", "animal_disease", "crop_pest"),
    *("plant_quarantine", "accident", "social_safety"),
)
AUTHORITIES = (
    *("government", "emergency_command", "flood_command", "earthquake_command", "relief_committee", "weather_station"),
    *("health_department", "agriculture_department", "emergency_department", "other_department"),
    *("township_government", "village", "enterprise", "association", "media"),
)
LEVELS = ("national", "province", "prefecture", "county", "township")
STAGES = ("listing", "filing", "golive", "onair", "post")
_DECLARED = "event.declarations.0"


def sections(speaker: Speaker, about: About, categories: list[tuple[Any, ...]]) -> list[Section]:
    """The form for a question of this sort."""
    made = {"text": _text_form, "event": _event_form, "facts": _facts_form}
    return made[about](speaker, categories)


def _options(speaker: Speaker, codes: Collection[str]) -> list[tuple[Any, ...]]:
    return [(code, word_of(speaker, code)) for code in codes]


def _day(speaker: Speaker) -> Field:
    hint = speaker._("The law of this moment is applied. Empty: of now.")
    return Field("at", speaker._("As of"), "moment", hint=hint)


def _text_form(speaker: Speaker, _categories: object) -> list[Section]:
    kinds = [(kind, text_kind(speaker, kind)) for kind in (*NOTICES, *PROMOTIONAL)]
    names = speaker._("One a line. Without them a trade name may pass for an ordinary word, and a person must look.")
    return [
        Section(
            "text",
            speaker._("The text"),
            (
                Field("kind", speaker._("Kind of text"), "choice", required=True, options=kinds),
                Field("text", speaker._("Its words"), "area", required=True, rows=10),
                Field("supplier_names", speaker._("Names of the suppliers"), "lines", hint=names, rows=3),
                _day(speaker),
            ),
        )
    ]


def _event_form(speaker: Speaker, categories: list[tuple[Any, ...]]) -> list[Section]:
    code = speaker._("Six digits, such as 341321.")
    return [
        Section(
            "goods",
            speaker._("The goods"),
            (
                Field("subject.region_code", speaker._("Region they come from"), hint=code, most=6),
                Field("subject.category_code", speaker._("Kind of goods"), "choice", options=categories),
            ),
        ),
        Section("event", speaker._("What happened"), _event_fields(speaker, code)),
        Section("declaration", speaker._("Who declared it"), _declaration_fields(speaker, code)),
        Section("law", speaker._("The day of the question"), (_day(speaker),)),
    ]


def _event_fields(speaker: Speaker, code: str) -> tuple[Field, ...]:
    kinds, ways = _options(speaker, EVENT_TYPES), _options(speaker, MECHANISMS)
    return (
        Field("event.event_type", speaker._("Kind of event"), "choice", required=True, options=kinds),
        Field("event.occurred_at", speaker._("Since"), "moment"),
        Field("event.regions.0.code", speaker._("Region it struck"), hint=code, most=6),
        Field("event.impacts.0.mechanism", speaker._("What it did to the goods"), "choice", options=ways),
    )


def _declaration_fields(speaker: Speaker, code: str) -> tuple[Field, ...]:
    return (
        Field(f"{_DECLARED}.kind", speaker._("What was declared"), "choice", options=_options(speaker, DECLARATIONS)),
        Field(f"{_DECLARED}.system", speaker._("Under which law"), "choice", options=_options(speaker, SYSTEMS)),
        Field(f"{_DECLARED}.response_level", speaker._("Response level"), "count", hint=speaker._("1 is the gravest.")),
        Field(f"{_DECLARED}.authority.name", speaker._("Name of the authority")),
        Field(
            f"{_DECLARED}.authority.kind", speaker._("Kind of body"), "choice", options=_options(speaker, AUTHORITIES)
        ),
        Field(f"{_DECLARED}.authority.level", speaker._("Its level"), "choice", options=_options(speaker, LEVELS)),
        Field(f"{_DECLARED}.authority.region_code", speaker._("Its region"), hint=code, most=6),
        Field(f"{_DECLARED}.authority.parent_government", speaker._("Government above it, if it is a headquarters")),
        Field(f"{_DECLARED}.doc_no", speaker._("Number of the document")),
        Field(f"{_DECLARED}.issued_at", speaker._("Issued"), "moment"),
        Field(f"{_DECLARED}.lifted_at", speaker._("Lifted"), "moment"),
    )


def _facts_form(speaker: Speaker, _categories: object) -> list[Section]:
    stages = [(stage, stage_word(speaker, stage)) for stage in STAGES]
    hint = speaker._("An object by the names of the facts schema. Every rule of the stage is asked.")
    return [
        Section(
            "facts",
            speaker._("All facts"),
            (
                Field("stage", speaker._("Stage"), "choice", required=True, options=stages),
                Field("facts", speaker._("Facts as JSON"), "area", required=True, rows=14, hint=hint),
                _day(speaker),
            ),
        )
    ]


class NotFacts(ValueError):
    """What was typed is no JSON object."""


def question(about: About, body: Mapping[str, Any], known_rules: Collection[str]) -> Json:
    """The check that a filled form asks; always a trial. Raises NotFacts for facts that are no JSON object."""
    made = {"text": _about_text, "event": _about_event, "facts": _about_facts}[about](body)
    asked = made.pop("rules", None)
    if asked is not None:
        made["rules"] = [rule for rule in asked if rule in known_rules]
    if body.get("at"):
        made["at"] = body["at"]
    return made | {"trial": True}


def _about_text(body: Mapping[str, Any]) -> Json:
    notice = body.get("kind") in NOTICES
    facts: Json = {"texts": [{"kind": body.get("kind"), "text": body.get("text")}]}
    if not notice:
        # Only words were brought, so there are no pictures in which an official could be seen.
        facts["media"] = []
    if names := body.get("supplier_names"):
        facts["context"] = {"supplier_names": names}
    rules = RULES_ON_NOTICES if notice else RULES_ON_PROMOTION
    return {"stage": "filing" if notice else "listing", "rules": list(rules), "facts": facts}


def _about_event(body: Mapping[str, Any]) -> Json:
    facts = {name: body[name] for name in ("subject", "event") if name in body}
    category = (facts.get("subject") or {}).get("category_code")
    for impact in (facts.get("event") or {}).get("impacts", ()):
        if category:
            impact.setdefault("category_code", category)
    return {"stage": "listing", "rules": list(RULES_ON_EVENTS), "facts": facts}


def _about_facts(body: Mapping[str, Any]) -> Json:
    try:
        facts = json.loads(str(body.get("facts", "")))
    except (ValueError, RecursionError) as error:
        raise NotFacts from error
    if not isinstance(facts, dict):
        raise NotFacts
    return {"stage": body.get("stage"), "facts": facts}


EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "notice": {
        "kind": "notice",
        "text": "要求全县帮扶干部通过线上下单或线下认购的方式，购买直播带货农产品，每人不少于50元。",
        "at": "2020-05-09T09:00",
    },
    "apology": {
        "kind": "notice",
        "text": "《通知》中“每人不少于50元”的要求是错误的，现予撤销，并向社会各界表示歉意。",
        "at": "2020-05-09T17:00",
    },
    "description": {"kind": "description", "text": "黄河故道沙土地的酥梨，皮薄多汁，县长推荐，全网最甜，止咳润肺。"},
}
"""Texts that can be tried with one click."""
