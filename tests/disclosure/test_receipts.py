"""A buyer's receipt: the order was counted, or removed and why. Nobody else learns of it; it outlives an erasure."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from services.contracts.accounts import AccountChanged, AccountErased
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.receipts import room_for, statuses
from services.disclosure.domain.sales import Divisions, Sold, divided
from services.disclosure.ledger.merkle import ProofRefused
from services.disclosure.ledger.notes import decoded
from services.disclosure.ledger.receipts import Receipt, read_receipt, receipt_leaf, verify_receipt
from services.kit import clock
from services.kit.identity import broadcast_token
from tests.apps import TOKEN_SECRET, ServiceUnderTest, Tokens
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log
from tests.disclosure.broadcasts import (
    BROADCAST,
    changed,
    ended,
    filing,
    listing,
    notes,
    order,
    refund,
    sample,
    some_time_ago,
    viewers,
)

PATH = f"/disclosures/{BROADCAST}"
BUYERS = 30


def bought_by(account_id: str) -> str:
    """The token under which orders tells of this account in this broadcast."""
    return broadcast_token(BROADCAST, account_id, TOKEN_SECRET)


class Market:
    """The disclosure service, and buyers who ask it."""

    def __init__(self, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.service = service
        self.client = service.client
        self.tokens = tokens

    def who(self, account_id: str, *roles: str) -> dict[str, str]:
        """The headers of somebody who is signed in."""
        return self.tokens.headers(*(roles or ("buyer",)), account_id=account_id) | {"Accept-Language": "en"}

    async def prepare(self) -> str | None:
        """One look at what is due."""
        return await prepare_next(self.service.database, self.service.app.state.surroundings)

    async def release_again(self) -> None:
        """All buyers were paid back, which makes another release."""
        at = some_time_ago(days=1)
        told = [
            changed(number, at, buyer=bought_by(f"account-{number}"), refunds=[refund(number, at)])
            for number in range(BUYERS)
        ]
        await self.service.hear(*told)
        async with self.service.database.sessions.begin() as db:
            await db.execute(sa.text("UPDATE disclosure.course SET due_at = now() - interval '1 second'"))
        await self.prepare()

    async def receipt(self, number: int, account: int | None = None, **query: int) -> Any:
        """What the account (by default the buyer) is answered who asks for the receipt of an order."""
        headers = self.who(f"account-{number if account is None else account}")
        return await self.client.get(f"{PATH}/receipts/order-{number}", headers=headers, params=query)

    async def root(self, release: int = 1) -> bytes:
        """The root that the release names, which the log has under its hash."""
        document = (await self.client.get(f"{PATH}/releases/{release}")).json()
        return decoded(document["receipts"]["root"])

    async def erase(self, account_id: str) -> None:
        """What accounts says when somebody had their account erased."""
        erased = AccountErased(entity_id=account_id, version=1, account_id=account_id, erased_at=clock.now())
        await self.service.hear(erased)

    async def kept_of(self, account_id: str) -> int:
        """How many salts are kept of an account's orders."""
        statement = "SELECT count(*) FROM disclosure.receipt WHERE buyer = :buyer"
        return int((await self.values(statement, buyer=bought_by(account_id)))[0])

    async def values(self, statement: str, **given: str) -> Sequence[Any]:
        """The one column that a statement answers."""
        async with self.service.database.sessions() as db:
            return (await db.execute(sa.text(statement), given)).scalars().all()


@pytest.fixture
async def market(service_app: ServiceOf, tokens: Tokens) -> Market:
    """A broadcast of thirty buyers, `account-0` to `account-29`, with its first release."""
    made = Market(await service_app("disclosure"), tokens)
    at = some_time_ago(days=1)
    paid = [order(number, at, buyer=bought_by(f"account-{number}")) for number in range(BUYERS)]
    await made.service.hear(listing(), filing(), *notes(at), viewers(at, 120), *paid, ended(at))
    assert await made.prepare() == BROADCAST
    return made


