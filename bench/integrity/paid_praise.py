"""A water army: accounts that are paid to praise, bluntly or between lines of ordinary talk."""

import numpy as np

from bench.integrity.chat import lines, say
from bench.integrity.crowd import people, watch
from bench.integrity.draws import Array, Dice, chance, full, size, split, taken
from bench.integrity.world import DAY, HOUR, MINUTE, World

WHO = ("领导", "县长", "书记", "我们领导", "这位领导", "父母官", "好干部", "县领导")
WHAT = (
    *("为人民好", "一心为民", "真是好官", "心里装着百姓", "为老百姓办实事", "是人民的好公仆", "亲民爱民", "真有魄力"),
    *("带领大家致富", "讲得太好了", "辛苦了，人民感谢你", "是我们的骄傲", "有水平有担当", "值得尊敬"),
)
FILL = ("", "", "！", "！！", "啊", "呀", "真的", "，", "～", "👍👍", "❤", "。", "哦")
FOLD = (("领导", "领岛"), ("县长", "县涨"), ("书记", "书籍记"))


def templates(dice: Dice, count: int) -> list[str]:
    """The lines that the paid are told to write."""
    return [str(dice.choice(WHO)) + str(dice.choice(WHAT)) for _ in range(count)]


def paid_praise(world: World, count: int, care: float) -> None:
    """`count` messages of paid accounts, a share `care` of them hidden in ordinary talk."""
    dice = world.dice
    for careful, total in ((False, count - int(count * care)), (True, int(count * care))):
        for number in split(dice, total, int(dice.integers(1, 3))) if total >= 12 else []:
            ids = _careful_team(world, number) if careful else _crude_team(world, number)
            world.label("message", ids, "water_army", "careful" if careful else "crude")


def _vary(dice: Dice, line: str) -> str:
    """The line as somebody types it who wants it to look like another."""
    if dice.random() < 0.15:
        for good, bad in FOLD[:2]:
            line = line.replace(good, bad)
    return str(dice.choice(FILL)) * int(dice.random() < 0.3) + line + str(dice.choice(FILL))


def _crude_team(world: World, count: int) -> Array:
    """Fresh accounts from one place, a handful of lines, a line every so many seconds."""
    dice = world.dice
    team = max(4, count // int(dice.integers(6, 25)))
    at = world.start - int(dice.integers(2, 20 * 24)) * HOUR
    who = people(
        world,
        team,
        created_ms=at + dice.integers(0, 3 * HOUR, team),
        orders_365d=full(team, 0),
        watch_30d=full(team, 0),
    )
    prefix = int(world.new("ip", 1)[0]) + 80_000_000
    join = world.start + dice.integers(0, 8 * MINUTE, team)
    stay = full(team, int((world.end - world.start) * dice.uniform(0.6, 0.95)))
    few = chance(dice, team, 0.8)
    watched = watch(world, who, join, stay, ip_prefix=np.where(few, prefix, who["home_prefix"]))
    pool = templates(dice, int(dice.integers(4, 14)))
    speaker = np.sort(dice.integers(0, team, count))
    nth = np.arange(count) - np.searchsorted(speaker, speaker)
    each = np.bincount(speaker, minlength=team)[speaker]
    gap = (watched["leave_ms"] - join)[speaker] / (each + 1)
    when = join[speaker] + (nth + 0.5 + dice.uniform(-0.12, 0.12, count)) * gap
    text = np.array([_vary(dice, str(dice.choice(pool))) for _ in range(count)], dtype=object)
    return say(world, taken(watched, speaker), when, text)


def _careful_team(world: World, count: int) -> Array:
    """Aged accounts at home, more lines, ordinary talk in between and no clockwork."""
    dice = world.dice
    team = max(4, count // int(dice.integers(5, 14)))
    who = people(world, team, created_ms=world.start - dice.integers(100 * DAY, 900 * DAY, team))
    join = world.start + dice.integers(0, 30 * MINUTE, team)
    watched = watch(world, who, join, dice.integers(30 * MINUTE, 100 * MINUTE, size(who)))
    pool = templates(dice, int(dice.integers(10, 40)))
    speaker = np.sort(dice.integers(0, team, count))
    length = (watched["leave_ms"] - watched["join_ms"])[speaker]
    when = watched["join_ms"][speaker] + (length * dice.random(count)).astype(np.int64)
    praise = chance(dice, count, float(dice.uniform(0.4, 0.8)))
    text = lines(dice, count, 0.02)
    text[praise] = [_vary(dice, str(dice.choice(pool))) for _ in range(int(praise.sum()))]
    return say(world, taken(watched, speaker), when, text)
