"""The trails of what offices did, as everybody reads them, beside the hashes in the public log."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from services.disclosure.ledger.checkpoint import Policy
from services.disclosure.ledger.verify import Logged, check_acts
from services.kit import clock
from services.kit.ids import made_at
from tools.verify_source import NotFoundAnywhere, Source, documents, pages

# Where each trail is read.
TRAILS = {"accounts": "account-acts", "orders": "order-acts", "cases": "acts", "filings": "steps"}
WHOLE_COUNTRY = "100000"
# How long an act may be shown before its hash is in a signed head.
TOLD_WITHIN = timedelta(minutes=5)


def check_trail(source: Source, trail: str, policy: Policy) -> tuple[int, int, Logged]:
    """How many acts that are shown are as they were logged, how many are too new for the log, and the log.

    Raises NotAsLogged, and NotFoundAnywhere where there is nothing to check.
    """
    shown = list(pages(source, f"api/v1/{TRAILS[trail]}?limit=100"))
    regions = {str(act.get(name)) for act in shown for name in ("region_code", "by_region_code") if act.get(name)}
    logged: list[tuple[Logged, dict[str, Any]]] = []
    for region in sorted(regions | {WHOLE_COUNTRY}):
        with suppress(NotFoundAnywhere):
            logged += documents(source, "edits", region, policy)
    if not shown or not logged:
        raise NotFoundAnywhere(f"{source.place} shows no act of {trail} that is in its log (yet).")
    hashes = {digest for _, told in logged for digest in told["sha256"]}
    too_new = [act for act in shown if act.get("sha256") not in hashes and _is_new(str(act.get("id")))]
    count = check_acts(trail, hashes, (act for act in shown if act not in too_new))
    return count, len(too_new), logged[-1][0]


def _is_new(act_id: str) -> bool:
    """An id tells when it was made, and stands under the hash: no act stays new for ever."""
    made = made_at(act_id)
    return made is not None and clock.now() - made < TOLD_WITHIN
