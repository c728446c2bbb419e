"""Records of broadcasts as pages show them: figures side by side, the hour as a drawing, and words for every code."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from gateway.views import instant as parsed
from gateway.views import mass, region_name, share, show_instant, show_time, yuan
from gateway.views.speaking import Speaker
from services.contracts import regions

Json = dict[str, Any]

WIDTH, HEIGHT = 640, 160


def stage_word(speaker: Speaker, stage: str) -> str:
    """Which of its releases a record is."""
    return {
        "summary": speaker._("Summary"),
        "full": speaker._("Full record"),
        "revision": speaker._("Corrected record"),
    }.get(stage, stage)


def abuse_word(speaker: Speaker, abuse: str) -> str:
    """What is questioned."""
    return {
        "injected_traffic": speaker._("Viewers that were no people"),
        "false_order": speaker._("Orders that were placed to be counted"),
        "refund_cycling": speaker._("Orders that were given back in a body"),
        "second_signing": speaker._("Parcels signed for that cannot have arrived"),
        "rehearsed": speaker._("Deals that were agreed before and replayed"),
        "below_cost": speaker._("Goods sold below their cost"),
        "apportionment": speaker._("Staff who were made to buy"),
        "water_army": speaker._("Praise that was ordered"),
    }.get(abuse, abuse)


def grade_word(speaker: Speaker, grade: str) -> str:
    """How sure a finding is."""
    return {
        "substantiated": speaker._("substantiated"),
        "suspected": speaker._("suspected, under review"),
        "apportioned": speaker._("bought on order of an employer"),
    }.get(grade, grade)


def state_words(speaker: Speaker, states: Sequence[str]) -> str:
    """The states that were counted together."""
    words = []
    for state in states:
        grade, _, abuse = state.partition(":")
        words.append(f"{abuse_word(speaker, abuse)} ({grade_word(speaker, grade)})" if abuse else speaker._("Counted"))
    return ("；" if speaker.language == "zh" else "; ").join(words)


def figure_rows(speaker: Speaker, sales: Json, viewers: Json) -> list[list[str]]:
    """Claimed beside verified, and the span between the strictest and the mildest reading."""
    rows = []
    if viewers["told"]:
        rows.append(
            [
                speaker._("Viewers, each counted once"),
                f"{viewers['counted']:,}",
                f"{viewers['verified']:,}",
                _span(viewers["interval"]) if viewers["interval"] else "–",
            ]
        )
    if not sales["told"]:
        return rows
    claimed, verified, upper = sales["claimed"], sales["verified"], sales["upper"]
    for name, title in (
        ("orders", speaker._("Paid orders")),
        ("net_fen", speaker._("Sales after refunds")),
        ("grams", speaker._("Weight sold")),
    ):
        # Before anything is taken away, sales are what buyers paid.
        raw = claimed["paid_fen"] if name == "net_fen" else claimed[name]
        shown = [_shown(speaker, name, value) for value in (raw, verified[name], upper[name])]
        span = shown[1] if verified[name] == upper[name] else f"{shown[1]} – {shown[2]}"
        rows.append([title, shown[0], shown[1], span])
    return rows


def _span(interval: Sequence[int]) -> str:
    low, high = interval
    return f"{low:,}" if low == high else f"{low:,} – {high:,}"


def _shown(speaker: Speaker, name: str, value: int) -> str:
    if name.endswith("_fen"):
        return yuan(value)
    return mass(value, speaker.language) if name == "grams" else f"{value:,}"


def questioned_rows(speaker: Speaker, sales: Json) -> list[list[str]]:
    """What was taken away or is under review, and what it would have added."""
    return [
        [state_words(speaker, each["states"]), f"{each['orders']:,}", yuan(each["paid_fen"])]
        for each in sales.get("questioned", ())
    ]


def lot_rows(speaker: Speaker, document: Json) -> list[list[str]]:
    """Sales of each lot, in the order of the goods; lots of few buyers stand together."""
    names = {good["lot_id"]: good.get("display_name") or good["lot_id"] for good in document["goods"]}
    sellers = {each["uscc"]: each.get("name") or each["uscc"] for each in document["producers"]}
    owners = {good["lot_id"]: sellers.get(good["producer_uscc"], "") for good in document["goods"]}
    rows = []
    for cell in document["sales"].get("by_lot", ()):
        title = ("、" if speaker.language == "zh" else ", ").join(
            f"{names.get(lot, lot)} · {owners.get(lot, '')}" for lot in cell["lots"]
        )
        held = " *" if cell["held"] else ""
        weight = mass(cell["grams"], speaker.language)
        rows.append([title + held, f"{cell['orders']:,}", weight, yuan(cell["net_fen"])])
    return rows


def producer_rows(speaker: Speaker, document: Json) -> list[list[str]]:
    """Producers with their code and their share of paid orders, by their code."""
    names = {each["uscc"]: each.get("name") or each["uscc"] for each in document["producers"]}
    rows = []
    for each in document["producers"]:
        part = "–" if each["share_bp"] is None else share(each["share_bp"])
        comma = "、" if speaker.language == "zh" else ", "
        together = comma.join(names.get(other, other) for other in each["counted_with"])
        if together:
            part = speaker._("%(share)s together with %(others)s", share=part, others=together)
        rows.append([names[each["uscc"]], each["uscc"], part])
    return rows


def segment_rows(speaker: Speaker, document: Json) -> list[list[str]]:
    """The segments with their times."""
    words = {
        "region": speaker._("Region segment: the official speaks, nothing is for sale"),
        "market": speaker._("Market segment: a host sells"),
    }
    return [
        [
            words.get(each["kind"], each["kind"]),
            show_instant(each["from"], speaker.language),
            show_time(each["until"]) if each["until"] else "–",
        ]
        for each in document["segments"]
    ]


def gate_rows(speaker: Speaker, document: Json) -> list[list[Json | str]]:
    """The gate's answers, oldest first."""
    stages = {
        "listing": speaker._("listing"),
        "filing": speaker._("filing"),
        "golive": speaker._("go-live"),
        "onair": speaker._("on air"),
        "post": speaker._("afterwards"),
    }
    outcomes = {"pass": speaker._("Pass"), "review": speaker._("Review"), "fail": speaker._("Fail")}
    return [
        [
            {"text": show_instant(each["decided_at"], speaker.language), "href": _decision(speaker, each)},
            stages.get(each["stage"], each["stage"]),
            outcomes.get(each["outcome"], each["outcome"]),
        ]
        for each in sorted(document["gate_results"], key=lambda each: str(each["decided_at"]))
    ]


