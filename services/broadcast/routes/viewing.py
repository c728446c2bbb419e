"""Viewers' stays, handed over by the gateway; nobody else can come here."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from services.broadcast import actions
from services.broadcast.schemas.viewing import AboutOut, StaysIn
from services.broadcast.settings import Settings
from services.kit.db import Writing
from services.kit.identity import gateway_proof
from services.kit.problem import NotAllowed

router = APIRouter(prefix="/broadcasts/{broadcast_id}", tags=["viewers"])


async def _gateway_alone(request: Request, proof: Annotated[str, Header(alias="Sunfair-Gateway")] = "") -> None:
    settings: Settings = request.app.state.settings
    expected = gateway_proof(settings.gateway_secret.get_secret_value())
    if not hmac.compare_digest(proof.encode(), expected.encode()):
        raise NotAllowed("Only the gateway hands over viewers' stays.", "观看数据仅由网关提交。")


GatewayAlone = Depends(_gateway_alone)


@router.post("/viewer-sessions", include_in_schema=False, dependencies=[GatewayAlone])
async def take_stays(broadcast_id: str, body: StaysIn, request: Request, db: Writing) -> AboutOut:
    """Keep up to a thousand viewers' stays of one room, and say about how many watch."""
    secret = request.app.state.settings.token_secret.get_secret_value()
    return await actions.take_stays(db, broadcast_id, body.rows, secret)
