"""Asking an address outside for JSON: bounded in time and size, no redirects, and no way into a private network."""

import json
from types import TracebackType
from typing import Any, Self

import aiohttp

from services.kit.webhooks import AddressRefused, outside_session, require_callable

LARGEST_ANSWER_BYTES = 256 * 1024
TIMEOUT_SECONDS = 8.0


class FetchFailed(Exception):
    """No answer that could be used; the message says why."""


class Fetcher:
    """Asks addresses that somebody outside may have chosen. `private` also allows our own network, and plain http."""

    def __init__(self, *, private: bool) -> None:
        self.private = private
        self._session = outside_session(private=private, timeout_seconds=TIMEOUT_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(
        self, url: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON object at an address, or the answer to a form posted there. Raises FetchFailed."""
        method = "GET" if form is None else "POST"
        try:
            require_callable(url, private=self.private)
            async with self._session.request(method, url, data=form, headers=headers, allow_redirects=False) as answer:
                body = await answer.content.read(LARGEST_ANSWER_BYTES + 1)
                while len(body) <= LARGEST_ANSWER_BYTES and (more := await answer.content.read(LARGEST_ANSWER_BYTES)):
                    body += more
                told = json.loads(body) if answer.status == 200 and len(body) <= LARGEST_ANSWER_BYTES else None
        except (AddressRefused, aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchFailed(f"{url}: {error or type(error).__name__}") from error
        if not isinstance(told, dict):
            raise FetchFailed(f"{url} answers {answer.status} and no JSON object of a reasonable size.")
        return told
