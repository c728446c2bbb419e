"""Words for the codes in facts and parameters, and names for the fields of facts: two tables beside this module."""

import csv
from functools import cache
from pathlib import Path

from gateway.views.speaking import Speaker
from services.contracts import categories

HERE = Path(__file__).parent


@cache
def _table(file_name: str) -> dict[str, dict[str, str]]:
    with (HERE / file_name).open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return {key: {"zh": chinese, "en": english} for key, chinese, english in rows}


def word_of(speaker: Speaker, code: str) -> str:
    """The word for a code; what is no code, such as a word of a lexicon, is itself."""
    row = _table("code_words.csv").get(code)
    return row[speaker.language] if row else code


def field_name(speaker: Speaker, field: str) -> str:
    """What a field of the facts is called; its own name when the table does not know it."""
    row = _table("fact_names.csv").get(field)
    return row[speaker.language] if row else field.replace("_", " ")


def category_word(speaker: Speaker, code: str) -> str:
    """The name of a category; the code itself when there is none."""
    found = categories.category(code)
    if found is None:
        return code
    return found.zh if speaker.language == "zh" else found.en
