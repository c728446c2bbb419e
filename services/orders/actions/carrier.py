"""The port to a carrier, and the adapter for the sandbox that is shipped: waybills out, scans back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from services.orders.actions.outside import Outside, ProviderRefused, parsed, read_signed, understood

SignKind = Literal["recipient", "station", "locker", "reception", "self_pickup", "other"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be carried. `reference` is the shipment's id; the carrier is told regions, never who lives there.

    A carrier that needs name, phone and street gets them from the seller's own label, as sellers print them today.
    """

    reference: str
    from_region: str
    to_region: str
    weight_grams: int
    notify_url: str
    sign_kind: SignKind | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of a parcel: number from 1 on, kind, moment, region."""

    number: int
    kind: str
    at: datetime
    region_code: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A parcel as the carrier shows it, with all of its scans so far; so an older word is known by its fewer scans."""

    reference: str
    waybill: str
    weight_grams: int
    route_km: int
    courier: str
    sign_kind: SignKind | None
    sign_km: int | None
    scans: tuple[Scan, ...]

    def at(self, kind: str) -> datetime | None:
        """When a scan of that kind was made first; None: not yet."""
        return next((scan.at for scan in self.scans if scan.kind == kind), None)


@dataclass(frozen=True, slots=True)
class HeardParcel:
    """A callback that is believed: a parcel, or nothing that we use."""

    message_id: str
    kind: str
    told: Tracked | None


class Carrier(Protocol):
    """What any carrier must be able to do."""

    name: str

    async def take(self, parcel: Parcel) -> Tracked:
        """A waybill, the same for the same reference. Raises ProviderUnavailable, ProviderRefused."""
        ...

    async def track(self, waybill: str) -> Tracked | None:
        """The parcel; None when there is none."""
        ...

    def hear(self, headers: Mapping[str, str], body: bytes) -> HeardParcel:
        """What a callback tells, by the carrier's own signature. Raises CallbackRefused, CallbackUnreadable."""
        ...


class SandboxCarrier:
    """The courier in deploy/sandbox/courier, which carries nothing."""

    name = "sandbox"

    def __init__(self, outside: Outside, secret: str) -> None:
        """`secret`: what it signs its callbacks with; several, separated by spaces, while one is being replaced."""
        self.outside = outside
        self.secret = secret

    async def take(self, parcel: Parcel) -> Tracked:
        """Ask for a waybill."""
        body = {
            "reference": parcel.reference,
            "from_region": parcel.from_region,
            "to_region": parcel.to_region,
            "weight_grams": parcel.weight_grams,
            "notify_url": parcel.notify_url,
            "sign_kind": parcel.sign_kind,
        }
        answer = await self.outside.ask("POST", "/v1/parcels", body)
        if answer is None:
            raise ProviderRefused("no such service")
        return understood(_parcel, answer)

    async def track(self, waybill: str) -> Tracked | None:
        """Ask by waybill."""
        found = await self.outside.ask("GET", f"/v1/parcels/{waybill}")
        return None if found is None else understood(_parcel, found)

    def hear(self, headers: Mapping[str, str], body: bytes) -> HeardParcel:
        """It calls back by Standard Webhooks: `parcel.scanned`, each time with every scan so far."""
        message_id, kind, data = read_signed(self.secret, headers, body)
        return HeardParcel(message_id, kind, parsed(_parcel, data) if kind == "parcel.scanned" else None)


def _parcel(data: Mapping[str, Any]) -> Tracked:
    """The sandbox's own form of a parcel."""
    scans = (
        Scan(
            number=int(scan["number"]),
            kind=str(scan["kind"]),
            at=datetime.fromtimestamp(scan["at_ms"] / 1000, UTC),
            region_code=str(scan["region_code"]),
        )
        for scan in data["scans"]
    )
    return Tracked(
        reference=str(data["reference"]),
        waybill=str(data["waybill"]),
        weight_grams=int(data["weight_grams"]),
        route_km=int(data["route_km"]),
        courier=str(data["courier"]),
        sign_kind=data["sign_kind"],
        sign_km=data["sign_km"],
        scans=tuple(sorted(scans, key=lambda scan: scan.number)),
    )
