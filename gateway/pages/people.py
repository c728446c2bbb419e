"""What several pages ask of compliance about people: what was done about a subject, and acts that may be refused."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

from fastapi import Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED
from gateway.pages.frame import Page
from gateway.views import people

AT_ONCE = 20
"""Subjects that compliance tells of in one answer."""
CONCERNED = ("operator", "official", "host", "approver", "platform", "administrator")


async def acts_on(page: Page, subject_ids: Iterable[str]) -> list[Json]:
    """What people did about these subjects, newest first, as the macro `trail` shows it."""
    return people.trail(page, await entries_on(page, subject_ids))


async def entries_on(page: Page, subject_ids: Iterable[str]) -> list[Json]:
    """The entries of the trail about these subjects, newest first."""
    wanted = list(dict.fromkeys(subject_ids))
    parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
    answers = await asyncio.gather(*(page.compliance.get("/trail", subject=part, limit=100) for part in parts))
    entries = [entry for answer in answers for entry in answer["items"]]
    return sorted(entries, key=lambda entry: str(entry["id"]), reverse=True)


def subjects_of(decision: Json) -> list[str]:
    """What people may have acted on, of all that a decision is about: its subject, its event, its evidence."""
    subject, used = decision["subject"], decision["facts"]
    if not subject or not subject.get("version") or decision["trial"]:
        return []
    beside = ((used.get("event") or {}).get("id"), (used.get("sales") or {}).get("id"))
    return [subject["id"], *(each for each in beside if each)]


async def appeals_about(page: Page, subject_id: str) -> list[Json]:
    """The appeals about a filing, a lot or a listing that the visitor may read."""
    if page.visitor.roles.isdisjoint((*CONCERNED, "reviewer", "inspector")):
        return []
    answer = await page.compliance.get("/appeals", subject=subject_id, limit=20)
    return [people.appeal_row(page, row) for row in answer["items"]]


def reasons_in(form: FormData) -> Json:
    """The reason in both languages, as far as it was written."""
    body: Json = {"reason_zh": str(form.get("reason_zh") or "").strip()}
    if reason_en := str(form.get("reason_en") or "").strip():
        body["reason_en"] = reason_en
    return body


async def attempt(page: Page, act: Awaitable[Json], back: str) -> Json | Response:
    """What an act answered; what was refused is said on the page that it came from."""
    try:
        return await act
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        said: list[Any] = [*problem.field_errors.values()] or [problem.document.get("detail", "")]
        return page.go(back, " ".join(map(str, said)), "bad")