def gate_answer(speaker: Speaker, said: Json) -> Json:
    """What the gate said of a release: its word, its reasons, and where the whole decision stands."""
    outcomes = {"pass": speaker._("Pass"), "review": speaker._("Review"), "fail": speaker._("Fail")}
    known = f"reasons_{speaker.language}"
    reasons = said[known] if known in said else [each[f"reason_{speaker.language}"] for each in said["not_passed"]]
    return {
        "kind": said["outcome"],
        "word": outcomes.get(said["outcome"], said["outcome"]),
        "reasons": reasons,
        "href": _decision(speaker, said),
    }


def kept_back(speaker: Speaker, document: Json) -> list[list[str]]:
    """What a record keeps back, and on what ground."""
    items = {
        "sales": speaker._("All figures of sales"),
        "sales.held": speaker._("Changes since the release before"),
        "sales.questioned": speaker._("Questioned orders, shown apart"),
        "viewers": speaker._("Figures of viewers"),
        "findings": speaker._("What was found about a few people"),
        "complaints": speaker._("The number of complaints"),
    }
    return [
        [items.get(each["item"], each["item"]), each[f"ground_{speaker.language}"]] for each in document["redactions"]
    ]


def _decision(speaker: Speaker, result: Json) -> str:
    return f"/{speaker.language}/decisions/{result['decision_id']}"


def drawing(document: Json, start_ms: int, end_ms: int) -> Json | None:
    """The hour as a drawing: a bar for the orders of each while, bands for the segments; None without figures.

    Coordinates in a box of `WIDTH` by `HEIGHT`. A bar is as wide as its while and as high as its orders a minute.
    """
    cells = document["sales"].get("over_time") or ()
    if not cells or end_ms <= start_ms:
        return None
    starts = [min(max(cell["from_ms"], start_ms), end_ms) for cell in cells]
    ends = [*starts[1:], end_ms]
    rates = [
        cell["orders"] * 60_000 / max(end - start, 60_000) for cell, start, end in zip(cells, starts, ends, strict=True)
    ]
    tallest = max(rates) or 1
    bars = [
        {
            "x": _across(start, start_ms, end_ms),
            "width": max(1, _across(end, start_ms, end_ms) - _across(start, start_ms, end_ms) - 1),
            "height": round(rate / tallest * (HEIGHT - 30)),
        }
        for start, end, rate in zip(starts, ends, rates, strict=True)
    ]
    for bar in bars:
        bar["y"] = HEIGHT - bar["height"]
    return {
        "bars": bars,
        "bands": bands(document, start_ms, end_ms),
        "width": WIDTH,
        "height": HEIGHT,
        "most": f"{tallest:.1f}",
    }


def _across(moment_ms: int, start_ms: int, end_ms: int) -> int:
    return round((moment_ms - start_ms) / (end_ms - start_ms) * WIDTH)


