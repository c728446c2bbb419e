"""An application is a thing that comes and goes, also in a process that makes many of them."""

import gc
import weakref

import httpx

from services.kit.app import build_app
from services.kit.settings import ServiceSettings


async def _asked_and_let_go() -> weakref.ref[object]:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    app = build_app("toy", ServiceSettings(demo=True, background=False, service_database_url=nowhere), [])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toy") as client:
        assert (await client.get("/healthz")).json() == {"status": "alive"}
        assert (await client.get("/metrics")).status_code == 200
        # Nothing answers there, which readiness says.
        assert (await client.get("/readyz")).json()["waiting"] == ["database"]
    await app.state.database.close()
    return weakref.ref(app)


async def test_an_application_that_is_let_go_is_forgotten() -> None:
    gone = await _asked_and_let_go()
    gc.collect()
    assert gone() is None
