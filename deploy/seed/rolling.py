"""Six invented broadcasts that lie ahead within a fortnight, so that no list on the home page is ever empty.

Every third day has one in the morning, and the next evening has one besides, or the next two once this morning's is
over: always six, each of other goods. Each is an ordinary filing of the invented Demonstration County, six working days
ahead at least, with evidence dated to match.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from deploy.seed.catalogue import KEEPER, enter_producer, submit_listing
from deploy.seed.data import Row
from deploy.seed.desk import Desk, side_by_side
from deploy.seed.filings import file_broadcast
from deploy.seed.goods import group_bodies
from deploy.seed.market import Json
from deploy.seed.registry import register_event
from services.contracts.values import SHANGHAI
from services.contracts.workdays import add_working_days

SLOTS = 6
DAYS_AHEAD = 14
# What begins sooner could not be filed, checked and approved before it does.
NOTICE = timedelta(hours=1)
EVERY = 3
WORKING_DAYS_AHEAD = 6
MORNING, EVENING = time(10, 0), time(19, 30)
# The law wants sellers verified every six months; ours are, in good time.
VERIFIED_DAYS = 120
GROUP = "demo-now"
SERIALS = ["R11", "R12", "R13", "R14"]
PRODUCTS = (
    ("demo-pear", "pear", "酥梨", "Pears"),
    ("demo-orange", "orange", "脐橙", "Navel Oranges"),
    ("demo-potato", "potato", "马铃薯", "Potatoes"),
    ("demo-mushroom", "mushroom", "鲜菇", "Mushrooms"),
    ("demo-egg", "egg", "鸡蛋", "Eggs"),
    ("demo-cabbage", "cabbage", "白菜", "Cabbages"),
)


@dataclass(frozen=True)
class Slot:
    """One broadcast that should stand in the calendar."""

    starts_at: datetime
    product: int
    filed_on: date

    @property
    def key(self) -> str:
        """Deterministic, so that the same slot of the same day is filed once."""
        return f"roll-{self.starts_at:%Y%m%d-%H%M}"


def slots(now: datetime) -> list[Slot]:
    """The six slots of the next fortnight that have not begun, soonest first."""
    today, soon = now.astimezone(SHANGHAI).date(), now + NOTICE
    first = next(day for day in _days(today, 2) if datetime.combine(day, EVENING, SHANGHAI) > soon)
    mornings = [slot for slot in _mornings(first, today) if slot.starts_at > soon]
    evenings = [_evening(day, today) for day in _days(first, SLOTS - len(mornings))]
    return sorted([*mornings, *evenings], key=lambda slot: slot.starts_at)


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(count)]


def _mornings(first: date, today: date) -> list[Slot]:
    """Those of the fortnight that begins on that day, each of other goods."""
    return [
        Slot(datetime.combine(day, MORNING, SHANGHAI), day.toordinal() // EVERY % len(PRODUCTS), _filed(day, today))
        for day in _days(first, DAYS_AHEAD + 1)
        if day.toordinal() % EVERY == 0
    ]


def _evening(day: date, today: date) -> Slot:
    """Sells what no morning of its fortnight does, whenever it is looked at."""
    taken = {slot.product for slot in _mornings(day, today)}
    left = next(index for index in range(len(PRODUCTS)) if index not in taken)
    return Slot(datetime.combine(day, EVENING, SHANGHAI), left, _filed(day, today))


def _filed(day: date, today: date) -> date:
    """Six working days ahead, or earlier: what stands in the calendar today was approved yesterday at the latest."""
    return min(add_working_days(day, -WORKING_DAYS_AHEAD)[0], add_working_days(today, -2)[0])


async def top_up(desk: Desk, now: datetime) -> int:
    """File what is missing; answers how many were."""
    today = now.astimezone(SHANGHAI).date()
    missing = [slot for slot in slots(now) if f"filed:{slot.key}" not in desk.book]
    doubtful = doubtful_slot(today)
    listed = f"listed:{doubtful.key}" in desk.book
    days = [slot.filed_on for slot in missing] + ([] if listed else [doubtful.filed_on])
    if not days:
        return 0
    known = await _producers(desk, min(days), max(days))
    for half in {half_of(day) for day in days}:
        await register_event(desk, event_of(half))
    if not listed:
        await submit_listing(desk, doubtful_case(doubtful), known)
    await side_by_side(_file(desk, slot, known) for slot in missing)
    return len(missing)


@dataclass(frozen=True)
class Doubtful(Slot):
    """A listing of the week whose first lot fails by a soft rule, so that two reviewers have something to override."""

    @property
    def key(self) -> str:
        """One a week."""
        return f"doubt-{self.starts_at:%Y%m%d}"


def doubtful_slot(today: date) -> Doubtful:
    """The one of the week that the day belongs to."""
    monday = today - timedelta(days=today.weekday())
    return Doubtful(datetime.combine(monday, MORNING, SHANGHAI), 0, add_working_days(monday, -1)[0])


def doubtful_case(slot: Slot) -> Row:
    """Its listing: the first lot's description names a place after a company that is no more."""
    case = listing_case(slot)
    return case | {
        "title_zh": f"{case['title_zh'].split()[0]}（描述待认定，{slot.starts_at:%m月%d日}）",
        "title_en": f"Demonstration County Pears, wording in doubt, {slot.starts_at:%d %b}",
        "first_lot": {
            "description_zh": "与某某果业有限公司旧址相邻的老果园。",
            "description_en": "An old orchard beside a place that people still call by an old name.",
        },
    }


