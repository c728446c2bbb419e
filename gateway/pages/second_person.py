"""What waits on the desk for those behind the facts: registrars, verifiers, certifiers, and who reads reports."""

from gateway.clients import Json
from gateway.pages.frame import Page
from gateway.views import registry

MOST = 6
MOST_COUNTED = 100


async def events(page: Page) -> Json:
    """Events of the visitor's regions that nobody verified as they stand."""
    answer = await page.compliance.get("/events", mine="true", verified="false", limit=MOST)
    verifying = "verifier" in page.visitor.roles
    return {
        "rows": [registry.event_row(page, event) for event in answer["items"]],
        "verifying": verifying,
        "registering": "registrar" in page.visitor.roles,
    }


async def evidence(page: Page) -> Json:
    """Evidence of the visitor's regions that nobody certified."""
    answer = await page.compliance.get("/slow-sales", mine="true", certified="false", limit=MOST)
    return {
        "rows": [registry.evidence_row(page, row) for row in answer["items"]],
        "certifying": "certifier" in page.visitor.roles,
    }


async def reports(page: Page) -> Json:
    """How many reports are open, and how many of them are urgent or late; more than a hundred are not counted."""
    answer = await page.compliance.get("/reports", limit=MOST_COUNTED)
    items = answer["items"]
    more = "+" if answer["next"] else ""
    return {
        "open": f"{len(items)}{more}",
        "hurried": f"{sum(1 for item in items if item['hurried'])}{more}",
        "late": f"{sum(1 for item in items if item['late'])}{more}",
        "any": bool(items),
    }
