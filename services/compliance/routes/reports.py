"""Citizens' reports as strangers meet them: sent, followed and added to without an account, counted for everybody.

No operation here reads who is asking: not the token, not the address. The code travels in bodies only.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Form, Header, Query, Request, Response, UploadFile
from pydantic import Field

from services.compliance.actions import report_figures as public
from services.compliance.actions import reports
from services.compliance.actions.report_contents import take_files
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.reports import spoken
from services.compliance.routes.asked import Around
from services.compliance.schemas.reports import (
    AboutKind,
    FiguresOut,
    FollowedOut,
    FollowIn,
    MoreIn,
    ReceivedOut,
    ReportIn,
    TermsOut,
    UpheldOut,
)
from services.kit.db import Reading, Writing
from services.kit.fields import Id
from services.kit.http import public_json
from services.kit.idempotency import LONGEST_KEY, Once
from services.kit.page import Cursor, Limit, Page
from services.kit.problem import IdempotencyKeyMissing

router = APIRouter(prefix="/reports", tags=["reports"])
# A case is asked for with POST, so that its code stands in no address.
by_code = APIRouter(tags=["reports"])

Key = Annotated[str | None, Header(alias="Idempotency-Key", description="Any unique text; makes a retry harmless.")]


class ReportForm(ReportIn):
    """A report with its files."""

    files: list[UploadFile] = Field(default_factory=list)


class MoreForm(MoreIn):
    """An addition with its files."""

    files: list[UploadFile] = Field(default_factory=list)


AsForm = Form(media_type="multipart/form-data")


@router.post("", response_model=ReceivedOut, status_code=201)
async def submit_report(form: Annotated[ReportForm, AsForm], around: Around, db: Writing, key: Key = None) -> Response:
    """Report something, anonymously. The answer shows a code, once, with which the case can be followed."""
    body = ReportIn.model_validate(form.model_dump(exclude={"files"}))
    files = await _bytes_of(form.files)
    digest = _digest(around, body.model_dump_json(), files)
    taken = await take_files(files)
    code = reports.new_code(around, key, digest)
    once = _once("POST /reports", key, digest)
    answer = await once.answer(
        db, 201, lambda: reports.receive_report(db, around, body, taken, code), shown_once=("code",)
    )
    if "idempotency-replayed" in answer.headers and key and len(key) >= reports.LONG_KEY:
        again = ReceivedOut.model_validate_json(bytes(answer.body)).model_copy(update={"code": spoken(code)})
        answer = Response(again.model_dump_json(), 201, {"Idempotency-Replayed": "true"}, "application/json")
    return _unkept(answer)


@by_code.post("/reports:follow")
async def follow_report(response: Response, body: FollowIn, around: Around, db: Reading) -> FollowedOut:
    """The case behind a code."""
    _unkept(response)
    return await reports.follow_report(db, around, body.code)


@by_code.post("/reports:add", response_model=FollowedOut)
async def add_to_report(form: Annotated[MoreForm, AsForm], around: Around, db: Writing, key: Key = None) -> Response:
    """Add words or files to a case, or answer its question."""
    body = MoreIn.model_validate(form.model_dump(exclude={"files"}))
    files = await _bytes_of(form.files)
    digest = _digest(around, body.model_dump_json(), files)
    taken = await take_files(files)
    once = _once("POST /reports:add", key, digest)
    return _unkept(await once.answer(db, 200, lambda: reports.add_to_report(db, around, body, taken)))


@router.get("/terms")
async def get_report_terms(around: Around, db: Reading) -> TermsOut:
    """Time limits, how long words and files are kept, and how much may be sent."""
    return await public.terms(db, around)


@router.get("/figures", response_model=FiguresOut)
async def list_report_figures(request: Request, db: Reading) -> Response:
    """Figures by month and kind; fewer than ten are withheld."""
    return public_json(request, (await public.figures(db)).model_dump_json().encode())


@router.get("/upheld")
async def list_upheld_reports(
    db: Reading,
    about_kind: Annotated[AboutKind | None, Query()] = None,
    about_id: Annotated[Id | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[UpheldOut]:
    """Upheld reports with their published reasons, newest first."""
    return await public.list_upheld(db, about_kind, about_id, cursor, limit)


async def _bytes_of(files: Iterable[UploadFile]) -> list[bytes]:
    """The files that were chosen; a browser also sends the inputs that were left empty. Their names are not read."""
    chosen = [file for file in files if file.filename or file.size]
    return [await file.read() for file in chosen]


def _digest(around: Surroundings, words: str, files: Iterable[bytes]) -> str:
    """Tells whether a report is sent again, under a key, so that the stored digest tells nothing of a code."""
    parts = [words.encode(), *(hashlib.sha256(data).digest() for data in files)]
    return hmac.new(around.report_key("once"), b"\n".join(parts), hashlib.sha256).hexdigest()


def _once(route: str, key: str | None, digest: str) -> Once:
    """As every Idempotency-Key, but for nobody in particular, whoever is signed in."""
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        raise IdempotencyKeyMissing(
            f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.",
            f"Idempotency-Key 长度为 1 至 {LONGEST_KEY} 个字符。",
        )
    return Once("anonymous", route, key, digest)


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
