"""What a lot needs to stand on a shelf, be pinned or be opened: an answer that holds, stock, a whole seller panel."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.broadcast.domain.life import Refusal

_PANEL = (("name", "名称", "name"), ("address", "地址", "address"), ("contact", "联系方式", "contact"))


def panel_refusal(seller: Mapping[str, Any]) -> Refusal | None:
    """Why the seller cannot be shown as the law wants it; None when the panel is whole."""
    panel = seller.get("panel") or {}
    missing = [(zh, en) for name, zh, en in _PANEL if not panel.get(name)]
    if not seller.get("name") or not seller.get("uscc"):
        missing.append(("经营者信息", "who sells"))
    if not missing and panel.get("shown") and not panel.get("obstructed"):
        return None
    zh = "、".join(word for word, _ in missing) or "经营者信息公示"
    en = ", ".join(word for _, word in missing) or "its display"
    return Refusal(
        f"The seller's panel lacks: {en}. Complete the producer's details and submit the listing again.",
        f"经营者公示信息不完整，缺少：{zh}。请补全生产者信息后重新提交上架申报。",
    )


def listed_refusal(outcome: str | None, valid_until: datetime | None, now: datetime) -> Refusal | None:
    """Why a lot may not stand on a shelf; None when the gate's answer about it is a pass that holds."""
    if outcome == "pass" and (valid_until is None or valid_until > now):
        return None
    if outcome == "pass":
        return Refusal(
            "The gate's answer about this lot has run out; it is being asked again. Try once more in a moment.",
            "该批次的核验结论已到期，正在重新核验，请稍后再试。",
        )
    if outcome is None:
        return Refusal(
            "The gate has not answered about this lot yet. Wait for its answer.", "该批次尚无核验结论，请等待核验。"
        )
    return Refusal(
        "The gate did not let this lot through. Its decision says why and what helps.",
        "该批次未通过核验，原因与补救办法见核验结论。",
    )


def stock_refusal(units: Mapping[str, int] | None, lot_id: str, limit_units: int | None) -> Refusal | None:
    """Why the stock that was set aside does not bear the lot, or the limit announced for it."""
    if units is None or units.get(lot_id, 0) <= 0:
        return Refusal(
            "No stock is set aside for this lot in this broadcast. Revise the filing, or choose another lot.",
            "本场直播没有为该批次预留库存，请修改报备或另选批次。",
        )
    if limit_units is not None and limit_units > units[lot_id]:
        return Refusal(
            f"Announced as limited to {limit_units} units, but {units[lot_id]} are set aside. Announce fewer.",
            f"公布的限量为 {limit_units} 件，但仅预留 {units[lot_id]} 件，请调低限量。",
        )
    return None


def price_of(lot: Mapping[str, Any]) -> int | None:
    """The price of one unit in fen, as the listing has it."""
    price = lot.get("price_fen")
    return price if isinstance(price, int) and price > 0 else None


def gone_sentence(
    cards: Iterable[Mapping[str, Any]], reason_zh: str, reason_en: str, rule: str | None
) -> tuple[str, str]:
    """What viewers are told of lots that left the shelf, in Chinese and English: whose goods, why, by which rule."""
    shown = [(card.get("seller") or {}, card) for card in cards]
    zh = "、".join(dict.fromkeys(f"{seller.get('name') or ''}「{card.get('title_zh')}」" for seller, card in shown))
    en = ", ".join(dict.fromkeys(f"{card.get('title_en')} of {seller.get('name') or '—'}" for seller, card in shown))
    by_zh, by_en = (f"（规则 {rule}）", f" (rule {rule})") if rule else ("", "")
    return f"已停止销售并下架：{zh}。{reason_zh}{by_zh}", f"No longer for sale: {en}. {reason_en}{by_en}"
