"""What strangers and case workers do with a report, for the tests of both sides."""

from typing import Any

import httpx

from tests.apps import ServiceUnderTest, Tokens
from tests.papers import NOTICE

REGION = "341321"
LONG_KEY = "key-of-a-form-made-by-a-machine"
PROVINCE = {"name": "安徽省市场监督管理局"}


class Tips:
    """Sends reports as a stranger and handles them as an inspector of the province."""

    def __init__(self, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.service = service
        self.tokens = tokens

    async def send(
        self, *files: tuple[str, bytes], key: str | None = None, headers: dict[str, str] | None = None, **fields: Any
    ) -> httpx.Response:
        """POST a report; by default that of a notice, in words."""
        data = {"kind": "apportionment", "region_code": REGION} | fields
        if not files and "words" not in fields and "notice_text" not in fields:
            data["notice_text"] = NOTICE
        return await self.service.client.post(
            "/reports",
            data=data,
            files=[("files", (name, content)) for name, content in files],
            headers={**({"Idempotency-Key": key} if key else {}), **(headers or {})},
        )

    async def tip(self, *files: tuple[str, bytes], **fields: Any) -> dict[str, Any]:
        """A report that was received."""
        answer = await self.send(*files, **fields)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def follow(self, code: str, status: int = 200) -> dict[str, Any]:
        """The case behind a code."""
        answer = await self.service.client.post("/reports:follow", json={"code": code})
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def add(
        self, code: str, *files: tuple[str, bytes], status: int = 200, key: str | None = None, **fields: str
    ) -> dict[str, Any]:
        """Add to a case."""
        answer = await self.service.client.post(
            "/reports:add",
            data={"code": code, **fields},
            files=[("files", (name, content)) for name, content in files],
            headers={"Idempotency-Key": key} if key else {},
        )
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def inspector(self, *scopes: str, **claims: Any) -> dict[str, str]:
        """The headers of an inspector of the province."""
        given = {"account_id": "inspector", "person": "p-inspector", "organ": PROVINCE["name"]} | claims
        return self.tokens.headers("inspector", scopes=scopes or ("340000",), **given)

    async def queue(self, **claims: Any) -> list[str]:
        """The ids that wait, in their order."""
        scopes = claims.pop("scopes", ())
        answer = await self.service.client.get("/reports", headers=self.inspector(*scopes, **claims))
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    async def case(self, report_id: str, status: int = 200, **claims: Any) -> dict[str, Any]:
        """A case on the inspector's table."""
        answer = await self.service.client.get(f"/reports/{report_id}", headers=self.inspector(**claims))
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def do(
        self, report_id: str, move: str, body: Any = None, status: int = 200, *scopes: str, **claims: Any
    ) -> dict[str, Any]:
        """One step of an inspector."""
        headers = self.inspector(*scopes, **claims)
        answer = await self.service.client.post(f"/reports/{report_id}/{move}", json=body or {}, headers=headers)
        assert answer.status_code == status, answer.text
        return dict(answer.json())


def reason(**more: Any) -> dict[str, Any]:
    """A published reason."""
    return {"reason_zh": "经核实，该通知属实。", "reason_en": "The notice was found to be genuine."} | more
