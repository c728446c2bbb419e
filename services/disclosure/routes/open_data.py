"""What is published for machines and archives: the form of releases, and files about every month.

Everybody's, without a token, and kept by any cache.
"""

import json
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.disclosure.actions import opening
from services.disclosure.domain.open_data.packing import dictionary
from services.disclosure.schemas.open_data import DictionaryOut, MonthOut, MonthsOut
from services.disclosure.schemas.release import release_schema
from services.kit.db import database_of
from services.kit.http import json_bytes, public_bytes

router = APIRouter(prefix="/open-data", tags=["open data"])

A_WHILE = 60
AN_HOUR = 3600
_RELEASE_SCHEMA = json.dumps(release_schema(), ensure_ascii=False).encode()
_DICTIONARY = json.dumps(dictionary(), ensure_ascii=False).encode()
_ACCURACY = files("services.disclosure.integrity").joinpath("accuracy.json").read_bytes()

Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="A month in China, as in 2026-11.")]
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.]{1,60}$", description="Name of a file, as the month lists it.")]


@router.get("")
async def list_open_months(request: Request) -> MonthsOut:
    """Every month with its files, their sizes and SHA-256 sums, the newest month first."""
    return await opening.list_months(database_of(request))


@router.get("/dictionary", response_model=DictionaryOut)
async def get_open_data_dictionary(request: Request) -> Response:
    """What every table and every column means, in Chinese and English."""
    return json_bytes(request, _DICTIONARY, max_age=AN_HOUR, public=True)


@router.get("/accuracy", response_model=dict[str, Any])
async def get_integrity_accuracy(request: Request) -> Response:
    """How right the detectors are: for each abuse precision, recall and false accusations, as last measured."""
    return json_bytes(request, _ACCURACY, max_age=AN_HOUR, public=True)


@router.get("/schemas/sunfair-disclosure-1.json", response_model=dict[str, Any])
async def get_release_schema(request: Request) -> Response:
    """The JSON Schema (draft 2020-12) of every release of a record; it only ever gains optional fields."""
    return json_bytes(request, _RELEASE_SCHEMA, max_age=AN_HOUR, public=True)


@router.get("/{month}")
async def get_open_month(request: Request, month: Month) -> MonthOut:
    """One month with its files."""
    return await opening.get_month(database_of(request), month)


@router.get("/{month}/{name}", response_class=Response)
async def get_open_file(request: Request, month: Month, name: Name) -> Response:
    """A file of a month: a table as CSV, JSON Lines or Parquet, the releases themselves, or the sums of all files."""
    file, data = await opening.get_file(database_of(request), request.app.state.shelf, month, name)
    return public_bytes(
        request, data, file["media_type"], etag=f'"{file["sha256"]}"', modified_at=file["made_at"], max_age=A_WHILE
    )
