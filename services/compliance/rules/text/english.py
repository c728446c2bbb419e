"""Finds demands on staff that are written in English, as in a notice of a company that mixes both languages."""

from collections.abc import Iterator
from itertools import islice

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import compiled

_SAME = r"[^.;!?。\n]"
# Letters and figures stand close in a normalised text, so that blanks may be missing anywhere: placeaminimum of 20.
_MUST = (
    r"(?:must|shall|has to|have to|needs? to|(?:is|are) (?:required|expected|obliged|asked|instructed) to"
    r"|please(?= ?(?:log|order|buy|purchase|watch|stay|join|place)))"
)
_ACT = r"(?:buy|purchase|order|place|log ?in|watch|stay|join|like|share|forward|leave|comment)"
_ORDERED = compiled(rf"{_MUST}{_SAME}{{0,24}}?(?<![a-z]){_ACT}|{_MUST} ?{_ACT}")
_COUNTED = compiled(
    rf"(?:attendance|viewing|viewers?|orders?|purchases?){_SAME}{{0,40}}(?:will be|is|are) ?(?:recorded|checked"
    rf"|counted|ranked|tracked)"
    rf"|not ?(?:yet )?(?:met|reached){_SAME}{{0,40}}(?:target|minimum|quota)|below (?:the )?(?:target|minimum|quota)"
    rf"|target{_SAME}{{0,20}}(?:/|per ?)(?:person|head|staff)|late ?= ?absent"
)
_PRESSED = compiled(
    r"at ?least|minimum|boxes|box(?![a-z])|orders? (?:each|list|number|target)|minutes|screenshot|will be named"
    r"|absent|quota|target|rank|hr(?![a-z])|no exception|in full"
)
_SALE = compiled(r"live ?-?stream|live room|broadcast|boxes|box(?![a-z])|orders?(?![a-z])|purchase|buy")
_OTHER = compiled(
    r"training|safety|drill|course|exam|lecture|customer|shopper|supplier|contractor|farmers?(?![a-z])|courier"
    r"|refund|voluntar|optional|free to"
    r"|if you (?:like|wish|want)|welcome to|no (?:unit|one|department|team)|nobody|never|not (?:be )?(?:required"
    r"|forced|allowed|obliged)|must not|may not|cannot|forbid|prohibit"
)
_ENOUGH = 12


def find_english(text: str) -> Iterator[Hit]:
    """Orders to buy or to watch, and the counting of those who did, in a normalised text that is about a sale."""
    if not _SALE.search(text) or _OTHER.search(text) or not _PRESSED.search(text):
        return
    for found in islice(_ORDERED.finditer(text), _ENOUGH):
        yield Hit(found.start(), found.end(), "fail", "everyone_compelled")
    for found in islice(_COUNTED.finditer(text), _ENOUGH):
        yield Hit(found.start(), found.end(), "fail", "counted_or_sanctioned")
