"""Which declarations a case rests on, and the emergency law under both of its texts."""

from datetime import datetime

from services.compliance.rules.facts import Declaration, Event

EMERGENCY_2007 = "中华人民共和国突发事件应对法（2007年）"
EMERGENCY = "中华人民共和国突发事件应对法"
# Kinds of declaration by which an event exists on paper; a warning says only that one may come.
_PROOFS = frozenset({"response", "disaster", "epidemic", "lockdown"})


def bearing_declarations(event: Event, at: datetime) -> list[tuple[int, Declaration]]:
    """The declarations the case may rest on, with their indexes: proofs issued by then, or else warnings."""
    stated = [
        (index, declaration)
        for index, declaration in enumerate(event.declarations or ())
        if declaration.issued_at is None or declaration.issued_at <= at
    ]
    proofs = [(index, declaration) for index, declaration in stated if declaration.kind in _PROOFS]
    return proofs or [(index, declaration) for index, declaration in stated if declaration.kind == "warning"]
