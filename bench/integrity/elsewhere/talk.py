"""What the second market's room says: ordinary talk, warm words, slogans, and paid praise."""

import numpy as np

from bench.integrity.draws import Array, Block, Dice, full, size, split, taken
from bench.integrity.elsewhere.town import Town, announce, people, watch
from bench.integrity.world import DAY, HOUR, MINUTE

CHAT = (
    *("这核桃皮薄不", "小米咋煮", "老家的味道", "主播声音好听", "画面卡了", "有没有试吃", "第{n}次来了", "沃柑汁水足"),
    *(
        "怎么付款",
        "链接在哪儿",
        "三号链接讲一下",
        "上次买的坏了两个",
        "客服在吗",
        "能不能发顺丰",
        "外地能发不",
        "已买{n}单",
    ),
    *("刚进来", "哈哈", "6666", "1", "2", "扣1", "好", "多肉吗", "保质期多久", "给娃买点", "过年送人合适吗", "求便宜"),
    *("hello from Kazan", "привет", "きれいですね", "ok", "👍", "🌹🌹", "路过", "关注了", "主持人漂亮", "能开票不"),
)
FOND = (
    "县长亲自带货啊",
    "领导普通话真好",
    "书记好年轻",
    "给咱县长点个赞",
    "干部这样挺好",
    "镇长加油卖",
    "感谢领导帮果农",
)
SUBJECT = ("领导", "咱县长", "书记", "县委领导", "张副县长", "我们的父母官", "镇长", "这样的干部")
PREDICATE = (
    *("是人民的好领导", "心里有群众", "一心为公", "辛苦为民", "给百姓带来福气", "是干实事的", "令人敬佩", "值得信赖"),
    *("水平真高", "讲得透彻", "有情怀有格局", "为家乡操碎了心", "让人感动", "带我们奔小康", "作风过硬", "是群众贴心人"),
)
MARKS = ("", "", "!", "！！！", "～～", "💪", "👏👏👏", "。", " ", "呀", "呢", "[鼓掌]", "666")


def _say(town: Town, stays: Block, at: Array, text: Array) -> Array:
    ids = town.world.new("message", size(stays))
    row: Block = {"message_id": ids, "user_id": stays["user_id"], "session_id": stays["session_id"]}
    town.world.add("messages", row | {"sent_ms": at.astype(np.int64), "text": text})
    return ids


def _lines(dice: Dice, count: int, fond: float) -> Array:
    """Ordinary lines; with these odds a warm word for whoever presents."""
    pool = np.array([line.replace("{n}", str(n)) for line in CHAT for n in (2, 5, 9)], dtype=object)
    text = dice.choice(pool, count)
    warm = dice.random(count) < fond
    text[warm] = dice.choice(np.array(FOND, dtype=object), int(warm.sum()))
    tail = dice.random(count) < 0.3
    text[tail] = text[tail] + dice.choice(np.array(MARKS, dtype=object), int(tail.sum()))
    return np.asarray(text)


def talk(town: Town, stays: Block, count: int) -> None:
    """The crowd talks; a slogan is asked for and shouted; a fan repeats; people from home are warm; growers thank."""
    dice = town.dice
    may = np.flatnonzero((stays["user_id"] > 0) & (stays["leave_ms"] - stays["join_ms"] > 8_000))
    who = dice.choice(may, count, p=_uneven(dice, len(may)))
    fond = float(dice.uniform(0.0, 0.08))
    at = stays["join_ms"][who] + (dice.random(count) * (stays["leave_ms"] - stays["join_ms"])[who]).astype(np.int64)
    text = _lines(dice, count, fond)
    ids = _say(town, taken(stays, who), at, text)
    town.world.trap("message", ids[np.isin(text, np.array(["1", "6666", "好"], dtype=object))], "short_lines")
    if dice.random() < 0.6:
        _slogan(town, stays)
    for trap in (_fans, _home, _thanks):
        if dice.random() < 0.75:
            trap(town, count / 3000)


def _uneven(dice: Dice, count: int) -> Array:
    odds = dice.pareto(1.1, count) + 0.05
    return np.asarray(odds / odds.sum())


def _slogan(town: Town, stays: Block) -> None:
    dice = town.dice
    at = town.world.start + int(town.length * dice.uniform(0.1, 0.9))
    line = str(dice.choice(["书记带货我支持", "为家乡代言", "县长辛苦了"]))
    announce(town, at, "slogan_prompt", line)
    there = (stays["join_ms"] < at) & (stays["leave_ms"] > at) & (stays["user_id"] > 0)
    who = np.flatnonzero(there & (dice.random(len(there)) < dice.uniform(0.1, 0.6)))
    when = at + np.minimum(dice.gamma(1.2, 20_000, len(who)), 118_000).astype(np.int64)
    town.world.trap("message", _say(town, taken(stays, who), when, full(len(who), line)), "slogan")


