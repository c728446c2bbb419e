"""Two reports of strangers about the invented county: one that waits for a person, one that was upheld."""

from deploy.seed.data import Row, row
from deploy.seed.desk import Desk
from deploy.seed.market import Json

INSPECTOR = "inspector"


async def report(desk: Desk) -> None:
    """Send both as strangers would; an inspector upholds the second."""
    await _one_that_waits(desk, row("reports", "open"))
    await _one_that_was_upheld(desk, row("reports", "upheld"))


async def _one_that_waits(desk: Desk, case: Row) -> None:
    async def look() -> Json | None:
        def natural(item: Json) -> object:
            return item["region_code"], item["kind"]

        wanted = (case["form"]["region_code"], case["form"]["kind"])
        return await desk.standing("/reports", natural, wanted, INSPECTOR)

    await desk.once("report:open", lambda: desk.market.tell("/reports", case["form"], key="seed-report-open"), look)


async def _one_that_was_upheld(desk: Desk, case: Row) -> None:
    async def make() -> Json:
        filing_id = desk.book[f"filing:{case['about']}"]
        filing = await desk.market.get(f"/filings/{filing_id}", "demo-operator")
        about = {"about_kind": "broadcast", "about_id": filing["broadcast_id"]}
        sent = await desk.market.tell("/reports", {**case["form"], **about}, key="seed-report-upheld")
        body = {name: case[name] for name in ("reason_zh", "reason_en")}
        path = f"/reports/{sent['id']}/uphold"
        return await desk.market.write("POST", path, body, INSPECTOR, key="seed-report-uphold")

    async def look() -> Json | None:
        return await desk.standing("/reports/upheld", lambda item: item["reason_zh"], case["reason_zh"])

    await desk.once("report:upheld", make, look)
