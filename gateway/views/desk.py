"""What the desk says of listings, filings and reviews: states as badges, who acts next, rows of lists."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.views import day_of, instant, mass, people, price_per, show_day, show_instant, show_time, yuan
from gateway.views.codes import category_word
from gateway.views.decisions import subject_words
from gateway.views.speaking import Speaker, chosen, own, place

Json = dict[str, Any]

SHOWN_EVIDENCE = 3


def listing_state(speaker: Speaker, state: str) -> Json:
    """The state of a listing or a lot as a badge."""
    words = {
        "draft": ("", speaker._("Draft")),
        "submitted": ("", speaker._("Being checked")),
        "listed": ("pass", speaker._("Listed")),
        "in_review": ("review", speaker._("A person is looking")),
        "blocked": ("fail", speaker._("Blocked")),
        "withdrawn": ("", speaker._("Withdrawn")),
        "refused": ("fail", speaker._("Sent back")),
    }
    kind, text = words.get(state, ("", state))
    return {"kind": kind, "text": text}


def filing_state(speaker: Speaker, state: str) -> Json:
    """The state of a filing as a badge."""
    words = {
        "draft": ("", speaker._("Draft")),
        "submitted": ("", speaker._("Waits for the level above")),
        "returned": ("review", speaker._("Returned")),
        "approved": ("", speaker._("Approved, being checked")),
        "scheduled": ("pass", speaker._("Scheduled")),
        "live": ("pass", speaker._("Live now")),
        "halted": ("fail", speaker._("Halted")),
        "ended": ("", speaker._("Ended")),
        "in_review": ("review", speaker._("A person is looking")),
        "blocked": ("fail", speaker._("Blocked")),
        "withdrawn": ("", speaker._("Withdrawn")),
        "cancelled": ("", speaker._("Cancelled")),
    }
    kind, text = words.get(state, ("", state))
    return {"kind": kind, "text": text}


def next_for_listing(speaker: Speaker, state: str, *, changed: bool = False, lots: int = 1) -> str:
    """What its operator does next."""
    if state == "draft" and lots == 0:
        return speaker._("Add the first lot.")
    if changed and state in ("listed", "in_review", "blocked"):
        return speaker._("The form was changed. Submit it, so that the changes are checked.")
    words = {
        "draft": speaker._("Try it against the gate, then submit it."),
        "submitted": speaker._("The gate is checking it. Look again in a moment."),
        "listed": speaker._("File a broadcast for its lots."),
        "in_review": speaker._("A reviewer looks at the points that were held. You need not do anything."),
        "blocked": speaker._("Open it, mend what the gate objected to, and submit it again."),
    }
    return words.get(state, "")


def next_for_filing(speaker: Speaker, state: str) -> str:
    """What its operator does next."""
    words = {
        "draft": speaker._("Finish the steps, try it, and submit it."),
        "returned": speaker._("Read the reason, revise it, and submit it again."),
        "blocked": speaker._("Mend what the gate objected to, and submit it again."),
        "submitted": speaker._("The level above approves or returns it."),
        "approved": speaker._("The gate is giving its answer. Look again in a moment."),
        "in_review": speaker._("A reviewer looks at the points that were held."),
        "scheduled": speaker._("It stands in the public calendar."),
        "live": speaker._("It is on air, and steered in its room."),
        "halted": speaker._("It is halted on air. Its room says why."),
        "ended": speaker._("It is over. Clone it to file another."),
    }
    return words.get(state, "")


def listing_row(speaker: Speaker, card: Json) -> Json:
    """A listing in a list of the desk."""
    return {
        "href": f"/{speaker.language}/desk/listings/{card['listing_id'] or card['id']}",
        "title": own(speaker, card, "title"),
        "where": place(speaker, card["region"]["code"]),
        "state": listing_state(speaker, card["state"]),
        "next": next_for_listing(speaker, card["state"]),
        "raw_state": card["state"],
    }


def filing_row(speaker: Speaker, row: Json, *, room: str = "filings") -> Json:
    """A filing in a list of the desk."""
    return {
        "href": f"/{speaker.language}/desk/{room}/{row['id']}",
        "title": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]),
        "when": span(speaker, row["starts_at"], row["ends_at"]),
        "state": filing_state(speaker, row["state"]),
        "next": next_for_filing(speaker, row["state"]),
        "reason": own(speaker, row, "reason"),
        "raw_state": row["state"],
        "demonstration": row["demonstration"],
    }


def span(speaker: Speaker, starts_at: str, ends_at: str) -> str:
    """`Mon 2 March 2020 19:30 – 21:00`."""
    return f"{show_instant(starts_at, speaker.language)} – {show_time(ends_at)}"


def lot_row(speaker: Speaker, lot: Json, seller: str, answered: Json | None) -> Json:
    """A lot of a listing's form: price, amount, and what the gate said of the version that was submitted."""
    decision = (answered or {}).get("decision")
    per_kg = price_per(lot["price_fen"], lot["net_grams"], 1000)
    return {
        "number": lot["lot_number"],
        "seller": seller,
        "price": speaker._(
            "%(price)s a %(unit)s of %(mass)s, %(per_kg)s a kilogram",
            price=yuan(lot["price_fen"]),
            unit=lot["price_unit"],
            mass=mass(lot["net_grams"], speaker.language),
            per_kg=per_kg,
        ),
        "amount": mass(lot["net_grams"] * lot["offered_units"], speaker.language),
        "state": listing_state(speaker, answered["state"] if answered else "draft"),
        "decision": f"/{speaker.language}/decisions/{decision['decision_id']}" if decision else None,
        "not_passed": [not_passed(speaker, each) for each in (decision or {}).get("not_passed", ())],
    }


