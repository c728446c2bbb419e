"""The form of a parameter's value: asked for as what it is, a number, a share, words line by line, or a table."""

import json
from typing import Any

from gateway.views.forms import Field, Kind, Say, Section
from gateway.views.speaking import Speaker

Json = dict[str, Any]


def kind_of(parameter: Json) -> Kind:
    """How the value is asked for."""
    value = parameter["values"][-1]["value"]
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "percent" if parameter["name"].endswith("_bp") else "count"
    return "lines" if isinstance(value, list) else "area" if isinstance(value, dict) else "line"


def proposal_sections(_: Say, parameter: Json, earliest: str) -> list[Section]:
    """A value, from when, on what ground, and why."""
    kind = kind_of(parameter)
    hints = {
        "lines": _("One word a line; only whole words count."),
        "area": _("A table as JSON, shaped like the present one; the rule knows only its words."),
        "percent": _("In percent, such as 12.5."),
    }
    value = Field("value", _("New value"), kind, hint=hints.get(kind), required=True, rows=10)
    basis = (("platform", _("Our own rule")), ("law", _("A law, regulation or rule of a ministry")))
    return [
        Section(
            "value",
            _("The value"),
            (
                value,
                Field(
                    "from_on", _("First day"), "day", _("Our own values: not before %(day)s.") % {"day": earliest}, True
                ),
            ),
        ),
        Section(
            "ground",
            _("Its ground"),
            (
                Field("basis", _("Ground"), "choice", required=True, options=basis),
                Field("source", _("Law, or a note on our own value"), hint=_("Its full Chinese name."), most=2000),
                Field("article", _("Article"), hint=_("In Chinese, such as 第三十九条第一款; for law only."), most=200),
            ),
        ),
        Section(
            "reason",
            _("Why, published in both languages"),
            (
                Field("reason_zh", _("Reason in Chinese"), "area", required=True, rows=3),
                Field("reason_en", _("Reason in English"), "area", required=True, rows=3),
            ),
        ),
    ]


def shown_now(parameter: Json) -> Json:
    """What the form shows before anybody typed: the present value, to be changed."""
    value, kind = parameter["values"][-1]["value"], kind_of(parameter)
    if kind == "area":
        return {"value": json.dumps(value, ensure_ascii=False, indent=1), "basis": "platform"}
    if kind == "lines":
        return {"value": "\n".join(value), "basis": "platform"}
    return {"basis": "platform"}


def read_table(speaker: Speaker, body: Json, errors: dict[str, str]) -> None:
    """A table as typed becomes data; what is no JSON is said beside the field."""
    try:
        body["value"] = json.loads(body["value"])
    except (ValueError, RecursionError):
        errors["value"] = speaker._("This is no JSON. Keep the braces and quotes of the present value.")
