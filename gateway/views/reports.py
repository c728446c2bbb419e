"""Citizens' reports as pages show them: kinds, states and steps in words, letters with the words that were found."""

from typing import Any

from gateway.views import instant, show_day, show_instant
from gateway.views.speaking import Speaker, chosen, own, place

Json = dict[str, Any]


def kinds(speaker: Speaker) -> list[tuple[str, str, str]]:
    """What can be reported: value, name, and what belongs there."""
    return [
        (
            "apportionment",
            speaker._("Told to buy, watch, like or share"),
            speaker._("A notice, a list, a group message: how much each must buy, who is counted, who is punished."),
        ),
        (
            "below_cost",
            speaker._("A deal that is staged or below cost"),
            speaker._("A signing for show, goods bought back, prices that no farmer can live on."),
        ),
        (
            "fake_goods",
            speaker._("Fake goods, or goods from elsewhere"),
            speaker._("Not what it says, not from where it says."),
        ),
        (
            "bought_praise",
            speaker._("Bought viewers, orders or praise"),
            speaker._("Paid viewers, invented orders, comments on command."),
        ),
        (
            "conflict",
            speaker._("An official gains by it"),
            speaker._("A relative's firm, a gift, a share, a favoured company."),
        ),
        (
            "retaliation",
            speaker._("Somebody is punished for speaking up"),
            speaker._("For reporting, complaining, or not buying."),
        ),
        ("other", speaker._("Something else"), ""),
    ]


def kind_word(speaker: Speaker, kind: str) -> str:
    """The name of a kind."""
    return next((name for value, name, _ in kinds(speaker) if value == kind), kind)


def state_badge(speaker: Speaker, state: str) -> Json:
    """The state of a report as a badge."""
    words = {
        "received": ("", speaker._("Arrived")),
        "acknowledged": ("", speaker._("Being looked into")),
        "asked": ("review", speaker._("A question waits for you")),
        "upheld": ("pass", speaker._("Upheld")),
        "not_upheld": ("", speaker._("Not upheld")),
        "forwarded": ("", speaker._("Forwarded")),
        "merged": ("", speaker._("Merged")),
    }
    kind, text = words.get(state, ("", state))
    return {"kind": kind, "text": text}


def desk_badge(speaker: Speaker, state: str) -> Json:
    """The same for case workers."""
    if state == "asked":
        return {"kind": "review", "text": speaker._("Waits for the reporter")}
    return state_badge(speaker, state)


def step_word(speaker: Speaker, action: str) -> str:
    """What happened, in a few words."""
    words = {
        "received": speaker._("The report arrived"),
        "read": speaker._("The rule on apportionment read it"),
        "added": speaker._("The reporter added something"),
        "answered": speaker._("The reporter answered"),
        "acknowledged": speaker._("Somebody took it up"),
        "asked": speaker._("A question was asked"),
        "typed": speaker._("Somebody typed what a picture says"),
        "upheld": speaker._("It was upheld"),
        "not_upheld": speaker._("It was not upheld"),
        "forwarded": speaker._("It was forwarded"),
        "merged": speaker._("It was merged with another report of the same"),
        "corrected": speaker._("The correction of the notice was recorded"),
    }
    return words.get(action, action)


def finding(speaker: Speaker, found: Json | None) -> Json | None:
    """What the rule said, as a badge, a sentence and the words it points at."""
    if found is None:
        return None
    words = {
        "fail": speaker._("Reads like apportionment"),
        "review": speaker._("A person has to read it"),
        "pass": speaker._("No quota found in the words"),
    }
    return {
        "kind": found["result"],
        "word": words.get(found["result"], found["result"]),
        "reason": chosen(speaker, found["reason"]),
        "quotes": _longest([each["quote"] for each in found["quotes"]]),
    }


def _longest(quotes: list[str]) -> list[str]:
    """Without quotations that stand in another one."""
    return [quote for quote in quotes if not any(quote != other and quote in other for other in quotes)]


def about(speaker: Speaker, named: Json | None) -> Json | None:
    """What the report is about: title, time, and its public page."""
    if named is None:
        return None
    folder = {"broadcast": "broadcasts", "listing": "listings"}.get(named["kind"])
    starts_at = named.get("starts_at")
    return {
        "title": own(speaker, named, "title") or named["id"],
        "when": show_instant(starts_at, speaker.language) if starts_at else None,
        "href": f"/{speaker.language}/{folder}/{named['id']}" if folder else None,
    }


