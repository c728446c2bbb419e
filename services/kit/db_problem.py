"""What an error of the database means to whoever asked: a conflict, no text, out of range, or nobody there."""

import logging
from collections.abc import Mapping

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.kit.db import violated_constraint
from services.kit.problem import BodyInvalid, Conflict, Problem, Unavailable

log = logging.getLogger(__name__)

# What is raised through the ORM, through the driver alone, and by the pool.
DATABASE_ERRORS: tuple[type[Exception], ...] = (
    DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    PoolTimeoutError,
    ConnectionError,
    UnicodeEncodeError,
)
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    # Too many connections, no memory, or a disk that is full: nothing of it is the caller's doing, or lasting.
    asyncpg.InsufficientResourcesError,
    # What was the first server has become a copy of another one.
    asyncpg.ReadOnlySQLTransactionError,
    # A server that dies in the middle of an answer leaves the driver with half of it.
    asyncpg.InternalClientError,
    PoolTimeoutError,
    ConnectionError,
)


def database_problem(error: Exception, conflicts: Mapping[str, Problem]) -> Problem | None:
    """The problem that an error of the database stands for; None where it is a defect of ours.

    `conflicts`: constraint name → the problem it stands for.
    """
    if isinstance(error, IntegrityError):
        return _conflict(error, conflicts)
    cause = getattr(error.orig, "__cause__", None) if isinstance(error, DBAPIError) else error
    if isinstance(getattr(cause, "__cause__", None), OverflowError):
        return _OUT_OF_RANGE
    if _is_no_text(cause):
        return _NO_TEXT
    if isinstance(cause, _AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        log.error("The database cannot be asked", exc_info=error)
        return _UNAVAILABLE
    return None


def _conflict(error: IntegrityError, conflicts: Mapping[str, Problem]) -> Problem:
    constraint = violated_constraint(error)
    if constraint is not None and constraint in conflicts:
        return conflicts[constraint]
    return Conflict(
        f"It collides with what is stored ({constraint}). Read the present state and try again.",
        f"与已有数据冲突（{constraint}）。请刷新后重试。",
    )


def _is_no_text(cause: BaseException | None) -> bool:
    """True when PostgreSQL, its driver or Python says that a NUL or a lone surrogate cannot be stored."""
    if isinstance(cause, UnicodeEncodeError) or isinstance(getattr(cause, "__cause__", None), UnicodeEncodeError):
        return True
    # 22P02 is any value that does not parse; only its detail tells half a character in JSON from a defect of ours.
    in_json = getattr(cause, "sqlstate", None) == "22P02" and "surrogate" in (getattr(cause, "detail", None) or "")
    return in_json or getattr(cause, "sqlstate", None) in ("22021", "22P05")


_NO_TEXT = BodyInvalid(
    "The request holds a NUL or half of a character, which is no text. Take it out and send it again.",
    "请求中含有空字符或不完整的字符，无法作为文本处理，请删除后重试。",
)
_OUT_OF_RANGE = BodyInvalid(
    "A time or a number lies beyond what can be kept. Correct it and send it again.",
    "请求中的时间或数字超出可保存的范围，请修改后重试。",
)
_UNAVAILABLE = Unavailable(
    "The database does not answer. Try again in a moment.",
    "数据库暂时没有响应，请稍后重试。",
    headers={"Retry-After": "2"},
)
