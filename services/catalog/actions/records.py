"""Entering marks, producers and specialties."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.access import Change, own_producer, refuse, require_documents, require_scope
from services.catalog.actions.history import note_edit, office_of, producer_event, told_of
from services.catalog.domain.admission import WHO_IT_IS, Signature
from services.catalog.domain.identities import identity_in
from services.catalog.domain.words import Findable, region_path
from services.catalog.models import Mark, Producer, Specialty
from services.catalog.schemas.producers import MarkIn, MarkOut, ProducerIn, ProducerOut
from services.catalog.schemas.specialties import Card, SpecialtyIn, SpecialtyOut
from services.catalog.store import cards, places, records
from services.contracts.values import uscc_kind
from services.kit import clock
from services.kit.actor import Actor
from services.kit.identity import identity_token
from services.kit.ids import new_id
from services.kit.outbox import enqueue
from services.kit.problem import FieldError

# Natural persons are all tokenised under one kind, so that one human is one token whatever their part is:
# the controller of one supplier may be the legal representative of another, or an official's relative.
TOKENS = {
    "legal_rep": "id",
    "controller": "id",
    "identity_number": "id",
    "shareholders": "id",
    "executives": "id",
    "phone": "phone",
    "account": "account",
    "address": "address",
}
_PEOPLE = ("legal_rep", "controller", "shareholders", "executives")
_COLUMNS = frozenset({"region_code", "name", "kind", "uscc", "seller_type"})
_NEVER_KEPT = frozenset(TOKENS) - {"address"}
_KINDS = frozenset({"enterprise", "sole_trader", "cooperative", "rural_collective", "association", "institution"})


async def create_mark(db: AsyncSession, actor: Actor, body: MarkIn) -> MarkOut:
    """Enter a mark of a region."""
    today = clock.business_today()
    places.check_region(body.region_code, today, "region_code")
    require_scope(actor, body.region_code)
    mark = Mark(
        id=new_id(),
        version=1,
        region_code=body.region_code,
        region_path=region_path(body.region_code, today),
        document=body.model_dump(mode="json", exclude_none=True),
        created_by=actor.account_id,
        updated_at=clock.now(),
    )
    db.add(mark)
    await db.flush()
    await note_edit(db, actor, mark, {}, action="entered")
    return records.mark_out(mark)


async def update_mark(db: AsyncSession, actor: Actor, mark_id: str, body: MarkIn, change: Change) -> MarkOut:
    """Replace a mark: renewed, licensed to others; what was submitted keeps the earlier facts until it is again."""
    mark = await records.find_mark(db, mark_id, lock=True)
    if mark is None:
        raise records.no_mark(mark_id)
    require_scope(actor, mark.region_code)
    change.check_version(mark.version)
    _refuse_other_place(mark.region_code, body.region_code)
    before = told_of(mark)
    mark.version += 1
    mark.document = body.model_dump(mode="json", exclude_none=True)
    mark.updated_at = clock.now()
    await db.flush()
    await note_edit(db, actor, mark, before, why=change.why)
    return records.mark_out(mark)


def _refuse_other_place(present: str, wanted: str) -> None:
    if wanted != present:
        refuse(
            [
                FieldError(
                    "region_code", "It stays with its region. Enter another one.", "所属地区不能更改，请另行新建。"
                )
            ]
        )


async def create_producer(db: AsyncSession, actor: Actor, body: ProducerIn, secret: str) -> ProducerOut:
    """Enter a producer; of identifying values only tokens are kept."""
    places.check_region(body.region_code, clock.business_today(), "region_code")
    require_scope(actor, body.region_code)
    await _require_papers(db, actor, body)
    producer = Producer(
        id=new_id(), version=1, created_by=actor.account_id, **producer_columns(body, {}, secret), **applied(actor)
    )
    db.add(producer)
    await db.flush()
    await note_edit(db, actor, producer, {}, action="entered")
    await enqueue(db, producer_event(producer))
    return records.producer_out(producer)


async def update_producer(
    db: AsyncSession, actor: Actor, producer_id: str, body: ProducerIn, secret: str, change: Change
) -> ProducerOut:
    """Replace a producer; what was submitted with the earlier facts keeps them until it is submitted again."""
    producer = await own_producer(db, actor, producer_id, change)
    if body.region_code != producer.region_code:
        places.check_region(body.region_code, clock.business_today(), "region_code")
        require_scope(actor, body.region_code)
    await _require_papers(db, actor, body)
    before = told_of(producer)
    rewrite_producer(actor, producer, producer_columns(body, producer.tokens, secret))
    await db.flush()
    await note_edit(db, actor, producer, before, why=change.why)
    await enqueue(db, producer_event(producer))
    return records.producer_out(producer)


def rewrite_producer(actor: Actor, producer: Producer, columns: dict[str, Any]) -> None:
    """Give a producer these columns; who becomes somebody else by it, or was returned, applies again."""
    who = [getattr(producer, name) for name in WHO_IT_IS]
    producer.version += 1
    for name, value in columns.items():
        setattr(producer, name, value)
    if producer.admission_state == "returned" or who != [getattr(producer, name) for name in WHO_IT_IS]:
        # Another name or code is another producer to whoever admitted it; and what was returned applies again.
        for name, value in applied(actor).items():
            setattr(producer, name, value)


def applied(actor: Actor) -> dict[str, Any]:
    """A producer whom a county enters has applied; whom the platform itself enters is admitted by its office."""
    signed = Signature(office_of(actor), actor.account_id, actor.person, clock.business_now().isoformat()).document()
    if actor.has("administrator"):
        return {"admission_state": "admitted", "admission": {"reviewed": signed}}
    return {"admission_state": "applied", "admission": {"applied": signed}}


async def _require_papers(db: AsyncSession, actor: Actor, body: ProducerIn) -> None:
    named = {body.village_proof_sha256: "village_proof_sha256"}
    if body.licence is not None:
        named[body.licence.image_sha256] = "licence.image_sha256"
    await require_documents(db, actor, {sha256: field for sha256, field in named.items() if sha256 is not None})


def producer_columns(body: ProducerIn, tokens: dict[str, Any], secret: str) -> dict[str, Any]:
    """The columns of a producer that the form says; tokens of values left out stay."""
    entered = body.model_dump(mode="json", exclude_none=True)
    return {
        "region_code": body.region_code,
        "region_path": region_path(body.region_code, clock.business_today()),
        "uscc": body.uscc,
        "name": body.name,
        "kind": body.kind or _kind_of(body.uscc),
        "seller_type": body.seller_type or "registered",
        "public": {name: value for name, value in entered.items() if name not in _COLUMNS | _NEVER_KEPT},
        "tokens": {
            **tokens,
            **_tokens(entered, secret),
            "people": {**tokens.get("people", {}), **_people(entered, secret)},
        },
        "updated_at": clock.now(),
    }


def _tokens(entered: dict[str, Any], secret: str) -> dict[str, Any]:
    """The tokens of the identifying values that were entered, under the names of the facts."""
    tokens: dict[str, Any] = {}
    for name, kind in TOKENS.items():
        value = entered.get(name)
        fact = "identity" if name == "identity_number" else name
        if isinstance(value, list):
            tokens[fact] = sorted({identity_token(kind, identity_in(each)[1], secret) for each in value})
        elif value is not None:
            tokens[fact] = identity_token(kind, identity_in(value)[1], secret)
    return tokens


def _people(entered: dict[str, Any], secret: str) -> dict[str, list[dict[str, str]]]:
    """Field → the people entered there: the token of the name, of the number, or of both."""
    people: dict[str, list[dict[str, str]]] = {}
    for field in _PEOPLE:
        value = entered.get(field)
        if value is not None:
            people[field] = [_person(each, secret) for each in (value if isinstance(value, list) else [value])]
    return people


def _person(entry: str, secret: str) -> dict[str, str]:
    name, identity = identity_in(entry)
    person = {"name": identity_token("name", name, secret)} if name else {}
    return person if identity == entry and name else person | {"person": identity_token("id", identity, secret)}


def _kind_of(uscc: str | None) -> str:
    if uscc is None:
        return "household"
    kind = uscc_kind(uscc)
    return kind if kind in _KINDS else "other"


async def create_specialty(db: AsyncSession, actor: Actor, body: SpecialtyIn) -> SpecialtyOut:
    """Enter what a region is known for; it is found at once."""
    places.check_region(body.region_code, clock.business_today(), "region_code")
    places.check_category(body.category_code, "category_code")
    require_scope(actor, body.region_code)
    marks = await _marks_of(db, body)
    specialty = Specialty(
        id=new_id(),
        version=1,
        **body.model_dump(mode="json", exclude={"season_months"}),
        season_months=sorted(body.season_months),
        created_by=actor.account_id,
        updated_at=clock.now(),
    )
    db.add(specialty)
    await db.flush()
    await cards.put_card(db, _card(specialty), _findable(specialty))
    await note_edit(db, actor, specialty, {}, action="entered")
    return records.specialty_out(specialty, marks)


async def update_specialty(
    db: AsyncSession, actor: Actor, specialty_id: str, body: SpecialtyIn, change: Change
) -> SpecialtyOut:
    """Replace what is said of a specialty, above all this year's opening days; region and kind of goods stay."""
    specialty = await records.find_specialty(db, specialty_id, lock=True)
    if specialty is None:
        raise records.no_specialty(specialty_id)
    require_scope(actor, specialty.region_code)
    change.check_version(specialty.version)
    _refuse_other_place(specialty.region_code, body.region_code)
    if body.category_code != specialty.category_code:
        refuse(
            [
                FieldError(
                    "category_code", "It stays with its kind of goods. Enter another one.", "品类不能更改，请另行新建。"
                )
            ]
        )
    marks = await _marks_of(db, body)
    before = told_of(specialty)
    specialty.version += 1
    for name, value in body.model_dump(mode="json").items():
        setattr(specialty, name, sorted(value) if name == "season_months" else value)
    specialty.updated_at = clock.now()
    await db.flush()
    await note_edit(db, actor, specialty, before, why=change.why)
    await cards.put_card(db, _card(specialty), _findable(specialty))
    return records.specialty_out(specialty, marks)


async def _marks_of(db: AsyncSession, body: SpecialtyIn) -> dict[str, Mark]:
    """The marks that a specialty names. Raises BodyInvalid for those that are not there."""
    marks = await records.find_marks(db, body.mark_ids)
    refuse(
        [
            FieldError(f"mark_ids.{place}", "There is no such mark.", "没有这个标志。")
            for place, each in enumerate(body.mark_ids)
            if each not in marks
        ]
    )
    return marks


def _card(specialty: Specialty) -> Card:
    return Card(
        kind="specialty",
        id=specialty.id,
        title_zh=specialty.name_zh,
        title_en=specialty.name_en,
        region=places.region_name(specialty.region_code, clock.business_today()),
        category=places.category_name(specialty.category_code),
        season_months=specialty.season_months,
        state="published",
        specialty_id=specialty.id,
        published_at=clock.business_now(),
    )


def _findable(specialty: Specialty) -> Findable:
    return Findable(
        kind="specialty",
        names=(specialty.name_zh, specialty.name_en),
        prose=(specialty.description_zh, specialty.description_en),
        region_code=specialty.region_code,
        category_code=specialty.category_code,
        months=specialty.season_months,
        specialty_id=specialty.id,
    )
