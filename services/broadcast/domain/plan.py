"""What a plan must be before anybody judges it: in the future, in order, and one person in one place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from services.contracts import workdays
from services.contracts.values import SHANGHAI, shanghai_day
from services.kit.problem import FieldError

LONGEST = timedelta(hours=6)
FARTHEST = timedelta(days=366)
MOST_LOTS = 200


@dataclass(frozen=True, slots=True)
class PlannedSegment:
    """A planned part."""

    kind: Literal["region", "market"]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """When a broadcast runs, in which parts."""

    starts_at: datetime
    ends_at: datetime
    segments: tuple[PlannedSegment, ...]


def plan_problems(plan: Plan, now: datetime) -> list[FieldError]:
    """Everything that is wrong with the plan on its face; the rest is the gate's question."""
    return [*_range_problems(plan, now), *_segment_problems(plan)]


def _range_problems(plan: Plan, now: datetime) -> Iterator[FieldError]:
    if plan.starts_at <= now:
        yield FieldError(
            "starts_at",
            f"A filing is for the future; {in_china(plan.starts_at)} has passed. Choose a later time.",
            f"报备的直播须在将来举行；{in_china(plan.starts_at)} 已经过去，请另选时间。",
        )
    if plan.starts_at > now + FARTHEST:
        yield FieldError(
            "starts_at",
            "A broadcast is filed at most 366 days ahead. Choose an earlier time.",
            "最多提前 366 天报备，请选择较早的时间。",
        )
    if plan.ends_at <= plan.starts_at:
        yield FieldError("ends_at", "The broadcast must end after it starts.", "结束时间须晚于开始时间。")
    elif plan.ends_at - plan.starts_at > LONGEST:
        yield FieldError("ends_at", "A broadcast lasts at most 6 hours.", "一场直播最长 6 小时。")


def _segment_problems(plan: Plan) -> Iterator[FieldError]:
    segments = plan.segments
    if not segments:
        return
    if segments[0].kind != "region":
        yield FieldError(
            "segments.0.kind",
            "The first segment is `region`: the official introduces the region before anything is for sale.",
            "第一个环节须为产地环节：先由官员介绍地区，再进入销售。",
        )
    for index, segment in enumerate(segments):
        yield from _one_segment(plan, index, segment)


def _one_segment(plan: Plan, index: int, segment: PlannedSegment) -> Iterator[FieldError]:
    field = f"segments.{index}"
    if segment.ends_at <= segment.starts_at:
        yield FieldError(f"{field}.ends_at", "A segment must end after it starts.", "时段的结束须晚于开始。")
    if segment.starts_at < plan.starts_at or segment.ends_at > plan.ends_at:
        yield FieldError(field, "The segment lies outside the broadcast.", "该时段超出了直播的起止时间。")
    if index and segment.starts_at != plan.segments[index - 1].ends_at:
        yield FieldError(
            f"{field}.starts_at",
            "Segments follow one another without a gap or an overlap; start where the one before ends.",
            "各时段须首尾相接，不留空档也不重叠；请从上一时段的结束时间开始。",
        )


def same_person_problem(presenter: str | None, hosts: Sequence[str]) -> FieldError | None:
    """A person cannot present and sell, nor be two hosts: they would be needed twice at one time."""
    people = [*([presenter] if presenter else []), *hosts]
    if len(people) == len(set(people)):
        return None
    return FieldError(
        "host_ids",
        "The presenter and the hosts must be different people, each named once.",
        "介绍地区的官员与各位主播须为不同的人，且每人只填一次。",
    )


def notice_period(start_from: datetime, starts_at: datetime) -> tuple[int, Literal["final", "provisional"]]:
    """Chinese working days between the two days, and whether their calendar is published."""
    return workdays.working_days_between(shanghai_day(start_from), shanghai_day(starts_at))


def cloned_shift(starts_at: datetime, now: datetime) -> timedelta:
    """Whole weeks, four at least, that bring a past or present plan into the future at the same hour."""
    shift = timedelta(weeks=4)
    if starts_at + shift <= now:
        shift += timedelta(weeks=(now - starts_at - shift) // timedelta(weeks=1) + 1)
    return shift


def in_china(instant: datetime) -> str:
    """An instant as people in China read it."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def china_day(instant: datetime) -> date:
    """The civil day in China."""
    return shanghai_day(instant)
