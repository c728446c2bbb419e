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


class AddressUnknown(Problem):
    type, status = "address-unknown", 409
    title_en, title_zh = "This address is not in your address book", "地址簿中没有该地址"


class CheckoutClosed(Problem):
    type, status = "checkout-closed", 409
    title_en, title_zh = "This checkout is closed", "该结算单已结束"
