"""Bodies of the rulebook: every rule in plain words, with its grounds and parameters by date."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.compliance.rules.core import Result
from services.kit.fields import Out


class RulesOut(Out):
    """The rules in reading order, as of a day."""

    law_date: str
    ruleset: str
    items: list[dict[str, Any]]


class ConfusionOut(Out):
    """A labelled text on which the rule answers otherwise than its label."""

    id: str
    kind: str
    text: str
    label: Result
    answer: Result


class AccuracyPartOut(Out):
    """A rule on one part of the texts. *Guilty* texts are labelled `fail`, *innocent* ones `pass`."""

    part: Literal["seen", "mended", "unseen"] = Field(
        description="seen: looked at while the rules were written; mended: scored before anybody looked, and the rules "
        "were mended on it since; unseen: nothing was mended on it."
    )
    texts: int
    right: int = Field(description="Texts on which answer and label agree.")
    guilty: int
    guilty_failed: int
    guilty_held: int
    failed: int
    recall_bp: int | None = Field(description="guilty_failed of guilty, in basis points, rounded down.")
    precision_bp: int | None = Field(description="guilty_failed of failed, in basis points, rounded down.")
    innocent: int
    innocent_failed: int
    innocent_held: int
    confusions: list[ConfusionOut]


class RuleAccuracyOut(Out):
    """One rule on every part."""

    rule: str
    parts: list[AccuracyPartOut]


class AccuracyOut(Out):
    """How right the rules on texts are, with the law of `at`."""

    at: datetime
    rules: list[RuleAccuracyOut]
