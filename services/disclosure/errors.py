"""The problems that disclosure tells of, beside those of the kit."""

from services.kit.problem import Problem


class BeyondLedger(Problem):
    type, status = "beyond-ledger", 404
    title_en, title_zh = "The ledger does not reach this far", "账本尚未到达该位置"


class NotPublishedYet(Problem):
    type, status = "not-published-yet", 409
    title_en, title_zh = "This is not under a published checkpoint yet", "该记录尚未纳入已发布的检查点"
