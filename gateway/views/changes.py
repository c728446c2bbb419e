"""Changes of the rules as a reader finds them: what, from when, why, on whose word, and what it would change."""

from typing import Any

from gateway.views import instant as local
from gateway.views import show_day
from gateway.views.parameter_names import parameter_name
from gateway.views.rulebook import value_lines
from gateway.views.speaking import Speaker, chosen, own, place

Json = dict[str, Any]
KINDS = ("lot", "filing")


def change_view(speaker: Speaker, change: Json) -> Json:
    """A change of a parameter with everything a page says of it."""
    name = change["name"]
    return {
        "id": change["id"],
        "href": f"/{speaker.language}/rules/changes/{change['id']}",
        "name": parameter_name(speaker, name, change["means"]),
        "parameter": name,
        "rule": chosen(speaker, change["rule_title"]),
        "rule_href": f"/{speaker.language}/rules/{change['rule']}",
        "before": value_lines(speaker, name, change["value_before"]) if change["value_before"] is not None else [],
        "after": value_lines(speaker, name, change["value"]),
        "since": show_day(change["from_on"], speaker.language),
        "source": source_words(speaker, change),
        "reason": chosen(speaker, change["reason"]),
        "state": state_badge(speaker, change),
        "raw_state": change["state"],
        "in_effect": change["in_effect"],
        "steps": steps(speaker, change),
        "withdrawal": chosen(speaker, change["withdrawal"]),
        "withdrawn_by": change["withdrawn_by_organ"],
        "proposed_by": change["proposed_by_organ"],
        "impact": impact_view(speaker, change["impact"]) if change["impact"] else None,
    }


def source_words(speaker: Speaker, change: Json) -> str:
    """The law and its article, or that the value is our own, with the note on it."""
    if change["basis"] == "law":
        return f"{change['source']} {change['article']}"
    ours = speaker._("Rule of this market")
    return f"{ours} · {change['source']}" if change["source"] else ours


def state_badge(speaker: Speaker, change: Json) -> Json:
    """The state in a word, with the kind of its badge."""
    if change["state"] == "withdrawn":
        return {"kind": "", "text": speaker._("Withdrawn")}
    if change["state"] == "proposed":
        return {"kind": "review", "text": speaker._("Proposed")}
    if change["in_effect"]:
        return {"kind": "pass", "text": speaker._("in force")}
    return {"kind": "pass", "text": speaker._("Announced")}


def steps(speaker: Speaker, change: Json) -> list[Json]:
    """Proposed, weighed, published, in force: how far it has come."""
    impact, state = change["impact"] or {}, change["state"]
    weighed = impact.get("state") == "done"
    published = change["published_on"] is not None
    found = [
        _step(speaker._("Proposal"), "done", f"{change['proposed_by_organ']} · {_day(speaker, change['proposed_at'])}"),
        _step(speaker._("Weighed"), "done" if weighed else "current", ""),
        _step(
            speaker._("Published"),
            "done" if published else "current" if weighed else "todo",
            f"{change['published_by_organ']} · {show_day(change['published_on'], speaker.language)}"
            if published
            else "",
        ),
        _step(
            speaker._("In force"),
            "done" if change["in_effect"] else "current" if published else "todo",
            show_day(change["from_on"], speaker.language),
        ),
    ]
    if impact.get("state") == "failed":
        found[1]["state"] = "fail"
    if state == "withdrawn":
        kept = [step for step in found if step["state"] == "done"]
        return [*kept, _step(speaker._("Withdrawn"), "fail", _day(speaker, change["withdrawn_at"]))]
    return found


def _step(name: str, state: str, note: str) -> Json:
    return {"name": name, "state": state, "note": note}


def _day(speaker: Speaker, moment: str) -> str:
    return show_day(local(moment).date(), speaker.language)


