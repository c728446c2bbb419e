"""Bodies of the rulebook: every rule in plain words, with its grounds and parameters by date."""

from typing import Any

from services.kit.fields import Out


class RulesOut(Out):
    """The rules in reading order, as of a day."""

    law_date: str
    ruleset: str
    items: list[dict[str, Any]]