def _regulars(town: Town, who: Block, per: Array) -> tuple[Block, Array]:
    """Long stays of these people, repeated as often as each speaks, and when."""
    dice, count = town.dice, size(who)
    join = town.world.start + (dice.random(count) * town.length * 0.3).astype(np.int64)
    stays = watch(town, who, join, (dice.uniform(0.2, 0.7, count) * town.length).astype(np.int64))
    row = np.repeat(np.arange(count), per)
    return taken(stays, row), stays["join_ms"][row] + (
        dice.random(len(row)) * (stays["leave_ms"] - stays["join_ms"])[row]
    ).astype(np.int64)


def _fans(town: Town, scale: float) -> None:
    """One, two or three who write one line again and again."""
    del scale
    dice, count = town.dice, int(town.dice.integers(1, 4))
    stays, at = _regulars(town, people(town, count), dice.integers(10, 60, count))
    line = {int(user): str(dice.choice(["县长威武", "支持书记", "领导真棒", "最美县长"])) for user in stays["user_id"]}
    text = np.array([line[int(user)] for user in stays["user_id"]], dtype=object)
    town.world.trap("message", _say(town, stays, at, text), "superfan")


def _home(town: Town, scale: float) -> None:
    """People from home: one line in six is warm, the others ask and shop."""
    count = town.some(scale, 6, 60)
    stays, at = _regulars(town, people(town, count), town.dice.integers(1, 16, count))
    town.world.trap("message", _say(town, stays, at, _lines(town.dice, len(at), 0.17)), "hometown")


def _thanks(town: Town, scale: float) -> None:
    """Growers who thank once or twice, and whose fruit is sold."""
    count = town.some(scale, 4, 25)
    stays, at = _regulars(town, people(town, count), town.dice.integers(1, 3, count))
    town.world.trap("message", _say(town, stays, at, _lines(town.dice, len(at), 1.0)), "grateful")


def paid(town: Town, count: int, care: float) -> None:
    """`count` messages of the paid, a share `care` of them between ordinary talk."""
    care = care if min(care, 1 - care) * count >= 15 else float(round(care))
    for careful, total in ((False, count - int(count * care)), (True, int(count * care))):
        for number in split(town.dice, total, int(town.dice.integers(1, 4))) if total >= 15 else []:
            ids = _team(town, number, careful)
            town.world.label("message", ids, "water_army", "careful" if careful else "crude")


def _team(town: Town, count: int, careful: bool) -> Array:
    dice = town.dice
    members = max(4, count // int(dice.integers(4, 20)))
    made = town.world.start - int(dice.integers(1, 60)) * DAY + dice.integers(0, 2 * HOUR, members)
    given: Block = {} if careful else {"created_ms": made, "orders_365d": full(members, 0)}
    if careful:
        given["created_ms"] = town.world.start - (dice.gamma(2, 150, members) * DAY).astype(np.int64) - 30 * DAY
    who = people(town, members, **given)
    if not careful and dice.random() < 0.7:
        who["prefix"] = full(members, int(who["prefix"][0]))
    pool = [f"{dice.choice(SUBJECT)}{dice.choice(PREDICATE)}" for _ in range(int(dice.integers(5, 30)))]
    stays, at = _regulars(town, who, np.bincount(dice.integers(0, members, count), minlength=members))
    if not careful and dice.random() < 0.6:
        at = np.sort(at.reshape(-1))
        beat = int(dice.integers(20, 90)) * 1000
        at = stays["join_ms"] + _nth(stays["session_id"]) * beat + dice.integers(0, 3000, len(at))
    praise = dice.random(len(at)) < (float(dice.uniform(0.35, 0.75)) if careful else 1.0)
    text = _lines(dice, len(at), 0.02)
    text[praise] = [str(dice.choice(pool)) + str(dice.choice(MARKS)) for _ in range(int(praise.sum()))]
    return _say(town, stays, np.minimum(at, town.world.end + MINUTE), text)


def _nth(keys: Array) -> Array:
    """The place of each among those with its key, where equal keys stand together."""
    first = np.r_[True, keys[1:] != keys[:-1]] if len(keys) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(keys)), 0))
    return np.arange(len(keys)) - start
