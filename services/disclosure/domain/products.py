"""What a record says of its products, for finding it by words."""

import unicodedata
from typing import Any

MOST_WORDS = 5


def products_of(document: dict[str, Any]) -> str:
    """Titles, and names, categories and specifications of the goods, as they are compared."""
    about = document["broadcast"]
    said = [about["title_zh"], about["title_en"]]
    for good in document["goods"]:
        said += [good["display_name"], good["category_code"], good["specification"]]
    return _folded(" ".join(each for each in said if each))


def words_of(text: str) -> tuple[str, ...]:
    """The words that are sought, at most five; a record must hold them all."""
    # PostgreSQL takes no null character.
    return tuple(_folded(text.replace("\0", " ")).split()[:MOST_WORDS])


def _folded(text: str) -> str:
    """Without the differences that nobody means: wide forms, capitals."""
    return unicodedata.normalize("NFKC", text).lower()
