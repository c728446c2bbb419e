"""Answers about open data: months, their files, and what columns mean."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field


class FileOut(BaseModel):
    """One file of a month."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    href: str


class MonthOut(BaseModel):
    """A month (`2026-11`, in China) with the files about the broadcasts that ended in it."""

    month: str
    made_at: AwareDatetime
    current: bool = Field(description="False while a newer release is not in the files yet.")
    releases: int
    broadcasts: int
    files: list[FileOut]


class MonthsOut(BaseModel):
    """Every month with files, the newest first."""

    items: list[MonthOut]


class ColumnOut(BaseModel):
    """One column and what it means."""

    name: str
    kind: Literal["text", "number", "flag"]
    zh: str
    en: str


class TableOut(BaseModel):
    """One table and what it means."""

    name: str
    zh: str
    en: str
    columns: list[ColumnOut]


class DictionaryOut(BaseModel):
    """What every table and column of open data means."""

    form: Literal["sunfair-open-data/1"] = Field(alias="schema")
    text_lists: str
    tables: list[TableOut]
