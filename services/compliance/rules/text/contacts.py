"""Finds ways to reach a seller outside the statutory panel: telephones, chat accounts, handles, credit codes."""

from collections.abc import Iterator

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import NUMERALS, compiled
from services.contracts.values import uscc_problem

_MOBILE = compiled(r"(?<![0-9])1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])")
_LANDLINE = compiled(r"(?<![0-9])(?:0[0-9]{2,3}[- )]{0,2}[0-9]{7,8}|[48]00[- ]?[0-9]{3}[- ]?[0-9]{4})(?![0-9])")
_SPOKEN = compiled(r"[一二三四五六七八九零〇幺]{11}")
# A mobile number in which figures of any kind stand for one another: 壹叁捌0013 8000.
_FIGURE = "[0-9一二三四五六七八九零〇幺壹贰叁肆伍陆柒捌玖]"
_MIXED = compiled(
    r"(?<![0-9一二三四五六七八九])[1一幺壹][- ]?[3-9三四五六七八九叁肆伍陆柒捌玖]"
    + rf"[- ]?{_FIGURE}" * 9
    + "(?![0-9])"
)
_CHAT = compiled(
    r"(?:[薇威徽微卫][·心信星x♥❤]{0,2}|加[薇威徽微卫v])[:· ]{1,3}[a-z0-9][a-z0-9_-]{4,19}"
    r"|(?:微信|加微|加v|v信|薇信|威信|wx|vx|weixin|qq群?|钉钉|抖音|快手|小红书|公众号)号?[: ]{0,2}"
    r"[a-z0-9][a-z0-9_-]{4,19}"
    r"|(?<![a-z])(?:wechat|whatsapp|telegram)(?: id)? ?: ?[a-z0-9][a-z0-9_-]{4,19}"
    rf"|(?:q号|扣扣|微信号?)[^。;!?\n]{{0,4}}{_FIGURE}{{7,12}}"
)
_HANDLE = compiled(r"@[\u4e00-\u9fffa-z0-9_-]{2,20}")
_LINK = compiled(r"(?:https?://|www\.)[a-z0-9.-]{3,60}|(?<![a-z0-9-])[a-z0-9-]{2,40}\.(?:com|cn|shop|top|net)(?![a-z])")
_CODE = compiled(r"(?<![0-9a-z])[0-9a-hj-npqrtuwxy]{18}(?![0-9a-z])")
_EVERYONE = ("@所有人", "@全体")


# Without four such characters in a row, blanks aside, or a sign of an address there is nothing to look for.
_POSSIBLE = compiled(
    rf"@|[0-9a-z{NUMERALS}][- )]?[0-9a-z{NUMERALS}][- )]?[0-9a-z{NUMERALS}][- )]?[0-9a-z{NUMERALS}]|\.[cstn]"
)


def find_contacts(text: str) -> Iterator[Hit]:
    """Contact data in a normalised text; five-digit public hotlines such as 12316 are no contact data."""
    if not _POSSIBLE.search(text):
        return
    for pattern in (_MOBILE, _LANDLINE, _SPOKEN, _MIXED, _CHAT, _LINK):
        yield from (Hit(found.start(), found.end(), "fail", "contact") for found in pattern.finditer(text))
    for found in _HANDLE.finditer(text):
        if not found.group().startswith(_EVERYONE):
            yield Hit(found.start(), found.end(), "fail", "handle")
    for found in _CODE.finditer(text):
        if uscc_problem(found.group().upper()) != "format":
            yield Hit(found.start(), found.end(), "fail", "credit_code")
