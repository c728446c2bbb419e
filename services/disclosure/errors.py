"""The problems that disclosure tells of, beside those of the kit."""

from services.kit.problem import Problem


class BeyondLedger(Problem):
    type, status = "beyond-ledger", 404
    title_en, title_zh = "The ledger does not reach this far", "账本尚未到达该位置"


class NotPublishedYet(Problem):
    type, status = "not-published-yet", 409
    title_en, title_zh = "This is not under a published checkpoint yet", "该记录尚未纳入已发布的检查点"


class WrongRegion(Problem):
    type, status = "wrong-region", 403
    title_en, title_zh = "The region is not yours", "不在您的地区范围内"


class OwnCase(Problem):
    type, status = "own-case", 403
    title_en, title_zh = "Nobody certifies their own case", "任何人不得为自己的事项作证明"


class CaseClosed(Problem):
    type, status = "case-closed", 409
    title_en, title_zh = "The finding was closed", "该核查线索已办结"


class NothingProposed(Problem):
    type, status = "nothing-proposed", 409
    title_en, title_zh = "Nothing was proposed", "尚无待确认的提议"


class SamePerson(Problem):
    type, status = "same-person", 403
    title_en, title_zh = "A second person has to agree", "须由第二人确认"
