"""One client per service for the pages; the only file that knows how to ask them.

Answers are the services' JSON as dictionaries: `views.py` turns them into what a template shows. A problem document
of a service is raised again as `ServiceProblem`, with its type, status, sentences and field errors.
"""

from collections.abc import Mapping
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from gateway.sessions import ANONYMOUS, Visitor
from services.kit.problem import BodyInvalid, Unavailable
from services.kit.telemetry import current_traceparent, request_id

Json = dict[str, Any]


class ServiceProblem(Exception):
    """What a service refused, as its problem document."""

    def __init__(self, document: Json) -> None:
        super().__init__(document.get("detail", ""))
        self.document = document
        self.status: int = document.get("status", 500)

    @property
    def kind(self) -> str:
        """The last word of the problem type, such as `listing-on-air`."""
        return str(self.document.get("type", "")).rsplit("/", 1)[-1]

    @property
    def field_errors(self) -> dict[str, str]:
        """Field path → sentence."""
        return {item["field"]: item["detail"] for item in self.document.get("errors", ())}


class ServiceClient:
    """Asks one service in the name of one visitor, in one language."""

    def __init__(self, http: httpx.AsyncClient, visitor: Visitor = ANONYMOUS, language: str = "en") -> None:
        self.http = http
        self.visitor = visitor
        self.language = language

    async def get(self, path: str, **query: Any) -> Json:
        """GET; None values are left out of the query."""
        return await self.send("GET", path, query={name: value for name, value in query.items() if value is not None})

    async def find(self, path: str, **query: Any) -> Json | None:
        """GET; None when there is nothing (404)."""
        try:
            return await self.get(path, **query)
        except ServiceProblem as problem:
            if problem.status == 404:
                return None
            raise

    async def fetch(self, path: str) -> httpx.Response:
        """A file of the service, with its bytes and headers. Raises ServiceProblem."""
        response = await self._request("GET", path, None, {})
        if not response.is_success:
            _read(response)
        return response

    async def send_for_place(self, method: str, path: str, body: Any) -> str:
        """As `send`; the address at which what was answered can be read again."""
        response = await self._request(method, path, body, {})
        _read(response)
        return str(response.headers["content-location"])

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        version: int | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        files: Any = None,
        data: Any = None,
    ) -> Json:
        """Any call. `key`: Idempotency-Key. `version`: the version that the change is based on (If-Match)."""
        sent = dict(headers or {})
        if key:
            sent["idempotency-key"] = key
        if version is not None:
            sent["if-match"] = f'"{version}"'
        return _read(await self._request(method, path, body, sent, params=query, files=files, data=data))

    async def _request(
        self, method: str, path: str, body: Any, headers: Mapping[str, str], **more: Any
    ) -> httpx.Response:
        sent = {"accept-language": self.language, **headers}
        if self.visitor.token:
            sent["authorization"] = f"Bearer {self.visitor.token}"
        if known := request_id.get():
            sent["x-request-id"] = known
        if trace := current_traceparent():
            sent["traceparent"] = trace
        try:
            return await self.http.request(method, path, json=body, headers=sent, **more)
        except httpx.TransportError as error:
            raise Unavailable(
                "A service does not answer. Try again in a moment.",
                "后台服务暂时没有响应，请稍后重试。",
                headers={"Retry-After": "2"},
            ) from error


def _read(response: httpx.Response) -> Json:
    if response.is_success:
        return dict(response.json()) if response.content else {}
    try:
        document = dict(response.json())
    except ValueError:
        document = {"status": response.status_code, "title": "Error", "detail": response.reason_phrase}
    raise ServiceProblem(_for_people(document, response.headers.get("content-language", "en")))


def _for_people(document: Json, language: str) -> Json:
    """A refused body as somebody at a form reads it, who sent no request and sees no member called `errors`."""
    if str(document.get("type", "")).rpartition("/")[2] != BodyInvalid.type:
        return document
    chinese, detail = language == "zh", str(document.get("detail", ""))
    title = "表单中有内容需要改正" if chinese else "Something in the form has to be mended"
    if "`errors`" in detail:
        detail = "请看标出的各项，改好后重新提交。" if chinese else "Look at what is marked, mend it and send it again."
    return document | {"title": title, "detail": detail}


class Clients:
    """The connections to every service, and clients that use them for one visitor."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.connections = {name: _connection(url) for name, url in addresses.items()}

    def of(self, service: str, visitor: Visitor = ANONYMOUS, language: str = "en") -> ServiceClient:
        """A client of `service` for this visitor."""
        return ServiceClient(self.connections[service], visitor, language)

    async def close(self) -> None:
        """Close every connection."""
        for connection in self.connections.values():
            await connection.aclose()


def _connection(url: str) -> httpx.AsyncClient:
    """Past whatever proxy the environment names: services are neighbours."""
    if url.startswith("unix:"):
        path = url.removeprefix("unix:")

        def over_socket() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(connector=aiohttp.UnixConnector(path), cookie_jar=aiohttp.DummyCookieJar())

        base, transport = "http://service", AiohttpTransport(client=over_socket, verify=False)
    else:
        # Certificates are read, which takes 20 ms, only for an address that has one.
        base, transport = url, AiohttpTransport(verify=url.startswith("https:"), trust_env=False)
    return httpx.AsyncClient(transport=transport, base_url=base, timeout=20, trust_env=False)
