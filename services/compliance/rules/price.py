"""Whether the price is complete and its comparisons are honest."""

from collections.abc import Iterator
from datetime import timedelta

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    Words,
    each,
    fail,
    ground,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Facts, Lot, PriceChange
from services.compliance.rules.law import Law
from services.compliance.rules.passages import PROMOTIONAL, passages
from services.compliance.rules.text.hit import Hit

_LABEL = {
    "display_name": Words("品名", "name of the goods"),
    "origin_region_code": Words("产地", "origin"),
    "specification": Words("规格", "specification"),
    "grade": Words("等级", "grade"),
    "price_unit": Words("计价单位", "unit of the price"),
}
_OF_A_CITY = frozenset("城本全各该我超")
_NO_PRICE = frozenset("格值位")


@rule(
    "price.label",
    title=("明码标价与价格比较", "Clear price, honest comparison"),
    stages=("listing", "onair"),
    reads=("lot", "texts"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国价格法", "第十三条", since="1998-05-01"),
        ground("关于商品和服务实行明码标价的规定", "", since="2001-01-01", until="2022-07-01"),
        ground("明码标价和禁止价格欺诈规定", "第五条至第七条、第十六条至第二十条", since="2022-07-01"),
        ground("直播电商监督管理办法", "第三十二条", since="2026-02-01"),
    ),
)
def price_marked(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """All that a buyer must know to compare is stated, and no former price is invented."""
    return each(facts, law, _items, _weight, _freight, _detail_price, _former_price, _raised_before_cut, _market_price)


def _items(facts: Facts, _: Law) -> Finding:
    """An empty entry is a label without it; an entry that nobody sent is a fact we do not know."""
    lot = need(facts.lot, "lot")
    lacking = [name for name in _LABEL if getattr(lot, name) is not None and not str(getattr(lot, name)).strip()]
    if lacking:
        words = [_LABEL[name] for name in lacking]
        items = Words("、".join(word.zh for word in words), ", ".join(word.en for word in words))
        return fail("label_lacks", items=items).at(*(f"lot.{name}" for name in lacking))
    if lot.price_fen == 0:
        return fail("price_zero").at("lot.price_fen")
    for name in (*_LABEL, "price_fen"):
        need(getattr(lot, name), f"lot.{name}")
    return passed("label_complete")


def _weight(facts: Facts, _: Law) -> Finding:
    lot = need(facts.lot, "lot")
    basis = need(lot.weight_basis, "lot.weight_basis")
    weight = "net_grams" if basis == "net" else "gross_grams"
    if getattr(lot, weight) == 0:
        return fail("weight_zero").at(f"lot.{weight}")
    need(getattr(lot, weight), f"lot.{weight}")
    return passed("weight_stated")


def _freight(facts: Facts, _: Law) -> Finding:
    lot = need(facts.lot, "lot")
    if lot.freight_fen is None and lot.freight_terms is not None and not lot.freight_terms.strip():
        return fail("freight_not_stated").at("lot.freight_terms")
    if lot.freight_fen is None:
        need(lot.freight_terms, "lot.freight_fen")
    return passed("freight_stated")


def _detail_price(facts: Facts, _: Law) -> Iterator[Finding]:
    """A second price exists only where the goods page shows one."""
    lot = facts.lot
    if lot is None or lot.detail_price_fen is None or lot.price_fen is None:
        return
    if lot.price_fen < lot.detail_price_fen:
        yield fail("listed_below_detail", listed_fen=lot.price_fen, detail_fen=lot.detail_price_fen).at(
            "lot.price_fen", "lot.detail_price_fen"
        )


def _former_price(facts: Facts, law: Law) -> Iterator[Finding]:
    lot = facts.lot
    if lot is None or lot.was_price_fen is None:
        return
    days = law.number("price.label.comparison_days")
    # A stated lowest price does not outweigh a lower one in the record.
    charged = _charged_within(lot, law, days)
    stated = [] if lot.lowest_price_7d_fen is None else [lot.lowest_price_7d_fen]
    lowest = need(min([*stated, *charged], default=None), "lot.lowest_price_7d_fen")
    if lot.was_price_fen > lowest:
        yield fail("former_price_invented", was_fen=lot.was_price_fen, lowest_fen=lowest, days=days).at(
            "lot.was_price_fen"
        )
    else:
        yield passed("former_price_true", was_fen=lot.was_price_fen)


def _history(lot: Lot, law: Law) -> list[PriceChange]:
    """The prices charged until the moment, oldest first, without those nobody dated."""
    dated = [c for c in lot.price_history or () if c.since_at and c.since_at <= law.at and c.price_fen is not None]
    return sorted(dated, key=lambda change: change.since_at or law.at)


def _charged_within(lot: Lot, law: Law, days: int) -> list[int]:
    """The prices in force at some time in the days before the present one."""
    history = _history(lot, law)
    if len(history) < 2 or history[-1].since_at is None:
        return []
    since = history[-1].since_at - timedelta(days=days)
    ends = [change.since_at for change in history[1:]]
    earlier = zip(history[:-1], ends, strict=True)
    return [change.price_fen or 0 for change, end in earlier if end is not None and end > since]


def _raised_before_cut(facts: Facts, law: Law) -> Iterator[Finding]:
    lot = facts.lot
    if lot is None:
        return
    days = law.number("price.label.comparison_days")
    history = _history(lot, law)
    for before, raised, cut in zip(history, history[1:], history[2:], strict=False):
        rise = (raised.price_fen or 0) > (before.price_fen or 0) and (cut.price_fen or 0) < (raised.price_fen or 0)
        soon = cut.since_at and raised.since_at and cut.since_at - raised.since_at <= timedelta(days=days)
        if rise and soon and cut is history[-1]:
            yield fail("raised_before_cut", raised_fen=raised.price_fen, days=days).at("lot.price_history")


def _market_price(facts: Facts, law: Law) -> Iterator[Finding]:
    lot = facts.lot
    if lot is None or (lot.comparison_source or "").strip():
        return
    if lot.compares_market_price:
        yield review("comparison_without_source").at("lot.compares_market_price")
        return
    words = sorted(law.words("price.label.comparison_words"))
    # Without the texts only a plain statement that nothing is compared will do.
    texts = facts.texts if lot.compares_market_price is not None else need(facts.texts, "texts")
    if not texts:
        return
    for passage in passages(facts, PROMOTIONAL):
        for word in words:
            start = _compared(passage.words.text, word)
            if start is not None:
                place = passage.evidence(Hit(start, start + len(word), "review", "comparison_without_source"))
                yield review("comparison_without_source").at(place)


def _compared(text: str, word: str) -> int | None:
    """Where the word stands for a price; inside 城市价值 or 本市价格 it is no word of its own."""
    start = text.find(word)
    while start >= 0:
        before, after = text[max(0, start - 1) : start], text[start + len(word) : start + len(word) + 1]
        if not (word == "市价" and (before in _OF_A_CITY or after in _NO_PRICE)):
            return start
        start = text.find(word, start + 1)
    return None
