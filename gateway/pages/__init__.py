"""The pages: one file per visitor's errand. Each asks the services, turns answers into views, and fills a template."""

from fastapi import FastAPI

from gateway.clients import Clients
from gateway.pages import (
    account,
    accuracy,
    addresses,
    admissions,
    appeals,
    asking,
    basket,
    browse,
    calendar,
    cases,
    changes,
    checkout,
    declarations,
    desk,
    disclosures,
    documentation,
    evidence,
    figures,
    filings,
    history,
    imports,
    ledger,
    listings,
    moves,
    open_data,
    orders,
    organs,
    outside,
    performance,
    phone,
    problems,
    receipts,
    records,
    referrals,
    regional,
    registry,
    replay,
    replies,
    report_desk,
    reports,
    reviews,
    room,
    rules,
    search,
    selling,
    studio,
    suspensions,
    webhooks,
)
from gateway.pages.frame import Frame
from gateway.sessions import Sessions
from gateway.settings import GatewaySettings
from services.kit.http import OWN_TELEMETRY

# The first that fits answers: paths that name no language come before those that begin with one.
ROUTERS = (
    documentation.router,
    account.router,
    phone.router,
    outside.router,
    browse.router,
    calendar.router,
    room.router,
    replay.router,
    basket.router,
    checkout.router,
    orders.router,
    organs.router,
    figures.router,
    selling.router,
    addresses.router,
    accuracy.router,
    changes.router,
    rules.router,
    ledger.router,
    receipts.router,
    disclosures.router,
    open_data.router,
    asking.router,
    search.router,
    reports.router,
    report_desk.router,
    studio.router,
    desk.router,
    admissions.router,
    suspensions.router,
    history.router,
    performance.router,
    declarations.router,
    reviews.router,
    appeals.router,
    referrals.router,
    cases.router,
    replies.router,
    webhooks.router,
    listings.router,
    imports.router,
    records.router,
    registry.router,
    evidence.router,
    regional.router,
    filings.router,
    moves.router,
    filings.steps_router,
)


def build_pages(settings: GatewaySettings, clients: Clients, sessions: Sessions) -> FastAPI:
    """The web front-end as an application of its own; the door puts it behind cache, limits and sign-in."""
    app = FastAPI(
        title="Sunfair pages",
        telemetry=OWN_TELEMETRY,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # Such a redirect would repeat whatever host the caller named.
    )
    app.state.frame = Frame(settings)
    app.state.settings = settings
    app.state.clients = clients
    app.state.sessions = sessions
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    return app
