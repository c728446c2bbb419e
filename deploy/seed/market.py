"""The public interface of Sunfair as the seed uses it: sign in, call, wait when told to, repeat without harm."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

import httpx

Json = dict[str, Any]

# A token lives five minutes; one that is about to end is renewed before it is used.
TOKEN_SECONDS = 240
LONGEST_WAIT = 30.0
AT_ONCE = 8


class Refused(Exception):
    """The interface refused a call for good; carries its problem document."""

    def __init__(self, status: int, document: Json, what: str) -> None:
        fields = "; ".join(f"{error['field']}: {error['detail']}" for error in document.get("errors") or ())
        super().__init__(
            f"{what} → {status} {document.get('title', '')}: {document.get('detail', '')} {fields}".strip()
        )
        self.status = status
        self.document = document

    @property
    def kind(self) -> str:
        """The last word of the problem type, such as `slot-taken`."""
        return str(self.document.get("type", "")).rsplit("/", 1)[-1]


class Market:
    """One connection to the gateway for many people; each is signed in when first needed."""

    def __init__(self, gateway: str, passwords: Mapping[str, str]) -> None:
        """`passwords`: user name → password, looked up at each sign-in, so that it may still grow."""
        # Without trust_env no proxy of the machine comes between us and a gateway on the same machine.
        self.http = httpx.AsyncClient(base_url=f"{gateway.rstrip('/')}/api/v1", timeout=30, trust_env=False)
        self.passwords = passwords
        self.tokens: dict[str, tuple[str, float]] = {}
        self.signing_in: dict[str, asyncio.Lock] = {}
        self.turns = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def token(self, who: str) -> str:
        """An access token of this person that is good for a while yet."""
        async with self.signing_in.setdefault(who, asyncio.Lock()):
            known, until = self.tokens.get(who, ("", 0.0))
            if time.monotonic() < until:
                return known
            body = {"username": who, "password": self.passwords[who], "kind": "api"}
            signed_in = await self._send("POST", "/sign-in", None, {}, json_body=body)
            self.tokens[who] = (signed_in["access_token"], time.monotonic() + TOKEN_SECONDS)
            return self.tokens[who][0]

    async def get(self, path: str, who: str | None = None, *, at: datetime | None = None, **query: Any) -> Json:
        """GET, publicly or as somebody."""
        return await self._send("GET", path, who, _asked_at(at), query=query)

    async def enter_room(self, broadcast_id: str) -> None:
        """Watch a room for a moment: the stream gives out the viewer's tokens, with which one may speak there."""
        async with self.http.stream("GET", f"/broadcasts/{broadcast_id}/stream"):
            return

    async def every(self, path: str, who: str | None = None, **query: Any) -> AsyncIterator[Json]:
        """Every item of a list, page by page."""
        asked: dict[str, Any] = {**query, "limit": 100}
        while True:
            page = await self.get(path, who, **asked)
            for item in page["items"]:
                yield item
            if not page.get("next"):
                return
            asked["cursor"] = page["next"]

    async def write(
        self,
        method: str,
        path: str,
        body: Any,
        who: str,
        *,
        at: datetime | None = None,
        key: str | None = None,
        version: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """A write by somebody. `at`: the moment at which the business is done. `key`: the Idempotency-Key."""
        headers = {**_asked_at(at), **(headers or {})}
        if key is not None:
            headers["Idempotency-Key"] = key
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self._send(method, path, who, headers, json_body=body)

    async def enter(self, broadcast_id: str) -> None:
        """Look into a room: its event stream gives the cookies without which nobody speaks in it."""
        async with self.http.stream("GET", f"/broadcasts/{broadcast_id}/stream"):
            pass

    async def upload(self, name: str, text: str, kind: str, who: str, *, at: datetime | None = None) -> str:
        """Upload a text document and answer its SHA-256; the same text is the same document."""
        file = (name, text.encode(), "text/plain; charset=utf-8")
        return str(
            (await self._send("POST", "/documents", who, _asked_at(at), file=file, form={"kind": kind}))["sha256"]
        )

    async def tell(self, path: str, form: Mapping[str, str], *, key: str) -> Json:
        """Send a form as a stranger."""
        return await self._send("POST", path, None, {**_asked_at(None), "Idempotency-Key": key}, form=form)

    async def _send(
        self,
        method: str,
        path: str,
        who: str | None,
        headers: dict[str, str],
        *,
        json_body: Any = None,
        query: Mapping[str, Any] | None = None,
        file: tuple[str, bytes, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Json:
        """Send it; when told to come back, come back, for half a minute at most. Raises Refused."""
        content = None if json_body is None else json.dumps(json_body, ensure_ascii=False, default=_plain).encode()
        if content is not None:
            headers = {**headers, "Content-Type": "application/json"}
        began, pause, signed_in_again = time.monotonic(), 0.1, False
        while True:
            if who is not None:
                headers = {**headers, "Authorization": f"Bearer {await self.token(who)}"}
            answer = await self._once(method, path, headers, content, query, file, form)
            if answer is not None and answer.is_success:
                return dict(answer.json()) if answer.content else {}
            if answer is not None and answer.status_code == 401 and who is not None and not signed_in_again:
                # Tokens end when an account changes or a key of it is revoked; its person just signs in again.
                self.tokens.pop(who, None)
                signed_in_again = True
                continue
            if time.monotonic() - began > LONGEST_WAIT or not _worth_repeating(answer):
                raise _refusal(answer, f"{method} {path}")
            told = float(answer.headers.get("retry-after", 0)) if answer is not None else 0.0
            # What is only a moment late (an event on its way) is asked again sooner than the whole seconds of a header.
            await asyncio.sleep(told if answer is not None and answer.status_code == 429 else pause)
            pause = min(pause * 1.6, 1.0)

    async def _once(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        content: bytes | None,
        query: Mapping[str, Any] | None,
        file: tuple[str, bytes, str] | None,
        form: Mapping[str, str] | None,
    ) -> httpx.Response | None:
        async with self.turns:
            try:
                return await self.http.request(
                    method,
                    path,
                    headers=headers,
                    content=content,
                    params=query or None,
                    files={"file": file} if file else None,
                    data=form,
                )
            except httpx.TransportError:
                return None


def _asked_at(at: datetime | None) -> dict[str, str]:
    """The headers of every call; `at` sets the business clock, as demo accounts may."""
    return {"Accept-Language": "en"} | ({"Sunfair-Clock": at.isoformat()} if at else {})


def _worth_repeating(answer: httpx.Response | None) -> bool:
    """Whether the same call may succeed in a moment: nobody answered, too many calls, or a fact still on its way."""
    if answer is None or answer.status_code in (429, 502, 503):
        return True
    return "retry-after" in answer.headers


def _refusal(answer: httpx.Response | None, what: str) -> Refused:
    if answer is None:
        return Refused(0, {"title": "No answer", "detail": "The gateway does not answer."}, what)
    try:
        document = dict(answer.json())
    except ValueError:
        document = {"detail": answer.text[:300]}
    return Refused(answer.status_code, document, what)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON.")
