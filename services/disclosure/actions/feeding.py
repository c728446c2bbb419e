"""Feeds for those who watch: every release, and every new entry of the log, of the country or of one region."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts import regions
from services.contracts.values import shanghai_day
from services.disclosure.actions.proving import published_size
from services.disclosure.domain.atom import Entry, Feed
from services.disclosure.ledger.canonical import instant_text
from services.disclosure.store import feeds as store
from services.kit.db import Database
from services.kit.page import decode_cursor, encode_cursor, instant_in
from services.kit.problem import NotFound

Language = Literal["zh", "en"]
Link = tuple[str, str, str]

MOST_ENTRIES = 50
ATOM_TYPE, PAGE_TYPE, DATA_TYPE = "application/atom+xml", "text/html", "application/json"
REGION_SCHEME, KIND_SCHEME = "urn:gb:2260", "urn:sunfair:kind"

_STAGES = {
    "summary": ("摘要", "Summary"),
    "full": ("完整记录", "Full record"),
    "revision": ("更正", "Correction"),
}
_KINDS = {
    "decision": ("合规核验结论", "Answer of the gate"),
    "override": ("推翻决定", "Override"),
    "parameter": ("规则参数公布", "Value of a rule published"),
    "parameter.withdrawn": ("规则参数撤回", "Value of a rule withdrawn"),
    "price": ("批次价格", "Price of a lot"),
    "disclosure": ("直播公开记录", "Record of a broadcast"),
    "referral": ("线索移送", "Referral of a finding"),
    "tickets": ("下单先后次序", "Order of arrival in a broadcast"),
    "recording": ("直播录存", "Recording of a broadcast"),
    "viewers": ("观看人数", "Viewers of a broadcast"),
    "edits": ("地方填报变更", "Changes by a region's office"),
}


def require_region(code: str) -> None:
    """Raises NotFound for a code that never was a region's."""
    if code and regions.known(code) is None:
        raise NotFound(
            f"{code} is no region's code. Codes are those of GB/T 2260, such as 341321; see /api/v1/regions.",
            f"{code} 不是行政区划代码。代码依 GB/T 2260，例如 341321；见 /api/v1/regions。",
        )


async def keep_region(db: AsyncSession, kind: str, entity_id: str, region_code: str | None, at: datetime) -> None:
    """To which region something in the log belongs, for feeds; what is of the whole country has none."""
    if region_code is not None:
        line = [region_code, *regions.ancestors(region_code, shanghai_day(at))]
        await store.keep_region(db, kind, entity_id, line)


async def feed_of_releases(database: Database, base: str, region: str, language: Language, cursor: str | None) -> Feed:
    """Every release of the records of a region and all below it. Raises NotFound for an unknown region."""
    require_region(region)
    before = None
    if cursor:
        at, broadcast_id, number = decode_cursor(cursor, str, str, int)
        before = (instant_in(at), str(broadcast_id), int(number))
    rows = await store.list_releases(database, region, before, MOST_ENTRIES + 1)
    last = rows[MOST_ENTRIES - 1] if len(rows) > MOST_ENTRIES else None
    following = encode_cursor(last["released_at"].isoformat(), last["broadcast_id"], last["number"]) if last else None
    page = f"{base}/{language}/disclosures" + (f"?region={region}" if region else "")
    return Feed(
        id=f"urn:sunfair:feed:disclosures:{region or 'all'}",
        title=_titled(language, "直播公开记录", "Records of broadcasts", region),
        subtitle=(
            "每场直播之后：卖出了什么、由谁卖出、其中多少属实。"
            if language == "zh"
            else "After every broadcast: what was sold, by whom, and what of it was real."
        ),
        language=_tag(language),
        links=[("alternate", page, PAGE_TYPE), *_pages(base, "disclosures", language, region, cursor, following)],
        entries=[_release(base, language, row) for row in rows[:MOST_ENTRIES]],
    )


