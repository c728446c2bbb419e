"""What holds of accounts without a database: roles, passwords, secrets, waiting times, sessions and token claims."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.contracts import regions
from services.contracts.people import Role

ROLES: tuple[Role, ...] = get_args(Role)

# The roles that the gate compares by person: an account in one of them must say who the human is, or one
# human with two accounts would pass for two people.
CASE_ROLES: frozenset[Role] = frozenset(
    {"operator", "official", "registrar", "verifier", "certifier", "approver", "reviewer", "inspector"}
)

ACCESS_SECONDS = 300
SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=7)
REFRESH_IDLE = timedelta(days=14)
REFRESH_LONGEST = timedelta(days=90)
INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)
KEY_LEAD = timedelta(days=1)

CODE_LASTS = timedelta(minutes=5)
CODE_AGAIN_AFTER = timedelta(seconds=60)
TRIES_PER_CODE = 5
CODES_PER_PHONE = 5

FAILURES_PER_NAME = 5
FAILURE_WINDOW = timedelta(minutes=15)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

_COMMON = """
1234567890 0123456789 12345678910 0987654321 9876543210 1029384756 1357924680 1234554321 1122334455 1231231234
1234512345 1212121212 5201314520 5201314521 1314520520 a123456789 aa12345678 aa123456789 abc1234567 abc123456789
abcd123456 asd123456789 q123456789 qq123456789 qwe123456789 qwer123456 qwertyuiop 1qaz2wsx3edc 1q2w3e4r5t
1q2w3e4r5t6y qazwsxedcrfv qwerty1234 qwerty12345 qwerty123456 asdfghjkl1 zxcvbnm123 password12 password123
password1234 passw0rd123 p@ssw0rd123 administrator admin12345 admin123456 admin888888 root123456 woaini1314
woaini5201314 woaini123456 zhongguo123 beijing2008 sunfair123 sunfair1234 sunfair12345 iloveyou123 welcome123
letmein123 changeme123 test123456 guest12345
"""
COMMON_PASSWORDS = frozenset(_COMMON.split())

# OWASP's least setting for Argon2id (19 MiB, two passes, one lane): about 40 ms here, and a memory need that a
# burst of sign-ins cannot turn into an outage. A stronger setting later is taken up at each person's next sign-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS_HASH = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """An Argon2id hash in PHC form. Slow on purpose: never call it on the event loop."""
    return _HASHER.hash(_normalised(password))


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one hashed. As slow for nobody's account as for somebody's."""
    try:
        matches = _HASHER.verify(stored or _NOBODYS_HASH, _normalised(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored is not None


def needs_new_hash(stored: str) -> bool:
    """Whether the hash was made with another setting than today's."""
    return _HASHER.check_needs_rehash(stored)


def _normalised(password: str) -> str:
    """One form for what looks alike, so that another keyboard does not lock a person out (NIST SP 800-63B §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, username: str) -> tuple[str, str] | None:
    """What is wrong with a chosen password, in English and Chinese; None when it will do."""
    folded = _normalised(password).casefold()
    if len(folded) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters.", f"密码至少 {SHORTEST_PASSWORD} 个字符。"
    if len(folded) > LONGEST_PASSWORD:
        return f"Use at most {LONGEST_PASSWORD} characters.", f"密码最多 {LONGEST_PASSWORD} 个字符。"
    if folded in COMMON_PASSWORDS or len(set(folded)) <= 3:
        return "This password is among the first that anyone tries. Choose another.", "该密码过于常见，请换一个。"
    if folded == username.casefold() or folded == username.casefold()[::-1]:
        return "The password may not be the user name.", "密码不能与用户名相同。"
    return None


# 工信部《电信网编号计划》: a mobile number has eleven digits and begins with 13 to 19.
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def mobile_number(written: str) -> str | None:
    """The eleven digits of a mainland mobile number, however it was written; None when it is none."""
    digits = re.sub(r"[\s()\-‐-―.]", "", unicodedata.normalize("NFKC", written))
    digits = re.sub(r"^(?:\+86|0086)", "", digits)
    return digits if _MOBILE.fullmatch(digits) and digits.isascii() else None


def new_code() -> str:
    """Six digits, each as likely as any other."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_wait_seconds(sent_at: datetime | None, now: datetime) -> int:
    """Whole seconds until another code may be sent to the same number; 0 when it may be sent now."""
    if sent_at is None or now - sent_at >= CODE_AGAIN_AFTER:
        return 0
    return int((sent_at + CODE_AGAIN_AFTER - now) / timedelta(seconds=1)) + 1


def region_fault(code: str, today: date, *, demo: bool) -> tuple[str, str] | None:
    """Why nobody can be given this region code today, in English and Chinese; None when it stands."""
    known = regions.known(code)
    if known is None or (known.demo and not demo):
        return f"{code} is not a region code (GB/T 2260).", f"{code} 不是有效的行政区划代码。"
    if known.holds(today):
        return None
    successor = regions.current(code)
    if successor is None:
        return f"{code} {known.name_en} is no longer in force.", f"{code}（{known.name_zh}）已不再使用。"
    return f"{code} was replaced by {successor}; use that.", f"{code} 已由 {successor} 取代，请使用新代码。"


Change = Literal["account.changed", "account.locked", "account.unlocked", "roles.changed", "scopes.changed"]


def told_of(before: Mapping[str, Any], changes: Mapping[str, Any]) -> Iterator[tuple[Change, dict[str, Any]]]:
    """The acts that a change of an account amounts to, each with what everybody is told of it.

    Names and posts are told by the name of the field alone.
    """
    if "active" in changes:
        yield ("account.unlocked" if changes["active"] else "account.locked"), {}
    for field, action in _LISTS.items():
        if field in changes:
            old, new = before[field], changes[field]
            yield (
                action,
                {
                    "given": [each for each in new if each not in old],
                    "taken": [each for each in old if each not in new],
                },
            )
    rest = sorted(set(changes) - {"active", *_LISTS})
    if rest:
        office = {"office": (changes["organ"] or {}).get("name")} if "organ" in changes else {}
        yield "account.changed", {"fields": rest, **office}


_LISTS: Mapping[str, Change] = {"roles": "roles.changed", "scopes": "scopes.changed"}


def who_is_needed(roles: Collection[str]) -> list[str]:
    """Those of the roles for which it must be known who the human is, sorted."""
    return sorted(CASE_ROLES.intersection(roles))


def new_secret() -> str:
    """A secret that nobody can guess: 256 random bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def new_api_key(*, test: bool) -> str:
    """A new API key; its beginning tells what it is to people and to scanners for leaked secrets."""
    return f"sf_{'test' if test else 'live'}_{secrets.token_urlsafe(32)}"


def secret_sha256(secret: str) -> str:
    """What is stored of a random secret. A plain hash will do, because there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_prefix(key: str) -> str:
    """The beginning of an API key, enough for its owner to tell it from the others."""
    return key[:12]


@dataclass(frozen=True)
class Failures:
    """Failed sign-ins under one name or from one address, and the instant before which no more are heard."""

    count: int
    last_at: datetime
    blocked_until: datetime | None = None


def after_failure(before: Failures | None, limit: int, now: datetime) -> Failures:
    """The count with one more failure. From the `limit`-th on each failure doubles the wait, to 15 minutes at most.

    A count is forgotten 15 minutes after its last failure or the end of its wait, whichever is later.
    """
    count = 1 if before is None or is_forgotten(before, now) else before.count + 1
    if count < limit:
        return Failures(count, now)
    wait = min(FIRST_WAIT * 2 ** min(count - limit, 10), LONGEST_WAIT)
    return Failures(count, now, now + wait)


def is_forgotten(failures: Failures, now: datetime) -> bool:
    """Whether the failures lie too far back to count."""
    return now - max(failures.last_at, failures.blocked_until or failures.last_at) >= FAILURE_WINDOW


def wait_seconds(failures: Failures | None, now: datetime) -> int:
    """Whole seconds until a sign-in is heard again, rounded up; 0 when it is heard now."""
    if failures is None or failures.blocked_until is None or failures.blocked_until <= now:
        return 0
    return int((failures.blocked_until - now) / timedelta(seconds=1)) + 1


def slid(now: datetime, idle: timedelta, ends_at: datetime) -> datetime:
    """When something used now runs out: after `idle` without use, and at `ends_at` in any case."""
    return min(now + idle, ends_at)


@dataclass(frozen=True)
class Bearer:
    """Whom an access token describes. A key's token names the key, and carries no role but `platform`."""

    account_id: str
    person: str
    name: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    organ: str | None = None
    may_set_clock: bool = False
    key_id: str | None = None
    key_scopes: tuple[str, ...] = ()
    test_key: bool = False


def access_claims(bearer: Bearer, token_id: str, now: datetime) -> dict[str, Any]:
    """The claims of an access token (RFC 9068), good for five minutes; who signs it adds issuer and audience.

    `iat` keeps its fraction: a revocation refuses what was issued before it, and a second is too coarse for that.
    """
    claims: dict[str, Any] = {
        "sub": bearer.account_id,
        "iat": now.timestamp(),
        "exp": int(now.timestamp()) + ACCESS_SECONDS,
        "jti": token_id,
        "person": bearer.person,
        "name": bearer.name,
        "roles": list(bearer.roles),
        "scopes": list(bearer.scopes),
        "organ": bearer.organ,
        "may_set_clock": bearer.may_set_clock,
    }
    if bearer.key_id is not None:
        claims |= {"key_id": bearer.key_id, "key_scopes": list(bearer.key_scopes), "test_key": bearer.test_key}
    return claims


def next_key_starts_at(newest_ends_at: datetime | None, now: datetime) -> datetime | None:
    """When a signing key that must be made now begins to sign; None while the newest one has time.

    A key is published a day before it signs, so that every service knows it by then.
    """
    if newest_ends_at is None:
        return now
    if newest_ends_at - now > KEY_LEAD:
        return None
    return max(newest_ends_at, now)
