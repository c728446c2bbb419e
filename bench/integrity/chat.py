"""What honest people write: questions, greetings, slogans, praise of fruit, and a warm word for whoever presents."""

import numpy as np

from bench.integrity.crowd import people, watch
from bench.integrity.draws import Array, Block, Dice, chance, full, size, taken
from bench.integrity.odd_viewers import some
from bench.integrity.world import DAY, MINUTE, World

GREET = ("主播好", "来了", "晚上好", "第一次来", "家乡人来报到", "666", "1", "11", "哈哈哈", "打卡", "支持", "加油")
ASK = (
    *("{g}多少钱一箱", "{g}甜不甜", "几斤装的", "什么时候发货", "新疆包邮吗", "坏了包赔吗", "{g}还有吗", "怎么领券"),
    *("一箱有几个", "发什么快递", "{g}是今年的吗", "能送到北京吗", "糖度多少", "可以开发票吗", "老人能吃吗"),
)
BOUGHT = ("买了", "已拍", "买了两箱", "下单了", "抢到了", "给我妈买了一箱{g}", "拍了{n}箱", "去年买过，好吃", "等收货")
GOODS = ("{g}看着真新鲜", "{g}好吃", "皮薄汁多", "包装不错", "价格实惠", "比超市便宜", "这个{g}我吃过，很甜")
WARM = (
    "领导讲得不错",
    "县长辛苦了",
    "为家乡点赞",
    "这个领导接地气",
    "干部带头，支持",
    "书记亲自来了",
    "真办实事",
    "为农民办好事",
)
NAMES = ("梨", "苹果", "红薯", "菠萝", "橙子", "土豆", "大米", "蜜柚")
TAILS = ("", "", "", "！", "~", "啊", "呀", "呢", "👍", "哈哈", "😊", "，主播")


def phrase(dice: Dice, pool: tuple[str, ...]) -> str:
    """One line out of a pool, in somebody's own way of typing."""
    line = str(dice.choice(pool)).replace("{g}", str(dice.choice(NAMES))).replace("{n}", str(dice.integers(1, 9)))
    return line + str(dice.choice(TAILS))


def lines(dice: Dice, count: int, warm: float) -> Array:
    """Lines of ordinary talk; drawn out of a stock of phrases so that hundreds of thousands cost little."""
    stock = [
        np.array([phrase(dice, pool) for _ in range(min(1500, count + 1))], dtype=object)
        for pool in (GREET, ASK, BOUGHT, GOODS, WARM)
    ]
    odds = np.array([0.34, 0.26, 0.16, 0.24 - warm, warm])
    kind = dice.choice(len(stock), count, p=odds)
    out = np.empty(count, dtype=object)
    for number, pool in enumerate(stock):
        mine = kind == number
        out[mine] = dice.choice(pool, int(mine.sum()))
    own = chance(dice, count, 0.15)
    digits = dice.integers(10, 9999, int(own.sum())).astype(str)
    out[own] = out[own] + digits.astype(object)
    return out


def say(world: World, sessions: Block, at: Array, text: Array) -> Array:
    """Write messages down, one for each session given; returns their ids."""
    count = size(sessions)
    ids = world.new("message", count)
    world.add(
        "messages",
        {
            "message_id": ids,
            "user_id": sessions["user_id"],
            "session_id": sessions["session_id"],
            "sent_ms": at.astype(np.int64),
            "text": text,
        },
    )
    return ids


def chatter(world: World, sessions: Block, count: int) -> None:
    """The talk of the crowd: a few people say much, most say nothing."""
    dice = world.dice
    length = sessions["leave_ms"] - sessions["join_ms"]
    may = np.flatnonzero((sessions["user_id"] > 0) & (length > 20_000))
    odds = dice.gamma(0.35, 1.0, len(may)) * np.sqrt(length[may].astype(float))
    who = may[np.searchsorted(np.cumsum(odds) / odds.sum(), dice.random(count))]
    at = sessions["join_ms"][who] + (length[who] * dice.random(count)).astype(np.int64)
    text = lines(dice, count, world.habits.warm_words)
    ids = say(world, taken(sessions, who), at, text)
    world.trap("message", ids[np.isin(text, np.array(["买了", "1", "666"], dtype=object))], "short_lines")
    slogans(world, sessions)


