"""What a notice asks: a least amount is read in whatever words, and numbers that ask nobody to spend are left alone."""

import pytest

from services.disclosure.integrity.notice_text import demand

DEMANDS = {
    "各单位干部职工每人下单不低于50元": 5000,
    "每人至少消费五十元以上": 5000,
    "人均购买不少于100元的农产品": 10000,
    "请各单位组织职工今晚下单，50元/人，明早报完成情况": 5000,
    "按照每人100元的标准购买农产品，各科室负责人落实": 10000,
    "每名干部认购金额不得少于伍拾元": 5000,
    "全体教职工必须下单，金额50元起": 5000,
    "每人不低于人民币50元，截图上报，购买后接龙": 5000,
    "各部门每人50块，下单后截图": 5000,
    "每名教职工至少购买一百五十元，未完成的在会上说明": 15000,
    "每人至少购买1箱": 0,
}
HARMLESS = (
    "各单位安排不少于1人到直播现场维持秩序",
    "直播间备用发电机功率不低于50千瓦，请各单位至少提前2小时到场",
    "倡议书：自愿参加，不设金额，每人购买多少随意",
    "每人发放50元消费券，可购买农产品",
    "本次采购会议室桌椅，预算不超过5000元，每间至少配备8把",
    "严禁摊派，不得要求职工每人购买50元",
    "工会经费为每人购买50元慰问品",
    "每箱50元以上包邮，欢迎购买",
    "直播间人均观看时长不低于5分钟",
)


@pytest.mark.parametrize("text", DEMANDS)
def test_a_demand_is_read_with_its_amount(text: str) -> None:
    asked = demand(text, "e:7", 0)
    assert asked is not None
    assert asked.floor_fen == DEMANDS[text]
    assert asked.employers == (7,)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_number_that_makes_nobody_spend_is_no_demand(text: str) -> None:
    assert demand(text, "e:7", 0) is None
