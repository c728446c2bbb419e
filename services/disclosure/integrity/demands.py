"""Which organisations a broadcast's notices make buy."""

from services.disclosure.integrity.notice_text import Demand, demand
from services.disclosure.integrity.tables import Broadcast


def demands(broadcast: Broadcast) -> dict[int, Demand]:
    """Demands by the organisation they speak to; of several, the highest amount."""
    notices = broadcast["notices"]
    found: dict[int, Demand] = {}
    for row in range(notices.size):
        text, mentions = notices.text("text").of(row), notices.text("mentions").of(row)
        asked = demand(text, mentions, int(notices["issuer_employer_id"][row]))
        for employer in asked.employers if asked else ():
            before = found.get(employer)
            if asked and (before is None or asked.floor_fen > before.floor_fen):
                found[employer] = asked
    return found
