"""How right the text rules are, as the page shows it: for texts looked at before or after scoring, and for new ones."""

from typing import Any

from gateway.views.codes import word_of
from gateway.views.speaking import Speaker, chosen

Json = dict[str, Any]


def chapters(speaker: Speaker, told: Json, rulebook: list[Json]) -> list[Json]:
    """One chapter for each rule: its title, its parts as rows of a table, and the texts on which it errs."""
    titles = {rule["id"]: chosen(speaker, rule["title"]) for rule in rulebook}
    return [_chapter(speaker, each, titles.get(each["rule"], each["rule"])) for each in told["rules"]]


def _chapter(speaker: Speaker, told: Json, title: str) -> Json:
    return {
        "rule": told["rule"],
        "title": title,
        "href": f"/{speaker.language}/rules/{told['rule']}",
        "rows": [_row(speaker, part) for part in told["parts"]],
        "wrong": [
            {
                "part": part["part"],
                "name": part_name(speaker, part["part"]),
                "count": part["texts"],
                "texts": [_confusion(speaker, each) for each in part["confusions"]],
            }
            for part in told["parts"]
        ],
    }


def _row(speaker: Speaker, part: Json) -> list[str]:
    return [
        part_name(speaker, part["part"]),
        f"{part['texts']:,}",
        of(part["guilty_failed"], part["guilty"], part["recall_bp"]),
        of(part["guilty_failed"], part["failed"], part["precision_bp"]),
        f"{part['innocent_failed']} / {part['innocent']}",
        f"{part['innocent_held']} / {part['innocent']}",
    ]


def part_name(speaker: Speaker, part: str) -> str:
    """Which texts."""
    names = {
        "seen": speaker._("looked at while writing"),
        "unseen": speaker._("new, never looked at"),
    }
    return names[part]


def of(count: int, whole: int, basis_points: int | None) -> str:
    """`74.0 % (37 / 50)`: a share is never shown without what it was counted from."""
    if basis_points is None:
        return "–"
    # Rounded down, so that 100.0 % means all of them.
    return f"{basis_points // 100}.{basis_points % 100 // 10} % ({count} / {whole})"


def _confusion(speaker: Speaker, each: Json) -> Json:
    return {
        "text": each["text"],
        "kind": word_of(speaker, each["kind"]),
        "label": each["label"],
        "answer": each["answer"],
        "harm": harm(speaker, each["label"], each["answer"]),
    }


def harm(speaker: Speaker, label: str, answer: str) -> str:
    """What the error means for people."""
    words = {
        ("fail", "pass"): speaker._("It goes through although it must not."),
        ("fail", "review"): speaker._("A person must stop what the rule should have stopped."),
        ("review", "pass"): speaker._("No person looks, although one should."),
        ("review", "fail"): speaker._("It is stopped although a person should decide."),
        ("pass", "fail"): speaker._("An innocent text is stopped."),
        ("pass", "review"): speaker._("An innocent text waits for a person."),
    }
    return words.get((label, answer), "")