def slogans(world: World, sessions: Block) -> None:
    """The host asks for a line, and hundreds repeat it within two minutes."""
    dice = world.dice
    for block in world.tables["segments"]:
        for kind, at, text in zip(block["kind"], block["t_ms"], block["text"], strict=True):
            if kind != "slogan_prompt":
                continue
            there = (sessions["join_ms"] < at) & (sessions["leave_ms"] > at) & (sessions["user_id"] > 0)
            who = np.flatnonzero(there & chance(dice, len(there), dice.uniform(0.05, 0.4)))
            when = at + np.minimum(dice.exponential(25_000, len(who)), 115_000).astype(np.int64)
            line = str(dice.choice([text, "领导好样的", "书记辛苦了"])) if dice.random() < 0.6 else text
            ids = say(world, taken(sessions, who), when, full(len(who), line))
            world.trap("message", ids, "slogan")


def odd_talkers(world: World, scale: float) -> None:
    """A fan who repeats one line, and people from home who praise warmly and also shop and ask."""
    dice = world.dice
    if dice.random() < 0.85:
        superfan(world)
    if dice.random() < 0.75:
        hometown(world, scale)
    if dice.random() < 0.5:
        grateful(world, scale)


def _talkers(world: World, count: int, **given: Array) -> tuple[Block, Block]:
    dice = world.dice
    who = people(world, count, **given)
    join = world.start + dice.integers(0, int((world.end - world.start) * 0.5), count)
    watched = watch(world, who, join, dice.integers(20 * MINUTE, 80 * MINUTE, count))
    return who, watched


def _several(world: World, watched: Block, per: Array) -> tuple[Block, Array]:
    """Sessions repeated as often as each speaks, with a moment for each line."""
    who = np.repeat(np.arange(size(watched)), per)
    length = watched["leave_ms"] - watched["join_ms"]
    at = watched["join_ms"][who] + (length[who] * world.dice.random(len(who))).astype(np.int64)
    return taken(watched, who), at


def superfan(world: World) -> None:
    """One to three people who write the same line twenty times."""
    dice = world.dice
    _, watched = _talkers(world, int(dice.integers(1, 4)))
    sessions, at = _several(world, watched, dice.integers(12, 45, size(watched)))
    mine = {
        int(each): str(dice.choice(["领导好！", "书记最棒", "县长真好", "支持家乡领导"])) for each in watched["user_id"]
    }
    text = np.array([mine[int(user)] for user in sessions["user_id"]], dtype=object)
    world.trap("message", say(world, sessions, at, text), "superfan")


def hometown(world: World, scale: float) -> None:
    """An association of people from the county: they praise, and they shop and ask like everybody."""
    dice, count = world.dice, some(world, scale, 8, 60)
    _, watched = _talkers(world, count, created_ms=world.start - dice.integers(30 * DAY, 900 * DAY, count))
    sessions, at = _several(world, watched, dice.integers(2, 14, count))
    text = lines(dice, len(at), float(dice.uniform(0.1, 0.2)))
    world.trap("message", say(world, sessions, at, text), "hometown")


def grateful(world: World, scale: float) -> None:
    """Growers of the county who came to thank, each in words of their own, once or twice."""
    dice, count = world.dice, some(world, scale, 5, 25)
    _, watched = _talkers(world, count, home_div=full(count, world.county))
    sessions, at = _several(world, watched, dice.integers(1, 3, count))
    text = np.array([phrase(dice, WARM) for _ in at], dtype=object)
    world.trap("message", say(world, sessions, at, text), "grateful")