def bands(document: Json, start_ms: int, end_ms: int) -> list[Json]:
    """The segments, as stretches behind a drawing."""
    found = []
    for each in document["segments"]:
        since = _across(min(max(milliseconds(each["from"]), start_ms), end_ms), start_ms, end_ms)
        until = milliseconds(each["until"]) if each["until"] else end_ms
        width = _across(min(max(until, start_ms), end_ms), start_ms, end_ms) - since
        found.append({"x": since, "width": max(1, width), "kind": each["kind"]})
    return found


def milliseconds(instant: str) -> int:
    """Milliseconds since 1970 of an instant as documents write it."""
    return int(parsed(instant).timestamp() * 1000)


def time_rows(speaker: Speaker, document: Json) -> list[list[str]]:
    """The drawing as a table, for those who do not see it."""
    rows = []
    for cell in document["sales"].get("over_time") or ():
        moment = datetime.fromtimestamp(cell["from_ms"] / 1000, UTC)
        rows.append([show_time(moment), f"{cell['orders']:,}", yuan(cell["net_fen"])])
    return rows


def findings(speaker: Speaker, document: Json) -> list[Json]:
    """What was found, with its rules; a finding that would tell of a few people is named and not described."""
    return [
        {
            "title": abuse_word(speaker, each["abuse"]),
            "grade": grade_word(speaker, each["grade"]),
            "kind": "fail" if each["grade"] == "substantiated" else "review",
            "text": each[f"text_{speaker.language}"],
            "rules": [_rule(speaker, rule) for rule in each["rules"]],
        }
        for each in document["findings"]
    ]


def _rule(speaker: Speaker, rule: Mapping[str, Any]) -> list[str]:
    text = rule["text"] if speaker.language == "zh" else rule["text_en"]
    return [str(text), *measured(rule)]


# The rules whose figures are sums, and those whose figures are shares; the sentences of all others name the unit.
_IN_MONEY = frozenset({"under_declared_cost", "under_county_quotes"})
_IN_SHARES = frozenset(
    {"share_of_refunds", "more_than_usual", "nearly_all_given_back", "nearly_everybody", "just_above_the_floor"}
)


def measured(rule: Mapping[str, Any]) -> list[str]:
    """Threshold, what was seen and what would be usual, as people read them; a release tells fractions as text."""
    threshold, *figures = (Decimal(str(rule[name])) for name in ("threshold", "observed", "expected"))
    if rule["id"] in _IN_MONEY:
        return [_share(threshold), *(yuan(round(each)) for each in figures)]
    if rule["id"] in _IN_SHARES:
        return [_share(each) for each in (threshold, *figures)]
    return [f"{each:,}" for each in (threshold, *figures)]


def _share(part: Decimal) -> str:
    return f"{round(100 * part, 2).normalize():f} %"


def changed_words(speaker: Speaker, document: Json) -> str:
    """The sections in which a release differs from the one before."""
    return ("、" if speaker.language == "zh" else ", ").join(each[speaker.language] for each in document["changes"])


def release_rows(speaker: Speaker, releases: Sequence[Json], broadcast_id: str) -> list[list[Json | str]]:
    """The releases of a record, oldest first."""
    return [
        [
            {
                "text": f"{each['number']} · {stage_word(speaker, each['stage'])}",
                "href": f"/{speaker.language}/disclosures/{broadcast_id}?release={each['number']}",
            },
            show_instant(each["released_at"], speaker.language),
            {
                "text": each["sha256"][:16] + "…",
                "href": f"/api/v1/disclosures/{broadcast_id}/releases/{each['number']}",
            },
        ]
        for each in releases
    ]


def late_words(speaker: Speaker, late: Sequence[str]) -> str:
    """What of a record is late."""
    words = {"summary": speaker._("Summary"), "full": speaker._("Full record")}
    return ("、" if speaker.language == "zh" else ", ").join(words[each] for each in late)


def where(speaker: Speaker, code: str) -> str:
    """The region's name."""
    return region_name(code, speaker.language)


def stage_options(speaker: Speaker) -> list[tuple[str, str]]:
    """Stages that a list can be narrowed to."""
    return [(stage, stage_word(speaker, stage)) for stage in ("summary", "full", "revision")]


def province_options(speaker: Speaker, on: date, chosen: str) -> list[tuple[str, str]]:
    """The provinces; and the region that is chosen already, if it is none."""
    found = [(each.code, region_name(each.code, speaker.language)) for each in regions.provinces(on)]
    if chosen and chosen not in dict(found):
        found.insert(0, (chosen, region_name(chosen, speaker.language) if regions.known(chosen) else chosen))
    return found
