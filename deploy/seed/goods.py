"""Bodies of producers, listings and lots: plain documents with every fact that the gate knows of them."""

import copy
from dataclasses import dataclass

from deploy.seed.data import Row, rows, table
from services.contracts.categories import category, category_within
from services.contracts.values import uscc_check_digit

_NUMERALS = "一二三四五六七八九"
_LABEL = (
    "name",
    "specification",
    "net_content",
    "production_date",
    "ingredients",
    "producer",
    "producer_address",
    "producer_contact",
    "shelf_life",
    "standard_code",
    "storage",
    "additives",
    "licence_number",
)
_FORMS = {"cooperative": ("专业合作社", "93", "Cooperative"), "enterprise": ("有限公司", "91", "Company")}


@dataclass(frozen=True)
class Papers:
    """Hashes of the documents behind a listing."""

    open_call: str
    certificate: str
    test_report: str
    storage_record: str
    clearance: str
    label: str


def credit_code(prefix: str, region: str, serial: str) -> str:
    """A synthetic unified social credit code with its check digit."""
    body = f"{prefix}{region}MA8DM0{serial}"
    return body + uscc_check_digit(body)


def producers() -> dict[str, Row]:
    """Key → body of every producer of the past."""
    return {f"{group['group']}-{place}": body for group in rows("producers") for place, body in group_bodies(group)}


def group_bodies(group: Row) -> list[tuple[int, Row]]:
    """The producers of a group, numbered from 1; each has people, telephone and account of its own."""
    return [(place, _producer(group, place, serial)) for place, serial in enumerate(group["serials"], start=1)]


def _name_en(group: Row) -> str:
    """The place and what the group calls itself; a group that is called by its place does not say it twice."""
    words = [group["place_en"], *group["group"].replace("-", " ").title().split()]
    return " ".join(dict.fromkeys(words))


def _producer(group: Row, place: int, serial: str) -> Row:
    kind = group.get("kind", "cooperative")
    form, prefix, form_en = _FORMS[kind]
    owner = f"{group['group']}-{1 if group.get('one_controller') else place}"
    self_key = f"{group['group']}-{place}"
    name = f"{group['place']}{group['trade']}{_NUMERALS[place - 1]}号{group['industry']}{form}"
    members = {"members": group["members"][place - 1], "open_membership": True} if kind == "cooperative" else {}
    return {
        "region_code": group["region"],
        "name": name,
        "name_en": f"{_name_en(group)} {form_en} No. {place} (fictional)",
        "kind": kind,
        "uscc": credit_code(prefix, group["region"], serial),
        "seller_type": "registered",
        "trade_name": f"{group['trade']}{_NUMERALS[place - 1]}号",
        "address": f"{group['place']}演示镇演示村{self_key}号",
        "contact": f"演示电话 000-0000-{sum(map(ord, self_key)) % 10000:04d}",
        "legal_rep": f"演示人员 {self_key}",
        "controller": f"演示人员 {owner}",
        "phone": f"演示电话 {self_key}",
        "account": f"演示账户 {self_key}",
        "executives": [f"演示负责人 {self_key}"],
        **({"shareholders": [f"演示股东 {self_key}"]} if kind == "enterprise" else {}),
        **members,
        "licence": {"name": name, "expires_on": "2049-12-31"},
        "verified_at": group["verified_at"],
        "abnormal_operation": False,
        "serious_dishonesty": False,
    }


def orders_afterwards(key: str) -> Row:
    """The fact `orders` of a past broadcast: what its orders look like once the show is over."""
    stated = copy.deepcopy(table("afterwards")[key])
    known = producers()
    for named in (*stated["supplier_shares"], *stated["bulk_deals"]):
        for name in ("supplier_uscc", "seller_uscc"):
            if name in named and named[name] in known:
                named[name] = known[named[name]]["uscc"]
    return stated


def listing_body(
    case: Row, specialty: Row, specialty_id: str, event_id: str, sellers: list[Row], papers: Papers
) -> Row:
    """A listing with one lot of every seller. `sellers`: rows with `id`, `key`, `uscc` and `name`."""
    return {
        "specialty_id": specialty_id,
        "season": case["season"],
        "event_id": event_id,
        "title_zh": case["title_zh"],
        "title_en": case["title_en"],
        "description_zh": case["about_zh"],
        "description_en": case["about_en"],
        "open_call": {
            "published_on": case["call"][0],
            "closed_on": case["call"][1],
            "emergency": False,
            "document_sha256": papers.open_call,
        },
        "lots": [lot_body(case, place, specialty, seller, papers) for place, seller in enumerate(sellers)],
    }


def lot_numbers(case: Row, count: int) -> list[str]:
    """The numbers of the lots: the day of the harvest and a letter."""
    return [f"{case['harvested'].replace('-', '')}-{chr(ord('A') + place)}" for place in range(count)]


