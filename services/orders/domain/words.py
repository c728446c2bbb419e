"""The sentences for what a buyer cannot have, in Chinese and English."""

from services.orders.domain.returns import Denial, ReturnRules


def why_not_words(denial: Denial, rules: ReturnRules) -> tuple[str, str]:
    """English and Chinese: why this cannot be refunded, and what to do instead."""
    hours, days = rules.claim_hours, rules.no_reason_days
    if denial == "no_reason_exempt":
        return (
            "Fresh goods cannot go back without a reason (消费者权益保护法 25). Say what is wrong, with a photo.",
            "鲜活易腐商品不适用七日无理由退货（消费者权益保护法第二十五条）。如有质量问题，请选择具体原因并上传照片。",
        )
    if denial == "photo_missing":
        return "Add a photo of what is wrong.", "请上传能反映问题的照片。"
    if denial == "too_late":
        return (
            f"A fault is told within {hours} hours after signing, a change of mind in {days} days. Complain instead.",
            f"已超过申请时限（签收后质量问题 {hours} 小时内、无理由退货 {days} 天内），您仍可以提交投诉。",
        )
    return "This order is not paid, or is over.", "该订单未付款或已结束。"
