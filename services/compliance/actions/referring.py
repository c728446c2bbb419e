"""Opening a referral: what the gate found in a notice is put before inspectors, once for the same words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.surroundings import Moment
from services.compliance.actions.trail import GATE, About, By, note
from services.compliance.domain.access import region_line
from services.compliance.models import Referral
from services.compliance.rules.canonical import sha256_of
from services.compliance.store import people as store
from services.contracts.values import shanghai_day
from services.kit.ids import new_id

# 公职人员政务处分法 第三十八条第一项、第三十九条第三项; before 2020-07-01 what the rule cites instead.
REFERRED = frozenset({"notice.apportion"})


@dataclass(frozen=True, slots=True)
class Found:
    """A decision in which such a rule failed, and where it belongs."""

    decision_id: str
    subject_kind: str
    subject_id: str
    region_code: str
    title_zh: str
    title_en: str


async def refer(
    db: AsyncSession, found: Found, results: Sequence[dict[str, Any]], moment: Moment, who: By = GATE
) -> None:
    """Open a referral for each result that concerns the conduct of people; known ones stay as they are."""
    for result in referable(results):
        referral = _referral(found, result, moment)
        if await store.open_referral(db, referral):
            about = About(
                found.subject_kind,
                found.subject_id,
                found.region_code,
                found.decision_id,
                referral.rule,
                result["reason_code"],
                referral.id,
            )
            await note(db, "referral.opened", about, who, result["reason"]["zh"], result["reason"]["en"])


def referable(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results of a decision that concern the conduct of people."""
    return [result for result in results if result["rule"] in REFERRED and result["result"] == "fail"]


def words_sha256(result: dict[str, Any]) -> str:
    """By what a referral is known: the words that were found, or the reasons where none were quoted."""
    return sha256_of(sorted(_quotes(result)) or result["reason_codes"])


def _quotes(result: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(place["quote"] for place in result["evidence"] if place["quote"]))


def _referral(found: Found, result: dict[str, Any], moment: Moment) -> Referral:
    return Referral(
        id=new_id(),
        version=1,
        state="open",
        subject_kind=found.subject_kind,
        subject_id=found.subject_id,
        decision_id=found.decision_id,
        region_code=found.region_code,
        region_line=region_line([found.region_code], shanghai_day(moment.now)),
        title_zh=found.title_zh,
        title_en=found.title_en,
        rule=result["rule"],
        evidence_sha256=words_sha256(result),
        quotes=_quotes(result),
        grounds=result["sources"],
        opened_at=moment.now,
        clock_set=moment.clock_set,
        changed_at=moment.now,
    )
