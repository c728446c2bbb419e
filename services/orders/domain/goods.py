"""What orders takes from the facts of a lot, and the goods page that an order keeps."""

import hashlib
from typing import Any

import rfc8785

from services.orders.domain.returns import return_rules

Document = dict[str, Any]


def unit_facts(facts: Document) -> dict[str, int]:
    """Price, mass, number and freight of a lot's units; 0 where the form left it out, which sells nothing."""
    lot = facts.get("lot", {})
    return {
        "price_fen": int(lot.get("price_fen") or 0),
        "net_grams": int(lot.get("net_grams") or 0),
        "offered_units": int(lot.get("offered_units") or 0),
        "freight_fen": int(lot.get("freight_fen") or 0),
    }


def goods_page(title: tuple[str, str], category_code: str, lot: Document, item: Document) -> tuple[str, str]:
    """The page of a lot as it stands on the shelf: the SHA-256 of its canonical JSON (RFC 8785), and that JSON.

    `title` in Chinese and English, `lot` as the facts of the lot have it, `item` as the shelf has it.
    """
    document = {
        "title_zh": title[0],
        "title_en": title[1],
        "lot": lot.get("lot", {}),
        "seller": lot.get("seller", {}),
        "price_fen": item["price_fen"],
        "units_per_buyer": item["units_per_buyer"],
        "decision_id": item["decision_id"],
        "returns": return_rules(category_code, lot.get("lot", {}).get("return_policy")).document(),
    }
    if item.get("open_until"):
        document["open_until"] = item["open_until"]
    canonical = rfc8785.dumps(document)
    return hashlib.sha256(canonical).hexdigest(), canonical.decode()
