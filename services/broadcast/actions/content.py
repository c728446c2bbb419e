"""Taking in what a filing says: identities become tokens, attached documents are read, nobody is guessed."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.access import refused_fields
from services.broadcast.actions.surroundings import Surroundings
from services.broadcast.domain import facts, plan
from services.broadcast.models import Official
from services.broadcast.schemas.filings import AttachedNoticeIn, AttachedNoticeOut, FilingContent, FilingIn
from services.kit import clock
from services.kit.actor import Actor
from services.kit.attached import require_attached
from services.kit.problem import DocumentMissing, FieldError, NotFound
from services.kit.texts import extract_text


async def take_content(
    body: FilingIn, around: Surroundings, actor: Actor, attached: Collection[str] = ()
) -> FilingContent:
    """The content as it is stored. `attached` are the documents that the filing names already.

    Raises DocumentMissing for a document that was not uploaded, or by nobody of the actor's regions: its hash alone,
    which stands in public registers, must not show anybody its words.
    """
    await require_attached(around.blobs, actor, _named(body), attached)
    document = body.model_dump(exclude={"notices"})
    if body.initiator is not None:
        document["initiator"] = around.token("id", body.initiator)
    for payment in document["payments"] or []:
        if payment["payer"] is not None:
            payment["payer"] = around.token("id", payment["payer"])
    for influencer in document["influencers"] or []:
        influencer["person"] = around.token("id", influencer["person"])
    notices = [await _read_notice(index, notice, around) for index, notice in enumerate(body.notices)]
    return FilingContent.model_validate(document | {"notices": notices})


def documents_in(content: FilingContent) -> set[str]:
    """The documents that a content names: its notices, its pictures, and what proves its texts."""
    return set(_named(content).values())


def _named(content: FilingIn | FilingContent) -> dict[str, str]:
    """Field → id of every document that a content names."""
    notices = {f"notices.{place}.sha256": each.sha256 for place, each in enumerate(content.notices)}
    proofs = {f"texts.{place}.evidence_id": each.evidence_id for place, each in enumerate(content.texts or ())}
    pictures = {f"media.{place}.sha256": each.sha256 for place, each in enumerate(content.media or ())}
    return {field: digest for field, digest in (notices | proofs | pictures).items() if digest}


def _lost(index: int, notice: AttachedNoticeIn) -> DocumentMissing:
    return DocumentMissing(
        f"“{notice.name}” is no longer in the store of files. Upload it again.",
        f"文件库中已没有《{notice.name}》，请重新上传。",
        errors=[
            FieldError(f"notices.{index}.sha256", "No longer stored. Upload it again.", "文件已不在库中，请重新上传。")
        ],
    )


async def _read_notice(index: int, notice: AttachedNoticeIn, around: Surroundings) -> AttachedNoticeOut:
    data = await around.blobs.get(notice.sha256)
    if data is None:
        raise _lost(index, notice)
    # A PDF may take seconds; other requests must not wait for it.
    found = await asyncio.to_thread(extract_text, data, notice.media_type)
    if found.text is None:
        return AttachedNoticeOut(**notice.model_dump(), unreadable=True, unreadable_because=found.reason)
    digest = await around.blobs.put(found.text.encode())
    size = len(found.text.encode())
    return AttachedNoticeOut(**notice.model_dump(), unreadable=False, text_sha256=digest, text_bytes=size)


def content_document(content: FilingContent) -> dict[str, Any]:
    """The content as JSON; what was not said is left out."""
    return content.model_dump(mode="json", exclude_none=True)


def require_plan(content: FilingContent) -> None:
    """Raises BodyInvalid when the plan lies in the past or contradicts itself."""
    segments = tuple(plan.PlannedSegment(each.kind, each.starts_at, each.ends_at) for each in content.segments)
    errors = plan.plan_problems(plan.Plan(content.starts_at, content.ends_at, segments), clock.business_now())
    if sum(len(each.lot_ids) for each in content.listings) > plan.MOST_LOTS:
        errors.append(FieldError("listings", "A broadcast takes at most 200 lots.", "一场直播最多 200 个批次。"))
    errors += _repeated(content)
    errors += _units_of_others(content)
    if errors:
        raise refused_fields(errors)


def _repeated(content: FilingContent) -> list[FieldError]:
    ids = [each.listing_id for each in content.listings]
    lots = [lot for each in content.listings for lot in each.lot_ids]
    if len(set(ids)) == len(ids) and len(set(lots)) == len(lots):
        return []
    return [FieldError("listings", "Name each listing and each lot once.", "每份上架申报和每个批次只填一次。")]


def _units_of_others(content: FilingContent) -> list[FieldError]:
    return [
        FieldError(
            f"listings.{index}.units.{lot_id}",
            "The lot is not among `lot_ids`. Name it there, or leave its units out.",
            "该批次不在 `lot_ids` 中，请先选择该批次，或删去其数量。",
        )
        for index, each in enumerate(content.listings)
        for lot_id in sorted(set(each.units or {}) - set(each.lot_ids))
    ]


async def require_people(db: AsyncSession, content: FilingContent) -> Official | None:
    """The official. Raises BodyInvalid when official, hosts or segment hosts are not entered or not distinct."""
    errors: list[FieldError] = []
    official = None
    if content.official_id is not None:
        try:
            official = await store.find_official(db, content.official_id)
        except NotFound as missing:
            errors.append(FieldError("official_id", missing.en, missing.zh))
    hosts = await store.hosts_by_id(db, content.host_ids)
    errors += [_unknown_host("host_ids", each) for each in content.host_ids if each not in hosts]
    errors += _segment_hosts(content)
    if not errors:
        people = [hosts[each].person for each in content.host_ids]
        twice = plan.same_person_problem(official.person if official else None, people)
        errors += [twice] if twice else []
    if errors:
        raise refused_fields(errors)
    return official


def _segment_hosts(content: FilingContent) -> list[FieldError]:
    return [
        _unknown_host(f"segments.{index}.host_id", segment.host_id)
        for index, segment in enumerate(content.segments)
        if segment.host_id is not None and segment.host_id not in content.host_ids
    ]


def _unknown_host(field: str, host_id: str) -> FieldError:
    return FieldError(
        field, f"{host_id} is not among the hosts of this filing.", f"{host_id} 不在本次报备的主播名单中。"
    )


async def texts_of(content: dict[str, Any], around: Surroundings) -> Sequence[facts.Prose]:
    """The texts of the filing, those of notices from the file store."""
    digests = {each["text_sha256"] for each in content.get("notices", []) if each.get("text_sha256")}
    found = {digest: await around.blobs.get(digest) for digest in sorted(digests)}
    return facts.texts_of(content, {digest: data.decode() for digest, data in found.items() if data is not None})
