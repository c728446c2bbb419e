"""The problems that the gateway itself tells of, beside those of the kit."""

from services.kit.problem import Problem


class ViewerTokenRefused(Problem):
    type, status = "viewer-token-refused", 401
    title_en, title_zh = "This viewer token does not belong here", "该观看凭证无效"


class RoomNotOpen(Problem):
    type, status = "room-not-open", 409
    title_en, title_zh = "The room is not open", "直播间当前未开放"
