"""The public page on how the service performs, from the metrics that operations read."""

import asyncio
import json

import httpx
from fastapi import APIRouter, Response
from prometheus_client import generate_latest

from gateway.pages.frame import STATIC, CurrentPage, Page
from gateway.views import performance as views
from gateway.views.performance import Process

router = APIRouter(prefix="/{lang}")

PATIENCE_SECONDS = 2.0
# Written by `python3 sunfair.py bench oversell`, and part of the release whose code it was measured with.
OVERSELL = json.loads((STATIC / "oversell.json").read_bytes())


@router.get("/performance")
async def show_performance(page: CurrentPage) -> Response:
    """Success, speed, faults and cost of the door and of every service since they started."""
    door = views.read_metrics(generate_latest().decode(), by_route=True)
    names = list(page.clients.connections)
    found = await asyncio.gather(*(_metrics_of(page, name) for name in names))
    services = dict(zip(names, found, strict=True))
    words = {"page": page._("Pages, at the door"), "api": page._("Interface for programs, at the door")}
    rows = [views.part_row(page, words[kind], door.parts[kind]) for kind in words]
    rows += [
        views.part_row(page, page._("Service %(name)s", name=name), each.parts["all"] if each else None)
        for name, each in services.items()
    ]
    return page.show(
        "about/performance.html",
        rows=rows,
        summary=views.summary(page, {"gateway": door, **services}),
        storms=views.storm_rows(page, OVERSELL["storms"]),
        measured=views.measured(page, OVERSELL),
        silent=[name for name, each in services.items() if each is None],
    )


async def _metrics_of(page: Page, name: str) -> Process | None:
    """The figures of one service; None when it does not answer soon."""
    try:
        answer = await page.clients.connections[name].get("/metrics", timeout=PATIENCE_SECONDS)
    except httpx.TransportError:
        return None
    told = answer.is_success and answer.headers.get("content-type", "").startswith("text/plain")
    return views.read_metrics(answer.text) if told else None
