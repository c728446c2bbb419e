"""The receipt of an order, for who bought it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.disclosure.actions import receipts
from services.disclosure.routes.disclosures import BroadcastId
from services.kit.actor import CurrentActor
from services.kit.db import database_of

router = APIRouter(prefix="/disclosures", tags=["disclosures"])

OrderId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]


@router.get("/{broadcast_id}/receipts/{order_id}", response_model=dict[str, Any])
async def get_disclosure_receipt(
    request: Request,
    actor: CurrentActor,
    broadcast_id: BroadcastId,
    order_id: OrderId,
    release: Annotated[int | None, Query(ge=1, le=100_000, description="By default the newest that has it.")] = None,
) -> Response:
    """The proof that an order of the caller was counted, or removed and why: a file that names nobody.

    It holds under the root of `receipts` in the release that it names, which stands in the public log.
    """
    secret = request.app.state.settings.token_secret.get_secret_value()
    found = await receipts.receipt_of(database_of(request), secret, actor.account_id, broadcast_id, order_id, release)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="receipt-{order_id}.json"',
    }
    return Response(found.dump(), media_type="application/json", headers=headers)
