"""Bodies of parcels."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.values import RegionCode
from services.kit.fields import In, Out

SignKind = Literal["recipient", "station", "locker", "reception", "self_pickup", "other"]
Weight = Annotated[int, Field(strict=True, ge=1, le=10_000_000, description="Grams; the net mass if absent.")]


class ShipmentIn(In):
    """A parcel that is handed to the carrier."""

    weight_grams: Weight | None = None
    from_region: RegionCode | None = None
    sign_kind: SignKind | None = Field(default=None, description="How it is to be handed over, where that was agreed.")


class ScanOut(Out):
    """One scan."""

    number: int
    kind: str
    at: datetime
    region_code: str


class ShipmentOut(Out):
    """A parcel. Without a waybill it waits for the carrier."""

    id: str
    order_id: str
    carrier: str
    waybill: str | None
    state: Literal["asked", "under_way", "signed", "refused"]
    declared_grams: int
    weight_grams: int | None
    route_km: int | None
    sign_kind: str | None
    scans: list[ScanOut]
    label_at: datetime | None
    pickup_at: datetime | None
    signed_at: datetime | None
    created_at: datetime
