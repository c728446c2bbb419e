"""The place and the goods a case is about, and what regions and categories are called in both languages."""

from datetime import date

from services.compliance.rules.core import Words, need
from services.compliance.rules.facts import Facts
from services.contracts.categories import category
from services.contracts.regions import known, region


def the_place(facts: Facts) -> str:
    """The region the specialty comes from.

    Raises MissingFact when nobody stated it.
    """
    return need(need(facts.subject, "subject").region_code, "subject.region_code")


def the_goods(facts: Facts) -> str:
    """The category of the lot, or else of the specialty.

    Raises MissingFact when nobody stated either.
    """
    if facts.lot is not None and facts.lot.category_code is not None:
        return facts.lot.category_code
    return need(need(facts.subject, "subject").category_code, "subject.category_code")


def region_words(code: str, on: date) -> Words:
    """The region's name with its code; the code alone when nobody knows it."""
    row = region(code, on) or known(code)
    return Words(f"{row.name_zh}（{code}）", f"{row.name_en} ({code})") if row else Words(code, code)


def category_words(code: str) -> Words:
    """The category's name; the code when it is unknown."""
    row = category(code)
    return Words(row.zh, row.en) if row else Words(code, code)


def joined(words: list[Words]) -> Words:
    """Several names in one."""
    return Words("、".join(word.zh for word in words), ", ".join(word.en for word in words))
