"""What a proposed value would change for one of our subjects, told from what was stored when it was decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.compliance.domain.conditions import GATE, lots_not_passed, results_of
from services.compliance.rules import RULEBOOK, parse_facts
from services.compliance.rules.differences import SEVERITY, Pair, answers_under, stays_the_same
from services.compliance.rules.law import Parameters

Document = dict[str, Any]

_ON_LOTS = frozenset({"lot_not_passed", "lot_not_decided"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """The value that is weighed: the parameters with and without it, its name, and the moment that is asked about."""

    name: str
    present: Parameters
    proposed: Parameters
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands for a subject as of that moment, without the value and with it."""

    outcome_then: str
    outcome_now: str
    changes: tuple[Document, ...]

    @property
    def kind(self) -> str:
        """For counting: `pass:review`, and `pass:pass` for the same outcome on other grounds."""
        return f"{self.outcome_then}:{self.outcome_now}"


@dataclass(frozen=True, slots=True)
class LotAnswer:
    """A lot of a filing: its number, and how it would stand. A withdrawn lot fails either way."""

    number: str
    then: str
    now: str


def stays(document: Document, proposal: Proposal) -> bool:
    """Whether the value changes nothing about what was decided; most subjects need no more than this cheap question."""
    question = (parse_facts(document["facts"]), document["stage"], proposal.at)
    return stays_the_same(RULEBOOK, question, proposal.present, proposal.proposed, proposal.name)


def difference_for_lot(document: Document, proposal: Proposal) -> Difference:
    """How the answer about a lot would change. What our records lacked when it was decided is kept as it was."""
    held = [result for result in document["results"] if result["rule"] == GATE]
    return _difference([_pair(document, proposal).with_results(held, held)])


def difference_for_filing(documents: Sequence[Document], lots: Sequence[LotAnswer], proposal: Proposal) -> Difference:
    """How the answer about a filing would change, of its own and through its lots. One document per listing."""
    then = _on_lots((lot.number, lot.then) for lot in lots)
    now = _on_lots((lot.number, lot.now) for lot in lots)
    pairs = []
    for document in documents:
        held = [result for result in document["results"] if result["rule"] == GATE]
        kept = [result for result in held if not set(result["reason_codes"]) <= _ON_LOTS]
        pairs.append(_pair(document, proposal).with_results([*kept, *then], [*kept, *now]))
    return _difference(pairs)


def lot_answer(document: Document | None, proposal: Proposal, *, active: bool = True) -> LotAnswer:
    """A filing's lot; without a document nothing is decided about it yet."""
    if document is None:
        return LotAnswer("—", "review", "review")
    number = str((document["facts"].get("lot") or {}).get("lot_number") or "—")
    if not active:
        return LotAnswer(number, "fail", "fail")
    found = difference_for_lot(document, proposal)
    return LotAnswer(number, found.outcome_then, found.outcome_now)


def counted(counts: Mapping[str, int], kind: str, differences: Iterable[Difference]) -> dict[str, int]:
    """The counts with these differences added: `lot:pass:review` → how many."""
    total = dict(counts)
    for difference in differences:
        name = f"{kind}:{difference.kind}"
        total[name] = total.get(name, 0) + 1
    return total


def _pair(document: Document, proposal: Proposal) -> Pair:
    question = (parse_facts(document["facts"]), document["stage"], proposal.at, None)
    return answers_under(RULEBOOK, question, proposal.present, proposal.proposed, proposal.name)


def _difference(pairs: Sequence[Pair]) -> Difference:
    outcomes = [pair.outcomes for pair in pairs]
    changes: list[Document] = []
    for pair in pairs:
        changes += [change for change in pair.changes() if change not in changes]
    return Difference(_worst(then for then, _ in outcomes), _worst(now for _, now in outcomes), tuple(changes))


def _worst(outcomes: Iterable[str]) -> str:
    return max(outcomes, key=lambda outcome: SEVERITY[outcome], default="review")


def _on_lots(answers: Iterable[tuple[str, str]]) -> list[Document]:
    """The result that lots lay beside the rules' own: a failed one blocks the filing, an undecided one holds it."""
    answers = list(answers)
    failed = [number for number, outcome in answers if outcome == "fail"]
    undecided = [number for number, outcome in answers if outcome == "review"]
    found = [lots_not_passed(failed, failed=True)] if failed else []
    return results_of([*found, *([lots_not_passed(undecided, failed=False)] if undecided else [])])
