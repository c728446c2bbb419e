"""Open data as its pages show it: months, files with sizes, and what columns mean."""

from datetime import date
from typing import Any

from gateway.views import show_instant
from gateway.views.speaking import Speaker, chosen

Json = dict[str, Any]

FORMS = ("csv", "jsonl", "parquet")


def month_name(speaker: Speaker, month: str) -> str:
    """`November 2026`."""
    year, number = map(int, month.split("-"))
    if speaker.language == "zh":
        return f"{year}年{number}月"
    return date(year, number, 1).strftime("%B %Y")


def size(count: int) -> str:
    """A number of bytes in the unit that reads best."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:,.1f} kB" if count < 1024 * 1024 else f"{count / 1024 / 1024:,.1f} MB"


def month_row(speaker: Speaker, month: Json) -> Json:
    """One month of the list."""
    return {
        "name": month_name(speaker, month["month"]),
        "href": f"/{speaker.language}/open-data/{month['month']}",
        "month": month["month"],
        "made_at": show_instant(month["made_at"], speaker.language),
        "broadcasts": month["broadcasts"],
        "releases": month["releases"],
        "files": len(month["files"]),
        "bytes": size(sum(file["bytes"] for file in month["files"])),
        "current": month["current"],
    }


def table_rows(speaker: Speaker, month: Json, told: Json) -> list[list[Json | str]]:
    """Each table with its three files."""
    files = {file["name"]: file for file in month["files"]}
    rows: list[list[Json | str]] = []
    for table in told["tables"]:
        made = [files.get(f"{table['name']}.{form}") for form in FORMS]
        if all(made):
            links = [{"text": size(file["bytes"]), "href": file["href"]} for file in made if file]
            rows.append([f"{chosen(speaker, table)} ({table['name']})", *links])
    return rows


def other_rows(speaker: Speaker, month: Json) -> list[list[Json | str]]:
    """The files that are no table."""
    words = {
        "documents.jsonl": speaker._("The releases themselves, one a line, byte for byte as they were published"),
        "dictionary.json": speaker._("What every table and column means"),
        "SHA256SUMS": speaker._("SHA-256 sums of all files"),
    }
    return [
        [{"text": file["name"], "href": file["href"]}, words[file["name"]], size(file["bytes"])]
        for file in month["files"]
        if file["name"] in words
    ]


def sum_rows(speaker: Speaker, month: Json) -> list[list[str]]:
    """Every file with its size and sum."""
    return [[file["name"], size(file["bytes"]), file["sha256"]] for file in month["files"]]


def dictionary(speaker: Speaker, told: Json) -> list[Json]:
    """The tables with their columns in words."""
    kinds = {
        "text": speaker._("text"),
        "number": speaker._("whole number"),
        "flag": speaker._("true or false"),
    }
    return [
        {
            "name": table["name"],
            "title": chosen(speaker, table),
            "columns": [
                [column["name"], kinds[column["kind"]], chosen(speaker, column)] for column in table["columns"]
            ],
        }
        for table in told["tables"]
    ]
