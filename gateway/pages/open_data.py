"""Open data and how figures are made: files about every month, what columns mean, feeds, and how right we are."""

import asyncio

from fastapi import APIRouter, Response

from gateway.pages.frame import CurrentPage
from gateway.pages.market import item
from gateway.views import counting, open_data

router = APIRouter(prefix="/{lang}")


@router.get("/open-data")
async def show_open_data(page: CurrentPage) -> Response:
    """Every month with its files, the newest first, and how to be told of what is new."""
    listed = await page.disclosure.get("/open-data")
    return page.show("open_data/months.html", months=[open_data.month_row(page, each) for each in listed["items"]])


@router.get("/open-data/dictionary")
async def show_dictionary(page: CurrentPage) -> Response:
    """What every table and every column means."""
    told = await page.disclosure.get("/open-data/dictionary")
    return page.show("open_data/dictionary.html", tables=open_data.dictionary(page, told))


@router.get("/open-data/{month}")
async def show_month(page: CurrentPage, month: str) -> Response:
    """The files of one month, with their sizes and sums."""
    found, told = await asyncio.gather(
        page.disclosure.get(item("open-data", month)), page.disclosure.get("/open-data/dictionary")
    )
    return page.show(
        "open_data/month.html",
        month=open_data.month_row(page, found),
        tables=open_data.table_rows(page, found, told),
        others=open_data.other_rows(page, found),
        sums=open_data.sum_rows(page, found),
        sums_href=f"/api/v1/open-data/{found['month']}/SHA256SUMS",
    )


@router.get("/how-we-count")
async def show_how_we_count(page: CurrentPage) -> Response:
    """What the words beside a figure mean, what is taken away and why, and how often that is right."""
    told = await page.disclosure.get("/open-data/accuracy")
    return page.show(
        "open_data/how_we_count.html",
        words=counting.words(page),
        removing=counting.removing(page),
        accuracy=counting.accuracy_rows(page, told),
        measured=counting.measured(page, told),
    )
