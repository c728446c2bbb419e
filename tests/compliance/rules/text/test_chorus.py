"""A chat becomes windows of praise: by shares, by who says the same at once, and never by one person's repetition."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.compliance.rules.facts import PraiseWindow
from services.compliance.rules.law import Law, released_parameters
from services.compliance.rules.on_air import gravity
from services.compliance.rules.text.chorus import BURST, WINDOW, Comment, praise_windows
from services.compliance.rules.text.praise import is_praise, wording

START = datetime.fromisoformat("2020-03-02T19:30:00+08:00")
LAW = Law(released_parameters(), START, "onair")
TALK = ["梨好甜", "县长推荐的多少钱一斤", "坏了两个怎么赔", "买了", "县长好"]


def weigh(window: PraiseWindow) -> int:
    return gravity(window, LAW)


def said(second: float, text: str, account: str, *, days: int = 900, network: str | None = "n-1") -> Comment:
    return Comment(START + timedelta(seconds=second), text, account, days, network)


def talk(count: int, *, first: int = 0) -> list[Comment]:
    """Ordinary comments of as many people, one a second."""
    return [said(first + n, f"{TALK[n % len(TALK)]}", f"buyer-{n}", network=f"n-{n % 9}") for n in range(count)]


def windows(comments: Iterable[Comment]) -> tuple[PraiseWindow, ...]:
    return praise_windows(comments, weigh)


def gravest(comments: Iterable[Comment]) -> int:
    return max((weigh(window) for window in windows(comments)), default=0)


def test_a_chat_about_pears_has_no_window() -> None:
    assert windows(talk(200)) == ()
    assert windows([]) == ()


def test_five_accounts_with_one_praise_in_a_minute_are_a_chorus() -> None:
    spellings = ["领导好帅", "领导好帅！！", "领 导 好 帅", "领导👍好帅", "领导好帅啊"]
    chorus = [said(10 * n, text, f"paid-{n}") for n, text in enumerate(spellings)]
    (window,) = windows([*talk(100), *chorus])
    assert window.same_text_accounts_60s == 5
    assert weigh(window) == 2


def test_four_are_none_and_five_within_more_than_a_minute_are_none() -> None:
    four = [said(n, "领导好帅", f"paid-{n}") for n in range(4)]
    slow = [said(15 * n, "领导好帅", f"paid-{n}") for n in range(5)]
    assert gravest([*talk(100), *four]) == 0
    assert gravest([*talk(100), *slow]) == 0
    assert gravest([*talk(100), *[said(14.9 * n, "领导好帅", f"paid-{n}") for n in range(5)]]) == 2


def test_a_chorus_across_the_end_of_five_minutes_is_heard() -> None:
    chorus = [said(298 + n, "领导好帅", f"paid-{n}") for n in range(5)]
    assert gravest([said(0, "梨好甜", "buyer"), *chorus]) == 2


def test_one_admirer_who_repeats_a_line_is_no_chorus_and_no_flood() -> None:
    admirer = [said(5 * n, "县长辛苦了", "admirer", days=1) for n in range(40)]
    (window,) = windows([*talk(60), *admirer])
    assert (window.same_text_accounts_60s, window.comments, window.praise_share_bp) == (1, 61, 163)
    assert weigh(window) == 0


def test_much_praise_from_new_accounts_is_a_flood_and_from_old_ones_a_question() -> None:
    def crowd(days: int) -> list[Comment]:
        lines = ["县长辛苦了", "书记好亲民", "领导好帅", "为县长点赞", "感谢领导", "好领导"]
        many = [
            said(20 * n, lines[n % 6] + "甲乙丙丁戊己庚辛"[n % 8], f"p-{n}", days=days, network=f"m-{n}")
            for n in range(15)
        ]
        return [*talk(35), *many]

    flood, question = windows(crowd(6)), windows(crowd(7))
    assert max(map(weigh, flood)) == 2
    assert max(map(weigh, question)) == 1
    assert max(window.new_account_share_bp or 0 for window in question) == 0


def test_one_network_behind_all_praise_is_told_and_an_unknown_one_is_not_guessed() -> None:
    def of(*networks: str | None) -> bool | None:
        lines = ["县长辛苦了", "书记好亲民", "领导好帅"]
        praise = [said(n, lines[n], f"p-{n}", network=network) for n, network in enumerate(networks)]
        return windows(praise)[-1].one_network

    assert of("n-1", "n-1") is True
    assert of("n-1", "n-2") is False
    assert of("n-1") is False
    assert of("n-1", None) is None
    assert of("n-1", None, "n-2") is False


def test_a_long_broadcast_keeps_within_the_facts() -> None:
    long = [said(30 * n, "县长辛苦了", f"v-{n % 50}") for n in range(8 * 120)]
    assert len(windows(long)) == 96


comments = st.lists(
    st.builds(
        said,
        st.integers(0, 900),
        st.sampled_from([*TALK, "领导好帅", "领导好帅!", "县长辛苦了", "书记好亲民"]),
        st.sampled_from([f"a-{n}" for n in range(12)]),
        days=st.sampled_from([1, 900]),
        network=st.sampled_from(["n-1", "n-2", None]),
    ),
    max_size=60,
)


@given(comments, st.randoms())
def test_the_order_in_which_comments_arrive_means_nothing(chat: list[Comment], random: object) -> None:
    shuffled = list(chat)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random.
    assert windows(shuffled) == windows(chat)


def counted_again(chat: list[Comment], at: datetime) -> tuple[int, int, int]:
    """Comments, share of praise and largest chorus of the five minutes up to the moment, counted the slow way."""
    recent = [comment for comment in chat if at - WINDOW < comment.at <= at]
    distinct = {(comment.account, wording(comment.text)) for comment in recent}
    praise = {(comment.account, wording(comment.text)) for comment in recent if is_praise(comment.text)}
    largest = 0
    for newest in (comment for comment in recent if is_praise(comment.text)):
        together = [
            c for c in chat if newest.at - BURST < c.at <= newest.at and wording(c.text) == wording(newest.text)
        ]
        largest = max(largest, len({comment.account for comment in together if is_praise(comment.text)}))
    return len(distinct), len(praise) * 10_000 // max(1, len(distinct)), largest


@given(comments)
def test_every_window_counts_what_a_slow_count_counts(chat: list[Comment]) -> None:
    for window in windows(chat):
        assert window.ends_at is not None
        newest = [comment for comment in chat if comment.at == window.ends_at]
        counted = (window.comments, window.praise_share_bp, window.same_text_accounts_60s)
        # Of comments of one instant some may not have been counted yet when the window was looked at.
        assert counted == counted_again(chat, window.ends_at) or len(newest) > 1


@given(comments, st.lists(st.integers(0, 900), min_size=1, max_size=5))
def test_more_of_the_same_praise_never_makes_a_chorus_smaller(chat: list[Comment], seconds: list[int]) -> None:
    added = [said(second, "领导好帅", f"paid-{n}", days=1) for n, second in enumerate(seconds)]
    assert largest_chorus([*chat, *added]) >= largest_chorus(chat)


def largest_chorus(chat: list[Comment]) -> int:
    graves = praise_windows(chat, lambda window: window.same_text_accounts_60s or 0)
    return max((window.same_text_accounts_60s or 0 for window in graves), default=0)
