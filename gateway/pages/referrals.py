"""Referrals before inspectors: notices that lay purchases on people, and where they were sent."""

from fastapi import APIRouter, Response

from gateway.pages.filling import key_of, posted
from gateway.pages.frame import CurrentPage
from gateway.pages.market import item
from gateway.pages.people import acts_on, attempt, reasons_in
from gateway.views import people
from gateway.views.rulebook import law_name
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk/referrals")

STATES = ("open", "forwarded", "closed")


@router.get("")
async def show_referrals(page: CurrentPage, state: str = "", cursor: str | None = None) -> Response:
    """The referrals of the inspector's regions, newest first."""
    page.require_role("inspector")
    wanted = state if state in STATES else None
    answer = await page.compliance.get("/referrals", state=wanted, cursor=cursor, limit=30)
    here = f"/{page.language}/desk/referrals"
    return page.show(
        "desk/referrals.html",
        shared=False,
        room="referrals",
        rows=[people.referral_row(page, row) for row in answer["items"]],
        chips=[
            {"name": page._("All"), "href": here, "current": wanted is None},
            *(
                {
                    "name": people.referral_state(page, each)["text"],
                    "href": f"{here}?state={each}",
                    "current": each == wanted,
                }
                for each in STATES
            ),
        ],
        following=page.onward("/desk/referrals", answer["next"], state=wanted),
        first=here if cursor else None,
    )


@router.get("/{referral_id}")
async def show_referral(page: CurrentPage, referral_id: str) -> Response:
    """One referral: the words, the law they touch, and what was done."""
    page.require_role("inspector")
    row = await page.compliance.get(item("referrals", referral_id))
    return page.show(
        "desk/referral.html",
        shared=False,
        room="referrals",
        referral=people.referral_row(page, row),
        grounds=[{**each, "law": law_name(page, each["law"])} for each in row["grounds"]],
        acts=await acts_on(page, [row["subject"]["id"]]),
        key=new_id(),
    )


@router.post("/{referral_id}/{move}")
async def move_referral(page: CurrentPage, referral_id: str, move: str) -> Response:
    """Forward it to the organ that supervises the people behind it, or close it."""
    form = await posted(page, "inspector")
    body = reasons_in(form)
    if move != "close":
        move = "forward"
        body["organ"] = str(form.get("organ") or "").strip()
    sent = page.compliance.send("POST", f"{item('referrals', referral_id)}/{move}", body, key=key_of(form))
    done = await attempt(page, sent, f"/desk/referrals/{referral_id}")
    if isinstance(done, Response):
        return done
    return page.go(f"/desk/referrals/{referral_id}", page._("Kept, with your reason."))
