"""Rules that change in public: what is announced, proposed and past, and the desk of those who propose and publish."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, form_view, key_of, posted, read_form, show_form, today
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import changes, rule_forms, rulebook, show_day
from gateway.views.forms import Section
from gateway.views.parameter_names import parameter_name
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}")

KEEPERS = ("reviewer", "administrator")
NOTICE = timedelta(days=7)
MOST_OPEN = 50
PAGE = 30
MOST_HISTORY = 100


@router.get("/rules/changes")
async def show_changes(page: CurrentPage, cursor: str | None = None) -> Response:
    """What changes in the rules: proposed, announced, and the whole history."""
    history, opened, published = await asyncio.gather(
        page.compliance.get("/rules/changes", cursor=cursor, limit=MOST_HISTORY),
        page.compliance.get("/parameter-changes", state="proposed", limit=MOST_OPEN),
        page.compliance.get("/parameter-changes", state="published", limit=MOST_OPEN),
    )
    announced = [each for each in published["items"] if not each["in_effect"]]
    return page.show(
        "rules/changes.html",
        proposed=[] if cursor else [changes.change_view(page, each) for each in opened["items"]],
        announced=[] if cursor else [changes.change_view(page, each) for each in announced],
        history=changes.grouped([changes.history_item(page, each) for each in history["items"]]),
        next_href=page.onward("/rules/changes", history["next"]),
        first_href=f"/{page.language}/rules/changes" if cursor else None,
    )


@router.get("/rules/changes/{change_id}")
async def show_change(page: CurrentPage, change_id: str, cursor: str | None = None) -> Response:
    """One change: before and after, why, on whose word, and what it would change; its keepers act here."""
    path = item("parameter-changes", change_id)
    change, lines = await asyncio.gather(
        page.compliance.get(path), page.compliance.get(f"{path}/impact/subjects", cursor=cursor, limit=PAGE)
    )
    here = f"/{page.language}/rules/changes/{change_id}"
    keeper = not page.visitor.roles.isdisjoint(KEEPERS)
    return page.show(
        "rules/change.html",
        change=changes.change_view(page, change),
        lines=[changes.impact_line(page, each) for each in lines["items"]],
        next_href=page.onward(f"/rules/changes/{change_id}", lines["next"]),
        first_href=here if cursor else None,
        keeper=keeper,
        may_publish=keeper and page.visitor.organ != change["proposed_by_organ"],
        may_withdraw=keeper and change["state"] != "withdrawn" and not change["in_effect"],
        action=f"/{page.language}/desk/rules/changes/{change_id}",
        key=new_id(),
    )


@router.get("/desk/rules")
async def show_desk_of_rules(page: CurrentPage, q: str = "") -> Response:
    """Every parameter with its value, to propose another, or those with the words sought; the proposals under way."""
    page.require_role(*KEEPERS)
    rules, opened = await asyncio.gather(
        page.compliance.get("/rules"), page.compliance.get("/parameter-changes", state="proposed", limit=MOST_OPEN)
    )
    return page.show(
        "desk/rules.html",
        shared=False,
        room="rules",
        proposed=[changes.change_view(page, each) for each in opened["items"]],
        sought=q.strip(),
        chapters=rulebook.values_by_chapter(page, rules["items"], today().isoformat(), q),
    )


@router.get("/desk/rules/{name}")
async def show_proposal(page: CurrentPage, name: str) -> Response:
    """The form of another value."""
    page.require_role(*KEEPERS)
    parameter = await _parameter(page, name)
    return _proposal_form(page, parameter, form_view(_sections(page, parameter), rule_forms.shown_now(parameter)))


async def _parameter(page: Page, name: str) -> Json:
    """The parameter as the rulebook has it now. Raises NotFound."""
    rule = await page.compliance.find(item("rules", name.rpartition(".")[0] or name))
    for parameter in (rule or {}).get("parameters", ()):
        if parameter["name"] == name:
            return dict(parameter)
    raise NotFound("There is no such parameter.", "没有这个参数。")


def _sections(page: Page, parameter: Json) -> list[Section]:
    return rule_forms.proposal_sections(page._, parameter, show_day(today() + NOTICE, page.language))


def _proposal_form(page: Page, parameter: Json, view: Json) -> Response:
    name, root = parameter["name"], f"/{page.language}/desk/rules"
    (table,) = rulebook.parameter_tables(page, [parameter])
    present = " · ".join([*table["values"][0]["lines"][:6], table["values"][0]["since"]])
    return show_form(
        page,
        "desk/form.html",
        view=view,
        room="rules",
        title=parameter_name(page, name, parameter["means"]),
        lead=page._("The last value so far: %(value)s", value=present),
        back=root,
        back_link=page._("Values of the rules"),
        action=f"{root}/{name}",
        save_word=page._("Propose it and weigh it"),
    )


@router.post("/desk/rules/{name}")
async def propose_value(page: CurrentPage, name: str) -> Response:
    """Propose another value; what it would change is asked at once."""
    form = await posted(page, *KEEPERS)
    parameter = await _parameter(page, name)
    sections = _sections(page, parameter)
    typed = await read_form(page, sections, form)
    if rule_forms.kind_of(parameter) == "area" and "value" in typed.body:
        rule_forms.read_table(page, typed.body, typed.errors)
    if "value" not in typed.body and "value" not in typed.errors:
        typed.errors["value"] = page._("Give the new value.")
    if typed.errors:
        return _proposal_form(page, parameter, form_view(sections, typed.shown, typed.errors))
    try:
        made = await page.compliance.send("POST", "/parameter-changes", {**typed.body, "name": name}, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        return _proposal_form(page, parameter, form_view(sections, typed.shown, problem=problem))
    return page.go(
        f"/rules/changes/{made['id']}",
        page._("Proposed. Everyone can see it; somebody of another organ can publish it once it is weighed."),
    )


@router.post("/desk/rules/changes/{change_id}")
async def move_change(page: CurrentPage, change_id: str) -> Response:
    """Publish it, or withdraw it with a reason that everyone can read."""
    form = await posted(page, *KEEPERS)
    publishing = form.get("do") == "publish"
    path = f"{item('parameter-changes', change_id)}/{'publish' if publishing else 'withdraw'}"
    reasons = {name: str(form.get(name) or "").strip() for name in ("reason_zh", "reason_en")}
    here = f"/rules/changes/{change_id}"
    try:
        await page.compliance.send("POST", path, None if publishing else reasons, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        said = [*problem.field_errors.values()] or [str(problem.document.get("detail", ""))]
        return page.go(here, " ".join(said), "bad")
    if publishing:
        return page.go(here, page._("Published. It is announced now and holds from its day on."))
    return page.go(here, page._("Withdrawn. The reason is published."))
