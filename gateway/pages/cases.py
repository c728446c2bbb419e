"""Findings before inspectors: across broadcasts by how grave and how old they are, one with its exhibits, its file."""

from fastapi import APIRouter, Response

from gateway.pages.filling import key_of, posted
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.people import attempt, reasons_in
from gateway.views import cases
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk/findings")


@router.get("")
async def show_findings(page: CurrentPage, state: str = "", severity: str = "", cursor: str | None = None) -> Response:
    """Findings of the inspector's regions, the gravest first and of these the oldest."""
    page.require_role("inspector")
    asked = {
        "state": state if state in cases.STATES else None,
        "severity": severity if severity in cases.SEVERITIES else None,
    }
    answer = await page.disclosure.get("/findings", **asked, cursor=cursor, limit=20)
    here = f"/{page.language}/desk/findings"
    return page.show(
        "desk/findings.html",
        shared=False,
        room="findings",
        rows=[cases.row(page, each) for each in answer["items"]],
        states=_chips(page, "state", asked),
        severities=_chips(page, "severity", asked),
        following=page.onward("/desk/findings", answer["next"], **asked),
        first=here if cursor else None,
    )


def _chips(page: Page, name: str, asked: dict[str, str | None]) -> list[dict[str, object]]:
    """Quick filters for one of the two questions, which keep the answer to the other."""
    values = cases.STATES if name == "state" else cases.SEVERITIES
    word = cases.state_word if name == "state" else cases.severity_word
    other = {key: value for key, value in asked.items() if key != name and value}
    here = f"/{page.language}/desk/findings"

    def chip(text: str, value: str | None) -> dict[str, object]:
        query = "&".join(f"{key}={each}" for key, each in {**other, **({name: value} if value else {})}.items())
        return {"name": text, "href": f"{here}?{query}" if query else here, "current": asked[name] == value}

    everything = page._("Not settled") if name == "state" else page._("However grave")
    return [chip(everything, None), *(chip(word(page, each)["text"], each) for each in values)]


@router.get("/{case_id}")
async def show_finding(page: CurrentPage, case_id: str) -> Response:
    """One finding: what was observed and expected, what else was tried, the exhibits, and what may be done."""
    page.require_role("inspector")
    found = await page.disclosure.get(item("findings", case_id))
    return page.show("desk/finding.html", shared=False, room="findings", case=cases.one(page, found), key=new_id())


@router.get("/{case_id}/file.pdf")
async def keep_file(page: CurrentPage, case_id: str) -> Response:
    """The finding as a file to print."""
    page.require_role("inspector")
    got = await page.disclosure.fetch(f"{item('findings', case_id)}/file")
    named = {"content-disposition": got.headers["content-disposition"], "cache-control": "private, no-store"}
    return Response(got.content, media_type="application/pdf", headers=named)


@router.post("/{case_id}/{move}")
async def move_finding(page: CurrentPage, case_id: str, move: str) -> Response:
    """Send it on, close it or propose so, or answer such a proposal."""
    form = await posted(page, "inspector")
    body = reasons_in(form)
    if move == "refer":
        body["organ"] = str(form.get("organ") or "").strip()
    elif move == "closure":
        body["agreed"] = form.get("answer") == "agree"
    else:
        move = "close"
    sent = page.disclosure.send("POST", f"{item('findings', case_id)}/{move}", body, key=key_of(form))
    done = await attempt(page, sent, f"/desk/findings/{case_id}")
    if isinstance(done, Response):
        return done
    return page.go(f"/desk/findings/{case_id}", page._("Kept, with your reason."))