def half_of(day: date) -> str:
    """The half-year of a day, such as 2026H2."""
    return f"{day.year}H{1 if day.month <= 6 else 2}"


def event_of(half: str) -> Row:
    """The invented event of a half-year: ice in the first, heavy rain in the second."""
    year, first = int(half[:4]), half.endswith("H1")
    opens, ends = (f"{year}-01-01", f"{year}-07-01") if first else (f"{year}-07-01", f"{year + 1}-01-01")
    hazard, zh, en = ("snow", "低温雨雪", "Ice and snow") if first else ("flood", "暴雨洪涝", "Heavy rain and floods")
    half_zh = "上半年" if first else "下半年"
    level = {"name": "演示省人民政府", "kind": "government", "level": "province", "region_code": "990000"}
    return {
        "key": f"roll-{half}",
        "at": f"{opens}T12:00:00+08:00",
        "registrar": "demo-registrar",
        "verifier": "demo-verifier",
        "event_type": "natural",
        "hazard": hazard,
        "title_zh": f"演示省{zh}救灾Ⅱ级响应（{year}年{half_zh}，虚构）",
        "title_en": f"{en}, Demonstration Province, {half} (invented)",
        "occurred_at": f"{opens}T06:00:00+08:00",
        "regions": [990000],
        "impacts": [["farm", "transport"]],
        "declarations": [
            {
                "title": f"演示省启动{zh}救灾Ⅱ级响应的通知（虚构）",
                "system": "relief",
                "response_level": 2,
                "issued": f"{opens}T08:00:00+08:00",
                "lifted": f"{ends}T00:00:00+08:00",
                "authority": level,
            }
        ],
    }


async def producers_of(desk: Desk, day: date) -> dict[str, Row]:
    """The suppliers of the present, verified as the law wants it for goods that are filed on the day."""
    return await _producers(desk, day, day)


async def _producers(desk: Desk, first: date, last: date) -> dict[str, Row]:
    """The suppliers of the present, verified again where their last verification grows old."""
    verified = date.fromisoformat(desk.book.get("verified-on:now") or "2000-01-01")
    again = (last - verified).days > VERIFIED_DAYS
    day = first - timedelta(days=10) if again else verified
    group = {
        "group": GROUP,
        "region": "999901",
        "place": "演示县",
        "place_en": "Demonstration County",
        "industry": "农产品",
        "trade": "东坡",
        "verified_at": datetime.combine(day, time(10), SHANGHAI).isoformat(),
        "serials": SERIALS,
        "members": [120, 86, 64, 51],
    }
    known = {f"{GROUP}-{place}": body for place, body in group_bodies(group)}
    await side_by_side(_producer(desk, key, body, again=again) for key, body in known.items())
    desk.book.note("verified-on:now", str(day))
    return known


