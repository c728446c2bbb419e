"""The rows that a release gives to each table of open data, in the order in which the document names things."""

from collections.abc import Iterator
from typing import Any

from services.disclosure.ledger.canonical import canonical, sha256_hex

Document = dict[str, Any]
Row = tuple[Any, ...]
FIGURES = ("orders", "units", "grams", "paid_fen", "net_fen", "subsidy_fen")


def _figures(told: Document) -> Row:
    return tuple(told[name] for name in FIGURES)


def _named(part: Document | None, *names: str) -> Row:
    return tuple((part or {}).get(name) for name in names)


def releases(document: Document) -> Iterator[Row]:
    """Which release it is."""
    changed = [each["section"] for each in document["changes"]]
    digest = sha256_hex(canonical(document))
    yield (*_named(document, "stage", "provisional", "released_at"), digest, document["supersedes"], changed)


def broadcasts(document: Document) -> Iterator[Row]:
    """The broadcast itself."""
    said = ("title_zh", "title_en", "region_code", "opened_at", "ended_at", "segment_mode", "media_kind")
    halted = document["broadcast"]["halted"]
    event, complaints = document["event"], document["complaints"]
    yield (
        *_named(document["broadcast"], *said),
        (halted or {}).get("cause"),
        *_named(event, "title_zh", "title_en"),
        document["sales"]["told"],
        document["viewers"]["told"],
        *_named(complaints, "few", "received", "decided", "upheld"),
        document["moderation"]["messages"],
        sum(document["moderation"]["removed"].values()),
    )


def lots(document: Document) -> Iterator[Row]:
    """Its goods."""
    said = ("lot_id", "producer_uscc", "display_name", "category_code", "specification", "grade")
    for good in document["goods"]:
        papers = [each["kind"] for each in good["certificates"] if each["kind"]]
        yield (*_named(good, *said, "origin_region_code", "price_fen", "net_grams"), papers)


def lot_sales(document: Document) -> Iterator[Row]:
    """Counted sales of lots."""
    for cell in document["sales"].get("by_lot", ()):
        yield (cell["lots"], cell["held"], *_figures(cell))


def producers(document: Document) -> Iterator[Row]:
    """Its producers."""
    for each in document["producers"]:
        yield _named(each, "uscc", "name", "kind", "region_code", "share_bp", "counted_with")


def figures(document: Document) -> Iterator[Row]:
    """Claimed beside verified and both ends of the interval; nothing where nothing may be told."""
    sales, viewers = document["sales"], document["viewers"]
    if viewers["told"]:
        low, high = viewers["interval"] or (None, None)
        yield ("viewers", viewers["counted"], viewers["verified"], low, high, viewers["few_questioned"])
    if sales["told"]:
        for name in FIGURES:
            low, high = sales["verified"][name], sales["upper"][name]
            yield (name, sales["claimed"][name], low, low, high, sales["few_questioned"])


def questioned(document: Document) -> Iterator[Row]:
    """What is not counted as verified."""
    for cell in document["sales"].get("questioned", ()):
        yield (cell["states"], *_figures(cell))


def over_time(document: Document) -> Iterator[Row]:
    """Sales over the broadcast."""
    for cell in document["sales"].get("over_time", ()):
        yield (cell["from_ms"], *_figures(cell))


def findings(document: Document) -> Iterator[Row]:
    """What was found."""
    for each in document["findings"]:
        rules = [rule["id"] for rule in each["rules"]]
        tried = [each["id"] for each in each["alternatives_considered"]]
        yield (*_named(each, "abuse", "entity", "grade", "n", "text_zh", "text_en"), rules, tried)


def costs(document: Document) -> Iterator[Row]:
    """What it cost: the broadcast, each fee, each promotion."""
    costs = document["costs"]
    yield ("broadcast", costs["cost_fen"], costs["funding_line"], costs["staff_count"], costs["commission_rate_bp"])
    for fee in costs["influencers"]:
        yield ("influencer", fee["fee_fen"], fee["fee_payer_kind"], None, None)
    for bought in costs["promotions"]:
        yield ("promotion", bought["amount_fen"], bought["payer_kind"], None, None)


def approvals(document: Document) -> Iterator[Row]:
    """Organs that approved."""
    for each in document["approvals"]:
        yield _named(each, "organ", "organ_level", "organ_region_code", "decided_at", "decision")


def segments(document: Document) -> Iterator[Row]:
    """Its segments."""
    for each in document["segments"]:
        yield _named(each, "kind", "from", "until")


def slow_sales(document: Document) -> Iterator[Row]:
    """Evidence of unsold stock."""
    for each in document["slow_sales"]:
        yield _named(each, "entity_id", "region_code", "category_code", "season", "certified_at")


def gate_results(document: Document) -> Iterator[Row]:
    """Answers of the gate."""
    said = ("decision_id", "about", "about_id", "stage", "outcome", "decided_at", "ruleset", "answer_sha256")
    for each in document["gate_results"]:
        yield (*_named(each, *said), [rule["rule"] for rule in each["not_passed"]])
