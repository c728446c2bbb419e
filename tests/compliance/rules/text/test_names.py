"""A registered name is taken apart by the grammar of the law: region, trade name, industry, form."""

from datetime import date

import pytest

from services.compliance.rules.text.names import trade_name

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("registered", "own"),
    [
        ("恩施市硒源山茶业有限公司", "硒源山"),
        ("砀山演示一号梨果专业合作社", "演示一号"),
        ("安徽砀圆果品有限公司", "砀圆"),
        ("砀山县老石头家庭农场", "老石头"),
        ("城固县橙光里果业有限公司", "橙光里"),
        ("陕西省汉中市城固县金桔园农业科技发展有限责任公司", "金桔园"),
        ("徐闻县红土情菠萝种植专业合作社", "红土情"),
        ("北京(砀山)梨都食品股份有限公司", "梨都"),
    ],
)
def test_the_trade_name_is_what_the_grammar_leaves(registered: str, own: str) -> None:
    assert trade_name(registered, DAY) == own


@pytest.mark.parametrize("registered", ["砀山县酥梨专业合作社", "砀山酥梨", "恩施市茶叶专业合作社", "砀山县", ""])
def test_a_name_of_place_and_goods_alone_has_no_trade_name(registered: str) -> None:
    assert trade_name(registered, DAY) is None
