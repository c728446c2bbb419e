"""Webhooks of other platforms, and the clearances that no longer hold."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.compliance.actions import revocations, webhooks
from services.compliance.routes.asked import AnyId, Around, Inspecting
from services.compliance.schemas.webhooks import (
    DeliveryOut,
    DeliveryState,
    PingIn,
    ReplayedOut,
    ReplayIn,
    RevocationsOut,
    RevokedOut,
    RevokeIn,
    WebhookIn,
    WebhookMade,
    WebhookOut,
)
from services.kit.actor import Actor, role
from services.kit.db import Reading, Writing
from services.kit.http import json_bytes
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["webhooks"])

Owner = Annotated[Actor, Depends(role("platform"))]


@router.post("/webhooks", response_model=WebhookMade, status_code=201)
async def add_webhook(body: WebhookIn, around: Around, actor: Owner, db: Writing, once: OptionalKey) -> Response:
    """Be told of changed answers at an address of yours; the signing secret is shown in this answer only."""
    return await once.answer(
        db,
        201,
        lambda: webhooks.add_webhook(db, around, actor, body),
        location="/api/v1/webhooks/{id}",
        shown_once=("secret",),
    )


@router.get("/webhooks")
async def list_webhooks(actor: Owner, db: Reading) -> Page[WebhookOut]:
    """Your webhooks, at most ten."""
    return await webhooks.list_webhooks(db, actor)


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: AnyId, actor: Owner, db: Writing) -> None:
    """Forget a webhook and the messages to it."""
    await webhooks.delete_webhook(db, actor, webhook_id)


@router.post("/webhooks/{webhook_id}/rotate", response_model=WebhookMade)
async def rotate_webhook_secret(
    webhook_id: AnyId, around: Around, actor: Owner, db: Writing, once: OptionalKey
) -> Response:
    """A new signing secret; for 24 hours messages carry the signatures of both."""
    return await once.answer(
        db, 200, lambda: webhooks.rotate_secret(db, around, actor, webhook_id), shown_once=("secret",)
    )


@router.post("/webhooks/{webhook_id}/pause")
async def pause_webhook(webhook_id: AnyId, actor: Owner, db: Writing) -> WebhookOut:
    """Send nothing until it is resumed; what waits is given up on and can be sent again later."""
    return await webhooks.pause(db, actor, webhook_id)


@router.post("/webhooks/{webhook_id}/resume")
async def resume_webhook(webhook_id: AnyId, actor: Owner, db: Writing) -> WebhookOut:
    """Send again from now on."""
    return await webhooks.resume(db, actor, webhook_id)


@router.post("/webhooks/{webhook_id}/ping", response_model=DeliveryOut, status_code=201)
async def ping_webhook(webhook_id: AnyId, body: PingIn, actor: Owner, db: Writing, once: OptionalKey) -> Response:
    """Send a sample of a kind of message now."""
    return await once.answer(db, 201, lambda: webhooks.ping(db, actor, webhook_id, body.kind))


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: AnyId,
    actor: Owner,
    db: Reading,
    state: DeliveryState | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[DeliveryOut]:
    """Messages of the last thirty days to a webhook, newest first, and how their attempts went."""
    return await webhooks.list_deliveries(db, actor, webhook_id, state, cursor, limit)


@router.post("/webhooks/{webhook_id}/replay")
async def replay_deliveries(webhook_id: AnyId, body: ReplayIn, actor: Owner, db: Writing) -> ReplayedOut:
    """Send one message again, or all that were given up on since a moment."""
    return await webhooks.replay(db, actor, webhook_id, body)


@router.get("/clearances/revoked", response_model=RevocationsOut)
async def list_revoked_clearances(request: Request, around: Around, db: Reading) -> Response:
    """Clearances that no longer hold although their time is not over, for whoever verifies offline."""
    found = await revocations.list_revocations(db, around)
    return json_bytes(request, found.model_dump_json().encode(), max_age=30, public=True)


@router.post("/clearances/{decision_id}/revoke", response_model=RevokedOut)
async def revoke_clearance(
    decision_id: AnyId, body: RevokeIn, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Revoke a clearance with a published reason."""
    return await once.answer(db, 200, lambda: revocations.revoke_clearance(db, actor, decision_id, body))
