"""The books of the stand-in: payments, their legs and refunds, in one file; every change is called back."""

import secrets
import sqlite3
from typing import Annotated, Any, Literal

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field

from deploy.sandbox.agenda import Agenda, now_ms, written

TABLES = """
CREATE TABLE IF NOT EXISTS payment (
  id TEXT PRIMARY KEY, reference TEXT UNIQUE, page TEXT UNIQUE, state TEXT, total_fen INTEGER, subject_zh TEXT,
  subject_en TEXT, return_url TEXT, notify_url TEXT, expires_ms INTEGER, paid_ms INTEGER, payer TEXT, method TEXT,
  version INTEGER);
CREATE TABLE IF NOT EXISTS leg (
  payment TEXT, reference TEXT, payee TEXT, payee_name TEXT, amount_fen INTEGER, PRIMARY KEY (payment, reference));
CREATE TABLE IF NOT EXISTS refund (
  reference TEXT PRIMARY KEY, payment TEXT, leg TEXT, amount_fen INTEGER, state TEXT, made_ms INTEGER,
  done_ms INTEGER, version INTEGER);
"""

Reference = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z._-]+$")]
Fen = Annotated[int, Field(strict=True, ge=1, le=10**12)]
Url = Annotated[str, Field(max_length=2_000, pattern=r"^https?://")]
Method = Literal["wallet", "bank_card"]


class Leg(BaseModel):
    """A part of a payment that goes to one payee."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    payee: Annotated[str, Field(min_length=1, max_length=80)]
    payee_name: Annotated[str, Field(max_length=200)] = ""
    amount_fen: Fen


class NewPayment(BaseModel):
    """What a merchant asks for: one payment, split among payees."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    legs: Annotated[list[Leg], Field(min_length=1, max_length=100)]
    subject_zh: Annotated[str, Field(max_length=200)]
    subject_en: Annotated[str, Field(max_length=200)]
    return_url: Url
    notify_url: Url
    expires_ms: int


