"""The published history of the rules: no rule changes without an entry, and the entries say when they take effect."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.compliance.rules import RULEBOOK
from services.compliance.rules import fingerprint as fingerprints
from services.compliance.rules.fingerprint import ENGINE, fingerprint
from services.compliance.rules.history import (
    FIRST_RELEASE,
    Entry,
    brought_up_to_date,
    contents,
    faults,
    read_history,
    released_history,
    written,
)

DAY = date(2026, 12, 1)
RULE = "quality.docs"


def test_every_rule_is_in_the_history_as_it_is_now() -> None:
    assert faults(released_history(), contents()) == [], "Run: python -m services.compliance.rules.history"


def test_the_file_is_written_as_the_command_writes_it() -> None:
    text = written(released_history())
    assert read_history(text) == list(released_history())


def changed(release: str, day: date | None = DAY) -> list[Entry]:
    """The history after the rule changed in a release."""
    return brought_up_to_date(released_history(), contents() | {RULE: "f" * 16}, release, day)


def test_a_changed_rule_without_an_entry_is_a_fault() -> None:
    (fault,) = faults(released_history(), contents() | {RULE: "f" * 16})
    assert RULE in fault


def test_a_change_in_a_later_release_gets_an_entry_that_its_maintainer_must_word() -> None:
    pending = changed("2027.1.0")
    assert (pending[-1].rule, pending[-1].kind, pending[-1].published_on) == (RULE, "changed", DAY)
    assert pending[-1].effective_on == DAY + timedelta(days=7)
    now = contents() | {RULE: "f" * 16}
    assert faults(pending, now) == [f"2027.1.0 {RULE}: say in zh and en what changed"]
    worded = [*pending[:-1], replace(pending[-1], zh="检测报告有效期改为四十五日。", en="Tests are fresh for 45 days.")]
    assert faults(worded, now) == []
    again = brought_up_to_date(read_history(written(worded)), contents() | {RULE: "e" * 16}, "2027.1.0", None)
    assert (again[-1].sha256, again[-1].en) == ("e" * 16, "Tests are fresh for 45 days.")


def test_a_merge_into_the_first_release_is_mended_by_one_command() -> None:
    now = contents() | {RULE: "f" * 16, "room.brand_new": "a" * 16}
    merged = brought_up_to_date(released_history(), now, FIRST_RELEASE, None)
    assert faults(merged, now) == []
    assert merged[-1].kind == "new"


def test_a_new_release_needs_the_day_of_its_publication() -> None:
    with pytest.raises(ValueError, match=RULE):
        changed("2027.1.0", None)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"effective_on": DAY + timedelta(days=6)}, "seven days"),
        ({"effective_on": DAY + timedelta(days=7)}, ""),
        ({"effective_on": DAY + timedelta(days=6), "basis": "law"}, ""),
        ({"kind": "mended", "effective_on": DAY + timedelta(days=1)}, "at once"),
        ({"kind": "mended", "effective_on": DAY}, ""),
        ({"effective_on": DAY + timedelta(days=7), "en": " "}, "zh and en"),
    ],
)
def test_an_entry_says_when_it_takes_effect(entry: dict[str, object], fault: str) -> None:
    told = replace(changed("2027.1.0")[-1], **({"zh": "改", "en": "Changed."} | entry))  # type: ignore[arg-type]  # Each of its own kind.
    found = [each for each in faults([*released_history(), told], contents() | {RULE: "f" * 16}) if "2027" in each]
    assert len(found) == bool(fault)
    assert all(fault in each for each in found)


def test_the_content_of_a_rule_is_what_it_calls_reads_and_says() -> None:
    rules = {rule.id: rule for rule in RULEBOOK}
    names = {
        rule_id: set(dict(fingerprints._closure(r.check.__module__, r.check.__name__))) for rule_id, r in rules.items()
    }
    assert "text.apportion:find_apportionment" in names["notice.apportion"]
    assert "price:price_marked" not in names["quality.docs"]
    assert len({fingerprint(rule) for rule in RULEBOOK}) == len(RULEBOOK)
    assert ENGINE not in rules


def test_comments_docstrings_and_line_breaks_do_not_count() -> None:
    one = (
        'def f(a: int) -> list[int]:\n    """Says one thing."""\n    return [\n        a,  # first\n        2,\n    ]\n'
    )
    two = 'def f(a: int) -> list[int]:\n    """Says another."""\n    # Why.\n    return [a, 2]\n'
    three = two.replace("2]", "3]")
    dense = [fingerprints.module_of(source).sources["f"] for source in (one, two, three)]
    assert dense[0] == dense[1] != dense[2]