def not_passed(speaker: Speaker, result: Json) -> Json:
    """A deciding result in brief, with what to do."""
    return {
        "rule": result["rule"],
        "result": result["result"],
        "hard": result.get("hard", False),
        "reason": own(speaker, result, "reason"),
        "remedy": own(speaker, result, "remedy"),
    }


def evidence_words(speaker: Speaker, row: Json) -> str:
    """Slow-sales evidence in one line, by the goods first: an office has many at once."""
    unsold = row["document"].get("unsold_grams")
    amount = mass(unsold, speaker.language) if unsold is not None else speaker._("amount not stated")
    return speaker._(
        "%(goods)s, %(region)s, season %(season)s: %(amount)s unsold",
        goods=category_word(speaker, row["category_code"]),
        region=place(speaker, row["region_code"]),
        season=row["season"],
        amount=amount,
    )


def evidence_note(speaker: Speaker, row: Json) -> str:
    """Who certified it, and when it was handed in."""
    day = show_day(instant(row["submitted_at"]).date(), speaker.language)
    if not row["certified"]:
        return speaker._("Not certified yet; handed in on %(day)s", day=day)
    return speaker._("Certified by %(organ)s; handed in on %(day)s", organ=row["certified_by_organ"] or "–", day=day)


def filing_steps(speaker: Speaker, filing: Json) -> list[Json]:
    """The life of a filing as the macro `steps` shows it."""
    names = [
        speaker._("Written"),
        speaker._("Submitted and previewed"),
        speaker._("Approval of the level above"),
        speaker._("The gate's answer"),
        speaker._("In the calendar"),
    ]
    at, state = _where(filing)
    done = ["done" if place < at else state if place == at else "todo" for place in range(len(names))]
    return [{"name": name, "state": done[place]} for place, name in enumerate(names)]


def _where(filing: Json) -> tuple[int, str]:
    """Which step it stands at, and how."""
    state = filing["state"]
    if state == "blocked":
        return (3 if filing["binding"] else 1), "fail"
    places = {
        "draft": (0, "current"),
        "submitted": (2 if filing["preview"] else 1, "current"),
        "returned": (2, "review"),
        "approved": (3, "current"),
        "in_review": (3, "review"),
        "scheduled": (5, "done"),
        "live": (5, "done"),
        "halted": (5, "fail"),
        "ended": (5, "done"),
    }
    return places.get(state, (0, "fail"))


def history(speaker: Speaker, steps: Iterable[Json]) -> list[Json]:
    """What happened, newest first, as the macro `history` shows it."""
    return [
        {
            "time": show_instant(step["at"], speaker.language),
            "iso": step["at"],
            "text": _step_words(speaker, step),
            "href": f"/{speaker.language}/decisions/{step['decision_id']}" if step["decision_id"] else None,
        }
        for step in reversed(list(steps))
    ]


def _step_words(speaker: Speaker, step: Json) -> str:
    moves = {
        "create": speaker._("Begun"),
        "revise": speaker._("Revised"),
        "refile": speaker._("Filed anew after a change"),
        "submit": speaker._("Handed in"),
        "approve": speaker._("Approved"),
        "return": speaker._("Returned"),
        "withdraw": speaker._("Withdrawn"),
        "cancel": speaker._("Cancelled"),
        "lots_gone": speaker._("Lost its lots"),
        "lift": speaker._("The block was lifted"),
        "preview_fail": speaker._("The preview found what blocks it"),
        "binding_pass": speaker._("The gate let it through"),
        "binding_review": speaker._("The gate holds it for a person"),
        "binding_fail": speaker._("The gate blocked it"),
    }
    colon = speaker._(": ")
    said = moves.get(step["move"]) or str(step["move"])
    if step["by"] != "gate":
        said = f"{said} · {actor_word(speaker, step['by'])}"
    reason = own(speaker, step, "reason")
    return f"{said}{colon}{reason}" if reason else said


