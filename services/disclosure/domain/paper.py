"""A referral file as a PDF, in Chinese and English: the same document makes the same bytes.

The Chinese of it is set in a font that readers bring along (Adobe's Song), so that no font has to be shipped.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from services.contracts.regions import known
from services.contracts.values import SHANGHAI
from services.disclosure.domain.words import ABUSES, ACTIONS, ENTITIES, GRADES, SEVERITIES, VALUES

SONG = "STSong-Light"
INK, RULE, SHADE = colors.HexColor("#1f2a24"), colors.HexColor("#b8c2bb"), colors.HexColor("#eef2ee")
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN

MOMENTS = ("join_ms", "leave_ms", "created_ms", "sent_ms")

Document = Mapping[str, Any]
Rows = Sequence[Sequence[str]]


@cache
def _styles() -> dict[str, ParagraphStyle]:
    registerFont(UnicodeCIDFont(SONG))
    plain = ParagraphStyle("plain", fontName=SONG, fontSize=9.5, leading=14, textColor=INK, wordWrap="CJK")
    made = {"plain": plain}
    for name, size, leading, before in (("title", 17, 23, 0), ("head", 12, 17, 12), ("small", 8, 11, 0)):
        made[name] = ParagraphStyle(name, parent=plain, fontSize=size, leading=leading, spaceBefore=before)
    # Hashes have no places to break a line: each of their signs is one.
    made["mono"] = ParagraphStyle("mono", parent=plain, fontName="Courier", fontSize=7.5, leading=10)
    return made


def as_pdf(document: Document, sha256: str) -> bytes:
    """The pages of a file whose canonical form has this hash."""
    held = BytesIO()
    paper = SimpleDocTemplate(
        held,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=22 * mm,
        title=f"Referral {document['id']}",
        author="Sunfair",
        subject=f"{ABUSES[document['abuse']][1]}",
        # No moment and no random name in the file: who makes it again gets the same bytes.
        invariant=1,
    )
    foot = _foot(f"sha256 {sha256}")
    paper.build(list(_story(document, sha256)), onFirstPage=foot, onLaterPages=foot)
    return held.getvalue()


def _foot(words: str) -> Any:
    def draw(canvas: Canvas, _paper: Any) -> None:
        canvas.saveState()
        canvas.setFont("Courier", 7)
        canvas.setFillColor(INK)
        canvas.drawString(MARGIN, 12 * mm, words)
        canvas.drawRightString(A4[0] - MARGIN, 12 * mm, f"{canvas.getPageNumber()}")
        canvas.restoreState()

    return draw


def _story(document: Document, sha256: str) -> Iterable[Flowable]:
    yield _text("数据核查线索移送书", "title")
    yield _text("Referral of a finding", "head")
    if document["referral"] is None:
        yield _text("草稿：尚未移送。 Draft: it was not sent.")
    yield Spacer(1, 6)
    yield _table(_facts(document), (0.3, 0.7))
    yield from _findings(document)
    yield from _explanations(document)
    yield from _exhibits(document)
    yield from _law(document)
    yield from _history(document)
    yield from _proof(document, sha256)


def _text(words: str, style: str = "plain") -> Paragraph:
    return Paragraph(escape(words).replace("\n", "<br/>"), _styles()[style])


def _both(words: tuple[str, str]) -> str:
    return f"{words[0]} {words[1]}"


def _table(rows: Rows, widths: Sequence[float], *, headed: bool = False, mono: Sequence[int] = ()) -> Table:
    cells = [
        [_text(cell, "mono" if place in mono and (row or not headed) else "small") for place, cell in enumerate(line)]
        for row, line in enumerate(rows)
    ]
    style: list[tuple[Any, ...]] = [("GRID", (0, 0), (-1, -1), 0.4, RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    if headed or len(widths) > 1:
        style.append(("BACKGROUND", (0, 0), (-1, 0) if headed else (0, -1), SHADE))
    return Table(cells, [WIDTH * share for share in widths], repeatRows=1 if headed else 0, style=style)


def moment(instant: str) -> str:
    """An instant as people in China read it."""
    return f"{datetime.fromisoformat(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M}（北京时间）"


def _facts(document: Document) -> Rows:
    sent, region = document["referral"], known(document["region_code"])
    where = f"{region.name_zh} {region.name_en} " if region else ""
    rows = [
        ("编号 Number", document["id"]),
        ("直播 Broadcast", f"{document['title_zh']}\n{document['title_en']}\n{document['broadcast_id']}"),
        ("地区 Region", f"{where}({document['region_code']})"),
        ("直播结束 Ended", moment(document["ended_at"])),
        ("事项 Matter", _both(ABUSES[document["abuse"]])),
        ("程度 Severity", _both(SEVERITIES[document["severity"]])),
        ("立案 Opened", moment(document["opened_at"])),
    ]
    if sent is not None:
        rows += [
            ("移送至 Sent to", sent["organ"]),
            ("移送单位 Sent by", sent["by_organ"] or "–"),
            ("移送时间 Sent at", moment(sent["at"])),
            ("理由 Reason", "\n".join(each for each in (sent["reason_zh"], sent["reason_en"]) if each)),
        ]
    return rows


def _findings(document: Document) -> Iterable[Flowable]:
    yield _text("发现 What was found", "head")
    for finding in document["findings"]:
        grade, entity = _both(GRADES[finding["grade"]]), _both(ENTITIES[finding["entity"]])
        yield _text(f"{grade} · {entity} {finding['n']}")
        yield _text(finding["text_zh"])
        yield _text(finding["text_en"])
        if finding["rules"]:
            yield Spacer(1, 4)
            yield _table(_rules(finding["rules"]), (0.46, 0.14, 0.14, 0.14, 0.12), headed=True)
        yield Spacer(1, 6)


def _rules(rules: Iterable[Document]) -> Rows:
    head = ("依据 Rule", "阈值 Threshold", "实测 Observed", "通常 Expected", "项数 Items")
    numbers = ("threshold", "observed", "expected", "n_items")
    return [
        head,
        *(
            (f"{place}. {rule['text']}\n{rule['text_en']}", *(str(rule[name]) for name in numbers))
            for place, rule in enumerate(rules, 1)
        ),
    ]


def _explanations(document: Document) -> Iterable[Flowable]:
    tried = {
        each["id"]: f"{each['text_zh']}\n{each['text_en']}"
        for finding in document["findings"]
        for each in finding["alternatives_considered"]
    }
    if tried:
        yield _text("已检验的善意解释 Honest explanations that were tested", "head")
        yield _table([(words,) for words in tried.values()], (1,))


def _exhibits(document: Document) -> Iterable[Flowable]:
    yield _text("证据项 Exhibits", "head")
    if not document["exhibits"]:
        yield _text("本事项不列出单项：被要求购买的人是证人；嫌疑数据只公布数量。")
        yield _text("No single item is shown: people who were made to buy are witnesses, and of what is suspected")
        yield _text("only the number is told.")
        return
    rows = [("代号 Token", "数值 Values", "依据 Rules", "SHA-256")]
    places = _places(document["findings"])
    for item in document["exhibits"]:
        values = "\n".join(
            f"{_both(VALUES.get(name, (name, '')))}: {_value(name, item['values'][name])}" for name in item["values"]
        )
        rows.append((item["id"], values, ", ".join(places.get(rule, rule) for rule in item["rules"]), item["sha256"]))
    yield _table(rows, (0.2, 0.35, 0.17, 0.28), headed=True, mono=(0, 3))
    yield _text(
        "代号只在本场直播内有效，不指向任何个人。 Tokens hold in this broadcast alone and name nobody.", "small"
    )


def _places(findings: Iterable[Document]) -> dict[str, str]:
    """The number of each rule in the table of the finding that has exhibits."""
    shown = [finding["rules"] for finding in findings if finding["grade"] == "substantiated"]
    return {rule["id"]: str(place) for rules in shown for place, rule in enumerate(rules, 1)}


def _value(name: str, value: int) -> str:
    if name not in MOMENTS or value < 0:
        return f"{value:,}"
    return f"{datetime.fromtimestamp(value / 1000, SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _law(document: Document) -> Iterable[Flowable]:
    yield _text("可能涉及的条款 Articles that may be touched", "head")
    for each in document["grounds"]:
        yield _text(f"《{each['law']}》{each['article']}（{each['valid_from']} 起施行 in force）")
    yield _text(
        "是否追究责任由受移送机关依法决定。 Whether anybody has to answer for it is decided by that organ.", "small"
    )


def _history(document: Document) -> Iterable[Flowable]:
    if not document["acts"]:
        return
    rows = [("时间 When", "事项 What", "单位与理由 Organ and reason")]
    for act in document["acts"]:
        why = "\n".join(each for each in (act["by_organ"], act["reason_zh"], act["reason_en"]) if each)
        rows.append((moment(act["at"]), _both(ACTIONS[act["action"]]), why or "–"))
    yield _text("经过 History", "head")
    yield _table(rows, (0.28, 0.27, 0.45), headed=True)


def _proof(document: Document, sha256: str) -> Iterable[Flowable]:
    record, engine = document["record"], document["engine"]
    rows = [
        ("本文件 This file", sha256),
        ("证据项合计 All exhibits", document["exhibits_sha256"]),
        ("核查引擎参数 Thresholds of the engine", f"{engine['config_sha256']}\nversion {engine['version']}"),
    ]
    if record is not None:
        place = "–" if record["place"] is None else str(record["place"])
        rows += [
            ("公开记录 Public record", f"{record['sha256']}\nrelease {record['number']}"),
            ("账本位置 Place in the log", f"{record['origin']} {place}"),
        ]
    how = "核验 To check: python3 sunfair.py verify disclosure " + document["broadcast_id"]
    head = _text("核验依据 Proof", "head")
    yield KeepTogether([head, _table(rows, (0.3, 0.7), mono=(1,)), Spacer(1, 4), _text(how, "small")])
