"""The problems that broadcast tells of, beside those of the kit."""

from services.kit.problem import Problem


class OutOfRegion(Problem):
    type, status = "out-of-region", 403
    title_en, title_zh = "This region is not in your charge", "该地区不在您的权限范围内"


class NotConcerned(Problem):
    type, status = "not-concerned", 403
    title_en, title_zh = "This filing does not concern you", "您与该报备无关"


class MoveRefused(Problem):
    type, status = "filing-move-refused", 409
    title_en, title_zh = "The filing cannot do this now", "该报备当前不能执行此操作"


class BroadcastBegun(Problem):
    type, status = "broadcast-begun", 409
    title_en, title_zh = "The broadcast has begun", "直播时间已到"


class SlotTaken(Problem):
    type, status = "slot-taken", 409
    title_en, title_zh = "Someone is there at that time already", "该时段已被占用"


class FilingIncomplete(Problem):
    type, status = "filing-incomplete", 422
    title_en, title_zh = "The filing cannot be submitted yet", "报备内容尚不完整，暂不能提交"


class ListingUnknown(Problem):
    type, status = "listing-unknown", 409
    title_en, title_zh = "The gate has not answered for this listing yet", "该上架申报尚无核验结果"


class ListingGone(Problem):
    type, status = "listing-gone", 409
    title_en, title_zh = "The listing or lot is no longer offered", "该上架申报或批次已不再供应"


class NoLevelAbove(Problem):
    type, status = "no-level-above", 409
    title_en, title_zh = "Nobody stands above this official who could approve", "该官员没有可以审批的上级"


class ApproverIsApplicant(Problem):
    type, status = "approver-is-applicant", 403
    title_en, title_zh = "Nobody approves their own filing", "不得审批自己的报备"


class WrongApprover(Problem):
    type, status = "wrong-approver", 403
    title_en, title_zh = "Another level approves this filing", "该报备由其他层级审批"


class PreviewMissing(Problem):
    type, status = "preview-missing", 409
    title_en, title_zh = "The gate's preview is not here yet", "合规预审结果尚未返回"


class AccountUnknown(Problem):
    type, status = "account-unknown", 409
    title_en, title_zh = "The account is not known here yet", "该账户信息尚未同步"


class AlreadyEntered(Problem):
    type, status = "already-entered", 409
    title_en, title_zh = "This person is entered already", "该人员已登记"


class DeclarationWithdrawn(Problem):
    type, status = "declaration-withdrawn", 409
    title_en, title_zh = "The declaration is withdrawn already", "该申报已经撤回"


class NotOnAir(Problem):
    type, status = "no-room-yet", 409
    title_en, title_zh = "This broadcast has no room", "该直播尚无直播间"


class RoomRefused(Problem):
    type, status = "room-refused", 409
    title_en, title_zh = "The room cannot do this now", "直播间当前不能执行此操作"


class NothingForSale(Problem):
    type, status = "nothing-for-sale", 409
    title_en, title_zh = "Nothing is for sale in this segment", "本时段不得销售"


class LotNotCleared(Problem):
    type, status = "lot-not-cleared", 409
    title_en, title_zh = "The gate has not let this lot through", "该批次未通过核验"


class NotReady(Problem):
    type, status = "room-not-ready", 409
    title_en, title_zh = "The room is not ready to open", "直播间尚不具备开播条件"


class StudioRefused(Problem):
    type, status = "studio-refused", 403
    title_en, title_zh = "This studio is not yours to steer", "您无权操作该直播间"


class ChatClosed(Problem):
    type, status = "chat-closed", 409
    title_en, title_zh = "Nobody speaks in this room now", "直播间当前不能发言"


class MessageRefused(Problem):
    type, status = "message-refused", 422
    title_en, title_zh = "This cannot be said here", "该内容不符合发言规则"


class DeviceUnknown(Problem):
    type, status = "device-unknown", 403
    title_en, title_zh = "Speak from a page that shows the room", "请在直播间页面发言"


class Silenced(Problem):
    type, status = "silenced", 403
    title_en, title_zh = "You may not speak here for now", "您已被禁言"


class TooFast(Problem):
    type, status = "speaking-too-fast", 429
    title_en, title_zh = "Too many messages", "发言过于频繁"


class NotModerator(Problem):
    type, status = "not-moderator", 403
    title_en, title_zh = "Moderating this chat is not yours to do", "您无权管理该直播间的发言"


class ComplaintStands(Problem):
    type, status = "complaint-stands", 403
    title_en, title_zh = "A complaint about goods is not the region's to remove", "涉及商品的投诉不得由本地区处理"


class RemovedAlready(Problem):
    type, status = "removed-already", 409
    title_en, title_zh = "The message is no longer shown already", "该发言已被移除"


class AppealRefused(Problem):
    type, status = "appeal-refused", 409
    title_en, title_zh = "This cannot be appealed or decided now", "当前不能申诉或处理申诉"


class OwnDecision(Problem):
    type, status = "own-decision", 403
    title_en, title_zh = "Somebody else decides an appeal", "申诉须由其他人员处理"
