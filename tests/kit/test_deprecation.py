"""An operation that is retired says so in every answer: since when, until when, and where to read more."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import APIRouter

from services.kit.deprecation import retired
from services.kit.problem import NotFound
from tests.apps import settings_of
from tests.conftest import DatabaseOf

SINCE = datetime(2027, 1, 1, tzinfo=UTC)
GONE = datetime(2027, 7, 1, tzinfo=UTC)


async def test_every_answer_of_a_retired_operation_carries_its_end(database: DatabaseOf) -> None:
    from httpx import ASGITransport, AsyncClient

    from services.kit.app import build_app

    router = APIRouter()
    extra = retired(since=SINCE, sunset=GONE, link="/docs/changes#old")

    @router.get("/old/{name}", deprecated=True, openapi_extra=extra)
    async def old(name: str) -> dict[str, str]:
        if name == "none":
            raise NotFound("There is none.", "没有。")
        return {"name": name}

    @router.get("/new")
    async def new() -> dict[str, str]:
        return {}

    app = build_app("catalog", settings_of("catalog"), [router], database=await database("catalog"))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://catalog") as client:
        for path, status in (("/old/one", 200), ("/old/none", 404)):
            answer = await client.get(path)
            assert answer.status_code == status
            assert answer.headers["deprecation"] == "@1798761600"
            assert answer.headers["sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
            assert answer.headers["link"] == '</docs/changes#old>; rel="deprecation"; type="text/html"'
        assert "deprecation" not in (await client.get("/new")).headers
        assert app.openapi()["paths"]["/old/{name}"]["get"]["deprecated"] is True


def test_an_operation_is_not_gone_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="before"):
        retired(since=GONE, sunset=SINCE)
    with pytest.raises(ValueError, match="aware"):
        retired(since=datetime(2027, 1, 1) - timedelta(0))  # noqa: DTZ001  A naive instant is the point.