def actor_word(speaker: Speaker, by: str) -> str:
    """Who acted: a role in words, or the name of the organ."""
    words = {
        "operator": speaker._("Operator"),
        "approver": speaker._("Approver"),
        "gate": speaker._("The gate"),
        "inspector": speaker._("Inspector"),
        "administrator": speaker._("Administrator"),
    }
    return words.get(by, by)


def review_item(speaker: Speaker, item: Json) -> Json:
    """A decision that waits for a reviewer."""
    return {
        "id": item["decision_id"],
        "href": f"/{speaker.language}/desk/reviews/{item['decision_id']}",
        "title": own(speaker, item, "title"),
        "subject": subject_words(speaker, item["subject"]),
        "where": place(speaker, item["region_code"]) if item["region_code"] else "",
        "deadline": show_instant(item["deadline_at"], speaker.language),
        "waits": show_instant(item["waits_since"], speaker.language),
        "urgency": people.urgency(speaker, item["urgency"]),
        "demonstration": item["demonstration"],
        "past": item["urgency"] == "demonstration",
        "who": people.who_may(speaker, item),
        "why_not": chosen(speaker, item["why_not"]),
        "results": [_waiting(speaker, result) for result in item["results"]],
    }


def _waiting(speaker: Speaker, result: Json) -> Json:
    quotes = [each["quote"] for each in result["evidence"] if each["quote"]]
    return {
        "rule": result["rule"],
        "reason_code": result["reason_code"],
        "title": chosen(speaker, result["title"]),
        "reason": chosen(speaker, result["reason"]),
        "remedy": chosen(speaker, result["remedy"]) or None,
        "quotes": quotes[:SHOWN_EVIDENCE],
        "resolvable": result["resolvable"],
    }


def notice_row(speaker: Speaker, notice: Json) -> Json:
    """An in-app notice."""
    return {
        "id": notice["id"],
        "text": own(speaker, notice, "text"),
        "when": show_instant(notice["created_at"], speaker.language),
        "iso": notice["created_at"],
        "href": f"/{speaker.language}/desk/filings/{notice['filing_id']}",
        "kind": {"returned": "review", "in_review": "review", "blocked": "fail", "scheduled": "pass"}.get(
            notice["kind"], "info"
        ),
    }


def declaration_rows(speaker: Speaker, official_id: str, rows: Sequence[Json], *, themself: bool) -> list[Json]:
    """The declarations of an official, newest first: how much was declared, never about whom, and which one counts.

    What an official declared in person, without a paper, nobody else takes back.
    """
    here = f"/{speaker.language}/desk/officials/{official_id}/declarations"
    stands = next((row["id"] for row in rows if not row["withdrawn_at"]), None)
    return [
        _declaration_row(speaker, row, stands=row["id"] == stands)
        | {"withdraw": f"{here}/{row['id']}/withdraw" if _may_withdraw(row, themself=themself) else None}
        for row in rows
    ]


def _may_withdraw(row: Json, *, themself: bool) -> bool:
    return not row["withdrawn_at"] and (themself or row["signed_document_sha256"] is not None)


def _declaration_row(speaker: Speaker, row: Json, *, stands: bool) -> Json:
    _ = speaker._
    state = {"kind": "pass", "text": _("Counts")} if stands else {"kind": "", "text": _("Replaced")}
    if row["withdrawn_at"]:
        state = {"kind": "", "text": _("Withdrawn")}
    said = [
        _("Steps back from this matter") if row["recused"] else "",
        _("Relations: %(count)s", count=row["relations"]),
        _("Former posts: %(count)s", count=row["former_posts"]),
        _("Grants: %(count)s", count=row["grants"]),
    ]
    return {
        "title": show_day(day_of(row["declared_on"]), speaker.language),
        "state": state,
        "said": " · ".join(each for each in said if each),
        "paper": f"/api/v1/documents/{row['signed_document_sha256']}" if row["signed_document_sha256"] else None,
        "reason": row["withdrawn_reason"],
    }


def declared(speaker: Speaker, official: Json) -> str:
    """Whether interests were declared."""
    declaration = official["declaration"]
    if declaration is None:
        return speaker._("No declaration of interests yet")
    day = show_day(day_of(declaration["declared_on"]), speaker.language)
    return speaker._("Interests declared on %(day)s", day=day)
