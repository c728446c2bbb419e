"""The words for codes of findings, in Chinese and English, where a document is read without the pages."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

ABUSES: Words = {
    "injected_traffic": ("并非真人的观看", "Viewers that were no people"),
    "false_order": ("为冲数量而下的订单", "Orders that were placed to be counted"),
    "refund_cycling": ("集中退单", "Orders that were given back in a body"),
    "second_signing": ("不可能送达却已签收的包裹", "Parcels signed for that cannot have arrived"),
    "rehearsed": ("事先约定、直播时重演的交易", "Deals that were agreed before and replayed"),
    "below_cost": ("低于成本销售的商品", "Goods sold below their cost"),
    "apportionment": ("被要求购买的职工", "Staff who were made to buy"),
    "water_army": ("受雇刷屏的赞美", "Praise that was ordered"),
}
SEVERITIES: Words = {
    "grave": ("严重", "grave"),
    "serious": ("较重", "serious"),
    "minor": ("一般", "minor"),
}
GRADES: Words = {"substantiated": ("已证实", "substantiated"), "suspected": ("存疑", "suspected")}
ENTITIES: Words = {
    "session": ("观看", "stays"),
    "order": ("订单", "orders"),
    "message": ("留言", "messages"),
    "notice": ("文件", "documents"),
}
VALUES: Words = {
    "join_ms": ("进入", "joined"),
    "leave_ms": ("离开", "left"),
    "heartbeats": ("心跳", "heartbeats"),
    "interactions": ("互动", "interactions"),
    "foreground_ms": ("前台", "in front, ms"),
    "rx_kb": ("接收", "received, kB"),
    "qty": ("件数", "units"),
    "paid_fen": ("实付（分）", "paid, fen"),
    "created_ms": ("下单", "ordered"),
    "page_view_ms": ("浏览", "page view, ms"),
    "sent_ms": ("发送", "sent"),
}
ACTIONS: Words = {
    "opened": ("立案", "opened"),
    "changed": ("证据有变化", "evidence changed"),
    "gone": ("最新核查不再发现", "no longer found"),
    "back": ("最新核查再次发现", "found again"),
    "reopened": ("证据加重，重新立案", "opened again on graver evidence"),
    "referred": ("移送", "referred"),
    "close_proposed": ("提出办结", "closing proposed"),
    "close_declined": ("不同意办结", "closing declined"),
    "closed": ("办结", "closed"),
}