def impact_view(speaker: Speaker, impact: Json) -> Json:
    """What a value would change, in a sentence and in numbers."""
    return {
        "state": impact["state"],
        "summary": impact_sentence(speaker, impact),
        "as_of": show_day(local(impact["as_of"]).date(), speaker.language),
        "asked": _count(impact["asked"]),
        "subjects": _count(max(impact["subjects"], impact["asked"])),
        "transitions": transitions(speaker, impact["counts"]),
        "same": impact["same_outcome"],
        "per_second": _count(impact["per_second"]),
        "problem": impact["problem"],
    }


def impact_sentence(speaker: Speaker, impact: Json) -> str:
    """`12 of 40,000 would change`."""
    if impact["state"] == "failed":
        return speaker._("The rules cannot work with this value.")
    return speaker._(
        "%(changed)s of %(asked)s would be decided otherwise",
        changed=_count(impact["changed"]),
        asked=_count(impact["asked"]),
    )


def transitions(speaker: Speaker, counts: dict[str, int]) -> list[Json]:
    """Each way in which outcomes change, with how many: lots before filings, the gravest first."""
    names = {"lot": speaker._("Lots"), "filing": speaker._("Filings")}
    order = ("fail", "review", "pass")
    found = [(kind, then, now, count) for name, count in counts.items() for kind, then, now in [name.split(":")]]
    found = [each for each in found if each[1] != each[2]]
    found.sort(key=lambda each: (KINDS.index(each[0]), order.index(each[2]), each[1]))
    return [{"kind": names[kind], "then": then, "now": now, "count": _count(count)} for kind, then, now, count in found]


def _count(number: int) -> str:
    return f"{number:,}"


def impact_line(speaker: Speaker, line: Json) -> Json:
    """A subject whose answer would change, with the rules that say so."""
    return {
        "title": own(speaker, line, "title"),
        "href": f"/{speaker.language}/decisions/{line['decision_id']}",
        "where": place(speaker, line["region_code"]) if line["region_code"] else "",
        "kind": speaker._("Lot") if line["subject_kind"] == "lot" else speaker._("Filing"),
        "then": line["outcome_then"],
        "now": line["outcome_now"],
        "reasons": [
            {"title": chosen(speaker, each["title"]), "now": chosen(speaker, each["now_reason"])}
            for each in line["changes"]
        ],
    }


def grouped(items: list[Json]) -> list[Json]:
    """A release says the same of many rules: such entries are told once, with all the rules."""
    found: dict[tuple[Any, ...], Json] = {}
    for item in items:
        alone = item["parameter"] is not None
        told = (item["release"], item["kind"], item["published"], item["what"])
        entry = found.setdefault((item["href"], item["kind"]) if alone else told, {**item, "rules": []})
        entry["rules"].append({"title": item["rule"], "href": item["rule_href"], "sha256": item["sha256"]})
        if entry["effective"] != item["effective"]:
            entry["effective"] = None
    return list(found.values())


def history_item(speaker: Speaker, item: Json) -> Json:
    """An entry of the history of the rules."""
    words = {
        "new": speaker._("New rule"),
        "changed": speaker._("Rule changed"),
        "mended": speaker._("Defect mended"),
        "value": speaker._("Value published"),
        "withdrawn_value": speaker._("Value withdrawn"),
    }
    language = speaker.language
    effective = show_day(item["effective_on"], language)
    return {
        "kind": words[item["kind"]],
        "rule": _rule_title(speaker, item),
        "rule_href": f"/{language}/rules/{item['rule']}" if item["rule"] != "engine" else None,
        "published": show_day(item["published_on"], language),
        "effective": speaker._("takes effect on %(day)s", day=effective),
        "what": chosen(speaker, item["what"]),
        "parameter": parameter_name(speaker, item["parameter"]) if item["parameter"] else None,
        "lines": value_lines(speaker, item["parameter"], item["value"]) if item["parameter"] else [],
        "href": f"/{language}/rules/changes/{item['change_id']}" if item["change_id"] else None,
        "release": item["release"],
        "sha256": item["sha256"],
    }


def _rule_title(speaker: Speaker, item: Json) -> str:
    return speaker._("What all rules stand on") if item["rule"] == "engine" else chosen(speaker, item["rule_title"])
