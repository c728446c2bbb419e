"""The courier's HTTP face: senders ask for waybills, and every scan of a parcel is called back."""

import hashlib
import json
import secrets
import sqlite3
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from deploy.sandbox.agenda import Agenda, now_ms
from deploy.sandbox.app import Service, build_sandbox
from deploy.sandbox.settings import SandboxSettings

TABLES = """
CREATE TABLE IF NOT EXISTS parcel (
  waybill TEXT PRIMARY KEY, reference TEXT UNIQUE, from_region TEXT, to_region TEXT, weight_grams INTEGER,
  route_km INTEGER, courier TEXT, sign_kind TEXT, sign_km INTEGER, notify_url TEXT, scans TEXT);
"""
WAY = ("label", "pickup", "hub", "out_for_delivery", "signed")
SIGN_KINDS = ("recipient", "recipient", "station", "locker", "reception")
COURIERS = 8

Reference = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z._-]+$")]
Region = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$")]
SignKind = Literal["recipient", "station", "locker", "reception", "self_pickup", "other"]

router = APIRouter(prefix="/v1")


class NewParcel(BaseModel):
    """What is to be carried, and where to tell of it."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    from_region: Region
    to_region: Region
    weight_grams: Annotated[int, Field(strict=True, ge=1, le=10**7)]
    notify_url: Annotated[str, Field(max_length=2_000, pattern=r"^https?://")]
    sign_kind: SignKind | None = None


class Depot:
    """Parcels on their way."""

    def __init__(self, db: sqlite3.Connection, agenda: Agenda) -> None:
        self.db = db
        self.agenda = agenda
        agenda.kinds["scan"] = self._scan_due

    def find(self, column: Literal["waybill", "reference"], value: str) -> sqlite3.Row:
        """A parcel. Raises 404."""
        row: sqlite3.Row | None = self.db.execute(
            f"SELECT * FROM parcel WHERE {column} = ?",  # noqa: S608  One of two words of ours.
            (value,),
        ).fetchone()
        if row is None:
            raise HTTPException(404, "no such parcel")
        return row

    def take(self, asked: NewParcel) -> dict[str, Any]:
        """A waybill; the same reference is the same parcel."""
        known = self.db.execute("SELECT * FROM parcel WHERE reference = ?", (asked.reference,)).fetchone()
        if known is not None:
            return _shown(known)
        waybill = f"YG{secrets.randbelow(10**12):012d}"
        dice = int.from_bytes(hashlib.sha256(asked.reference.encode()).digest()[:4])
        # A carrier's scale never shows quite what the sender wrote.
        scale = asked.weight_grams * (980 + dice % 51) // 1000
        self.db.execute(
            "INSERT INTO parcel VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]')",
            (
                waybill,
                asked.reference,
                asked.from_region,
                asked.to_region,
                scale,
                route_km(asked.from_region, asked.to_region),
                f"courier-{dice % COURIERS}",
                asked.sign_kind or SIGN_KINDS[dice % len(SIGN_KINDS)],
                dice % 3,
                asked.notify_url,
            ),
        )
        self.scan(waybill)
        return _shown(self.find("waybill", waybill))

    def scan(self, waybill: str) -> None:
        """The next scan of the parcel, if there is one, and the time of the one after it."""
        row = self.find("waybill", waybill)
        scans = json.loads(row["scans"])
        if len(scans) == len(WAY):
            return
        kind = WAY[len(scans)]
        region = row["from_region"] if kind in ("label", "pickup") else row["to_region"]
        scans.append({"number": len(scans) + 1, "kind": kind, "at_ms": now_ms(), "region_code": region})
        self.db.execute("UPDATE parcel SET scans = ? WHERE waybill = ?", (json.dumps(scans), waybill))
        self.agenda.tell(row["notify_url"], "parcel.scanned", _shown(self.find("waybill", waybill)))
        if kind != WAY[-1]:
            self.agenda.put(now_ms() + self.agenda.behaviour.pace_ms, "scan", {"waybill": waybill, "after": len(scans)})

    async def _scan_due(self, work: dict[str, Any]) -> None:
        # Whoever moved the parcel on by hand has made a time of their own.
        if len(json.loads(self.find("waybill", work["waybill"])["scans"])) == work["after"]:
            self.scan(work["waybill"])


def route_km(origin: str, target: str) -> int:
    """A believable distance between two regions; the stand-in has no map."""
    if origin[:4] == target[:4]:
        return 40
    if origin[:2] == target[:2]:
        return 180
    return 350 + int.from_bytes(hashlib.sha256(f"{origin}{target}".encode()).digest()[:2]) % 1_800


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    scans = json.loads(row["scans"])
    signed = len(scans) == len(WAY)
    return {
        "waybill": row["waybill"],
        "reference": row["reference"],
        "weight_grams": row["weight_grams"],
        "route_km": row["route_km"],
        "courier": row["courier"],
        "sign_kind": row["sign_kind"] if signed else None,
        "sign_km": row["sign_km"] if signed else None,
        "scans": scans,
    }


async def _depot(request: Request) -> Depot:
    depot: Depot = request.app.state.depot
    return depot


Parcels = Annotated[Depot, Depends(_depot)]


@router.post("/parcels", status_code=201)
async def take_parcel(body: NewParcel, depot: Parcels, _: Service) -> dict[str, Any]:
    """A waybill for a parcel, which sets out by itself."""
    return depot.take(body)


@router.get("/parcels/{waybill}")
async def read_parcel(waybill: str, depot: Parcels, _: Service) -> dict[str, Any]:
    """A parcel with its scans."""
    return _shown(depot.find("waybill", waybill))


@router.post("/parcels/{waybill}/advance")
async def advance(waybill: str, depot: Parcels, _: Service) -> dict[str, Any]:
    """The next scan now, for whoever does not want to wait."""
    depot.scan(waybill)
    return _shown(depot.find("waybill", waybill))


def create_app(settings: SandboxSettings) -> FastAPI:
    """The application."""
    app = build_sandbox("courier", settings, TABLES)
    app.state.depot = Depot(app.state.db, app.state.agenda)
    app.include_router(router)
    return app
