"""Problem: an error the caller may act on. It imports no framework; `kit/http.py` turns it into RFC 9457 JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: `field` is its path in the body, such as `lots.0.price_fen`."""

    field: str
    en: str
    zh: str


class Problem(Exception):
    """Raised where a situation is noticed. Subclasses fix type, titles and status; `en` and `zh` say what to do now."""

    type: ClassVar[str]
    title_en: ClassVar[str]
    title_zh: ClassVar[str]
    status: ClassVar[int]

    def __init__(
        self,
        en: str,
        zh: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh
        self.errors = tuple(errors)
        self.headers = headers or {}
        self.members = members

    def document(self, language: str, instance: str, base: str = "https://sunfair.example") -> dict[str, Any]:
        """The problem as RFC 9457 members, in `zh` or `en`."""
        chinese = language == "zh"
        body: dict[str, Any] = {
            "type": f"{base}/problems/{self.type}",
            "title": self.title_zh if chinese else self.title_en,
            "status": self.status,
            "detail": self.zh if chinese else self.en,
            "instance": instance,
        }
        if self.errors:
            body["errors"] = [{"field": e.field, "detail": e.zh if chinese else e.en} for e in self.errors]
        return body | self.members


class NotFound(Problem):
    type, status = "not-found", 404
    title_en, title_zh = "There is nothing here", "找不到所请求的内容"


class MethodNotAllowed(Problem):
    type, status = "method-not-allowed", 405
    title_en, title_zh = "This address does not take that method", "该地址不支持此操作方式"


class NotSignedIn(Problem):
    type, status = "not-signed-in", 401
    title_en, title_zh = "Sign in first", "请先登录"


class NotAllowed(Problem):
    type, status = "not-allowed", 403
    title_en, title_zh = "Your role or region does not allow this", "您的角色或地区权限不允许此操作"


class DocumentMissing(Problem):
    type, status = "document-missing", 422
    title_en, title_zh = "An attached document was not uploaded", "所附文件尚未上传"


class BodyInvalid(Problem):
    type, status = "body-invalid", 422
    title_en, title_zh = "The request does not parse", "请求内容有误"


class BodyUnreadable(Problem):
    type, status = "body-unreadable", 400
    title_en, title_zh = "The request body is not readable JSON", "请求正文不是可读取的 JSON"


class BodyTooLarge(Problem):
    type, status = "body-too-large", 413
    title_en, title_zh = "The request is too large", "请求内容过大"


class Conflict(Problem):
    type, status = "conflict", 409
    title_en, title_zh = "The present state forbids this", "当前状态不允许此操作"


class VersionChanged(Problem):
    type, status = "version-changed", 412
    title_en, title_zh = "It has changed since you read it", "内容在您读取之后已被修改"


class IdempotencyKeyMissing(Problem):
    type, status = "idempotency-key-missing", 400
    title_en, title_zh = "An Idempotency-Key is required", "缺少 Idempotency-Key"


class IdempotencyKeyReused(Problem):
    type, status = "idempotency-key-reused", 422
    title_en, title_zh = "This Idempotency-Key was used with another body", "该 Idempotency-Key 已用于其他内容"


class IdempotencyKeyRunning(Problem):
    type, status = "idempotency-key-running", 409
    title_en, title_zh = "The same request is still running", "相同请求仍在处理中"


class ClockRefused(Problem):
    type, status = "clock-refused", 400
    title_en, title_zh = "You may not set the clock", "您无权设定时钟"


class TooManyRequests(Problem):
    type, status = "too-many-requests", 429
    title_en, title_zh = "Too many requests", "请求过于频繁"


class Unavailable(Problem):
    type, status = "unavailable", 503
    title_en, title_zh = "Temporarily unavailable", "服务暂时不可用"


class InternalError(Problem):
    type, status = "internal-error", 500
    title_en, title_zh = "Something failed on our side", "系统内部出错"
