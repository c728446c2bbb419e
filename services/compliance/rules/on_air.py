"""Whether the broadcast is recorded whole, its viewers came by themselves, and its praise was not ordered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    Words,
    each,
    fail,
    ground,
    missing,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Facts, Influencer, PraiseWindow, Recorder, Traffic
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.months import months_after
from services.compliance.rules.readings import broadcast_end, made_lately, reaches
from services.contracts.values import shanghai_day

_DAY = timedelta(days=1)
_MONTHS = 12
_RECORDERS = {
    "recorder_healthy": Words("直播间记录", "the room recorder"),
    "interaction_log_healthy": Words("互动记录", "the interaction log"),
    "pin_log_healthy": Words("商品与价格记录", "the pin and price log"),
    "snapshots_healthy": Words("下单页面快照", "the page snapshot at order time"),
}
_VIDEO = {"video_recorder_healthy": Words("视频录制", "the video recorder")}
_PUBLIC_MONEY = frozenset({"government", "platform"})
# A decision shows the first windows; who collapses these finds the others in the log.
_WINDOWS_SHOWN = 20
_FLOODS = frozenset({"same_praise", "praise_flood", "much_praise"})
_NOBODY = frozenset({"other", "none"})


@rule(
    "live.record",
    title=("全程录制留痕", "Everything is recorded"),
    stages=("golive", "onair", "post"),
    reads=("room",),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国电子商务法", "第三十一条", since="2019-01-01"),
        ground("直播电商监督管理办法", "第十六条、第三十一条", since="2026-02-01"),
    ),
)
def recorded_whole(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Every recorder works before the room opens, none stops for long, and what they wrote is kept for years."""
    return each(facts, law, _recorders, _checked_lately, _gap, _kept)


def _recorder(facts: Facts) -> Recorder:
    return need(need(facts.room, "room").recorder, "room.recorder")


def _recorders(facts: Facts, law: Law) -> Iterator[Finding]:
    recorder, medium = _recorder(facts), need(facts.room, "room").media_kind
    # A still picture has no video to record.
    parts = {**_RECORDERS, **_VIDEO} if medium == "video" else _RECORDERS
    stopped = [name for name in parts if getattr(recorder, name) is False]
    if stopped:
        places = [f"room.recorder.{name}" for name in stopped]
        yield _not_recording(law, _joined([parts[name] for name in stopped])).at(*places)
    need(medium, "room.media_kind")
    for name in parts:
        need(getattr(recorder, name), f"room.recorder.{name}")
    if not stopped:
        yield passed("all_recording")


def _not_recording(law: Law, items: Words) -> Finding:
    if law.stage == "onair":
        # A stop of seconds is mended by a restart; how long it lasts is judged by the gap.
        return review("recording_interrupted", items=items, most_seconds=law.number("live.record.gap_most_seconds"))
    return fail("not_recording", items=items)