def followed(speaker: Speaker, case: Json) -> Json:
    """A case as its reporter sees it."""
    outcome = case["outcome"]
    return {
        "id": case["id"],
        "kind": kind_word(speaker, case["kind"]),
        "where": place(speaker, case["region_code"]),
        "badge": state_badge(speaker, case["state"]),
        "about": about(speaker, case["about"]),
        "received": show_day(case["received_on"], speaker.language),
        "acknowledge_until": show_day(case["acknowledge_until_on"], speaker.language),
        "decide_until": show_day(case["decide_until_on"], speaker.language),
        "finding": finding(speaker, case["finding"]),
        "question": case["question"],
        "may_add": case["may_add"],
        "forgotten": case["forgotten"],
        "files": len(case["files"]),
        "unread": sum(not file["readable"] for file in case["files"]),
        "outcome": outcome
        and {
            "badge": state_badge(speaker, outcome["state"]),
            "reason": own(speaker, outcome, "reason"),
            "organ": outcome["organ"],
            "forwarded_to": outcome["forwarded_to"],
            "on": show_day(outcome["on"], speaker.language),
        },
        "steps": [
            {
                "time": show_day(step["on"], speaker.language),
                "iso": step["on"],
                "text": step_word(speaker, step["action"]),
                "organ": step["organ"],
                "words": step["words"],
            }
            for step in reversed(case["steps"])
        ],
    }


def waiting_row(speaker: Speaker, row: Json) -> Json:
    """A report in the queue."""
    return {
        "id": row["id"],
        "href": f"/{speaker.language}/desk/reports/{row['id']}",
        "kind": kind_word(speaker, row["kind"]),
        "where": place(speaker, row["region_code"]),
        "badge": desk_badge(speaker, row["state"]),
        "finding": row["finding"],
        "hurried": row["hurried"],
        "late": row["late"],
        "due": show_instant(row["due_at"], speaker.language),
        "files": row["files"],
        "about": about(speaker, row["about"]),
    }


def case(speaker: Speaker, told: Json) -> Json:
    """A case on a case worker's table."""
    return {
        **told,
        "kind_word": kind_word(speaker, told["kind"]),
        "where": place(speaker, told["region_code"]),
        "badge": desk_badge(speaker, told["state"]),
        "open": told["decided_at"] is None,
        "about": about(speaker, told["about"]),
        "result": told["decision"]["results"][0] if told["decision"] else None,
        "pictures": [file for file in told["files"] if file["media_type"].startswith("image/")],
        "choices": [
            (
                choice["broadcast_id"],
                f"{own(speaker, choice, 'title')} · {show_instant(choice['starts_at'], speaker.language)}",
            )
            for choice in told["choices"]
        ],
        "duplicates": [
            {
                "id": twin["id"],
                "href": f"/{speaker.language}/desk/reports/{twin['id']}",
                "badge": desk_badge(speaker, twin["state"]),
                "received": show_day(twin["received_on"], speaker.language),
            }
            for twin in told["duplicates"]
        ],
        "history": [
            {
                "time": show_instant(entry["at"], speaker.language),
                "iso": entry["at"],
                "text": step_word(speaker, entry["action"]) + (f" · {entry['organ']}" if entry["organ"] else ""),
                "words": entry["words"],
            }
            for entry in reversed(told["entries"])
        ],
    }


def letters(speaker: Speaker, told: Json) -> list[Json]:
    """Every text of a case with a name of its own; pictures that nobody has read yet have no pieces."""
    named = []
    for text in told["texts"]:
        if text["file"] is not None:
            name = speaker._("File %(number)s", number=text["file"])
        elif text["kind"] == "message":
            name = speaker._("What the reporter tells (never published)")
        else:
            name = speaker._("What the notice says, as the reporter copied it")
        file = next((each for each in told["files"] if each["position"] == text["file"]), None)
        picture = file is not None and file["media_type"].startswith("image/")
        named.append({"name": name, "pieces": text["pieces"], "picture": text["file"] if picture else None})
    return named


def upheld(speaker: Speaker, row: Json) -> Json:
    """An upheld report as everybody sees it."""
    return {
        "id": row["id"],
        "kind": kind_word(speaker, row["kind"]),
        "where": place(speaker, row["region_code"]),
        "about": about(speaker, row["about"]),
        "on": show_day(row["decided_on"], speaker.language),
        "organ": row["organ"],
        "reason": own(speaker, row, "reason"),
        "text": row["published_text"],
        "corrected_on": show_day(row["corrected_on"], speaker.language) if row["corrected_on"] else None,
        "correction": own(speaker, row, "correction"),
    }


def months(speaker: Speaker, figures: Json) -> list[Json]:
    """The published months as rows of a table."""
    few = speaker._("fewer than %(fewest)s", fewest=figures["fewest"])

    def cell(count: int | None) -> str:
        return few if count is None else f"{count:,}"

    names = ("received", "acknowledged_in_time", "decided_in_time", "upheld")
    return [
        {
            "name": month_word(speaker, month["month"]),
            "on": show_day(month["published_on"], speaker.language),
            "rows": [[kind_word(speaker, row["kind"]), *(cell(row[name]) for name in names)] for row in month["kinds"]],
        }
        for month in figures["months"]
    ]


def month_word(speaker: Speaker, month: str) -> str:
    """`2026年11月` or `November 2026`."""
    day = instant(f"{month}-01T00:00:00+08:00")
    return f"{day.year}年{day.month}月" if speaker.language == "zh" else f"{day:%B} {day.year}"
