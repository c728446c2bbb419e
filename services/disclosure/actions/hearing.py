"""What others told of a broadcast is kept for its record; what comes late has the record looked at again."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.accounts import AccountChanged
from services.contracts.broadcast import FilingEvent
from services.contracts.catalog import ListingSubmitted
from services.contracts.compliance import (
    DecisionMade,
    ForceMajeureChanged,
    OverrideConfirmed,
    ParameterPublished,
    ReportUpheld,
    SlowSalesCertified,
)
from services.contracts.orders import ComplaintChanged, OrderEvent
from services.contracts.regions import ancestors
from services.contracts.room import ChatRecorded, RehearsalRecorded, RoomChanged, RoomNoted, ViewersCounted
from services.contracts.values import shanghai_day
from services.disclosure.domain.duties import RELEASED, due_days
from services.disclosure.store import record as store
from services.kit import clock
from services.kit.event import Event

# Enough for the last parcels of events to arrive; a broadcast's figures are no race.
SETTLE = timedelta(minutes=10)
# Under which kind and about what the announced values of the rules about records, complaints and replies are kept.
PUBLISHED = ("parameter_change", ["complaint.sla", "disc.publish", "people.reply"])


def _payload(event: Event) -> dict[str, Any]:
    return event.model_dump(mode="json", exclude={"message_id", "traceparent", "clock_set"})


def _course(broadcast_id: str, region_code: str, on: datetime) -> dict[str, Any]:
    line = [region_code, *ancestors(region_code, shanghai_day(on))]
    return {"broadcast_id": broadcast_id, "region_code": region_code, "region_path": line}


async def take_filing(db: AsyncSession, event: FilingEvent) -> None:
    """A filing as it stands."""
    course = _course(event.broadcast_id, event.region_code, event.starts_at)
    await store.keep_filing(db, course, _payload(event), event.version)
    await store.look_again(db, [event.broadcast_id], _soon())


async def take_room(db: AsyncSession, event: RoomChanged) -> None:
    """A room as it stands; once it has ended, its record is due."""
    ending: dict[str, Any] = {}
    if event.state == "ended" and event.ended_at is not None and event.opened_at is not None:
        summary, full = due_days(shanghai_day(event.ended_at), await store.list_about(db, *PUBLISHED))
        ending = {"ended_at": event.ended_at, "summary_due_on": summary, "full_due_on": full}
        ending["due_at"] = event.ended_at + SETTLE
    course = _course(event.entity_id, event.region_code, event.occurred_at)
    await store.keep_room(db, course, _payload(event), event.version, ending)


async def take_fact(
    db: AsyncSession,
    event: RoomNoted | ViewersCounted | ChatRecorded | RehearsalRecorded | OrderEvent | ComplaintChanged,
) -> None:
    """Something that happened in a broadcast, or as it stands now."""
    if await store.keep_fact(db, event.broadcast_id, event.entity, event.entity_id, event.version, _payload(event)):
        await store.look_again(db, [event.broadcast_id], _soon())


async def take_listing(db: AsyncSession, event: ListingSubmitted) -> None:
    """A version of a listing: a filing names the version that went to market."""
    copy = ("listing", f"{event.entity_id}:{event.version}", event.version, _payload(event))
    await store.keep_copy(db, *copy, region_code=event.region_code)


async def take_decision(db: AsyncSession, event: DecisionMade) -> None:
    """The gate has answered; what it says of a release of ours is no fact about the broadcast."""
    if event.stage == "post":
        return
    about = f"{event.about.kind}:{event.about.id}"
    await store.keep_copy(db, "decision", event.entity_id, event.version, _payload(event), about=about)
    if event.public:
        await store.look_again(db, await store.list_concerned(db, event.about.kind, event.about.id), _soon())


async def take_parameter(db: AsyncSession, event: ParameterPublished) -> None:
    """A value of the rules that are asked for here was published or withdrawn; of other rules nobody asks."""
    if event.name in RELEASED:
        await store.keep_copy(db, PUBLISHED[0], event.entity_id, event.version, _payload(event), about=event.rule)


async def take_about(db: AsyncSession, event: OverrideConfirmed | ReportUpheld) -> None:
    """People have decided about something of a broadcast: its record says so."""
    about = f"{event.about_kind}:{event.about_id}"
    await store.keep_copy(db, event.entity, event.entity_id, event.version, _payload(event), about=about)
    await store.look_again(db, await store.list_concerned(db, event.about_kind, event.about_id), _soon())


def _soon() -> datetime:
    return clock.business_now() + SETTLE


async def take_event(db: AsyncSession, event: ForceMajeureChanged | SlowSalesCertified) -> None:
    """Something that a record names: an event of force majeure, or evidence of slow sales."""
    await store.keep_copy(db, event.entity, event.entity_id, event.version, _payload(event))
    await store.look_again(db, await store.list_concerned(db, event.entity, event.entity_id), _soon())


async def take_account(db: AsyncSession, event: AccountChanged) -> None:
    """An account: since when there is one, and whether a phone is bound to it. Of a buyer nothing else is kept.

    Of those who hold an office the name is, to make sure that no record tells it, and the organ, by which an inspector
    of the same one is known to have a part.
    """
    office = {"name", "organ"} if set(event.roles) - {"buyer"} else set()
    wanted = {"roles", "created_at", "phone_bound"} | office
    needed = event.model_dump(mode="json", include=wanted, exclude_none=True)
    await store.keep_copy(db, event.entity, event.entity_id, event.version, needed)
