"""The schema `sunfair-events/1`: the tables of a broadcast, their columns and what each holds.

One column more than it names: `orders.told_to_buy`, 1 where the buyer said so, unknown where nobody was asked.
"""

from dataclasses import dataclass
from enum import Enum

SCHEMA = "sunfair-events/1"
HORIZON_MS = 15 * 86_400_000


class Kind(Enum):
    """What a column holds: an opaque token (0: none), a whole number (−1: unknown), a decimal, or a text."""

    OPAQUE = "opaque"
    NUMBER = "number"
    DECIMAL = "decimal"
    TEXT = "text"


@dataclass(frozen=True)
class Columns:
    """The columns of a table; `key` names the column that tells its items apart, empty where whole rows do."""

    key: str
    columns: dict[str, Kind]


def _table(key: str, tokens: str, numbers: str = "", texts: str = "", decimals: str = "") -> Columns:
    kinds = ((tokens, Kind.OPAQUE), (numbers, Kind.NUMBER), (texts, Kind.TEXT), (decimals, Kind.DECIMAL))
    return Columns(key, {name: kind for names, kind in kinds for name in names.split()})


TABLES: dict[str, Columns] = {
    "users": _table("user_id", "user_id employer_id", "created_ms phone_bound home_div watch_30d orders_365d"),
    "sessions": _table(
        "session_id",
        "session_id user_id device_id device_model ip_id ip_prefix asn",
        "join_ms leave_ms heartbeats interactions foreground_ms rx_kb",
        "client app_version ip_class referrer",
    ),
    "messages": _table("message_id", "message_id user_id session_id", "sent_ms", "text"),
    "orders": _table(
        "order_id",
        "order_id user_id device_id ip_id sku_id address_id consignee_id group_buy_id",
        "qty unit_price_fen seller_discount_fen subsidy_fen paid_fen created_ms cart_ms page_view_ms ship_div"
        " told_to_buy",
        "entry",
    ),
    "payments": _table("payment_id", "payment_id order_id payer_id", "paid_ms amount_fen", "method"),
    "shipments": _table(
        "shipment_id",
        "shipment_id order_id courier_id",
        "weight_g label_ms pickup_ms signed_ms n_scans",
        "sign_kind",
        "route_km sign_km",
    ),
    "refunds": _table(
        "refund_id", "refund_id order_id to_payer_id", "requested_ms amount_fen has_photo", "reason initiator"
    ),
    "skus": _table(
        "sku_id",
        "sku_id",
        "unit_weight_g price_fen farmgate_fen packaging_fen logistics_fen platform_fee_bp"
        " ref_farmgate_p10_fen_per_kg clearance limit_qty",
        "name category",
    ),
    "segments": _table("", "sku_id", "t_ms limit_qty", "kind text"),
    "rehearsal_events": _table("", "user_id sku_id", "t_ms", "action"),
    "notices": _table("doc_id", "doc_id issuer_employer_id", "issued_ms", "source text mentions"),
    "employers": _table("employer_id", "employer_id", "div headcount", "kind"),
}

# Moments after the observed time: True, the item does not exist yet; False, that moment is not known yet.
TIMES: dict[str, dict[str, bool]] = {
    "sessions": {"join_ms": True},
    "messages": {"sent_ms": True},
    "orders": {"created_ms": True},
    "refunds": {"requested_ms": True},
    "shipments": {"label_ms": False, "pickup_ms": False, "signed_ms": False},
}
