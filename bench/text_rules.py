"""The text rules on 50 kB and 100 kB of ordinary and of hostile text: `python -m bench.text_rules`."""

import sys
import time
from datetime import datetime

from services.compliance.rules import Stage, decide, parse_facts

AT = datetime.fromisoformat("2020-05-09T09:00:00+08:00")
ASKED: tuple[tuple[str, Stage, str], ...] = (
    ("notice.apportion", "filing", "notice"),
    ("text.official_image", "listing", "description"),
    ("adm.company_text", "listing", "description"),
    ("text.absolute", "listing", "description"),
    ("text.claims", "listing", "description"),
)
ORDINARY = (
    "各乡镇人民政府、县直有关单位：为规范官方直播，现将有关事项通知如下。一、坚持自愿原则，不得给干部职工下任务。"
    "二、每批次抽检不少于3个样品，果径不低于75毫米。全县多家合作社供货，皮薄多汁，坏果包赔。\n"
)
TEXTS = {
    "ordinary": ORDINARY,
    "floors": "每人不少于50元，",
    "floors in one breath": "每人不少于50元",
    "one verb": "购买",
    "prohibitions": "严禁不得禁止",
    "clauses": "，干部购买考核",
    "digits": "1",
    "Chinese digits": "一",
    "letters": "a",
    "spaced out": "每 ",
    "one a line": "人\n",
    "titles": "县长",
    "praise": "县长推荐",
    "brands": "某牌",
    "companies": "有限公司",
    "industries": "果业",
    "rooms": "同款",
    "unknown words": "魑魅魍魉魃",
    "quotation marks": "“",
    "brackets": "（一）",
    "superlatives": "最好",
    "plain superlatives": "最近最后",
    "goals": "力争最好",
    "ranks": "第一",
    "ordinals": "第一批",
    "nobody": "没有比谁都",
    "medicine": "润肺止咳",
    "denied medicine": "不能治疗感冒",
    "diseases": "糖尿病吃",
    "hardship": "老人哭了卖不出",
    "helped": "老人住院就业",
    "fold": "维生素十",
    "qualities": "富硒有机茶",
    "signs": "最-佳·",
    "traditional": "國家級",
}
SIZES = (50_000, 100_000)


def seconds(rule: str, stage: Stage, kind: str, text: str) -> float:
    """Processor time of one decision by one rule; every text is another, so that no cache helps."""
    facts = parse_facts(
        {
            "texts": [{"kind": kind, "text": text}],
            "suppliers": [{"name": "砀山演示一号梨果专业合作社"}],
            "context": {},
            "media": [],
        }
    )
    started = time.process_time()
    decide(facts, stage, AT, [rule])
    return time.process_time() - started


DESCRIPTION = (
    "砀山酥梨是当地的传统品种，种植历史可查的记载有四百多年。果实近圆柱形，果皮绿黄色，贮后变黄，果点小而密。采收期在九月中下旬，"
    "最迟不晚于十月初。建议收到后先挑出磕碰果尽快食用，其余放冷藏，可存两个月。第一次吃的朋友，可以先切一个尝尝，再决定是否回购。"
    "本次由全县五家合作社按抽签顺序轮流供货，名单见经营者信息栏。每箱净重不少于4.8公斤，单果不低于180克，允许有轻微果锈。"
    "外包装印有追溯码，扫码可看地块、采收日期和检测结果。受疫情影响，外运车辆减少，库里的梨比往年同期多出两成"
    "（来源：县商务局3月通报）。果园施有机肥，统一防治病虫害，采前二十天停止用药。冷库温度保持在零度上下，每天通风、消毒。"
    "下单后四十八小时内从产地发出，坏果按比例赔付，运费由县里统一补贴，新疆、西藏除外。煮水时加两片生姜、几颗红枣，口味更温和；"
    "切开后若不马上吃，可泡淡盐水防止变色。对梨过敏的人请勿食用，脾胃虚寒者少吃。谢谢各位对黄河故道果农的关心，"
    "也欢迎秋天来看看我们的梨园，四月花开时更好看，从县城坐公交四十分钟就到。"
)


def ordinary_texts() -> None:
    """Prints what 50 and 500 characters of a description cost, all rules together, when no text was read before."""
    for length in (50, 500):
        spent = 0.0
        for rule, stage, kind in ASKED[1:]:
            texts = (DESCRIPTION[shift:length] + chr(0x4E00 + shift) for shift in range(30))
            spent += min(seconds(rule, stage, kind, text) for text in texts)
        sys.stdout.write(f"{length} characters, {len(ASKED) - 1} rules: {spent * 1_000_000:.0f} µs\n")


def main() -> None:
    """Prints milliseconds for both sizes and their ratio: 2 is linear, 4 would be quadratic."""
    for rule, stage, kind in ASKED:
        seconds(rule, stage, kind, ORDINARY)
    ordinary_texts()
    for name, unit in TEXTS.items():
        for rule, stage, kind in ASKED:
            small, large = (seconds(rule, stage, kind, unit * (size // len(unit.encode()))) * 1_000 for size in SIZES)
            sys.stdout.write(f"{name:22} {rule:20} {small:6.0f} ms {large:6.0f} ms  x{large / small:.1f}\n")


if __name__ == "__main__":
    main()
