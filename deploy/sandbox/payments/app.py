"""The provider's HTTP face: what merchants call, and the page on which people pay."""

import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader

from deploy.sandbox.agenda import now_ms
from deploy.sandbox.app import Service, build_sandbox
from deploy.sandbox.payments.bank import TABLES, Bank, Method, NewPayment, NewRefund
from deploy.sandbox.settings import SandboxSettings
from services.kit.http import language_of

PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
STYLE = (Path(__file__).parent / "pay.css").read_text(encoding="utf-8")
# The page holds no script, takes nothing from elsewhere, and is shown in nobody's frame.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
WALLET_COOKIE = "sandbox_wallet"
Lang = Annotated[Literal["zh", "en"] | None, Query()]

merchants = APIRouter(prefix="/v1")
payers = APIRouter()


def create_app(settings: SandboxSettings) -> FastAPI:
    """The application."""
    app = build_sandbox("payments", settings, TABLES)
    app.state.bank = Bank(app.state.db, app.state.agenda, settings.public_url)
    app.include_router(merchants)
    app.include_router(payers)
    return app


async def _bank(request: Request) -> Bank:
    bank: Bank = request.app.state.bank
    return bank


Books = Annotated[Bank, Depends(_bank)]


@merchants.post("/payments", status_code=201)
async def open_payment(body: NewPayment, bank: Books, _: Service) -> dict[str, Any]:
    """Open a payment, or find the one that has this reference."""
    return bank.open(body)


@merchants.get("/payments/{payment_id}")
async def read_payment(payment_id: str, bank: Books, _: Service) -> dict[str, Any]:
    """A payment by our number."""
    return bank.shown(bank.find("id", payment_id))


@merchants.get("/payments")
async def find_payment(reference: str, bank: Books, _: Service) -> dict[str, Any]:
    """A payment by the merchant's own number."""
    return bank.shown(bank.find("reference", reference))


@merchants.post("/payments/{payment_id}/close")
async def close_payment(payment_id: str, bank: Books, _: Service) -> dict[str, Any]:
    """Nobody may pay it any more."""
    return bank.close(payment_id)


@merchants.post("/refunds", status_code=202)
async def refund(body: NewRefund, bank: Books, _: Service) -> dict[str, Any]:
    """Give back a leg or a part of it."""
    return bank.refund(body)


@merchants.get("/refunds")
async def find_refund(reference: str, bank: Books, _: Service) -> dict[str, Any]:
    """A refund by the merchant's own number."""
    return bank.find_refund(reference)


@merchants.post("/totals")
async def totals(references: list[str], bank: Books, _: Service) -> list[dict[str, Any]]:
    """What came in and went back for these payments."""
    return bank.totals(references)


@payers.get("/pay.css")
async def style() -> Response:
    """How the page looks."""
    return Response(STYLE, media_type="text/css")


@payers.get("/pay/{page}")
async def show_page(page: str, bank: Books, request: Request, lang: Lang = None) -> HTMLResponse:
    """The hosted checkout."""
    row = bank.find("page", page)
    words = lang or language_of(request.headers.get("accept-language", "zh"))
    state = "expired" if row["state"] in ("open", "failed") and now_ms() >= row["expires_ms"] else row["state"]
    left = max(0, row["expires_ms"] - now_ms()) // 1000
    html = PAGES.get_template("pay.html").render(
        payment=bank.shown(row),
        subject=row[f"subject_{words}"],
        state=state,
        lang=words,
        page=page,
        left=left,
        return_url=row["return_url"],
    )
    answer = HTMLResponse(html, headers=SAFE)
    if WALLET_COOKIE not in request.cookies:
        answer.set_cookie(WALLET_COOKIE, secrets.token_hex(8), max_age=31_536_000, httponly=True, samesite="lax")
    return answer


@payers.post("/pay/{page}")
async def pay(
    page: str,
    bank: Books,
    request: Request,
    act: Annotated[Literal["pay", "fail", "late"], Form()],
    method: Annotated[Method, Form()] = "wallet",
    lang: Lang = None,
) -> RedirectResponse:
    """What the payer pressed; the page then says how it went."""
    payer = request.cookies.get(WALLET_COOKIE, "")[:32] or f"guest-{page[:12]}"
    bank.attempt(page, act, payer, method)
    asked = f"?lang={lang}" if lang else ""
    return RedirectResponse(f"/pay/{page}{asked}", 303, headers=SAFE)
