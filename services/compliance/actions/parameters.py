"""The parameters by which the gate decides now: those of the release with everything published since laid over them."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.errors import RulebookNotCurrent
from services.compliance.models import ParameterChange
from services.compliance.rules.canonical import sha256_of
from services.compliance.rules.changes import Change
from services.compliance.rules.law import ParameterError, Parameters, laid_over, released_parameters
from services.compliance.rules.revision import RELEASE
from services.compliance.store import parameters as store

# By the hash of what was published, so that a revision is loaded once and an old one is never taken for a new one.
_LOADED: Final[OrderedDict[str, Parameters]] = OrderedDict()
_MOST_LOADED = 8


@dataclass(frozen=True, slots=True)
class Revision:
    """What the gate decides by, and the name of what was published since the release."""

    values_sha256: str
    parameters: Parameters


async def current_revision(db: AsyncSession) -> Revision:
    """The current revision, as this transaction sees it. Raises RulebookNotCurrent."""
    wanted = await store.find_values_sha256(db)
    known = _LOADED.get(wanted)
    return Revision(wanted, known if known is not None else remembered(await store.list_published(db)))


async def current_parameters(db: AsyncSession) -> Parameters:
    """The parameters of the current revision, as this transaction sees it. Raises RulebookNotCurrent."""
    return (await current_revision(db)).parameters


async def held_parameters(db: AsyncSession) -> Parameters:
    """As `current_parameters`, for an answer that will stand: nobody publishes before this transaction ends."""
    await store.hold_rulebook(db)
    return await current_parameters(db)


def remembered(published: Iterable[ParameterChange]) -> Parameters:
    """The parameters with these values laid over the release's. Raises RulebookNotCurrent."""
    rows = list(published)
    parameters = released_parameters()
    for row in rows:
        parameters = _with(parameters, row)
    _LOADED[values_sha256(rows)] = parameters
    while len(_LOADED) > _MOST_LOADED:
        _LOADED.popitem(last=False)
    return parameters


def values_sha256(published: Iterable[ParameterChange]) -> str:
    """Names what is published, in the order of its days."""
    return sha256_of([_document(row) for row in published])


def change_of(row: ParameterChange) -> Change:
    """The change that a row keeps."""
    return Change(
        row.name, row.value, row.from_on, "law" if row.basis == "law" else "platform", row.source, row.article
    )


def _with(parameters: Parameters, row: ParameterChange) -> Parameters:
    try:
        return laid_over(parameters, row.name, change_of(row).dated(row.published_on or row.from_on, row.id))
    except ParameterError as error:
        if _number(row.release or RELEASE) < _number(RELEASE):
            return parameters  # A later release did away with the parameter or gave it another shape.
        raise RulebookNotCurrent(
            f"The value of {row.name} published on {row.published_on} needs a newer release than this replica runs. "
            "Ask again in a moment; another replica may answer.",
            f"{row.published_on} 公布的参数 {row.name} 需要更新的版本，本副本尚未更新。请稍后重试。",
            headers={"Retry-After": "5"},
            parameter=row.name,
        ) from error


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))


def _document(row: ParameterChange) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "value": row.value,
        "from": row.from_on.isoformat(),
        "source": change_of(row).source_line(),
        "published_on": row.published_on.isoformat() if row.published_on else None,
    }
