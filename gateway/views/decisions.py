"""A decision as it explains itself: what decided it, the very words, the remedy, the law and the values applied."""

import re
from collections import Counter
from typing import Any

from gateway.views import show_instant
from gateway.views.parameter_names import parameter_name
from gateway.views.rulebook import law_name, value_text
from gateway.views.speaking import Speaker, chosen

Json = dict[str, Any]

AROUND = 60
"""Characters of the text shown on either side of a quotation."""
_TEXT = re.compile(r"texts\[(\d+)\]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_GRAVEST_FIRST = ("fail", "review", "pass", "not_applicable", "not_in_force")


def rulings(speaker: Speaker, decision: Json) -> list[Json]:
    """Every rule's answer as the macro `ruling` takes it, the gravest first."""
    law_day = decision["at"][:10]
    found = [_ruling(speaker, result, decision["facts"], law_day) for result in decision["results"]]
    return sorted(found, key=lambda item: _GRAVEST_FIRST.index(item["result"]))


def _ruling(speaker: Speaker, result: Json, facts: Json, law_day: str) -> Json:
    return {
        "rule": result["rule"],
        "title": chosen(speaker, result["title"]),
        "result": result["result"],
        "reason": chosen(speaker, result["reason"]),
        "remedy_text": chosen(speaker, result["remedy"]) or None,
        "evidence": [_quotation(speaker, item, facts) for item in result["evidence"] if item["quote"]],
        "sources": [
            {"law": law_name(speaker, each["law"]), "article": each["article"], "valid_from": each["valid_from"]}
            for each in result["sources"]
        ],
        "parameters": [
            {"name": parameter_name(speaker, name), "value": value_text(speaker, name, value)}
            for name, value in result["parameters"].items()
        ],
        "href": f"/{speaker.language}/rules/{result['rule']}?at={law_day}",
        "hard": result["hard"],
        "resolved_by": _resolution(speaker, result.get("resolved_by"))
        or _override(speaker, result.get("overridden_by")),
        "provisional": result["calendar"] == "provisional",
    }


def _quotation(speaker: Speaker, item: Json, facts: Json) -> Json:
    text = _text_at(item["fact"], facts)
    start, end = item.get("start"), item.get("end")
    shown: Json = {"quote": item["quote"], "before": "", "after": "", "source": None, "lang_": "zh-CN"}
    if text is None or start is None or end is None:
        return shown
    whole = str(text.get("text", ""))
    before, after = whole[max(0, start - AROUND) : start], whole[end : end + AROUND]
    name = text.get("name")
    kind = text_kind(speaker, str(text.get("kind", "")))
    return shown | {"before": before, "after": after, "source": f"{kind} · {name}" if name else kind}


def _text_at(path: str, facts: Json) -> Json | None:
    found = _TEXT.match(path)
    texts = facts.get("texts") or []
    if found is None or int(found[1]) >= len(texts):
        return None
    text: Json = texts[int(found[1])]
    return text


def marked_texts(speaker: Speaker, decision: Json) -> list[Json]:
    """The texts in which something was found, whole, in pieces; those that decided are marked with their result."""
    spans: dict[int, list[tuple[int, int, str]]] = {}
    for result in decision["results"]:
        if result["result"] not in ("fail", "review"):
            continue
        for item in result["evidence"]:
            found = _TEXT.fullmatch(item["fact"])
            if found and item["start"] is not None and item["end"] is not None:
                spans.setdefault(int(found[1]), []).append((item["start"], item["end"], result["result"]))
    texts = decision["facts"].get("texts") or []
    return [_marked(speaker, texts[index], spans[index]) for index in sorted(spans) if index < len(texts)]


def _marked(speaker: Speaker, text: Json, spans: list[tuple[int, int, str]]) -> Json:
    whole = str(text.get("text", ""))
    pieces: list[Json] = []
    written = 0
    for start, end, tone in _joined(spans):
        pieces.append({"text": whole[written:start], "tone": None})
        pieces.append({"text": whole[start:end], "tone": tone})
        written = end
    pieces.append({"text": whole[written:], "tone": None})
    kind, name = text_kind(speaker, str(text.get("kind", ""))), text.get("name")
    return {"title": f"{kind} · {name}" if name else kind, "pieces": [piece for piece in pieces if piece["text"]]}


def _joined(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Spans in order; those that overlap are one, as grave as the gravest of them."""
    joined: list[tuple[int, int, str]] = []
    for start, end, tone in sorted(spans):
        if joined and start < joined[-1][1]:
            first, last, before = joined[-1]
            joined[-1] = (first, max(last, end), "fail" if "fail" in (before, tone) else "review")
        else:
            joined.append((start, end, tone))
    return joined


def _resolution(speaker: Speaker, resolved: Json | None) -> str | None:
    if not resolved:
        return None
    when = resolved["resolved_at"]
    return speaker._(
        "A person answered this: %(organ)s, %(when)s",
        organ=resolved["organ"] or "–",
        when=show_instant(when, speaker.language) if when else "–",
    )


def _override(speaker: Speaker, overridden: Json | None) -> str | None:
    if not overridden:
        return None
    until = overridden["valid_until"]
    return speaker._(
        "Overridden by two people: %(first)s and %(second)s, until %(until)s",
        first=overridden["proposed_by_organ"] or "–",
        second=overridden["confirmed_by_organ"] or "–",
        until=show_instant(until, speaker.language) if until else "–",
    )


def text_kind(speaker: Speaker, kind: str) -> str:
    """What sort of text it is."""
    words = {
        "notice": speaker._("Notice"),
        "title": speaker._("Title"),
        "description": speaker._("Description"),
        "script": speaker._("Script"),
        "caption": speaker._("Caption"),
        "message": speaker._("Message"),
        "tag": speaker._("Tag"),
        "keyword": speaker._("Keyword"),
        "cover": speaker._("Cover"),
        "thumbnail": speaker._("Thumbnail"),
        "label": speaker._("Label"),
        "poster": speaker._("Poster"),
    }
    return words.get(kind) or speaker._("Text")


def counts(decision: Json) -> dict[str, int]:
    """How many rules gave which result."""
    return dict(Counter(result["result"] for result in decision["results"]))


def title(speaker: Speaker, decision: Json) -> str:
    """What the gate answered, in one sentence."""
    hard = any(result["result"] == "fail" and result["hard"] for result in decision["results"])
    if decision["outcome"] == "pass":
        return speaker._("The gate lets it through")
    if decision["outcome"] == "review":
        return speaker._("A person must look before it goes on")
    return speaker._("The gate blocks it, and nobody may overrule that") if hard else speaker._("The gate blocks it")


def summary(speaker: Speaker, decision: Json) -> str | None:
    """The reasons that decided, as many as there are of the gravest kind; None when nothing stands against it."""
    if decision["outcome"] == "pass":
        return None
    deciding = [result for result in decision["results"] if result["result"] == decision["outcome"]]
    return (" " if speaker.language == "en" else "").join(chosen(speaker, result["reason"]) for result in deciding)


def subject_title(speaker: Speaker, facts: Json) -> str | None:
    """The title that the subject gives itself, in the page's language where it has one."""
    titles = [str(each.get("text", "")) for each in facts.get("texts") or () if each.get("kind") == "title"]
    chinese = [each for each in titles if _HAN.search(each)]
    others = [each for each in titles if each not in chinese]
    ordered = [*chinese, *others] if speaker.language == "zh" else [*others, *chinese]
    return ordered[0] if ordered else None


def subject_words(speaker: Speaker, subject: Json | None) -> str:
    """What the question was about."""
    words = {
        "listing": speaker._("A listing"),
        "lot": speaker._("A lot"),
        "filing": speaker._("A filing"),
        "broadcast": speaker._("A broadcast"),
        "document": speaker._("A document"),
    }
    return words[subject["kind"]] if subject else speaker._("A question without a subject")
