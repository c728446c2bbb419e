"""DirectRoute: an operation that FastAPI describes but does not take apart, for the few that thousands call at once.

Finding the route, solving its dependencies and the layers around both cost more than all that an order does. The
function's signature is what the interface's document shows; a request for it is met before the framework, and what the
signature names is read from the request in the same way, by the same functions of the kit.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import clock
from services.kit.actor import Actor, clock_asked, optional_actor
from services.kit.http import REFUSALS, Refuse

Body = TypeVar("Body", bound=BaseModel)
Direct = Callable[[Request, Actor | None], Awaitable[Response | None]]


class DirectRoute(APIRoute):
    """A route whose requests go to `direct(request, actor)` in place of the function that describes it.

    What `direct` does not answer (None) goes the usual way, as if it had not been there.
    """

    direct: ClassVar[Direct]


def direct_route(direct: Direct) -> type[DirectRoute]:
    """The class of route that hands its requests to `direct`."""
    return type("DirectRouteTo", (DirectRoute,), {"direct": staticmethod(direct)})


def direct_routes(routers: Sequence[APIRouter]) -> list[DirectRoute]:
    """Those of the routers' routes that are met before the framework."""
    return [route for router in routers for route in router.routes if isinstance(route, DirectRoute)]


class Shortcut:
    """Plain ASGI before the framework: answers what is asked of direct routes, and hands on everything else."""

    def __init__(self, app: ASGIApp, routes: Sequence[DirectRoute], refuse: Refuse) -> None:
        self.app = app
        self.routes = routes
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._route_of(scope) if scope["type"] == "http" else None
        if route is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = route
        request = Request(scope, receive)
        try:
            answer = await _answer(route, request)
        except REFUSALS as error:
            answer = await self.refuse(request, error)
        if answer is not None:
            await answer(scope, receive, send)
        else:
            await self.app(scope, _read_again(request, receive), send)

    def _route_of(self, scope: Scope) -> DirectRoute | None:
        for route in self.routes:
            if scope["method"] in (route.methods or ()) and (found := route.path_regex.match(scope["path"])):
                convertors = route.param_convertors
                named = found.groupdict().items()
                scope["path_params"] = {name: convertors[name].convert(value) for name, value in named}
                return route
        return None


async def _answer(route: DirectRoute, request: Request) -> Response | None:
    """What `direct` says; the business clock is honoured or refused here as it is everywhere."""
    actor = await optional_actor(request)
    with clock.set_to(clock_asked(request, actor)):
        return await type(route).direct(request, actor)


def _read_again(request: Request, receive: Receive) -> Receive:
    """The body once more for who has to read it the usual way."""
    body: bytes | None = getattr(request, "_body", None)

    async def read() -> Message:
        nonlocal body
        if body is None:
            return await receive()
        message: Message = {"type": "http.request", "body": body, "more_body": False}
        body = None
        return message

    return read


async def body_at_once(request: Request, model: type[Body]) -> Body | None:
    """The JSON body as that model; None for anything that is not plainly that, whatever is wrong with it.

    For models whose parts are plain JSON: msgspec reads those in half the time that the model's own parser takes.
    """
    if request.headers.get("content-type") != "application/json":
        return None
    try:
        return model.model_validate(msgspec.json.decode(await request.body()))
    except (ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


async def read_body(request: Request, model: type[Body]) -> Body:
    """The JSON body as that model. Raises what FastAPI would raise, so the answer is the same."""
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as invalid:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in invalid.errors()]
        raise RequestValidationError(errors) from invalid
