"""Buyers: a code for a phone, signing in with it, and erasing one's account.

A wrong code must be counted although it is refused, and a code is sent after its hash is committed; so these routes
open their transactions themselves, as signing in with a password does.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.accounts.actions import phones
from services.accounts.actions.sending import CodeSender, code_sender
from services.accounts.domain import CODE_AGAIN_AFTER
from services.accounts.errors import PhoneCodeNotSent, PhoneCodeRefused
from services.accounts.routes.asking import SECRET_ANSWER, ClientAddress, DatabaseOf, Person, SettingsOf
from services.accounts.schemas import CodeSentOut, EraseIn, PhoneIn, PhoneSignInIn, SessionOut, TokensOut
from services.kit.db import Writing
from services.kit.http import language_of

router = APIRouter(tags=["sign-in"])


async def _sender(settings: SettingsOf) -> CodeSender:
    sender = code_sender(settings)
    if sender is None:
        raise PhoneCodeNotSent(
            "This deployment has no sender of text messages yet. Tell whoever runs it.",
            "本平台尚未配置短信通道，请联系运行单位。",
        )
    return sender


@router.post("/phone-codes", status_code=202, dependencies=[SECRET_ANSWER])
async def send_phone_code(
    body: PhoneIn,
    request: Request,
    database: DatabaseOf,
    settings: SettingsOf,
    sender: Annotated[CodeSender, Depends(_sender)],
    address: ClientAddress = None,
) -> CodeSentOut:
    """Send a code to a phone; it is good for five minutes and five tries."""
    number = phones.phone_number(body.phone)
    async with database.sessions.begin() as db:
        code, expires_at = await phones.begin_code(db, settings, number, address)
    language = language_of(request.headers.get("accept-language", "zh"))
    if not await sender.send(number, code, language, expires_at):
        async with database.sessions.begin() as db:
            await phones.forget_code(db, settings, number)
        raise PhoneCodeNotSent("Try again in a moment.", "请稍后重试。", headers={"Retry-After": "10"})
    return CodeSentOut(
        expires_at=expires_at,
        again_after_seconds=int(CODE_AGAIN_AFTER.total_seconds()),
        demo_code=code if settings.demo else None,
    )


@router.post("/phone-sign-in", dependencies=[SECRET_ANSWER])
async def sign_in_by_phone(body: PhoneSignInIn, database: DatabaseOf, settings: SettingsOf) -> SessionOut | TokensOut:
    """Sign in with a phone and its code; a number that is new makes a buyer's account."""
    number = phones.phone_number(body.phone)
    async with database.sessions.begin() as db:
        answer = await phones.sign_in_by_phone(db, settings, number, body.code, body.kind)
    if answer is None:
        raise PhoneCodeRefused(
            "Check the six digits. After five tries or five minutes ask for a new code.",
            "请核对六位验证码。输错五次或超过五分钟后须重新获取。",
        )
    return answer


@router.post("/me/erase", status_code=204)
async def erase_account(body: EraseIn, db: Writing, actor: Person) -> None:
    """Erase your account, as a buyer: every session ends and what names you is deleted. It cannot be taken back."""
    await phones.erase_account(db, actor)