async def test_every_buyer_proves_under_the_published_root_that_the_order_was_counted(
    market: Market,
) -> None:
    root = await market.root()
    for number in range(BUYERS):
        answer = await market.receipt(number)
        assert answer.status_code == 200
        status = verify_receipt(read_receipt(answer.content), root)
        assert (status["order_id"], status["result"], status["release"]) == (f"order-{number}", "counted", 1)
        assert (status["paid_fen"], status["net_fen"], status["units"]) == (2_990, 2_990, 1)
        assert status["reason_zh"].startswith("该订单计入")


async def test_a_receipt_is_given_to_the_buyer_alone_and_names_nobody(market: Market) -> None:
    stranger = await market.receipt(1, account=2)
    assert stranger.status_code == 404
    assert (await market.receipt(99)).json()["detail"] == stranger.json()["detail"]
    assert (await market.client.get(f"{PATH}/receipts/order-1")).status_code == 401
    officer = market.who("somebody", "inspector", "administrator")
    assert (await market.client.get(f"{PATH}/receipts/order-1", headers=officer)).status_code == 404
    own = await market.receipt(1)
    assert own.headers["cache-control"] == "private, no-store"
    assert bought_by("account-1") not in own.text
    assert "account-1" not in own.text


async def test_of_an_unknown_release_or_a_strange_number_there_is_no_receipt(market: Market) -> None:
    assert (await market.receipt(1, release=2)).status_code == 404
    assert (await market.receipt(1, release=0)).status_code == 422
    headers = market.who("account-1")
    assert (await market.client.get(f"{PATH}/receipts/{'x' * 65}", headers=headers)).status_code == 422
    assert (await market.client.get("/disclosures/unknown/receipts/order-1", headers=headers)).status_code == 404


async def test_a_receipt_with_any_byte_changed_proves_nothing(market: Market) -> None:
    root, good = await market.root(), (await market.receipt(3)).content
    for place in range(len(good)):
        turned = bytearray(good)
        turned[place] ^= 1
        with pytest.raises(ProofRefused):
            verify_receipt(read_receipt(bytes(turned)), root)


async def test_the_size_of_the_tree_tells_no_count_of_orders(market: Market) -> None:
    said = (await market.client.get(PATH)).json()["receipts"]
    assert (said["size"], set(said)) == (64, {"root", "size"})
    assert room_for(Divisions((_sold(0),) * 54)) == 64
    assert room_for(Divisions((_sold(0),) * 55)) == 65


async def test_a_later_release_gives_a_later_receipt_and_the_earlier_one_still_holds(
    market: Market,
) -> None:
    first = (await market.receipt(0)).content
    await market.release_again()
    newest = read_receipt((await market.receipt(0)).content)
    status = verify_receipt(newest, await market.root(2))
    assert (status["release"], status["paid_fen"], status["net_fen"]) == (2, 2_990, 0)
    assert (await market.receipt(0, release=1)).content == first
    assert verify_receipt(read_receipt(first), await market.root())["net_fen"] == 2_990
    with pytest.raises(ProofRefused):
        verify_receipt(newest, await market.root())


async def test_an_erased_buyer_is_forgotten_and_every_proof_still_holds(market: Market) -> None:
    log = Log(market.service)
    await log.grow()
    before = {number: (await market.receipt(number)).content for number in (0, 1)}
    shown = (await market.client.get(f"{PATH}/releases/1")).content
    checkpoint = (await market.client.get("/ledger/checkpoint")).content
    await market.erase("account-0")
    assert (await market.receipt(0)).status_code == 404
    assert await market.kept_of("account-0") == 0
    assert (await market.receipt(1)).content == before[1]
    # What the buyer took along still proves the order, and nothing that was published is another.
    for kept in before.values():
        verify_receipt(read_receipt(kept), await market.root())
    assert (await market.client.get(f"{PATH}/releases/1")).content == shown
    assert (await market.client.get("/ledger/checkpoint")).content == checkpoint


async def test_without_the_salt_nobody_finds_the_order_not_even_who_guesses_all_of_it(
    market: Market,
) -> None:
    status = read_receipt((await market.receipt(0)).content).status
    await market.erase("account-0")
    (nodes,) = await market.values("SELECT nodes FROM disclosure.receipt_tree")
    salts = await market.values("SELECT salt FROM disclosure.receipt")
    leaves = {nodes[start : start + 32] for start in range(0, 64 * 32, 32)}
    assert not [salt for salt in (*salts, bytes(32)) if receipt_leaf(salt, status) in leaves]


