"""Errors as pages: what happened and what to do, in the language of the page."""

import logging
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from gateway.clients import ServiceProblem
from gateway.pages.buyers import PhoneFirst, phone_path
from gateway.pages.frame import Page, SignInFirst
from services.kit.http import language_of
from services.kit.problem import BodyInvalid, MethodNotAllowed, Problem
from services.kit.telemetry import request_id

log = logging.getLogger(__name__)

TEMPLATES = {403: "errors/403.html", 404: "errors/404.html", 429: "errors/429.html", 503: "errors/503.html"}

_NOT_UNDERSTOOD = BodyInvalid(
    "This page could not read what was sent. Go back and try again.", "页面无法识别所提交的内容，请返回后重试。"
)

_METHOD = MethodNotAllowed(
    "This page is not for sending anything. Open it and use its forms.",
    "此页面不接收提交内容，请打开页面并使用其中的表单。",
)


def language_of_page(request: Request) -> Any:
    """The language in the path, else the browser's."""
    first = request.url.path.strip("/").split("/")[0]
    return first if first in ("zh", "en") else language_of(request.headers.get("accept-language"))


def show_problem(request: Request, document: dict[str, Any]) -> Response:
    """A problem document as a page."""
    page = Page(request, language_of_page(request))
    status = int(document.get("status", 500))
    template = TEMPLATES.get(status, "errors/500.html" if status >= 500 else "errors/problem.html")
    told = {"problem": document} if "title" in document else {}
    return page.show(template, status=status, shared=False, request_id=request_id.get() or "", **told)


def install(app: FastAPI) -> None:
    """Every error of the pages becomes a page."""
    app.add_exception_handler(Exception, on_bug)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(ServiceProblem, on_service_problem)
    app.add_exception_handler(SignInFirst, on_sign_in)
    app.add_exception_handler(PhoneFirst, on_phone)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)


async def on_problem(request: Request, error: Exception) -> Response:
    """One of our own problems."""
    assert isinstance(error, Problem)  # noqa: S101  Starlette hands over only what was registered.
    response = show_problem(request, error.document(language_of_page(request), request.url.path))
    response.headers.update(error.headers)
    return response


async def on_service_problem(request: Request, error: Exception) -> Response:
    """What a service refused."""
    assert isinstance(error, ServiceProblem)  # noqa: S101  As above.
    return show_problem(request, error.document)


async def on_sign_in(request: Request, error: Exception) -> Response:
    """On to the sign-in page, and back afterwards."""
    assert isinstance(error, SignInFirst)  # noqa: S101  As above.
    return RedirectResponse(f"/{language_of_page(request)}/sign-in?after={quote(error.after)}", 303)


async def on_phone(request: Request, error: Exception) -> Response:
    """On to the page that asks for a phone number, and back afterwards."""
    assert isinstance(error, PhoneFirst)  # noqa: S101  As above.
    return RedirectResponse(phone_path(language_of_page(request), error.after), 303)


async def on_http(request: Request, error: Exception) -> Response:
    """No such page, wrong method, and the like."""
    assert isinstance(error, HTTPException)  # noqa: S101  As above.
    if error.status_code == 405:
        response = show_problem(request, _METHOD.document(language_of_page(request), request.url.path))
        response.headers.update(error.headers or {})
        return response
    if error.status_code in TEMPLATES or error.status_code >= 500:
        return show_problem(request, {"status": error.status_code})
    return show_not_understood(request)


async def on_invalid(request: Request, error: Exception) -> Response:
    """A path that names no language is no page; anything else was not understood."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  As above.
    if any(item["loc"][0] == "path" for item in error.errors()):
        return show_problem(request, {"status": 404})
    return show_not_understood(request)


async def on_bug(request: Request, error: Exception) -> Response:
    """A page for our own failure, without its detail."""
    log.error("Unhandled error on page %s", request.url.path, exc_info=error)
    return show_problem(request, {"status": 500})


def show_not_understood(request: Request) -> Response:
    """What was sent could not be read."""
    return show_problem(request, _NOT_UNDERSTOOD.document(language_of_page(request), request.url.path))
