"""The record of a room: its own clock, every product at its price then and now, and what was done to the chat."""

from typing import Any

from gateway.views import replay as views
from tests.gateway.test_views import EN, ZH


def entry(seq: int, kind: str, stream_ms: int = 0, **body: Any) -> dict[str, Any]:
    """An entry of the record as broadcast tells it."""
    return {"seq": seq, "at": "2026-03-02T09:00:00Z", "stream_ms": stream_ms, "kind": kind, "body": body, "hash": "h"}


def test_the_stream_clock_counts_from_the_opening() -> None:
    assert [views.clock_text(ms) for ms in (0, 61_999, 3_723_000)] == ["0:00:00", "0:01:01", "1:02:03"]


def test_a_product_is_found_where_it_was_first_explained_with_its_price_then_and_now() -> None:
    rows = [
        entry(1, "segment_started", segment="market"),
        entry(2, "product", 60_000, lot_id="lot-1", price_fen=2990),
        entry(3, "price", 90_000, lot_id="lot-1", price_fen=2990),
        entry(4, "off_shelf", 99_000, lot_id="lot-2"),
    ]
    (product,) = views.products(EN, rows, {"lot-1": "Pears"}, {"lot-1": 3190})
    assert (product["href"], product["clock"], product["then"], product["now"]) == (
        "#e2",
        "0:01:00",
        "¥29.90",
        "¥31.90",
    )


def test_a_product_that_is_gone_is_still_in_the_record() -> None:
    (product,) = views.products(EN, [entry(2, "pinned", lot_id="gone", price_fen=100)], {}, {})
    assert (product["title"], product["now"]) == ("A lot that is no longer offered", "not on sale")


def test_segments_captions_and_halts_are_told_in_the_language_of_the_page() -> None:
    rows = [
        entry(1, "segment_started", segment="region"),
        entry(2, "caption", text_zh="各位好", text_en="Hello"),
        entry(3, "halted", text_zh="已解除。"),
    ]
    english = views.entries(EN, rows, {}, everything=False)
    assert [each["word"] for each in english] == ["Region segment begins", "Caption", "Halted"]
    assert [each["text"] for each in english] == ["", "Hello", "已解除。"]
    assert views.entries(ZH, rows, {}, everything=False)[1]["text"] == "各位好"


def test_what_keeps_the_room_running_is_shown_to_who_asks_for_everything() -> None:
    rows = [entry(1, "asked"), entry(2, "renewed"), entry(3, "close")]
    assert len(views.entries(EN, rows, {}, everything=False)) == 1
    assert len(views.entries(EN, rows, {}, everything=True)) == 3


def test_moderation_is_told_in_counts_and_fingerprints() -> None:
    told = {
        "messages": 1204,
        "folded": 7,
        "complaints": 9,
        "complaints_removed": 0,
        "removals": [{"rule": "link", "removed_as": "moderator", "removed_at": "2026-03-02T09:00:00Z", "sha256": "ab"}],
        "removed_by_rule": {"link": 1},
        "silences_by_rule": {"abuse": 2},
        "appeals": 1,
        "appeals_decided": 1,
        "silences_lifted": 1,
        "rules": [{"rule": "link", "zh": "不得发布链接", "en": "No links"}],
    }
    shown = views.moderation(EN, told)
    assert shown["rules"] == [["No links", "1", "0"], ["abuse", "0", "2"]]
    assert (shown["removals"][0]["rule"], shown["removals"][0]["by"]) == ("No links", "a moderator")
    assert shown["figures"][0]["value"] == "1,204"