async def test_later_releases_keep_no_salt_of_who_was_erased_before(market: Market) -> None:
    await market.erase("account-0")
    await market.release_again()
    assert (await market.client.get(PATH)).json()["sales"]["claimed"]["orders"] == BUYERS
    assert await market.kept_of("account-0") == 0
    assert (await market.receipt(1)).json()["status"]["release"] == 2


async def test_no_copy_that_disclosure_keeps_names_anybody(market: Market) -> None:
    somebody = sample(
        AccountChanged, entity_id="account-0", name="张三", person="person-token", post="科长", roles=["buyer"]
    )
    await market.service.hear(somebody)
    kept = await market.values("SELECT payload FROM disclosure.copy WHERE kind = 'account'")
    assert len(kept) == 1
    text = json.dumps(kept, ensure_ascii=False)
    assert not [word for word in ("张三", "person-token", "科长") if word in text]
    assert set(kept[0]) <= {"roles", "created_at", "phone_bound"}


def _sold(number: int, **said: Any) -> Sold:
    given: dict[str, Any] = {
        "buyer": f"buyer-{number}",
        "lot_id": "lot-1",
        "producer_uscc": "co-op",
        "created_ms": number,
        "units": 1,
        "unit_grams": 2_500,
        "paid_fen": 2_990,
        "refunded_fen": 0,
        "subsidy_fen": 0,
        "order_id": f"order-{number}",
    }
    return Sold(**(given | said))


def result_of(sold: list[Sold], divisions: Divisions, number: int) -> dict[str, Any]:
    """What the receipt of an order says."""
    return next(each.document for each in statuses("B", 1, sold, divisions) if each.order_id == f"order-{number}")


@pytest.mark.parametrize(
    ("grade", "abuse", "result", "word"),
    [
        ("suspected", "false_order", "under_review", "to be counted"),
        ("substantiated", "second_signing", "removed", "cannot have been"),
        ("substantiated", "refund_cycling", "removed", "in clusters"),
        ("substantiated", "rehearsed", "removed", "rehearsed"),
        ("apportioned", "apportionment", "apportioned", "made to place"),
    ],
)
def test_a_receipt_says_why_an_order_was_not_counted(grade: str, abuse: str, result: str, word: str) -> None:
    sold = [_sold(n, **({"grade": grade, "abuse": abuse} if n < 20 else {})) for n in range(60)]
    told = result_of(sold, divided(sold), 0)
    assert (told["result"], told["abuse"]) == (result, abuse)
    assert word in told["reason_en"]
    assert told["abuse"] == abuse
    assert str(told["reason_zh"]).startswith(("数据核查", "这属于"))
    assert result_of(sold, divided(sold), 30)["result"] == "counted"


def test_a_questioned_order_among_too_few_to_be_told_is_counted_along_and_says_so() -> None:
    sold = [_sold(n, **({"grade": "suspected", "abuse": "false_order"} if n < 3 else {})) for n in range(60)]
    told = result_of(sold, divided(sold), 0)
    assert (told["result"], told["abuse"]) == ("counted", "false_order")
    assert "counted along" in told["reason_en"]


def test_an_order_that_a_release_cannot_tell_yet_waits_for_a_later_one() -> None:
    before = [_sold(n) for n in range(40)]
    first = divided(before)
    late = [*before, _sold(40, lot_id="lot-2")]
    told = result_of(late, divided(late, [first]), 40)
    assert told["result"] == "waiting"
    assert "later release" in told["reason_en"]


def test_where_no_figures_are_told_the_receipt_says_so() -> None:
    sold = [_sold(n) for n in range(3)]
    told = result_of(sold, divided(sold), 0)
    assert told["result"] == "counted"
    assert "prints no figures" in told["reason_en"]


def test_orders_of_a_release_from_before_there_were_receipts_have_none() -> None:
    assert statuses("B", 1, [_sold(1, order_id="")], Divisions()) == []


def test_a_receipt_of_another_shape_is_refused() -> None:
    with pytest.raises(ProofRefused):
        verify_receipt(Receipt({"order_id": "1"}, bytes(32), 0, 3, (bytes(32),)), bytes(32))