async def _producer(desk: Desk, key: str, body: Row, *, again: bool) -> None:
    entered = f"producer:{key}" in desk.book
    producer_id = await enter_producer(desk, key, body)
    if entered and again:
        now: Json = await desk.market.get(f"/producers/{producer_id}")
        await desk.market.write("PUT", f"/producers/{producer_id}", body, KEEPER, version=now["version"])


def _at(day: date, hour: int, minute: int = 0) -> str:
    return datetime.combine(day, time(hour, minute), SHANGHAI).isoformat()


def _working(day: date, days: int) -> date:
    return add_working_days(day, days)[0]


def listing_case(slot: Slot) -> Row:
    """The listing of a slot, submitted on the working day before its filing."""
    specialty, kind, zh, en = PRODUCTS[slot.product]
    filed = slot.filed_on
    return {
        "key": slot.key,
        "by": "demo-operator",
        "at": _at(_working(filed, -1), 10),
        "specialty": specialty,
        "goods": kind,
        "season": str(filed.year),
        "event": f"roll-{half_of(filed)}",
        "title_zh": f"演示县{zh} {slot.starts_at:%m月%d日}场",
        "title_en": f"Demonstration County {en}, {slot.starts_at:%d %b}",
        "about_zh": "虚构地区的当季农产品，受灾后外运受阻，供演示使用。",
        "about_en": "Produce of an invented county, held back by closed roads; for demonstration.",
        "call": [str(_working(filed, -12)), str(_working(filed, -4))],
        "harvested": str(filed - timedelta(days=4)),
        "tested": str(filed - timedelta(days=3)),
        "suppliers": [f"{GROUP}-{place}" for place in range(1, len(SERIALS) + 1)],
        "units": [900, 800, 700, 600],
    }


def filing_case(slot: Slot) -> Row:
    """The filing of a slot, approved on the next working day."""
    _, _, zh, en = PRODUCTS[slot.product]
    filed = slot.filed_on
    half_start = date(filed.year, 1 if filed.month <= 6 else 7, 1)
    # Declared and trained once in each half-year, before its first filing.
    sworn, trained = str(half_start), str(half_start - timedelta(days=20))
    # Another host in each half-year: a host is entered once, with the training of that time.
    host = {"region": "999901", "identity": f"demo-host-{half_of(filed)}", "name": "演示县主播", "trained": trained}
    return {
        "key": slot.key,
        "by": "demo-operator",
        "at": _at(filed, 10),
        "approver": "demo-approver",
        "approved_at": _at(_working(filed, 1), 10),
        "official": {
            "account": "demo-deputy",
            "post_zh": "演示县副县长",
            "post_en": "Deputy Head of Demonstration County",
            "declared": sworn,
        },
        "host": host,
        "starts_at": slot.starts_at.isoformat(),
        "listings": [slot.key],
        "listing_case": listing_case(slot),
        "title_zh": f"演示县{zh}产地直播",
        "title_en": f"Demonstration County {en}, live (demonstration)",
        "script": f"大家好，这里是演示县。今天先讲讲我们这里的水土和{zh}是怎样长出来的，再由主播介绍各批次。",
        "sales": {
            "certifier": "demo-certifier",
            "certified_at": _at(_working(filed, -1), 16),
            "as_of": [str(filed - timedelta(days=4)), str(filed - timedelta(days=3))],
            "offices": ["演示县农业农村局", "演示市价格监测中心"],
            "progress_gap_bp": 2800,
            "price_gap_bp": 2400,
            "unsold_t": 800,
            "season_t": 5000,
            "usual_unsold_share_bp": 500,
            "days_to_spoil": 10,
            "sold_t_per_day": 10,
            "mechanism": "transport",
        },
        "ends": "scheduled",
    }


async def _file(desk: Desk, slot: Slot, known: dict[str, Row]) -> None:
    await submit_listing(desk, listing_case(slot), known)
    await file_broadcast(desk, filing_case(slot))
