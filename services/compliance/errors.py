"""The problems of compliance that a caller can act on."""

from services.kit.problem import Problem


class FactsUnreadable(Problem):
    type, status = "facts-unreadable", 422
    title_en, title_zh = "The facts cannot be read", "事实材料无法读取"


class RuleUnknown(Problem):
    type, status = "rule-unknown", 422
    title_en, title_zh = "There is no such rule", "没有这条规则"


class LawDateTooFar(Problem):
    type, status = "law-date-too-far", 422
    title_en, title_zh = "The law of that day is not known yet", "该日期的法律尚不可知"


class ClearanceWithoutSubject(Problem):
    type, status = "clearance-without-subject", 422
    title_en, title_zh = "A clearance must name what it is for", "放行凭证须写明对象"


class BatchTooLarge(Problem):
    type, status = "batch-too-large", 422
    title_en, title_zh = "The batch has too many checks", "批量核验的数量过多"


class KeyLacksScope(Problem):
    type, status = "key-lacks-scope", 403
    title_en, title_zh = "This API key was not made for checks", "该 API 密钥未获核验授权"


class WrongRegion(Problem):
    type, status = "wrong-region", 403
    title_en, title_zh = "The region is not yours", "不在您的地区范围内"


class RegionUnknown(Problem):
    type, status = "region-unknown", 422
    title_en, title_zh = "There is no such region", "没有这个地区"


class CategoryUnknown(Problem):
    type, status = "category-unknown", 422
    title_en, title_zh = "There is no such category", "没有这个品类"


class OwnCase(Problem):
    type, status = "own-case", 403
    title_en, title_zh = "Nobody certifies their own case", "任何人不得为自己的事项作证明"


class AlreadyCertified(Problem):
    type, status = "already-certified", 409
    title_en, title_zh = "It is certified already", "该材料已经核证"


class AlreadyVerified(Problem):
    type, status = "already-verified", 409
    title_en, title_zh = "You have verified it already", "您已核实过该事件"


class AlreadyLifted(Problem):
    type, status = "already-lifted", 409
    title_en, title_zh = "The declaration is lifted already", "该公告已经解除"


class NotReviewable(Problem):
    type, status = "not-reviewable", 409
    title_en, title_zh = "This answer cannot be resolved by a reviewer", "该结论不能由复核人员处理"


class RulebookNotCurrent(Problem):
    type, status = "rulebook-not-current", 503
    title_en, title_zh = "The rules in force are not loaded yet", "现行规则尚未载入"


class ParameterChangeInvalid(Problem):
    type, status = "parameter-change-invalid", 422
    title_en, title_zh = "This value cannot become law", "该值不能施行"


class ParameterChangeMoved(Problem):
    type, status = "parameter-change-moved", 409
    title_en, title_zh = "The change is not in a state that allows this", "该变更当前的状态不允许此操作"


class ImpactUnknown(Problem):
    type, status = "impact-unknown", 409
    title_en, title_zh = "What it would change is not known yet", "影响尚未核算完毕"


class OrganUnknown(Problem):
    type, status = "organ-unknown", 403
    title_en, title_zh = "Your account names no organ", "您的账户未注明单位"


class DecisionSuperseded(Problem):
    type, status = "decision-superseded", 409
    title_en, title_zh = "A newer decision has taken its place", "已有更新的决定"


class ReportEmpty(Problem):
    type, status = "report-empty", 422
    title_en, title_zh = "The report says nothing yet", "举报内容为空"


class ReportFileRefused(Problem):
    type, status = "report-file-refused", 422
    title_en, title_zh = "This file cannot be taken", "无法接收该文件"


class ReportFilesTooMany(Problem):
    type, status = "report-files-too-many", 422
    title_en, title_zh = "Too many files", "文件过多"


class ReportSubjectUnknown(Problem):
    type, status = "report-subject-unknown", 422
    title_en, title_zh = "What the report is about is not known here", "没有找到举报所指的事项"


class ReportUnknown(Problem):
    type, status = "report-unknown", 404
    title_en, title_zh = "No report has this code", "没有与此查询码对应的举报"


class ReportClosed(Problem):
    type, status = "report-closed", 409
    title_en, title_zh = "The report is decided already", "该举报已经办结"


class ReportMoveRefused(Problem):
    type, status = "report-move-refused", 409
    title_en, title_zh = "This cannot be done with the report now", "该举报目前不能作此处理"


class NotOverridable(Problem):
    type, status = "not-overridable", 409
    title_en, title_zh = "This result cannot be overridden", "该结论不能推翻"


class OverrideAnswered(Problem):
    type, status = "override-answered", 409
    title_en, title_zh = "This override was answered already", "该推翻提议已有答复"


class NotAppealable(Problem):
    type, status = "not-appealable", 409
    title_en, title_zh = "There is nothing here to appeal against", "该结论不在可申诉之列"


class AppealTooLate(Problem):
    type, status = "appeal-too-late", 409
    title_en, title_zh = "The time to appeal is over", "申诉期限已过"


class AppealAnswered(Problem):
    type, status = "appeal-answered", 409
    title_en, title_zh = "This appeal is closed", "该申诉已经办结"


class NotReferable(Problem):
    type, status = "not-referable", 409
    title_en, title_zh = "There is nothing in this decision to refer", "该决定中没有需要移送的内容"


class ReferralClosed(Problem):
    type, status = "referral-closed", 409
    title_en, title_zh = "This referral is closed", "该移送线索已经办结"


class WebhookAddressRefused(Problem):
    type, status = "webhook-address-refused", 422
    title_en, title_zh = "No message can be sent to this address", "无法向该地址发送消息"


class TooManyWebhooks(Problem):
    type, status = "too-many-webhooks", 409
    title_en, title_zh = "The account has enough webhooks", "回调数量已达上限"


class ClearanceNotFound(Problem):
    type, status = "clearance-not-found", 404
    title_en, title_zh = "There is no such clearance", "没有这份放行凭证"
