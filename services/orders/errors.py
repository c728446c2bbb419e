"""The problems that orders tells of, beside those of the kit."""

from services.kit.problem import Problem


class NotOnSale(Problem):
    type, status = "not-on-sale", 409
    title_en, title_zh = "Nothing can be bought here now", "当前不可购买"


class LotNotOnSale(Problem):
    type, status = "lot-not-on-sale", 409
    title_en, title_zh = "This lot cannot be bought now", "该批次当前不可购买"


class PriceChanged(Problem):
    type, status = "price-changed", 409
    title_en, title_zh = "The price has changed", "价格已变动"


class SoldOut(Problem):
    type, status = "sold-out", 409
    title_en, title_zh = "There is not as much left", "库存不足"


class OverLimit(Problem):
    type, status = "over-limit", 409
    title_en, title_zh = "This is more than one buyer may have", "超出每位买家的限购数量"


class BasketFull(Problem):
    type, status = "basket-full", 409
    title_en, title_zh = "The basket is full", "购物车已满"


class AddressUnknown(Problem):
    type, status = "address-unknown", 409
    title_en, title_zh = "This address is not in your address book", "地址簿中没有该地址"


class InvoiceNotAsked(Problem):
    type, status = "invoice-not-asked", 409
    title_en, title_zh = "No invoice was asked for", "未申请开具发票"


class InvoiceIssuedAlready(Problem):
    type, status = "invoice-issued-already", 409
    title_en, title_zh = "The invoice is issued already", "发票已开具"


class CheckoutClosed(Problem):
    type, status = "checkout-closed", 409
    title_en, title_zh = "This checkout is closed", "该结算单已结束"


class PaymentClosed(Problem):
    type, status = "payment-closed", 409
    title_en, title_zh = "This checkout cannot be paid any more", "该结算单已不能支付"


class PaymentUnknown(Problem):
    type, status = "payment-unknown", 404
    title_en, title_zh = "No payment of this reference is known", "没有该编号的支付"


class ProviderUnavailable(Problem):
    type, status = "provider-unavailable", 503
    title_en, title_zh = "A company outside does not answer", "外部机构暂时没有响应"


class CallbackRefused(Problem):
    type, status = "callback-refused", 401
    title_en, title_zh = "The callback is not believed", "回调未通过验证"


class CallbackUnreadable(Problem):
    type, status = "callback-unreadable", 400
    title_en, title_zh = "The callback cannot be read", "无法读取该回调"


class OutOfRegion(Problem):
    type, status = "out-of-region", 403
    title_en, title_zh = "This region is not in your charge", "该地区不在您的权限范围内"


class NotYourOrder(Problem):
    type, status = "not-your-order", 403
    title_en, title_zh = "This is somebody else's", "这不是您的订单"


class OrderMoveRefused(Problem):
    type, status = "order-move-refused", 409
    title_en, title_zh = "The order cannot do this now", "该订单当前不能执行此操作"


class RefundRefused(Problem):
    type, status = "refund-refused", 409
    title_en, title_zh = "This cannot be refunded", "不符合退款条件"


class RefundTooLarge(Problem):
    type, status = "refund-too-large", 409
    title_en, title_zh = "More than is left of what was paid", "退款金额超过可退余额"


class AlreadyDecided(Problem):
    type, status = "already-decided", 409
    title_en, title_zh = "It was decided already", "已经作出处理"


class BookFull(Problem):
    type, status = "book-full", 409
    title_en, title_zh = "There is no more room", "数量已达上限"


class PhotoRefused(Problem):
    type, status = "photo-refused", 422
    title_en, title_zh = "Only pictures can be attached here", "此处只能上传图片"
