"""The three text rules on 50 kB and 100 kB of ordinary and of hostile text: `python -m bench.text_rules`."""

import sys
import time
from datetime import datetime

from services.compliance.rules import Stage, decide, parse_facts

AT = datetime.fromisoformat("2020-05-09T09:00:00+08:00")
ASKED: tuple[tuple[str, Stage, str], ...] = (
    ("notice.apportion", "filing", "notice"),
    ("text.official_image", "listing", "description"),
    ("adm.company_text", "listing", "description"),
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


def main() -> None:
    """Prints milliseconds for both sizes and their ratio: 2 is linear, 4 would be quadratic."""
    for rule, stage, kind in ASKED:
        seconds(rule, stage, kind, ORDINARY)
    for name, unit in TEXTS.items():
        for rule, stage, kind in ASKED:
            small, large = (seconds(rule, stage, kind, unit * (size // len(unit.encode()))) * 1_000 for size in SIZES)
            sys.stdout.write(f"{name:22} {rule:20} {small:6.0f} ms {large:6.0f} ms  x{large / small:.1f}\n")


if __name__ == "__main__":
    main()