def _joined(words: list[Words]) -> Words:
    return Words("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def _checked_lately(facts: Facts, law: Law) -> Iterator[Finding]:
    if law.stage != "post":
        checked = _recorder(facts).checked_at
        yield made_lately("room.recorder.checked_at", checked, law, law.number("live.record.check_minutes"))


def _gap(facts: Facts, law: Law) -> Iterator[Finding]:
    seconds = _recorder(facts).longest_gap_seconds
    if seconds is None and law.stage == "golive":
        return
    seconds = need(seconds, "room.recorder.longest_gap_seconds")
    most, longest = law.number("live.record.gap_seconds"), law.number("live.record.gap_most_seconds")
    if seconds > longest:
        yield fail("gap_too_long", seconds=seconds, most_seconds=longest).at("room.recorder.longest_gap_seconds")
    elif seconds > most:
        yield review("gap", seconds=seconds, most_seconds=most).at("room.recorder.longest_gap_seconds")
    else:
        yield passed("no_gap", most_seconds=most)


def _kept(facts: Facts, law: Law) -> Iterator[Finding]:
    """How long the store keeps: judged wherever it is told, and must be told once there is something to keep."""
    retained, ended = _recorder(facts).retained_until_at, need(facts.room, "room").ended_at
    if law.stage != "post" and (retained is None or ended is None):
        return
    retained = need(retained, "room.recorder.retained_until_at")
    years = law.number("live.record.years")
    needed = kept_until(broadcast_end(facts), years)
    if retained < needed:
        yield fail("kept_too_briefly", until=retained, needed=needed, years=years).at("room.recorder.retained_until_at")
    else:
        yield passed("kept", until=retained)


def kept_until(ended: datetime, years: int) -> datetime:
    """The first instant at which records of a broadcast may be deleted.

    Counts whole years from the day after the broadcast, so that its own day is kept to the end in the last year.
    Source: 电子商务法 第三十一条; 直播电商监督管理办法 第十六条、第三十一条; 民法典 第二百零一条.
    """
    return start_of(months_after(shanghai_day(ended), years * _MONTHS) + _DAY)


@rule(
    "live.traffic",
    title=("禁止买量注水", "No bought or injected traffic"),
    stages=("filing", "onair", "post"),
    reads=("filing", "room"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国电子商务法", "第十七条", since="2019-01-01"),
        ground("中华人民共和国反不正当竞争法（2019年）", "第八条", since="2019-04-23", until="2025-10-15"),
        ground("网络直播营销管理办法（试行）", "", since="2021-05-25"),
        ground("网络反不正当竞争暂行规定", "第九条", since="2024-09-01"),
        ground("中华人民共和国反不正当竞争法", "第九条", since="2025-10-15"),
        ground("直播电商监督管理办法", "第三十四条、第四十四条", since="2026-02-01"),
    ),
)
def viewers_came_by_themselves(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """No attention is bought, whoever draws a crowd is named with the fee, and viewers are counted by us alone."""
    if law.stage == "filing":
        return each(facts, law, _promotions, _influencers)
    return each(
        facts, law, _promotions, _influencers, _counter, _brief_stays, _one_network, _sudden, _devices, _viewers
    )


def _promotions(facts: Facts, law: Law) -> Iterator[Finding]:
    filed = need(need(facts.filing, "filing").promotions, "filing.promotions")
    found = [(f"filing.promotions[{index}]", order) for index, order in enumerate(filed)]
    if law.stage != "filing":
        seen = need(_traffic(facts).promotions, "room.traffic.promotions")
        found += [(f"room.traffic.promotions[{index}]", order) for index, order in enumerate(seen)]
    # An order at no price may be a gift of the platform or be paid elsewhere; nobody can tell from here.
    bought = [place for place, order in found if order.amount_fen != 0]
    if bought:
        yield fail("attention_bought", count=len(bought)).at(*bought)
    elif found:
        yield review("promotion_without_price", count=len(found)).at(*(place for place, _ in found))
    else:
        yield passed("nothing_bought")


def _influencers(facts: Facts, law: Law) -> tuple[Finding, ...]:
    people = need(need(facts.filing, "filing").influencers, "filing.influencers")
    found = [_influencer(facts, law, person, f"filing.influencers[{i}]") for i, person in enumerate(people)]
    return tuple(finding for findings in found for finding in findings) or (passed("no_influencer"),)


def _influencer(facts: Facts, law: Law, person: Influencer, path: str) -> tuple[Finding, ...]:
    def named(_: Facts, __: Law) -> Finding:
        return _named(person, path)

    def paid(_: Facts, __: Law) -> Finding:
        return _fee(person, path)

    return each(facts, law, named, paid)


def _named(person: Influencer, path: str) -> Finding:
    if not need(person.named_in_filing, f"{path}.named_in_filing"):
        return fail("influencer_not_filed").at(f"{path}.named_in_filing")
    return passed("influencer_filed")


def _fee(person: Influencer, path: str) -> Finding:
    fee = need(person.fee_fen, f"{path}.fee_fen")
    if fee == 0:
        return passed("no_fee")
    payer = need(person.fee_payer_kind, f"{path}.fee_payer_kind")
    if payer in _NOBODY:
        return review("fee_payer_unclear", fee_fen=fee).at(f"{path}.fee_payer_kind")
    if payer in _PUBLIC_MONEY and not need(person.fee_published, f"{path}.fee_published"):
        return fail("public_fee_hidden", fee_fen=fee).at(f"{path}.fee_published")
    return passed("fee_known", fee_fen=fee)


def _traffic(facts: Facts) -> Traffic:
    return need(need(facts.room, "room").traffic, "room.traffic")


def _counter(facts: Facts, law: Law) -> Iterator[Finding]:
    if need(_traffic(facts).counter, "room.traffic.counter") == "other":
        yield fail("counter_not_ours").at("room.traffic.counter")
    else:
        yield passed("our_counter")
    yield from _counted(facts, law, law.number("live.traffic.count_minutes"))


def _counted(facts: Facts, law: Law, minutes: int) -> Iterator[Finding]:
    """On air the count must be of now; afterwards it must reach the end."""
    path, counted = "room.counted_until_at", need(facts.room, "room").counted_until_at
    if law.stage == "post":
        yield from reaches(path, counted, broadcast_end(facts))
    else:
        yield made_lately(path, counted, law, minutes)


def _brief_stays(facts: Facts, law: Law) -> Iterator[Finding]:
    share = need(_traffic(facts).sessions_under_5s_share_bp, "room.traffic.sessions_under_5s_share_bp")
    most = law.number("live.traffic.brief_share_bp")
    if share > most:
        yield review("many_brief_stays", share_bp=share, most_bp=most).at("room.traffic.sessions_under_5s_share_bp")


def _one_network(facts: Facts, law: Law) -> Iterator[Finding]:
    share = need(_traffic(facts).largest_network_share_bp, "room.traffic.largest_network_share_bp")
    most = law.number("live.traffic.network_share_bp")
    if share > most:
        yield review("many_from_one_network", share_bp=share, most_bp=most).at("room.traffic.largest_network_share_bp")


def _sudden(facts: Facts, law: Law) -> Iterator[Finding]:
    steps = need(_traffic(facts).arrival_steps_over_3_sigma, "room.traffic.arrival_steps_over_3_sigma")
    if steps > law.number("live.traffic.sudden_steps"):
        yield review("sudden_arrivals", steps=steps).at("room.traffic.arrival_steps_over_3_sigma")


def _devices(facts: Facts, law: Law) -> Iterator[Finding]:
    sessions = need(_traffic(facts).most_sessions_per_device, "room.traffic.most_sessions_per_device")
    most = law.number("live.traffic.sessions_per_device")
    if sessions > most:
        yield review("one_device_many_sessions", sessions=sessions, most=most).at(
            "room.traffic.most_sessions_per_device"
        )


def _viewers(facts: Facts, _: Law) -> Finding:
    """A viewer counts once, however often they come back; so there are never more viewers than sessions."""
    viewers = need(_traffic(facts).viewers, "room.traffic.viewers")
    sessions = need(_traffic(facts).sessions, "room.traffic.sessions")
    if viewers > sessions:
        return review("more_viewers_than_sessions", viewers=viewers, sessions=sessions).at(
            "room.traffic.viewers", "room.traffic.sessions"
        )
    return passed("viewers_counted_once", viewers=viewers)


@rule(
    "live.praise",
    title=("禁止水军刷屏", "No praise spam"),
    stages=("onair", "post"),
    reads=("room",),
    grounds=(
        PLATFORM,
        ground("中华人民共和国电子商务法", "第三十九条", since="2019-01-01"),
        ground("网络直播营销管理办法（试行）", "", since="2021-05-25"),
        ground("直播电商监督管理办法", "第三十一条第二款", since="2026-02-01"),
    ),
)
def praise_not_ordered(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """No chorus praises the official, nothing counts such praise, and complaints about goods stay."""
    return each(facts, law, _praise_counter, _deleted_complaints, _windows, _chat_counted)


def _praise_counter(facts: Facts, _: Law) -> Iterator[Finding]:
    if need(need(facts.room, "room").praise_counter_shown, "room.praise_counter_shown"):
        yield fail("praise_counted").at("room.praise_counter_shown")


def _deleted_complaints(facts: Facts, _: Law) -> Iterator[Finding]:
    deleted = need(need(facts.room, "room").deleted_product_complaints, "room.deleted_product_complaints")
    if deleted:
        yield fail("complaints_deleted", count=deleted).at("room.deleted_product_complaints")


def _chat_counted(facts: Facts, law: Law) -> Iterator[Finding]:
    yield from _counted(facts, law, law.number("live.praise.count_minutes"))


def _windows(facts: Facts, law: Law) -> Iterator[Finding]:
    windows = need(need(facts.room, "room").praise, "room.praise")
    places: dict[str, list[int]] = {}
    for index, window in enumerate(windows):
        for word in _judged(window, law):
            places.setdefault(word, []).append(index)
    for word, found in places.items():
        if word in _FLOODS:
            yield _said(word, [windows[index] for index in found]).at(*_shown(found))
        else:
            yield missing(f"room.praise[{found[0]}].{word}")
    if not places:
        yield passed("no_chorus", windows=len(windows))


def _shown(found: list[int]) -> list[str]:
    return [f"room.praise[{index}]" for index in found[:_WINDOWS_SHOWN]]


def _judged(window: PraiseWindow, law: Law) -> Iterator[str]:
    """What is to be said of a window; the name of a fact where that fact alone keeps us from saying it."""
    same = window.same_text_accounts_60s
    if same is None:
        yield "same_text_accounts_60s"
    elif same >= law.number("live.praise.same_text_accounts"):
        yield "same_praise"
    yield from _flood(window, law)


def gravity(window: PraiseWindow, law: Law) -> int:
    """How grave a window is by the law of the day: 2 where it fails, 1 where a person must look, else 0."""
    found = set(_judged(window, law))
    return 2 if found & {"same_praise", "praise_flood"} else 1 if found else 0


def _flood(window: PraiseWindow, law: Law) -> Iterator[str]:
    comments, share = window.comments, window.praise_share_bp
    if comments is None or share is None:
        yield "comments" if comments is None else "praise_share_bp"
    elif comments >= law.number("live.praise.least_comments") and share >= law.number("live.praise.share_bp"):
        yield _source(window, law)


def _source(window: PraiseWindow, law: Law) -> str:
    """Who praises: a crowd of new accounts, one network, or people of whom we know nothing against them."""
    new = window.new_account_share_bp
    if window.one_network or (new is not None and new >= law.number("live.praise.new_account_share_bp")):
        return "praise_flood"
    if new is None or window.one_network is None:
        return "new_account_share_bp" if new is None else "one_network"
    return "much_praise"


def _said(word: str, windows: list[PraiseWindow]) -> Finding:
    since = min((window.starts_at for window in windows if window.starts_at), default=None)
    values: dict[str, Any] = {"count": len(windows), **({"since": since} if since else {})}
    if word == "same_praise":
        accounts = max(window.same_text_accounts_60s or 0 for window in windows)
        return fail("same_praise", accounts=accounts, **values)
    share = max(window.praise_share_bp or 0 for window in windows)
    if word == "praise_flood":
        return fail("praise_flood", share_bp=share, **values)
    return review("much_praise", share_bp=share, **values)
