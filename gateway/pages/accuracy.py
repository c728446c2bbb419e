"""How right the text rules are and where they err, for everybody."""

import asyncio

from fastapi import APIRouter, Response

from gateway.pages.frame import CurrentPage
from gateway.views import accuracy

# Before the page of a rule, whose name could be anything.
router = APIRouter(prefix="/{lang}/rules/accuracy")


@router.get("")
async def show_accuracy(page: CurrentPage) -> Response:
    """Figures on labelled texts, every error, and what is not read at all."""
    told, rulebook = await asyncio.gather(page.compliance.get("/rules/accuracy"), page.compliance.get("/rules"))
    return page.show(
        "rules/accuracy.html",
        chapters=accuracy.chapters(page, told, rulebook["items"]),
        at=told["at"],
        ruleset=rulebook["ruleset"],
    )