def _release(base: str, language: Language, row: Mapping[str, Any]) -> Entry:
    about = json.loads(row["body"])
    stage = _STAGES[row["stage"]][language == "en"]
    changed = [each[language] for each in about["changes"]]
    broadcast_id, number = row["broadcast_id"], row["number"]
    said = f"{stage} · {_place(row['region_code'], language)} · SHA-256 {row['sha256']}"
    if changed:
        said += ("。变更：" if language == "zh" else ". Changed: ") + ("、" if language == "zh" else ", ").join(changed)
    return Entry(
        id=f"urn:sunfair:release:{broadcast_id}:{number}",
        title=f"{about['broadcast'][f'title_{language}'] or about['broadcast']['title_zh']} · {stage} · {number}",
        updated=instant_text(row["released_at"]),
        summary=said,
        links=[
            ("alternate", f"{base}/{language}/disclosures/{quote(broadcast_id)}?release={number}", PAGE_TYPE),
            ("related", f"{base}/api/v1/disclosures/{quote(broadcast_id)}/releases/{number}", DATA_TYPE),
        ],
        terms={REGION_SCHEME: row["region_code"], KIND_SCHEME: row["stage"]},
    )


async def feed_of_log(
    database: Database, base: str, region: str, kind: str, language: Language, cursor: str | None
) -> Feed:
    """Every entry of the public log about a region and all below it. Raises NotFound for an unknown region."""
    require_region(region)
    size = await published_size(database)
    before = min(size, int(decode_cursor(cursor, int)[0])) if cursor else size
    rows = await store.list_leaves(database, region, kind, before, MOST_ENTRIES + 1)
    following = encode_cursor(rows[MOST_ENTRIES - 1]["place"]) if len(rows) > MOST_ENTRIES else None
    links = _pages(base, "ledger", language, region, cursor, following, kind=kind)
    return Feed(
        id=f"urn:sunfair:feed:ledger:{region or 'all'}:{kind or 'all'}",
        title=_titled(language, "公开账本", "The public log", region),
        subtitle=(
            "每一条新写入公开账本、不可再改的记录。"
            if language == "zh"
            else "Every new entry of the log that nobody can change any more."
        ),
        language=_tag(language),
        links=[("alternate", f"{base}/{language}/ledger", PAGE_TYPE), *links],
        entries=[_leaf(base, language, row) for row in rows[:MOST_ENTRIES]],
    )


def _leaf(base: str, language: Language, row: Mapping[str, Any]) -> Entry:
    word = _KINDS.get(row["kind"], (row["kind"], row["kind"]))[language == "en"]
    said = [word, f"SHA-256 {row['sha256']}"]
    if row["region_code"]:
        said.insert(1, _place(row["region_code"], language))
    terms = {KIND_SCHEME: row["kind"]} | ({REGION_SCHEME: row["region_code"]} if row["region_code"] else {})
    return Entry(
        id=f"urn:sunfair:leaf:{row['place']}:{row['sha256']}",
        title=f"{word} · {row['entity_id']}",
        updated=str(json.loads(row["record"])["at"]),
        summary=" · ".join(said),
        links=[
            ("alternate", f"{base}/{language}/ledger/{row['place']}", PAGE_TYPE),
            ("related", f"{base}/api/v1/ledger/leaves/{row['place']}", DATA_TYPE),
        ],
        terms=terms,
    )


def _pages(
    base: str, name: str, language: Language, region: str, cursor: str | None, following: str | None, kind: str = ""
) -> list[Link]:
    """The links of a page of a feed: itself, and the next one (RFC 5005)."""
    asked = {"lang": language, "region": region, "kind": kind}
    kept = {key: value for key, value in asked.items() if value}
    address = f"{base}/api/v1/feeds/{name}.atom"
    links = [("self", f"{address}?{urlencode(kept | ({'cursor': cursor} if cursor else {}))}", ATOM_TYPE)]
    if following:
        links.append(("next", f"{address}?{urlencode(kept | {'cursor': following})}", ATOM_TYPE))
    return links


def _titled(language: Language, zh: str, en: str, region: str) -> str:
    where = _place(region, language) if region else ("全国" if language == "zh" else "the whole country")
    return f"阳光集市 · {zh} · {where}" if language == "zh" else f"Sunfair · {en} · {where}"


def _place(code: str, language: Language) -> str:
    found = regions.known(code)
    if found is None:
        return code
    return f"{found.name_zh if language == 'zh' else found.name_en} {code}"


def _tag(language: Language) -> str:
    return "zh-CN" if language == "zh" else "en"
