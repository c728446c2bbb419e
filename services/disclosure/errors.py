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


class PublishedByItself(Problem):
    type, status = "published-by-itself", 403
    title_en, title_zh = "A record is published by itself", "公开记录由系统自动公开"


class NothingToAnswer(Problem):
    type, status = "nothing-to-answer", 409
    title_en, title_zh = "There is no such finding to answer", "没有可答复的核查发现"


class ReplyTooLate(Problem):
    type, status = "reply-too-late", 409
    title_en, title_zh = "The time for a reply is over", "答复期限已过"


class ReplyGiven(Problem):
    type, status = "reply-given", 409
    title_en, title_zh = "The finding was answered already", "该核查发现已经答复"


class ReplyDecided(Problem):
    type, status = "reply-decided", 409
    title_en, title_zh = "The reply was decided already", "该答复已有复核决定"


class FileUnknown(Problem):
    type, status = "file-unknown", 422
    title_en, title_zh = "A file is not yours or not stored", "文件未上传或不属于您"


class FileTellsOfSomebody(Problem):
    type, status = "file-tells-of-somebody", 422
    title_en, title_zh = "A file to publish tells of a person", "拟公开的文件含有个人信息"
