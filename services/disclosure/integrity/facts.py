"""What the detectors ask about orders, viewers and the crowd, joined once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.disclosure.integrity.arrays import (
    Array,
    Floats,
    Ints,
    Mask,
    codes,
    distinct_per,
    first_of,
    is_in,
    looked_up,
    positions,
)
from services.disclosure.integrity.tables import Broadcast

DAY = 86_400_000
SOFT = ("changed_mind", "duplicate", "other", "wrong_item", "")
_MOST_STAYS = 200


@dataclass(frozen=True)
class People:
    """Facts about the account behind each row of a table; −1 where there is no such account."""

    at: Ints
    created: Ints
    age_days: Floats
    orders_365d: Ints
    watch_30d: Ints
    employer: Ints
    home: Ints
    established: Mask


@dataclass(frozen=True)
class Parcels:
    """Facts about the parcels of each order."""

    count: Ints
    weight: Floats
    ratio: Floats
    label: Ints
    signed: Ints
    shipped: Mask


@dataclass(frozen=True)
class Returns:
    """Facts about the money that went back for each order."""

    amount: Ints
    first: Ints
    full: Mask
    soft: Mask
    by_buyer: Mask
    to_payer: Ints


class Facts:
    """One broadcast, its joins made when first asked for."""

    def __init__(self, broadcast: Broadcast) -> None:
        self.broadcast = broadcast
        self.orders = broadcast["orders"]
        self.sessions = broadcast["sessions"]
        self.messages = broadcast["messages"]
        self._codes: dict[str, Ints] = {}

    def session_codes(self, column: str) -> Ints:
        """Dense codes of a column of the sessions, made once."""
        if column not in self._codes:
            self._codes[column] = codes(self.sessions[column])
        return self._codes[column]

    def people(self, users: Ints, moments: Array) -> People:
        """The accounts behind these tokens; established: registered 90 days before, and two purchases in a year."""
        table = self.broadcast["users"]
        at = positions(table["user_id"], users)
        created = looked_up(table["created_ms"], at, -1)
        age = np.where(created > 0, (moments - created) / DAY, -1.0)
        bought = looked_up(table["orders_365d"], at, -1)
        return People(
            at=at,
            created=created,
            age_days=age,
            orders_365d=bought,
            watch_30d=looked_up(table["watch_30d"], at, -1),
            employer=looked_up(table["employer_id"], at, 0),
            home=looked_up(table["home_div"], at, -1),
            established=(age >= 90) & (bought >= 2) & (users > 0),
        )

    @cached_property
    def viewer_codes(self) -> Ints:
        """A viewer is an account, or the device of a guest: a dense code for each session."""
        user, device = self.sessions["user_id"], self.sessions["device_id"]
        return codes(np.where(user > 0, user, device))

    @cached_property
    def viewers(self) -> People:
        """The accounts behind the sessions."""
        return self.people(self.sessions["user_id"], np.full(self.sessions.size, self.broadcast.start))

    @cached_property
    def buyers(self) -> People:
        """The accounts behind the orders."""
        return self.people(self.orders["user_id"], np.full(self.orders.size, self.broadcast.start))

    @cached_property
    def sku_at(self) -> Ints:
        """Row of each order's product, −1 where it is not listed."""
        return positions(self.broadcast["skus"]["sku_id"], self.orders["sku_id"])

    def sku(self, column: str) -> Ints:
        """A number of each order's product, −1 where unknown."""
        return looked_up(self.broadcast["skus"][column], self.sku_at, -1)

    @cached_property
    def payer(self) -> Ints:
        """Who paid each order, 0 where unknown."""
        payments = self.broadcast["payments"]
        at = positions(self.orders["order_id"], payments["order_id"])
        mine = np.flatnonzero(at >= 0)
        first = first_of(at[mine], payments["paid_ms"][mine], self.orders.size)
        return looked_up(payments["payer_id"][mine], first, 0)

    @cached_property
    def parcels(self) -> Parcels:
        """The parcels of each order together: all its boxes on the scale count as one weight."""
        table, size = self.broadcast["shipments"], self.orders.size
        at = positions(self.orders["order_id"], table["order_id"])
        mine = at >= 0
        weight, unknown = table["weight_g"], (table["weight_g"] <= 0) & mine
        total = np.bincount(at[mine], weights=np.maximum(0, weight[mine]), minlength=size)
        total = np.where(np.bincount(at[unknown], minlength=size) > 0, -1.0, total)
        count = np.bincount(at[mine], minlength=size)
        expected = (self.sku("unit_weight_g") * np.maximum(1, self.orders["qty"])).astype(np.float64)
        known = (count > 0) & (total > 0) & (expected > 0)
        row = np.flatnonzero(mine)
        first = first_of(at[row], table["label_ms"][row], size)
        last = first_of(at[row], -table["signed_ms"][row], size)
        return Parcels(
            count=count,
            weight=np.where(count > 0, total, -1.0),
            ratio=np.where(known, total / np.maximum(1, expected), -1.0),
            label=looked_up(table["label_ms"][row], first, -1),
            signed=looked_up(table["signed_ms"][row], last, -1),
            shipped=count > 0,
        )

    @cached_property
    def returns(self) -> Returns:
        """The refunds of each order together."""
        table, orders = self.broadcast["refunds"], self.orders
        at = positions(orders["order_id"], table["order_id"])
        row = np.flatnonzero(at >= 0)
        at = at[row]
        amount = np.bincount(at, weights=np.maximum(0, table["amount_fen"][row]), minlength=orders.size).astype(
            np.int64
        )
        first = first_of(at, table["requested_ms"][row], orders.size)
        hard = ~table.text("reason").among(*SOFT)[row] | (table["has_photo"][row] > 0)
        others = ~table.text("initiator").among("buyer")[row]
        return Returns(
            amount=amount,
            first=looked_up(table["requested_ms"][row], first, -1),
            full=(first >= 0) & (amount >= 0.95 * orders["paid_fen"]) & (orders["paid_fen"] > 0),
            soft=(first >= 0) & (np.bincount(at[hard], minlength=orders.size) == 0),
            by_buyer=(first >= 0) & (np.bincount(at[others], minlength=orders.size) == 0),
            to_payer=looked_up(table["to_payer_id"][row], first, 0),
        )

    @cached_property
    def watched_ms(self) -> Floats:
        """How long the buyer had watched before ordering; 0 when never seen in the room."""
        sessions, orders = self.sessions, self.orders
        mine = np.flatnonzero(is_in(sessions["user_id"], orders["user_id"]) & (sessions["user_id"] > 0))
        order = mine[np.lexsort((sessions["join_ms"][mine], sessions["user_id"][mine]))]
        users = sessions["user_id"][order]
        left = np.searchsorted(users, orders["user_id"], side="left")
        right = np.searchsorted(users, orders["user_id"], side="right")
        many = np.minimum(right - left, _MOST_STAYS)
        which = np.repeat(np.arange(orders.size), many)
        offset = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
        row = order[left[which] + offset] if len(which) else np.zeros(0, dtype=np.int64)
        stay = np.minimum(sessions["leave_ms"][row], orders["created_ms"][which]) - sessions["join_ms"][row]
        return np.bincount(which, weights=np.maximum(0.0, stay), minlength=orders.size).astype(np.float64)

    @cached_property
    def shared_by(self) -> dict[str, Ints]:
        """How many buyers share an order's payer, device, consignee or address; 0 where that is not known."""
        orders = self.orders
        tokens = {
            "payer": self.payer,
            "device": orders["device_id"],
            "consignee": orders["consignee_id"],
            "address": orders["address_id"],
        }
        return {name: distinct_per(values, orders["user_id"], values != 0) for name, values in tokens.items()}

    @cached_property
    def by_account(self) -> Ints:
        """How many orders the account of an order placed."""
        account = codes(self.orders["user_id"])
        per = np.bincount(account)[account] if self.orders.size else account
        return np.where(self.orders["user_id"] > 0, per, 1)