def lot_body(case: Row, place: int, specialty: Row, seller: Row, papers: Papers) -> Row:
    """One lot with all its facts: what it is, what it costs and why, where it grew, its papers and its stock."""
    kind = table("goods")[case["goods"]]
    number = lot_numbers(case, place + 1)[place]
    units = case["units"][place]
    body: Row = {
        "producer_id": seller["id"],
        "lot_number": number,
        "offered_units": units,
        **_kind(kind, case, specialty),
        **_stock(units * kind["net_grams"], specialty["region"]),
        **_price(kind, case["tested"]),
        "certificates": _certificates(number, specialty, seller, case["tested"], papers),
        "samplings": [],
        "return_policy": "seven_days" if kind.get("processed") else "fresh_exempt",
    }
    if kind["cold_stored"] or kind.get("stored"):
        body["storage_record_sha256"] = papers.storage_record
    if kind["packaging"] == "prepacked":
        body["label"] = dict.fromkeys(_LABEL, True) | {"photo_sha256": papers.label}
    if case.get("clearance"):
        body["clearance_statement_sha256"] = papers.clearance
    body |= case.get("lots", {})
    if place == 0:
        body |= case.get("first_lot", {})
    return body


# What buyers of such goods want to know, by the class of the goods.
_DESCRIBED: dict[str, Row] = {
    "fruit": {"solids_bp": 1250, "ripeness": "ready", "waxed": False},
    "vegetable": {"washed": False, "trimmed": True},
    "grain": {"milling": "whole", "moisture_bp": 1350},
    "processed.tea": {"plucked": "before_guyu", "leaf": "one_leaf", "moisture_bp": 550},
    "egg": {"piece_grams": 45, "housing": "free_range"},
    "aquatic.crayfish": {"state": "live", "source": "farmed"},
    "processed.honey": {"water_bp": 1800, "single_flower": True},
}


def described(category_code: str) -> Row:
    """The attributes of goods of this kind, as a lot carries them; nothing where the class asks nothing."""
    found = [values for code, values in _DESCRIBED.items() if category_within(category_code, code)]
    return {"attributes": found[0]} if found else {}


def _kind(kind: Row, case: Row, specialty: Row) -> Row:
    return {
        **described(specialty["category"]),
        "variety": kind["variety"],
        "origin_region_code": specialty["region"],
        "specification": kind["specification"],
        "grade": kind["grade"],
        "processed": kind.get("processed", False),
        "packaging": kind["packaging"],
        "harvested_on": case["harvested"],
        "cold_stored": kind["cold_stored"],
        "shelf_life_days": kind["shelf_life_days"],
    }


def _stock(grams: int, region: str) -> Row:
    """Where it grew and how much there is: twice as much in store as is offered, six times as much grown."""
    return {
        "plots": [{"township_code": f"{region}101", "region_code": region, "area_square_metres": 200_000}],
        "yield_grams": grams * 6,
        "verified_capacity_grams": grams * 6,
        "sold_grams": grams,
        "recalled_inputs": False,
        "recall_open": False,
        "declared_warehouses": [region],
        "offered_grams": grams,
        "verified_stock_grams": grams * 2,
        "promised_dispatch_hours": 48,
        "complaints_7d": 0,
        "complaint_share_7d_bp": 0,
    }


def _price(kind: Row, cost_day: str) -> Row:
    cost = {name: kind[name] for name in ("farm_gate_fen", "packing_fen", "carriage_fen", "loss_fen")}
    return {
        "price_fen": kind["price_fen"],
        "price_unit": kind["unit"],
        "net_grams": kind["net_grams"],
        "gross_grams": kind["gross_grams"],
        "weight_basis": "net",
        "freight_fen": 0,
        "freight_terms": "包邮（新疆、西藏除外）",
        "compares_market_price": False,
        **cost,
        "agreed_farm_gate_fen": kind["farm_gate_fen"],
        "farmer_paid_fen": kind["farm_gate_fen"],
        "cost_evidence_on": cost_day,
        "seasonal": True,
        "overstock": True,
        "near_expiry": False,
    }


def _certificates(number: str, specialty: Row, seller: Row, day: str, papers: Papers) -> list[Row]:
    common = {"lot_number": number, "product_name": specialty["zh"], "issued_on": day, "conforming": True}
    kinds: list[Row] = [
        {
            "kind": "test_report",
            "number": f"演示检字 {number}",
            "qualified_laboratory": True,
            "document_sha256": papers.test_report,
        }
    ]
    goods = category(specialty["category"])
    if goods is not None and goods.certificate_class != "none":
        kinds.append(
            {
                "kind": "conformity",
                "number": f"演示合格证 {number}",
                "issuer": seller["name"],
                "issuer_uscc": seller["uscc"],
                "origin_region_code": specialty["region"],
                "document_sha256": papers.certificate,
            }
        )
    if goods is not None and goods.quarantine:
        kinds.append({"kind": "quarantine", "number": f"演示检疫 {number}", "document_sha256": papers.certificate})
    if goods is not None and goods.processed:
        expires = f"{int(day[:4]) + 4}-12-31"
        kinds.append({"kind": "food_licence", "number": "SC00000000000000", "expires_on": expires})
    return [common | kind for kind in kinds]
