"""What a record must hold is a parameter: what is asked for later is missed at once, under its code at least."""

from datetime import date, datetime

from services.compliance.rules import decide, parse_facts
from services.compliance.rules.law import DatedValue, laid_over, released_parameters
from tests.compliance.rules.documents import document

AT = datetime.fromisoformat("2020-03-27T09:00:00+08:00")


def test_contents_asked_for_since_the_release_are_missed_in_reading_order() -> None:
    wanted = ["corrections", "weather", "goods", "costs"]
    later = DatedValue(date(2020, 3, 20), wanted, "platform rule", date(2020, 3, 10))
    parameters = laid_over(released_parameters(), "disc.publish.contents", later)
    facts = parse_facts(document("dangshan_afterwards", disclosure__contents=["goods"]))

    result = decide(facts, "post", AT, ["disc.publish"], parameters).result_of("disc.publish")

    assert result["reason_codes"] == ["contents_lacking"]
    assert result["reason"]["en"] == "The full record lacks: costs and funding, corrections, weather."
    assert result["reason"]["zh"] == "完整记录缺少：费用和经费来源、更正、weather。"