class NewRefund(BaseModel):
    """What a merchant gives back of one leg."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    payment_id: Reference
    leg: Reference
    amount_fen: Fen


class Bank:
    """Payments and refunds. The same reference with the same content is the same thing, however often it is sent."""

    def __init__(self, db: sqlite3.Connection, agenda: Agenda, public_url: str) -> None:
        self.db = db
        self.agenda = agenda
        self.public_url = public_url.rstrip("/")
        agenda.kinds |= {"capture": self._capture_due, "settle": self._settle_due}

    def find(self, column: Literal["id", "reference", "page"], value: str) -> sqlite3.Row:
        """A payment. Raises 404."""
        row: sqlite3.Row | None = self.db.execute(
            f"SELECT * FROM payment WHERE {column} = ?",  # noqa: S608  One of three words of ours.
            (value,),
        ).fetchone()
        if row is None:
            raise HTTPException(404, "no such payment")
        return row

    def legs(self, payment_id: str) -> list[dict[str, Any]]:
        """The legs of a payment, with what has been given back of each."""
        rows = self.db.execute(
            "SELECT reference, payee, payee_name, amount_fen, (SELECT coalesce(sum(amount_fen), 0) FROM refund WHERE "
            "refund.payment = leg.payment AND refund.leg = leg.reference AND refund.state <> 'failed') AS refunded_fen "
            "FROM leg WHERE payment = ? ORDER BY reference",
            (payment_id,),
        )
        return [dict(row) for row in rows]

    def shown(self, row: sqlite3.Row) -> dict[str, Any]:
        """A payment as the merchant sees it."""
        return {
            "payment_id": row["id"],
            "reference": row["reference"],
            "state": row["state"],
            "version": row["version"],
            "total_fen": row["total_fen"],
            "legs": self.legs(row["id"]),
            "pay_url": f"{self.public_url}/pay/{row['page']}",
            "expires_ms": row["expires_ms"],
            "paid_ms": row["paid_ms"],
            "payer": row["payer"],
            "method": row["method"],
        }

    def open(self, asked: NewPayment) -> dict[str, Any]:
        """A payment that waits for its payer. Raises 409 when the reference names another one."""
        legs = sorted((leg.reference, leg.payee, leg.payee_name, leg.amount_fen) for leg in asked.legs)
        known = self.db.execute("SELECT * FROM payment WHERE reference = ?", (asked.reference,)).fetchone()
        if known is not None:
            had = [
                (leg["reference"], leg["payee"], leg["payee_name"], leg["amount_fen"]) for leg in self.legs(known["id"])
            ]
            if had != legs:
                raise HTTPException(409, "this reference names another payment")
            return self.shown(known)
        number = f"pay_{secrets.token_hex(10)}"
        with self.db:
            self.db.execute("BEGIN")
            self.db.execute(
                "INSERT INTO payment VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, 1)",
                (
                    number,
                    asked.reference,
                    secrets.token_urlsafe(16),
                    sum(leg.amount_fen for leg in asked.legs),
                    asked.subject_zh,
                    asked.subject_en,
                    asked.return_url,
                    asked.notify_url,
                    asked.expires_ms,
                ),
            )
            self.db.executemany("INSERT INTO leg VALUES (?, ?, ?, ?, ?)", [(number, *leg) for leg in legs])
        return self.shown(self.find("id", number))

    def close(self, payment_id: str) -> dict[str, Any]:
        """Nobody may pay it any more. Raises 409 once money is on its way."""
        row = self.find("id", payment_id)
        if row["state"] in ("processing", "paid"):
            raise HTTPException(409, row["state"])
        if row["state"] != "closed":
            self._become(payment_id, "closed")
        return self.shown(self.find("id", payment_id))

    def attempt(self, page: str, act: Literal["pay", "fail", "late"], payer: str, method: Method) -> None:
        """What the payer did on the page; without effect once it is paid, on its way or closed."""
        row = self.find("page", page)
        if row["state"] not in ("open", "failed"):
            return
        if act == "fail":
            self._become(row["id"], "failed")
        elif act == "late":
            self.db.execute("UPDATE payment SET payer = ?, method = ? WHERE id = ?", (payer, method, row["id"]))
            self._become(row["id"], "processing", told=False)
            due = max(now_ms(), row["expires_ms"]) + self.agenda.behaviour.late_ms
            self.agenda.put(due, "capture", {"payment": row["id"]})
        elif now_ms() < row["expires_ms"]:
            self.db.execute("UPDATE payment SET payer = ?, method = ? WHERE id = ?", (payer, method, row["id"]))
            self._capture(row["id"])
        else:
            self._become(row["id"], "closed")

    def _capture(self, payment_id: str) -> None:
        self.db.execute("UPDATE payment SET paid_ms = ? WHERE id = ?", (now_ms(), payment_id))
        self._become(payment_id, "paid")

    async def _capture_due(self, work: dict[str, Any]) -> None:
        if self.find("id", work["payment"])["state"] == "processing":
            self._capture(work["payment"])

    def _become(self, payment_id: str, state: str, *, told: bool = True) -> None:
        self.db.execute("UPDATE payment SET state = ?, version = version + 1 WHERE id = ?", (state, payment_id))
        if told:
            row = self.find("id", payment_id)
            self.agenda.tell(row["notify_url"], f"payment.{state}", self.shown(row))

    def refund(self, asked: NewRefund) -> dict[str, Any]:
        """Give something back, soon. Raises 404, and 409 for more than is left or another refund of that name."""
        known = self.db.execute("SELECT * FROM refund WHERE reference = ?", (asked.reference,)).fetchone()
        if known is not None:
            if (known["payment"], known["leg"], known["amount_fen"]) != (
                asked.payment_id,
                asked.leg,
                asked.amount_fen,
            ):
                raise HTTPException(409, "this reference names another refund")
            return _refund_shown(known)
        payment = self.find("id", asked.payment_id)
        leg = next((leg for leg in self.legs(payment["id"]) if leg["reference"] == asked.leg), None)
        if leg is None:
            raise HTTPException(404, "no such leg")
        if payment["state"] != "paid" or asked.amount_fen > leg["amount_fen"] - leg["refunded_fen"]:
            raise HTTPException(409, "more than is left of this leg")
        self.db.execute(
            "INSERT INTO refund VALUES (?, ?, ?, ?, 'pending', ?, NULL, 1)",
            (asked.reference, asked.payment_id, asked.leg, asked.amount_fen, now_ms()),
        )
        self.agenda.put(now_ms() + self.agenda.behaviour.refund_ms, "settle", {"refund": asked.reference})
        return self.find_refund(asked.reference)

    def find_refund(self, reference: str) -> dict[str, Any]:
        """A refund by the merchant's name for it. Raises 404."""
        row = self.db.execute("SELECT * FROM refund WHERE reference = ?", (reference,)).fetchone()
        if row is None:
            raise HTTPException(404, "no such refund")
        return _refund_shown(row)

    async def _settle_due(self, work: dict[str, Any]) -> None:
        how = self.agenda.behaviour
        ended = "failed" if how.refund_failures else "succeeded"
        how.refund_failures = max(0, how.refund_failures - 1)
        self.db.execute(
            "UPDATE refund SET state = ?, done_ms = ?, version = version + 1 WHERE reference = ? AND state = 'pending'",
            (ended, now_ms(), work["refund"]),
        )
        shown = self.find_refund(work["refund"])
        payment = self.find("id", shown["payment_id"])
        self.agenda.tell(payment["notify_url"], f"refund.{shown['state']}", shown)

    def totals(self, references: list[str]) -> list[dict[str, Any]]:
        """Of each payment: what came in and what went back; for whoever compares books."""
        found = []
        for reference in references:
            row = self.db.execute("SELECT * FROM payment WHERE reference = ?", (reference,)).fetchone()
            if row is not None and row["state"] == "paid":
                back = self.db.execute(
                    "SELECT coalesce(sum(amount_fen), 0) FROM refund WHERE payment = ? AND state = 'succeeded'",
                    (row["id"],),
                ).fetchone()[0]
                found.append({"reference": reference, "paid_fen": row["total_fen"], "refunded_fen": back})
        return found


def _refund_shown(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "payment_id": row["payment"],
        "leg": row["leg"],
        "amount_fen": row["amount_fen"],
        "state": row["state"],
        "version": row["version"],
        "done_ms": row["done_ms"],
        "done_at": written(row["done_ms"]) if row["done_ms"] else None,
    }
