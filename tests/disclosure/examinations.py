"""What an examination of a broadcast may find, without the hundreds of orders that it takes to find it."""

from typing import Any

from services.disclosure.actions.cases import keep_cases
from services.disclosure.store.record import find_course
from tests.apps import ServiceUnderTest
from tests.disclosure.broadcasts import BROADCAST

EXHIBIT = {"id": 5_512_345_678_901_234_567, "values": {"qty": 2, "paid_fen": 5_980}, "rules": ["empty_parcel"]}


def finding(abuse: str, grade: str = "substantiated", n: int = 40) -> dict[str, Any]:
    """A finding as the engine writes it."""
    rule: dict[str, Any] = {
        "id": "empty_parcel",
        "family": "parcel",
        "text": "包裹是空的。",
        "text_en": "The parcels were empty.",
    }
    rule |= {"threshold": 0.5, "observed": 0.02, "expected": 1.06, "proof": True, "n_items": n}
    tried = {"id": "split_parcel", "fits": False, "n_cleared": 0, "text_zh": "考虑过：分箱发货；与所见不符。"}
    return {
        "abuse": abuse,
        "entity": "order",
        "grade": grade,
        "status": "open",
        "config_sha": "cd" * 32,
        "n": n,
        "share": 0.25,
        "rules": [rule],
        "exhibits": [EXHIBIT] if grade == "substantiated" else [],
        "alternatives_considered": [tried | {"text_en": "Tested: goods in two boxes; it does not fit."}],
        "numbers": {},
        "text_zh": f"{n} 笔订单更像为充数而下。",
        "text_en": f"{n} orders look placed to be counted.",
    }


async def examined(service: ServiceUnderTest, *findings: dict[str, Any], broadcast: str = BROADCAST) -> None:
    """An examination of the broadcast that finds this."""
    document: dict[str, Any] = {"engine_version": "1", "config_sha": "cd" * 32, "findings": list(findings)}
    document |= {"counted": {"orders": 160}, "verified": {"orders": 120}, "removed": {}}
    async with service.database.sessions.begin() as db:
        course = await find_course(db, broadcast)
        assert course is not None
        await keep_cases(db, course, document, 1)
